//! Code compared with the code it replaces: minified files against their sources, sibling builds
//! against each other, the package's powers against those it had.
//!
//! Nobody reads minified files, so that is where payloads were put. A build cannot be made again
//! to compare (the tool chain is not known), but what it says can be accounted for: every name,
//! text, global and call in it comes from its source, through the few rewritings that minifiers
//! do. What does not is *excess*; honest builds have some, too, but not new: only excess that the
//! baseline does not have is told. `shared/spec/risk-flags.md` §3 has the measurements.
//!
//! ```text
//! files ─► pairs (build, source) ─► facts (parsed on a thread that can bear it)
//!                                     └► excess(new) − excess(baseline) ─► signs
//! ```

mod account;
mod additions;
mod calls;
mod capabilities;
mod collect;
mod entry;
mod excess;
mod explain;
mod facts;
mod files;
mod fold;
mod functions;
mod hidden;
mod hosts;
mod pairs;
mod reader;
mod sandbox;
mod shape;
mod syntax;
#[cfg(test)]
mod tests;
mod values;
mod words;

pub use account::{Account, Sources};
pub use capabilities::Capabilities;
pub use excess::Item;
pub use facts::{Call, Hidden};
pub use files::{Files, MAX_FILE};
pub use sandbox::Unchecked;

use super::Sign;
use reader::Reader;

/// What the comparison found, and what it could not look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Signs, in the order of files.
    pub signs: Vec<Sign>,
    /// Files that were not checked, and why.
    pub unchecked: Vec<(String, Unchecked)>,
}

/// Compares a version with its baseline; without one, only what needs none is told.
///
/// Pure but for the threads it parses on; takes time in proportion to the files that changed.
pub fn compare(new: &Files, old: Option<&Files>) -> Inspection {
    let mut reader = Reader::default();
    let mut inspection = Inspection::default();
    pairs::minified(new, old, &mut reader, &mut inspection);
    if let Some(old) = old {
        pairs::siblings(new, old, &mut reader, &mut inspection);
        capabilities::compare(new, old, &mut reader, &mut inspection);
        additions::compare(new, old, &mut reader, &mut inspection);
    }
    inspection.unchecked.sort_by(|(a, _), (b, _)| a.cmp(b));
    inspection.unchecked.dedup_by(|(a, _), (b, _)| a == b);
    inspection
}

/// The powers of a package.
pub fn capabilities(files: &Files) -> Capabilities {
    Capabilities::of(files, &mut Reader::default())
}
