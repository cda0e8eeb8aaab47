//! Packuments on disk: one file each, a short binary head and the raw body.
//!
//! One read opens an entry and nothing is parsed: the body is a slice of the buffer.
//! Names are hashes, writes are atomic, a damaged file is a miss. Deletable at any time.
//!
//! ```text
//!  0  magic and version        8 bytes
//!  8  stored at, ms since 1970 u64 little-endian   (rewritten in place when a 304 confirms the body)
//! 16  lifetime in seconds      u64
//! 24  checksum of what follows u64
//! 32  body length              u64
//! 40  ETag length              u32
//! 44  Last-Modified length     u32
//! 48  must-revalidate          u64, 0 or 1
//! 56  ETag, Last-Modified, body
//! ```

use std::{
    fs, io,
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::freshness::StaleUse;

const MAGIC: &[u8; 8] = b"dnpkmt1\n";
const HEAD: usize = 56;
/// Longer validators are not worth keeping; no registry sends such.
const VALIDATOR_LIMIT: usize = 1024;

/// What a registry said about a version of a packument, to ask whether it still holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

impl Validators {
    pub(super) fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A cached packument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Milliseconds since 1970.
    pub stored_at: u64,
    pub lifetime: Duration,
    pub stale: StaleUse,
    pub validators: Validators,
    pub body: Bytes,
}

impl Entry {
    /// Whether it needs no question at `now` (milliseconds since 1970). A clock set back makes it stale.
    pub(super) fn is_fresh(&self, now: u64) -> bool {
        let age = now.checked_sub(self.stored_at).map(Duration::from_millis);
        age.is_some_and(|age| age < self.lifetime)
    }
}

/// The file of one registry, name and form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn new(registry: &str, name: &str, form: &str) -> Self {
        let digest = Sha256::digest(format!("{registry}\n{name}\n{form}"));
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Self(digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect())
    }
}

/// The folder of packuments.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    limit: u64,
}

impl Disk {
    /// Entries lie in `<cache>/packuments`; bodies over `limit` bytes are not read.
    pub(super) fn new(cache: &Path, limit: u64) -> Self {
        Self { folder: cache.join("packuments"), limit }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let (first, rest) = key.0.split_at(2);
        self.folder.join(first).join(rest)
    }

    /// The entry of `key`; `None` when there is none, or none that is whole.
    pub(super) fn load(&self, key: &Key) -> Option<Entry> {
        let file = fs::File::open(self.path(key)).ok()?;
        let size = file.metadata().ok()?.len();
        let most = self.limit.saturating_add((HEAD + 2 * VALIDATOR_LIMIT) as u64);
        if size > most {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?.saturating_add(1));
        file.take(most).read_to_end(&mut bytes).ok()?;
        decode(&bytes.into())
    }

    /// Writes `entry`: a temporary file beside its place, then a rename.
    pub(super) fn store(&self, key: &Key, entry: &Entry) -> io::Result<()> {
        let path = self.path(key);
        let Some(folder) = path.parent() else { return Ok(()) };
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&encode_head(entry))?;
        for part in [&entry.validators.etag, &entry.validators.last_modified] {
            file.write_all(part.as_deref().unwrap_or_default().as_bytes())?;
        }
        file.write_all(&entry.body)?;
        file.persist(path)?;
        Ok(())
    }

    /// Notes that the stored body was confirmed: only the two times change, in place.
    pub(super) fn touch(&self, key: &Key, stored_at: u64, lifetime: Duration) -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).open(self.path(key))?;
        file.seek(io::SeekFrom::Start(MAGIC.len() as u64))?;
        let mut times = [0; 16];
        let (first, second) = times.split_at_mut(8);
        first.copy_from_slice(&stored_at.to_le_bytes());
        second.copy_from_slice(&lifetime.as_secs().to_le_bytes());
        file.write_all(&times)
    }
}

fn encode_head(entry: &Entry) -> Vec<u8> {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len) as u64;
    let Validators { etag, last_modified } = &entry.validators;
    let must_revalidate = u64::from(entry.stale == StaleUse::Forbidden);
    let lengths = length(etag) | length(last_modified) << 32;
    let words = [
        entry.stored_at,
        entry.lifetime.as_secs(),
        checksum(&entry.validators, &entry.body),
        entry.body.len() as u64,
        lengths,
        must_revalidate,
    ];
    MAGIC.iter().copied().chain(words.into_iter().flat_map(u64::to_le_bytes)).collect()
}

fn decode(bytes: &Bytes) -> Option<Entry> {
    let (head, _) = bytes.split_first_chunk::<HEAD>()?;
    let (magic, words) = head.split_first_chunk::<8>()?;
    let (words, _) = words.as_chunks::<8>();
    let [stored_at, lifetime, sum, length, lengths, must_revalidate] = *words else { return None };
    let [stored_at, lifetime, sum, length, lengths, must_revalidate] =
        [stored_at, lifetime, sum, length, lengths, must_revalidate].map(u64::from_le_bytes);
    let etag = usize::try_from(lengths & u64::from(u32::MAX)).ok()?;
    let modified = usize::try_from(lengths >> 32).ok()?;
    let start = HEAD.checked_add(etag)?.checked_add(modified)?;
    let whole = start.checked_add(usize::try_from(length).ok()?)?;
    if magic != MAGIC || whole != bytes.len() {
        return None;
    }
    let text = |range| {
        let text = std::str::from_utf8(bytes.get::<std::ops::Range<usize>>(range)?).ok()?;
        Some(Some(text.to_owned()).filter(|text| !text.is_empty()))
    };
    let validators =
        Validators { etag: text(HEAD..HEAD + etag)?, last_modified: text(HEAD + etag..start)? };
    let body = bytes.slice(start..);
    if checksum(&validators, &body) != sum {
        return None;
    }
    let stale = if must_revalidate == 0 { StaleUse::Allowed } else { StaleUse::Forbidden };
    let lifetime = Duration::from_secs(lifetime);
    Some(Entry { stored_at, lifetime, stale, validators, body })
}

/// The validators worth keeping.
pub(super) fn bounded(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty() && text.len() <= VALIDATOR_LIMIT).map(str::to_owned)
}

/// Notices damage, not forgery: every step is a bijection of its lane, so any change of one
/// word changes the sum. Four lanes run side by side, several times faster than a
/// cryptographic digest; what a packument claims is proven elsewhere.
fn checksum(validators: &Validators, body: &[u8]) -> u64 {
    let text = |part: &Option<String>| lanes(part.as_deref().unwrap_or_default().as_bytes());
    let parts = [text(&validators.etag), text(&validators.last_modified), lanes(body)];
    parts.into_iter().fold(body.len() as u64, mix)
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(lane: u64, word: u64) -> u64 {
    (lane ^ word).wrapping_mul(ODD).rotate_left(29)
}

fn lanes(bytes: &[u8]) -> u64 {
    let mut lanes = [1_u64, 2, 3, 4];
    let (words, tail) = bytes.as_chunks::<8>();
    let (blocks, rest) = words.as_chunks::<4>();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let rest = rest.iter().fold(0, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    let tail = tail.iter().fold(rest, |sum, byte| mix(sum, u64::from(*byte)));
    lanes.into_iter().fold(tail, mix)
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(body: &[u8]) -> Entry {
        Entry {
            stored_at: 1_000_000,
            lifetime: Duration::from_mins(5),
            stale: StaleUse::Allowed,
            validators: Validators { etag: Some("\"abc\"".into()), last_modified: None },
            body: Bytes::copy_from_slice(body),
        }
    }

    fn disk() -> (tempfile::TempDir, Disk, Key) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path(), 1 << 20);
        (folder, disk, Key::new("https://registry.example/", "@s/../x", "full"))
    }

    #[test]
    fn store_then_load_is_the_same() {
        let (_folder, disk, key) = disk();
        let entry = entry(br#"{"name":"a"}"#);
        disk.store(&key, &entry).unwrap();
        assert_eq!(disk.load(&key), Some(entry));
    }

    #[test]
    fn touch_changes_the_times_only() {
        let (_folder, disk, key) = disk();
        let entry = entry(b"{}");
        disk.store(&key, &entry).unwrap();
        disk.touch(&key, 2_000_000, Duration::from_secs(7)).unwrap();
        let touched = Entry { stored_at: 2_000_000, lifetime: Duration::from_secs(7), ..entry };
        assert_eq!(disk.load(&key), Some(touched));
    }

    #[test]
    fn load_any_changed_byte_of_the_content_is_a_miss() {
        let (_folder, disk, key) = disk();
        disk.store(&key, &entry(&[b'x'; 100])).unwrap();
        let path = disk.path(&key);
        let whole = fs::read(&path).unwrap();
        for place in (0..8).chain(24..48).chain(HEAD..whole.len()) {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert_eq!(disk.load(&key), None, "byte {place}");
        }
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(disk.load(&key), None);
    }

    #[test]
    fn is_fresh_until_the_lifetime_ends() {
        let entry = entry(b"{}");
        assert!(entry.is_fresh(1_299_999));
        assert!(!entry.is_fresh(1_300_000));
        assert!(!entry.is_fresh(999_999));
    }

    proptest! {
        #[test]
        fn decode_never_panics(mut bytes: Vec<u8>, head: [u8; HEAD]) {
            bytes.splice(..0, MAGIC.iter().copied().chain(head));
            decode(&bytes.into());
        }
    }
}
