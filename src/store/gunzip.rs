//! gzip, every member of it, to the last byte.
//!
//! One state machine serves a stream and a whole buffer. zlib-rs checks the CRC and the
//! length of each member; what it leaves to its caller is decided here: a further member
//! is read (a reader that stops at the first sees another archive), anything else behind
//! a member is refused, and a body that ends inside a member is cut.

use std::io::{self, BufRead};

use flate2::{Decompress, FlushDecompress, Status};

use super::{
    archive::{Fault, Rule},
    limits::MAX_MEMBERS,
};

/// The first byte of a gzip member; in a tar header it would be a control character in a name.
const MAGIC: u8 = 0x1f;
/// The window of gzip as everybody writes it.
const WINDOW_BITS: u8 = 15;

/// Inflates a body; a body that is not gzip is passed through, as node-tar does with a plain tar.
pub(super) struct Gunzip<R> {
    source: R,
    state: State,
    members: u32,
}

enum State {
    Start,
    Plain,
    Member(Box<Decompress>),
    Between,
}

impl<R: BufRead> Gunzip<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, state: State::Start, members: 0 }
    }

    /// The compressed source, to look at what it counted.
    pub(super) fn into_source(self) -> R {
        self.source
    }

    /// Appends inflated bytes up to the capacity of `out`; 0 at the end of the body, and only there.
    pub(super) fn inflate(&mut self, out: &mut Vec<u8>) -> Result<usize, Fault> {
        loop {
            match &mut self.state {
                State::Plain => return copy(&mut self.source, out),
                State::Start | State::Between => {
                    if !self.begin_member()? {
                        return Ok(0);
                    }
                }
                State::Member(member) => {
                    let input = fill(&mut self.source)?;
                    let (before_in, before_out) = (member.total_in(), out.len());
                    let status = member.decompress_vec(input, out, FlushDecompress::None);
                    let consumed =
                        usize::try_from(member.total_in() - before_in).unwrap_or(usize::MAX);
                    let (cut, produced) = (input.is_empty(), out.len() - before_out);
                    self.source.consume(consumed);
                    match status {
                        Err(_) => return Err(Rule::CorruptGzip.into()),
                        Ok(Status::StreamEnd) => self.state = State::Between,
                        Ok(_) if produced == 0 && cut => return Err(Rule::Truncated.into()),
                        Ok(_) if produced == 0 && consumed == 0 => {
                            return Err(Rule::CorruptGzip.into());
                        }
                        Ok(_) => {}
                    }
                    if produced > 0 {
                        return Ok(produced);
                    }
                }
            }
        }
    }

    /// Looks at what comes next; false at the end of the body.
    fn begin_member(&mut self) -> Result<bool, Fault> {
        let first_member = matches!(self.state, State::Start);
        match fill(&mut self.source)?.first() {
            None if first_member => return Err(Rule::Empty.into()),
            None => return Ok(false),
            Some(&MAGIC) => {}
            Some(_) if first_member => {
                self.state = State::Plain;
                return Ok(true);
            }
            Some(_) => return Err(Rule::TrailingBytes.into()),
        }
        self.members += 1;
        if self.members > MAX_MEMBERS {
            return Err(Rule::TooManyMembers.into());
        }
        self.state = State::Member(Box::new(Decompress::new_gzip(WINDOW_BITS)));
        Ok(true)
    }
}

fn fill<R: BufRead>(source: &mut R) -> Result<&[u8], Fault> {
    loop {
        match source.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Fault::Source(error)),
            Ok(_) => break,
        }
    }
    source.fill_buf().map_err(Fault::Source)
}

fn copy<R: BufRead>(source: &mut R, out: &mut Vec<u8>) -> Result<usize, Fault> {
    let input = fill(source)?;
    let room = out.capacity() - out.len();
    let part = input.get(..room).unwrap_or(input);
    out.extend_from_slice(part);
    let copied = part.len();
    source.consume(copied);
    Ok(copied)
}
