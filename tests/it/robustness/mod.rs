//! Attacks and faults: hostile bytes from outside, a bad network, a bad machine, a bad moment.
//!
//! Each file is a part of the catalogue; what is proven once for the whole tree stands elsewhere
//! (`refusals`, `crash`, `signatures`, `pool`), and the parsers' own tables beside the parsers.

mod archive;
mod credentials;
#[cfg(unix)]
mod crowd;
mod lockfile;
#[cfg(unix)]
mod machine;
mod metadata;
mod network;
#[cfg(unix)]
mod scripts;
mod terminal;

use super::{
    refusals::{depends, entry, locks, refused, refused_by_both, standing},
    support,
};
use std::{fs, path::Path};

/// What no test may find on disk: hostile files have this content.
const LOOT: &[u8] = b"GOTCHA-7f3a";

/// Every file below `root` whose content or link target is the [`LOOT`].
fn loot(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).into_iter().flatten().map_while(Result::ok) {
            let path = item.path();
            let kind = item.file_type().unwrap();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let content = fs::read(&path).unwrap_or_default();
                if content.windows(LOOT.len()).any(|part| part == LOOT) {
                    found.push(path.display().to_string());
                }
            }
        }
    }
    found
}
