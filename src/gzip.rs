//! gzip bodies that are in memory, inflated in one go.
//!
//! libdeflate is twice as fast as what inflates piece by piece, but it stops at the end of a
//! member and does not tell where that was. So only what is certainly one member from the first
//! byte to the last is taken here; everything else, damage included, is left to a reader that
//! goes byte by byte and can say what is wrong.
//!
//! libdeflate also reads code tables that zlib refuses as over-long. Nothing hangs on it: what it
//! makes of them has the checksum and the length that the member ends with.

use std::sync::{Mutex, PoisonError};

use libdeflater::Decompressor;
use memchr::memmem;

/// Checksum and length, each four bytes: what a member ends with (RFC 1952 §2.3.1).
const TRAILER: usize = 8;
/// A header without options (RFC 1952 §2.3.1): libdeflate does not check those.
const PLAIN: [u8; 4] = [0x1f, 0x8b, 8, 0];
/// deflate cannot make more of a byte (zlib, "Maximum Compression Factor").
const MAX_RATIO: usize = 1032;
/// Bodies up to this size share buffers of this size, of which pages that nobody writes cost nothing;
/// a larger one is rare and has its own, or the largest of all would stay in memory to the end.
const KEPT_BYTES: usize = 2 << 20;
/// The most buffers that wait for the next body.
const KEPT: usize = 4;

static IDLE: Mutex<Vec<Inflater>> = Mutex::new(Vec::new());

/// An inflater and the buffer it fills, if it ever did: new memory for each small body would cost as
/// much as inflating it.
struct Inflater {
    engine: Decompressor,
    buffer: Vec<u8>,
}

/// Gives what `body` inflates to to `take`; `None`, without a call, unless `body` is exactly one
/// sound gzip member of at most `limit` bytes.
pub fn inflate_whole<T>(body: &[u8], limit: usize, take: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let trailer = *body.last_chunk::<TRAILER>()?;
    let [.., a, b, c, d] = trailer;
    // A hint: libdeflate refuses what does not fit, and what is shorter is found below.
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
    if !body.starts_with(&PLAIN) || length > limit || length > body.len().saturating_mul(MAX_RATIO)
    {
        return None;
    }
    let mut inflater = idle();
    let mut large;
    let buffer = if length > KEPT_BYTES {
        large = vec![0; length];
        &mut large
    } else {
        if inflater.buffer.is_empty() {
            inflater.buffer = vec![0; KEPT_BYTES];
        }
        &mut inflater.buffer
    };
    let out = buffer.get_mut(..length)?;
    let engine = &mut inflater.engine;
    let whole = engine.gzip_decompress(body, out).is_ok_and(|written| written == length);
    let taken = (whole && ends_with_its_trailer(body, trailer, out)).then(|| take(out));
    keep(inflater);
    taken
}

/// Whether the member that inflated to `text` ends where `body` ends: its trailer, which
/// libdeflate found behind it, stands in `body` once, and there.
fn ends_with_its_trailer(body: &[u8], trailer: [u8; TRAILER], text: &[u8]) -> bool {
    let (checksum, _) = trailer.split_at(4);
    libdeflater::crc32(text).to_le_bytes() == checksum
        && memmem::find(body, &trailer) == body.len().checked_sub(TRAILER)
}

fn idle() -> Inflater {
    let kept = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    kept.unwrap_or_else(|| Inflater { engine: Decompressor::new(), buffer: Vec::new() })
}

fn keep(inflater: Inflater) {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if idle.len() < KEPT {
        idle.push(inflater);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn inflated(body: &[u8]) -> Option<Vec<u8>> {
        inflate_whole(body, 1 << 20, <[u8]>::to_vec)
    }

    #[test]
    fn one_member_is_inflated_and_a_shorter_one_after_it_is_not_mixed_with_it() {
        assert_eq!(inflated(&gzip(b"long text")).unwrap(), b"long text");
        assert_eq!(inflated(&gzip(b"text")).unwrap(), b"text");
    }

    #[test]
    fn a_body_that_has_a_buffer_of_its_own_leaves_the_shared_one_alone() {
        let inflated = |text: &[u8]| inflate_whole(&gzip(text), usize::MAX, <[u8]>::to_vec);
        let large: Vec<u8> = (0..=KEPT_BYTES).map(|at| (at % 251).to_le_bytes()[0]).collect();
        for text in [&large[1..], &large, b"text", &large[1..]] {
            assert!(inflated(text).unwrap() == text);
        }
    }

    #[test]
    fn what_is_not_exactly_one_sound_member_is_left_to_the_reader() {
        let body = gzip(b"text");
        let twice = [body.clone(), body.clone()].concat();
        let behind = [body.as_slice(), b"behind"].concat();
        let trailer = body.last_chunk::<8>().unwrap();
        let repeated = [body.as_slice(), b"behind", trailer].concat();
        let mut damaged = body.clone();
        *damaged.last_mut().unwrap() ^= 1;
        let cut = &body[..body.len() - 1];
        for wrong in [&twice, &behind, &repeated, &damaged, cut, b"", b"{}"] {
            assert_eq!(inflated(wrong), None);
        }
    }

    #[test]
    fn more_than_the_limit_is_refused_before_memory_is_taken_for_it() {
        assert_eq!(inflated(&gzip(&vec![0; (1 << 20) + 1])), None);
        let mut lying = gzip(b"text");
        lying.last_chunk_mut::<4>().unwrap().copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(inflate_whole(&lying, usize::MAX, <[u8]>::to_vec), None);
    }

    proptest! {
        #[test]
        fn whatever_is_inflated_is_what_the_slow_reader_reads(
            text: Vec<u8>, behind: Vec<u8>, flip: Option<prop::sample::Index>,
        ) {
            let mut body = gzip(&text);
            body.extend(behind);
            if let Some(flip) = flip {
                let at = flip.index(body.len());
                body[at] ^= 1;
            }
            if let Some(found) = inflated(&body) {
                let mut slow = Vec::new();
                prop_assert!(MultiGzDecoder::new(body.as_slice()).read_to_end(&mut slow).is_ok());
                prop_assert_eq!(found, slow);
            }
        }
    }
}
