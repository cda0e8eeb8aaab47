//! The shape of code: a hash of its syntax that layout and local names do not touch.

use std::hash::Hasher;

/// A hash that is the same on every machine, quick, and of no use against an adversary: what
/// depends on it is only how a function is called "the same" as another.
#[derive(Clone, Copy)]
pub(super) struct Mixer(pub(super) u64);

impl Mixer {
    pub(super) const START: Self = Self(0x9e37_79b9_7f4a_7c15);

    pub(super) fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(chunk.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)));
        }
        let mut last = [0; 8];
        for (slot, byte) in last.iter_mut().zip(chunks.remainder()) {
            *slot = *byte;
        }
        self.mix(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

pub(super) fn hash_of(text: &str) -> u64 {
    let mut mixer = Mixer::START;
    mixer.write(text.as_bytes());
    mixer.finish()
}

/// A function that is being walked through.
pub(super) struct Open {
    pub(super) shape: Mixer,
    pub(super) spelling: Mixer,
    pub(super) words: Vec<u32>,
    pub(super) sends: bool,
    pub(super) hosts: Vec<Box<str>>,
}

impl Open {
    pub(super) fn new() -> Self {
        Self {
            shape: Mixer::START,
            spelling: Mixer::START,
            words: Vec::new(),
            sends: false,
            hosts: Vec::new(),
        }
    }
}
