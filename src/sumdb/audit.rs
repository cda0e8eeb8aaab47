//! Reading a whole log again: whether its records make up its root, and whether any version is
//! in it twice.

use super::{
    record::{Leaf, Namespace, PackageKey},
    sequencer::Profile,
    store::Store,
    tile::{Appender, Bundle, Tile},
    view::{View, ViewError},
};

/// Bundles that are held at once.
const TOGETHER: usize = 64;

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A version has a second record.
    #[error("DUPLICATE {key}: at {first} and at {second}")]
    Duplicate {
        /// The version.
        key: PackageKey,
        /// Its first place.
        first: u64,
        /// Another one.
        second: u64,
    },
    /// A leaf calls itself a package record and is none.
    #[error("MALFORMED record {0}")]
    Malformed(u64),
    /// A leaf speaks of a record that the log does not have before it.
    #[error("ORPHAN leaf {0}: it speaks of a record that is not before it")]
    Orphan(u64),
    /// A namespace is bound to keys that none of its earlier keys signed.
    #[error("UNSIGNED keys of the namespace {label}: at {place}")]
    Namespace {
        /// Its label.
        label: String,
        /// The place of the leaf.
        place: u64,
    },
    /// Not the first leaf, and it names a predecessor.
    #[error("PREDECESSOR named in the middle of the log, at {0}")]
    Predecessor(u64),
    /// A tile is not what the records make.
    #[error("CORRUPT tile {}/{}", .0.level(), .0.index())]
    Tile(Tile),
    /// The records do not make up the published root.
    #[error("CORRUPT root: the records do not make up the published one")]
    Root,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// The records that were read.
    pub size: u64,
    /// What is wrong, at most a thousand.
    pub faults: Vec<Fault>,
}

/// The most bindings of namespaces that are held; there are a few.
const MAX_NAMESPACES: usize = 10_000;
/// The most faults that are listed.
const MAX_FAULTS: usize = 1000;

/// Reads every record of the published tree and every tile. The view's index must be a new one:
/// it is what the records are compared with.
///
/// # Errors
/// What cannot be read at all.
pub async fn audit<S: Store>(view: &View<S>) -> Result<Audit, ViewError> {
    let published = view.published().ok_or(ViewError::NoLog)?;
    let size = published.tree.size;
    let mut audit = Audit { size, faults: Vec::new() };
    let mut appender = Appender::new();
    let mut namespaces = Vec::new();
    let mut bundles = Bundle::new_in(0, size).peekable();
    while bundles.peek().is_some() {
        let part: Vec<_> = bundles.by_ref().take(TOGETHER).collect();
        let mut texts = Vec::new();
        for (bundle, records) in view.bundles(&part).await? {
            let first = bundle.index() * 256;
            check_records(view, first, &records, &mut audit)?;
            if view.identity().profile == Profile::Packages {
                for (place, text) in (first..).zip(&records) {
                    check_leaf(view, place, text, &mut namespaces, &mut audit)?;
                }
            }
            texts.extend(records);
        }
        let growth = appender.append(texts);
        let last = bundles.peek().is_none();
        for (tile, bytes) in growth.tiles {
            // A tile that later records widen is compared when it is as wide as it will be.
            let settled = last || !tile.is_partial();
            if settled && view.tile(tile).await?.as_deref() != Some(&bytes) {
                audit.note(Fault::Tile(tile));
            }
        }
    }
    if appender.root() != published.tree.root {
        audit.note(Fault::Root);
    }
    Ok(audit)
}

fn check_records<S: Store>(
    view: &View<S>,
    first: u64,
    records: &[Vec<u8>],
    audit: &mut Audit,
) -> Result<(), ViewError> {
    let profile = view.identity().profile;
    let mut keys = Vec::new();
    for (place, text) in (first..).zip(records) {
        keys.extend(profile.key_of(text).map(|key| (key, place)));
    }
    let places = view.places(keys.iter().map(|(key, _)| key))?;
    for ((key, second), place) in keys.into_iter().zip(places) {
        let first = place.map_or(second, |(index, _)| index);
        if first != second {
            audit.note(Fault::Duplicate { key, first, second });
        }
    }
    Ok(())
}

/// Leaves beside records: whether they are whole, and what they speak of is there.
fn check_leaf<S: Store>(
    view: &View<S>,
    place: u64,
    text: &[u8],
    namespaces: &mut Vec<Namespace>,
    audit: &mut Audit,
) -> Result<(), ViewError> {
    let (key, leaf) = match Leaf::parse(text) {
        Leaf::Malformed => {
            audit.note(Fault::Malformed(place));
            return Ok(());
        }
        Leaf::Namespace(namespace) => {
            if !namespace.may_follow(namespaces) {
                audit.note(Fault::Namespace { label: namespace.label.clone(), place });
            } else if namespaces.len() < MAX_NAMESPACES {
                namespaces.push(*namespace);
            }
            return Ok(());
        }
        Leaf::Log(_) => {
            if place > 0 {
                audit.note(Fault::Predecessor(place));
            }
            return Ok(());
        }
        Leaf::Evidence(evidence) => (evidence.key, evidence.leaf),
        Leaf::Status(status) => (status.key, status.leaf),
        Leaf::Package(_) | Leaf::Other => return Ok(()),
    };
    let known = view.places([&key])?.into_iter().flatten().next();
    if !known.is_some_and(|(at, logged)| at < place && logged == leaf) {
        audit.note(Fault::Orphan(place));
    }
    Ok(())
}

impl Audit {
    fn note(&mut self, fault: Fault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}
