//! An archive that is inflated piece by piece, in constant memory: here, or on a thread of its own.
//!
//! A large archive is what an install waits for at its end, when nobody else needs a processor any
//! more. So one thread inflates it while another unpacks what is inflated:
//!
//! ```text
//! gunzip ──chunks──► walk      at most a few chunks ahead
//!    ▲                │
//!    └──used chunks───┘        to be filled again
//! ```

use std::{
    io::BufRead,
    mem,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread,
};

use super::{
    archive::{Bytes, Fault, Rule},
    gunzip::Gunzip,
    limits::Limits,
};

/// What is inflated at a time, in bytes.
const CHUNK: usize = 256 << 10;
/// Chunks that wait for the walk.
const AHEAD: usize = 2;

/// Gives what `gunzip` inflates to `work`, inflated on another thread if one is to be had, and
/// tells how many bytes it was.
pub(super) fn inflated_beside<R: BufRead + Send, T>(
    gunzip: &mut Gunzip<R>,
    limits: Limits,
    mut work: impl FnMut(&mut dyn Bytes) -> T,
) -> (T, u64) {
    let beside = thread::scope(|scope| {
        let (full, chunks) = sync_channel(AHEAD);
        let (used, empty) = channel();
        let gunzip = &mut *gunzip;
        let inflate = move || inflate_all(gunzip, &full, &empty);
        thread::Builder::new().spawn_scoped(scope, inflate).ok()?;
        // Gone before the scope ends: nobody waits to hand over what nobody takes.
        let mut inflating = Inflating::new(Beside { chunks, used }, limits);
        Some((work(&mut inflating), inflating.total))
    });
    beside.unwrap_or_else(|| inflated_here(gunzip, limits, work))
}

/// As [`inflated_beside`], on this thread.
pub(super) fn inflated_here<R: BufRead, T>(
    gunzip: &mut Gunzip<R>,
    limits: Limits,
    mut work: impl FnMut(&mut dyn Bytes) -> T,
) -> (T, u64) {
    let mut inflating = Inflating::new(gunzip, limits);
    (work(&mut inflating), inflating.total)
}

/// Inflates to the end, to a fault, or until nobody wants more.
fn inflate_all(
    mut gunzip: impl Chunks,
    full: &SyncSender<Result<Vec<u8>, Fault>>,
    empty: &Receiver<Vec<u8>>,
) {
    loop {
        let mut chunk = empty.try_recv().unwrap_or_default();
        let inflated = gunzip.next(&mut chunk);
        let is_last = inflated.is_err() || chunk.is_empty();
        if full.send(inflated.map(|()| chunk)).is_err() || is_last {
            return;
        }
    }
}

/// Where chunks come from.
trait Chunks {
    /// Puts the next bytes into `chunk`; none at the end, and only there.
    fn next(&mut self, chunk: &mut Vec<u8>) -> Result<(), Fault>;
}

impl<R: BufRead> Chunks for &mut Gunzip<R> {
    fn next(&mut self, chunk: &mut Vec<u8>) -> Result<(), Fault> {
        chunk.clear();
        chunk.reserve(CHUNK);
        self.inflate(chunk).map(drop)
    }
}

/// Chunks that another thread inflates.
struct Beside {
    chunks: Receiver<Result<Vec<u8>, Fault>>,
    used: Sender<Vec<u8>>,
}

impl Chunks for Beside {
    fn next(&mut self, chunk: &mut Vec<u8>) -> Result<(), Fault> {
        let used = mem::take(chunk);
        // The other thread may have come to its end.
        drop(self.used.send(used));
        // Nothing comes behind the end or a fault, nor after a panic, which the end of its scope
        // passes on.
        *chunk = self.chunks.recv().unwrap_or(Ok(Vec::new()))?;
        Ok(())
    }
}

/// An archive that arrives in chunks.
struct Inflating<C> {
    source: C,
    chunk: Vec<u8>,
    position: usize,
    total: u64,
    limit: u64,
}

impl<C: Chunks> Inflating<C> {
    fn new(source: C, limits: Limits) -> Self {
        Self { source, chunk: Vec::new(), position: 0, total: 0, limit: limits.inflated }
    }
}

impl<C: Chunks> Bytes for Inflating<C> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        if self.position == self.chunk.len() {
            self.position = 0;
            self.source.next(&mut self.chunk)?;
            self.total += self.chunk.len() as u64;
            if self.total > self.limit {
                return Err(Rule::TooManyBytes(self.limit).into());
            }
        }
        Ok(self.chunk.get(self.position..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.position = (self.position + count).min(self.chunk.len());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn limits() -> Limits {
        Limits::hinted(None, None)
    }

    /// All that comes, and what comes behind its end.
    fn read(bytes: &mut dyn Bytes) -> (Vec<u8>, Option<Fault>) {
        let mut all = Vec::new();
        let fault = loop {
            match bytes.fill() {
                Ok([]) => break None,
                Ok(part) => {
                    let part = part.get(..1000).unwrap_or(part);
                    all.extend_from_slice(part);
                    let length = part.len();
                    bytes.consume(length);
                }
                Err(fault) => break Some(fault),
            }
        };
        assert!(fault.is_some() || bytes.fill().unwrap().is_empty());
        (all, fault)
    }

    #[test]
    fn what_is_inflated_beside_is_what_is_inflated_here() {
        let long: Vec<u8> = (0..5 * CHUNK).map(|at| (at % 251).to_le_bytes()[0]).collect();
        let members = [gzip(&long), gzip(b"more")].concat();
        let cut = members.get(..members.len() / 3).unwrap().to_vec();
        let behind = [members.as_slice(), b"behind"].concat();
        for body in [members, cut, behind, gzip(b""), long, Vec::new()] {
            let mut gunzip = Gunzip::new(body.as_slice());
            let (here, total) = inflated_here(&mut gunzip, limits(), read);
            let mut gunzip = Gunzip::new(body.as_slice());
            let (beside, total_beside) = inflated_beside(&mut gunzip, limits(), read);
            assert!(here.0 == beside.0 && total == total_beside && total == here.0.len() as u64);
            assert_eq!(format!("{:?}", here.1), format!("{:?}", beside.1));
        }
    }

    #[test]
    fn nothing_waits_for_a_walk_that_ends_before_the_archive() {
        let body = gzip(&vec![0; 64 * CHUNK]);
        let mut gunzip = Gunzip::new(body.as_slice());
        let first = |bytes: &mut dyn Bytes| bytes.fill().unwrap().len();
        assert!(inflated_beside(&mut gunzip, limits(), first).0 > 0);
    }

    #[test]
    fn an_archive_beyond_its_bound_is_refused_before_it_is_inflated_to_its_end() {
        let body = gzip(&vec![0; 64 * CHUNK]);
        let limits = Limits { inflated: 2 * CHUNK as u64, ..limits() };
        let mut gunzip = Gunzip::new(body.as_slice());
        let ((_, fault), total) = inflated_beside(&mut gunzip, limits, read);
        assert!(matches!(fault, Some(Fault::Refused(_))));
        assert!(total <= 4 * CHUNK as u64);
    }
}
