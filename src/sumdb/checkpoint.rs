//! Checkpoints: what a log signs (C2SP tlog-checkpoint).
//!
//! ```text
//! <origin>\n
//! <size, decimal>\n
//! <root, base64>\n
//! [extension lines]
//! ```
//!
//! Go's tree note is the same with the fixed origin `go.sum database tree`.

use std::fmt;

use super::tlog::Hash;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 64 << 10;

/// The size of a tree and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
}

/// A tree head of a certain log: the text that is signed. `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log, by the name it signs with.
    pub origin: String,
    /// Its tree.
    pub tree: TreeHead,
    /// Further lines, without their line ends; normally none.
    pub extensions: Vec<String>,
}

/// A text that is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// Fewer than three lines, an empty line, or no line end at the end.
    #[error("the checkpoint does not have the lines of one")]
    Lines,
    /// The size is no decimal number, or has leading zeros.
    #[error("the size of the tree is not a number")]
    Size,
    /// The root is not the base64 of 32 bytes.
    #[error("the root of the tree is not a hash")]
    Root,
}

impl Checkpoint {
    /// A checkpoint without extensions.
    pub fn new(origin: impl Into<String>, tree: TreeHead) -> Self {
        Self { origin: origin.into(), tree, extensions: Vec::new() }
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`BadCheckpoint`].
    pub fn parse(text: &str) -> Result<Self, BadCheckpoint> {
        let body = text.strip_suffix('\n').filter(|body| body.len() <= MAX_BODY);
        let mut lines = body.ok_or(BadCheckpoint::Lines)?.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(BadCheckpoint::Lines);
        let origin = line()?.to_owned();
        let size = decimal(line()?).ok_or(BadCheckpoint::Size)?;
        let root = line()?.parse().map_err(|_| BadCheckpoint::Root)?;
        let extensions: Vec<_> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(BadCheckpoint::Lines);
        }
        Ok(Self { origin, tree: TreeHead { size, root }, extensions })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.tree;
        write!(f, "{}\n{size}\n{root}\n", self.origin)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A decimal number as these formats write it: digits alone, no leading zeros.
pub fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "example.com/log\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn a_checkpoint_is_written_as_it_was_read() {
        for text in [TEXT.to_owned(), format!("{TEXT}an extension\n")] {
            assert_eq!(Checkpoint::parse(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        for (from, to) in [
            ("20852163", "020852163"),
            ("20852163", "+2"),
            ("20852163", "-1"),
            ("20852163", "18446744073709551616"),
            ("20852163", ""),
            ("example.com/log", ""),
            ("q2I=", "q2J="),
            ("q2I=", ""),
            ("q2I=\n", "q2I="),
            ("q2I=\n", "q2I=\n\n"),
        ] {
            assert!(Checkpoint::parse(&TEXT.replace(from, to)).is_err(), "{from} → {to}");
        }
    }
}
