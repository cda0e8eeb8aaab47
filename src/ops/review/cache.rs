//! Comparisons of code, kept by the integrities of both packages: they never change.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    flag::Flag,
    fs::{Durability, read_bounded, write_atomic},
    inspect::Sign,
    verify::integrity::encode_hex,
};

/// The version of what is compared and how; a change of the rules gets new entries.
const RULES: &str = "inspect-3";
/// The most bytes of an entry that are read.
const MAX_BYTES: u64 = 4 << 20;

/// Signs and unchecked files of one comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    pub signs: Vec<Sign>,
    pub unchecked: Vec<(String, String)>,
}

impl Compared {
    /// Nothing of the package was looked at.
    pub(super) fn not(why: String) -> Self {
        Self { signs: Vec::new(), unchecked: vec![("(all)".to_owned(), why)] }
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    signs: Vec<StoredSign>,
    unchecked: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct StoredSign {
    flag: String,
    file: Option<String>,
    message: String,
    evidence: Vec<String>,
}

/// The comparisons below one folder.
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub(super) fn new(cache: &Path) -> Self {
        Self { folder: cache.join("inspect") }
    }

    fn path(&self, new: &str, old: Option<&str>) -> PathBuf {
        let key = format!("{RULES}\n{new}\n{}", old.unwrap_or("-"));
        let name = encode_hex(&Sha256::digest(key.as_bytes()));
        self.folder.join(format!("{name}.json"))
    }

    pub(super) fn load(&self, new: &str, old: Option<&str>) -> Option<Compared> {
        let bytes = read_bounded(&self.path(new, old), MAX_BYTES).ok()?;
        let entry: Entry = serde_json::from_slice(&bytes).ok()?;
        let sign = |stored: StoredSign| {
            Some(Sign {
                flag: Flag::parse(&stored.flag)?,
                file: stored.file,
                message: stored.message,
                evidence: stored.evidence,
            })
        };
        let signs = entry.signs.into_iter().map(sign).collect::<Option<_>>()?;
        Some(Compared { signs, unchecked: entry.unchecked })
    }

    /// Best effort: what cannot be kept is compared again.
    pub(super) fn store(&self, new: &str, old: Option<&str>, compared: &Compared) {
        let stored = |sign: &Sign| StoredSign {
            flag: sign.flag.code().to_owned(),
            file: sign.file.clone(),
            message: sign.message.clone(),
            evidence: sign.evidence.clone(),
        };
        let entry = Entry {
            signs: compared.signs.iter().map(stored).collect(),
            unchecked: compared.unchecked.clone(),
        };
        let Ok(text) = serde_json::to_vec(&entry) else { return };
        if std::fs::create_dir_all(&self.folder).is_ok() {
            drop(write_atomic(&self.path(new, old), &text, Durability::Volatile));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_found_by_both_integrities() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let cache = Cache::new(folder.path());
        let sign =
            Sign::new(Flag::NewHost, "sends", vec!["host a.example".to_owned()]).in_file("a.js");
        let compared = Compared {
            signs: vec![sign],
            unchecked: vec![("b.js".to_owned(), "large".to_owned())],
        };
        cache.store("sha512-a", Some("sha512-b"), &compared);
        assert_eq!(cache.load("sha512-a", Some("sha512-b")), Some(compared));
        assert_eq!(cache.load("sha512-a", None), None);
        Ok(())
    }
}
