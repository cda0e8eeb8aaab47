//! Packuments on disk: one file each, a short binary head, the packument's index, its text.
//!
//! Opening an entry reads head and index and parses nothing; of a text that is larger than one
//! read, only what is asked for is read later. Names are hashes, writes are atomic, a damaged
//! file is a miss. Deletable at any time.
//!
//! ```text
//!  0  magic and version        8 bytes
//!  8  stored at, ms since 1970 u64 little-endian   (rewritten in place when a 304 confirms the text)
//! 16  lifetime in seconds      u64
//! 24  checksum of the validators and the index     u64
//! 32  index length             u64
//! 40  text length              u64
//! 48  ETag length              u32
//! 52  Last-Modified length     u32
//! 56  must-revalidate          u64, 0 or 1
//! 64  ETag, Last-Modified, index, text
//! ```
//!
//! The index holds a checksum of every value of the text.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::freshness::StaleUse;
use crate::{
    fs::{damage_sum, read_exact_at},
    manifest::{Document, Packument},
};

const MAGIC: &[u8; 8] = b"dnpkmt3\n";
const HEAD: usize = 64;
/// The first read: most indexes are whole with it.
const FIRST_READ: usize = 4 << 10;
/// So many files may be open for a question that has not come.
const MAX_OPEN: usize = 32;
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

/// A packument, and how long it holds.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub terms: Terms,
    pub packument: Arc<Packument>,
}

/// How long an answer holds, and how to ask whether it still does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// Milliseconds since 1970.
    pub stored_at: u64,
    pub lifetime: Duration,
    pub stale: StaleUse,
    pub validators: Validators,
}

impl Terms {
    /// Whether it needs no question at `now` (milliseconds since 1970), if none holds for longer
    /// than `longest`. A clock set back makes it stale.
    pub(super) fn is_fresh(&self, now: u64, longest: Duration) -> bool {
        let age = now.checked_sub(self.stored_at).map(Duration::from_millis);
        age.is_some_and(|age| age < self.lifetime.min(longest))
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
    open: Open,
}

impl Disk {
    /// Entries lie in `<cache>/packuments`; bodies over `limit` bytes are not read.
    pub(super) fn new(cache: &Path, limit: u64) -> Self {
        Self { folder: cache.join("packuments"), limit, open: Open::default() }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let (first, rest) = key.0.split_at(2);
        self.folder.join(first).join(rest)
    }

    /// The entry of `key`; `None` when there is none, or none that is whole.
    pub(super) fn load(&self, key: &Key) -> Option<Entry> {
        let path = self.path(key);
        let file = File::open(&path).ok()?;
        let size = file.metadata().ok()?.len();
        let first = usize::try_from(size).ok()?.min(FIRST_READ);
        let mut bytes = vec![0; first];
        (&file).read_exact(&mut bytes).ok()?;
        let head = Head::decode(&bytes)?;
        if head.text.end != size || head.text.end - head.text.start > self.limit {
            return None;
        }
        let start = usize::try_from(head.text.start).ok()?;
        if start > first {
            bytes.resize(start, 0);
            (&file).read_exact(bytes.get_mut(first..)?).ok()?;
        }
        let is_whole = bytes.len() as u64 == size;
        let document = |bytes: &Bytes| -> Arc<dyn Document> {
            if is_whole {
                Arc::new(bytes.slice(start..))
            } else {
                let open = Mutex::new(self.open.keep(file));
                Arc::new(FileText { path, at: head.text.clone(), open })
            }
        };
        if !is_whole {
            // What follows the index is read again when it is asked for.
            bytes.truncate(start);
            bytes.shrink_to_fit();
        }
        let bytes = Bytes::from(bytes);
        let document = document(&bytes);
        head.open(&bytes, document)
    }

    /// Writes an entry: a temporary file beside its place, then a rename. Gives the text as it
    /// is read from there.
    pub(super) fn store(
        &self,
        key: &Key,
        terms: &Terms,
        index: &Bytes,
        text: &[u8],
    ) -> io::Result<Arc<dyn Document>> {
        let path = self.path(key);
        let head = encode_head(terms, index, text.len());
        let mut file = self.temporary(&path)?;
        file.write_all(&head)?;
        file.write_all(text)?;
        file.persist(&path)?;
        if head.len() + text.len() <= FIRST_READ {
            return Ok(Arc::new(Bytes::copy_from_slice(text)));
        }
        let start = head.len() as u64;
        let at = start..start + text.len() as u64;
        Ok(Arc::new(FileText { path, at, open: Mutex::default() }))
    }

    /// A file beside `path`, in a folder that is made when it is missing.
    fn temporary(&self, path: &Path) -> io::Result<tempfile::NamedTempFile> {
        let folder = path.parent().unwrap_or(&self.folder);
        match tempfile::NamedTempFile::new_in(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(folder)?;
                tempfile::NamedTempFile::new_in(folder)
            }
            made => made,
        }
    }

    /// Removes an entry; one that is not there is as good as removed.
    pub(super) fn remove(&self, key: &Key) {
        fs::remove_file(self.path(key)).unwrap_or_default();
    }

    /// Notes that the stored text was confirmed: only the two times change, in place.
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

/// The text of an entry, in its file.
struct FileText {
    path: PathBuf,
    /// Where in the file.
    at: Range<u64>,
    /// Left open for the first question, which most often follows at once.
    open: Mutex<Option<Kept>>,
}

/// How many files are open between the look at an entry and the first question to its text.
#[derive(Clone, Debug, Default)]
struct Open(Arc<AtomicUsize>);

/// One of them.
struct Kept {
    file: File,
    open: Open,
}

impl Open {
    /// Keeps a file open, if not too many are.
    fn keep(&self, file: File) -> Option<Kept> {
        let kept = Kept { file, open: self.clone() };
        (self.0.fetch_add(1, Ordering::Relaxed) < MAX_OPEN).then_some(kept)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.open.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Document for FileText {
    fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let end = self.at.start.checked_add(range.end).filter(|end| *end <= self.at.end);
        let length = range.end.checked_sub(range.start).filter(|_| end.is_some());
        let length = length.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        let mut read = |file: &File| read_exact_at(file, &mut bytes, self.at.start + range.start);
        let kept = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept {
            Some(kept) => read(&kept.file)?,
            None => read(&File::open(&self.path)?)?,
        }
        Ok(bytes.into())
    }
}

/// What precedes the text.
fn encode_head(terms: &Terms, index: &Bytes, text: usize) -> Vec<u8> {
    let Validators { etag, last_modified } = &terms.validators;
    let [etag, last_modified] =
        [etag, last_modified].map(|text| text.as_deref().unwrap_or_default().as_bytes());
    let parts = [etag, last_modified, index];
    let words = [
        terms.stored_at,
        terms.lifetime.as_secs(),
        checksum(parts),
        index.len() as u64,
        text as u64,
        etag.len() as u64 | (last_modified.len() as u64) << 32,
        u64::from(terms.stale == StaleUse::Forbidden),
    ];
    let words = words.into_iter().flat_map(u64::to_le_bytes);
    let mut head: Vec<u8> = MAGIC.iter().copied().chain(words).collect();
    head.extend(parts.concat());
    head
}

/// What the first bytes of an entry say.
struct Head {
    stored_at: u64,
    lifetime: u64,
    sum: u64,
    must_revalidate: u64,
    etag: Range<usize>,
    last_modified: Range<usize>,
    index: Range<usize>,
    /// Where in the file.
    text: Range<u64>,
}

impl Head {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, _) = bytes.split_first_chunk::<HEAD>()?;
        let (magic, words) = head.split_first_chunk::<8>()?;
        (magic == MAGIC).then_some(())?;
        let (words, _) = words.as_chunks::<8>();
        let words: &[[u8; 8]; 7] = words.try_into().ok()?;
        let [stored_at, lifetime, sum, index, text, lengths, must_revalidate] =
            words.map(u64::from_le_bytes);
        let after = |start: usize, length: u64| {
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            Some(start..end)
        };
        let etag = after(HEAD, lengths & u64::from(u32::MAX))?;
        let last_modified = after(etag.end, lengths >> 32)?;
        let index = after(last_modified.end, index)?;
        let start = index.end as u64;
        let text = start..start.checked_add(text)?;
        Some(Self { stored_at, lifetime, sum, must_revalidate, etag, last_modified, index, text })
    }

    /// The entry whose file begins with `bytes`, its index included.
    fn open(self, bytes: &Bytes, document: Arc<dyn Document>) -> Option<Entry> {
        let part = |range: &Range<usize>| bytes.get(range.clone());
        let parts = [part(&self.etag)?, part(&self.last_modified)?, part(&self.index)?];
        (checksum(parts) == self.sum).then_some(())?;
        let text = |part| -> Option<Option<String>> {
            Some(Some(std::str::from_utf8(part).ok()?.to_owned()).filter(|text| !text.is_empty()))
        };
        let [etag, last_modified, _] = parts;
        let validators = Validators { etag: text(etag)?, last_modified: text(last_modified)? };
        let packument = Packument::open(bytes.slice(self.index.clone()), document)?;
        let terms = Terms {
            stored_at: self.stored_at,
            lifetime: Duration::from_secs(self.lifetime),
            stale: if self.must_revalidate == 0 { StaleUse::Allowed } else { StaleUse::Forbidden },
            validators,
        };
        Some(Entry { terms, packument: Arc::new(packument) })
    }
}

fn checksum(parts: [&[u8]; 3]) -> u64 {
    parts.map(damage_sum).into_iter().fold(0, |sum, part| sum.rotate_left(21) ^ part)
}

/// The validators worth keeping.
pub(super) fn bounded(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty() && text.len() <= VALIDATOR_LIMIT).map(str::to_owned)
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

    fn text(padding: usize) -> Bytes {
        let pad = "x".repeat(padding);
        format!(r#"{{"name":"a","readme":"{pad}","versions":{{"1.0.0":{{"name":"a"}}}}}}"#).into()
    }

    fn terms() -> Terms {
        Terms {
            stored_at: 1_000_000,
            lifetime: Duration::from_mins(5),
            stale: StaleUse::Allowed,
            validators: Validators { etag: Some("\"abc\"".into()), last_modified: None },
        }
    }

    /// Stores `text`; what is open then.
    fn stored(disk: &Disk, key: &Key, text: &Bytes) -> Entry {
        let index = Packument::index_of(text).unwrap();
        let document = disk.store(key, &terms(), &index, text).unwrap();
        let packument = Packument::open(index, document).unwrap();
        Entry { terms: terms(), packument: Arc::new(packument) }
    }

    fn disk() -> (tempfile::TempDir, Disk, Key) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path(), 1 << 20);
        (folder, disk, Key::new("https://registry.example/", "@s/../x", "full"))
    }

    /// Everything an entry says.
    fn said(entry: &Entry) -> (Terms, Bytes, Option<Bytes>) {
        let Entry { terms, packument } = entry;
        (terms.clone(), packument.index().clone(), packument.raw_manifest("1.0.0"))
    }

    #[test]
    fn store_then_load_says_the_same() {
        let (_folder, disk, key) = disk();
        for padding in [0, FIRST_READ, 1_000_000] {
            let text = text(padding);
            let entry = stored(&disk, &key, &text);
            assert_eq!(said(&disk.load(&key).unwrap()), said(&entry));
            let parsed = Packument::parse(text).unwrap();
            assert_eq!(entry.packument.raw_manifest("1.0.0"), parsed.raw_manifest("1.0.0"));
        }
    }

    #[test]
    fn touch_changes_the_times_only() {
        let (_folder, disk, key) = disk();
        let entry = stored(&disk, &key, &text(0));
        disk.touch(&key, 2_000_000, Duration::from_secs(7)).unwrap();
        let (stored_at, lifetime) = (2_000_000, Duration::from_secs(7));
        let touched = Entry { terms: Terms { stored_at, lifetime, ..entry.terms }, ..entry };
        assert_eq!(said(&disk.load(&key).unwrap()), said(&touched));
    }

    #[test]
    fn load_any_changed_byte_is_a_miss_or_noticed_when_it_is_read() {
        let (_folder, disk, key) = disk();
        let text = text(0);
        stored(&disk, &key, &text);
        let path = disk.path(&key);
        let whole = fs::read(&path).unwrap();
        let manifest = whole.len() - 14..whole.len() - 2;
        for place in (0..8).chain(24..56).chain(HEAD..whole.len() - text.len()).chain(manifest) {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&path, damaged).unwrap();
            let found = disk.load(&key).and_then(|entry| entry.packument.raw_manifest("1.0.0"));
            assert_eq!(found, None, "byte {place}");
        }
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(disk.load(&key).is_none());
    }

    #[test]
    fn a_text_that_was_replaced_is_not_mistaken_for_the_one_that_was_opened() {
        let (_folder, disk, key) = disk();
        let (first, second) = (text(FIRST_READ), text(FIRST_READ + 1));
        stored(&disk, &key, &first);
        let asked = disk.load(&key).unwrap();
        let before = asked.packument.raw_manifest("1.0.0");
        let unasked = disk.load(&key).unwrap();
        stored(&disk, &key, &second);
        assert_eq!(asked.packument.raw_manifest("1.0.0"), None);
        // Its file is still the one that was opened.
        assert_eq!(unasked.packument.raw_manifest("1.0.0"), before);
    }

    #[test]
    fn few_files_are_open_for_questions_that_have_not_come() {
        let (_folder, disk, _) = disk();
        let text = text(FIRST_READ);
        let keys: Vec<Key> =
            (0..MAX_OPEN + 8).map(|n| Key::new("r", &format!("p{n}"), "full")).collect();
        for key in &keys {
            stored(&disk, key, &text);
        }
        let entries: Vec<Entry> = keys.iter().map(|key| disk.load(key).unwrap()).collect();
        let open = || disk.open.0.load(Ordering::Relaxed);
        assert_eq!(open(), MAX_OPEN);
        for entry in &entries {
            assert!(entry.packument.raw_manifest("1.0.0").is_some());
        }
        assert_eq!(open(), 0);
    }

    #[test]
    fn is_fresh_until_the_lifetime_ends() {
        let is_fresh = |now| terms().is_fresh(now, Duration::MAX);
        assert!(is_fresh(1_299_999) && !is_fresh(1_300_000) && !is_fresh(999_999));
    }

    #[test]
    fn is_fresh_no_longer_than_it_may_be() {
        let forever = Terms { lifetime: Duration::MAX, ..terms() };
        let is_fresh = |now| forever.is_fresh(now, Duration::from_secs(1));
        assert!(is_fresh(1_000_999) && !is_fresh(1_001_000));
    }

    proptest! {
        #[test]
        fn load_never_panics(mut bytes: Vec<u8>, head: [u8; HEAD - 8]) {
            bytes.splice(..0, MAGIC.iter().copied().chain(head));
            if let Some(head) = Head::decode(&bytes) {
                let bytes = Bytes::from(bytes);
                drop(head.open(&bytes, Arc::new(bytes.clone())));
            }
        }
    }
}
