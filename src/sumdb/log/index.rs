//! From a version to its place in the log: what keeps a version from being logged twice.
//!
//! A table of bucket (two bytes) and `<namespace> <name> <version>` → index and leaf, with the
//! number of records that are in it. All of it can be rebuilt from the records; a file that is damaged or ahead of its
//! log is thrown away.

use std::{
    fs,
    path::{Path, PathBuf},
};

use redb::{
    Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
};

use crate::sumdb::{
    lookup::{IndexBucket, bucket_of},
    record::PackageKey,
    tlog::Hash,
};

const PLACES: TableDefinition<'_, &[u8], (u64, [u8; Hash::LEN])> = TableDefinition::new("places");
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const SIZE: &str = "size";
/// Memory for pages, in bytes.
const CACHE: usize = 8 << 20;

/// The index of a log.
pub struct Index {
    access: Access,
    size: u64,
}

/// How the file is open: closing what can be written writes to it, so who only looks opens it otherwise.
enum Access {
    Reading(ReadOnlyDatabase, PathBuf),
    Writing(Database),
    /// It could not be opened again.
    Lost,
}

impl Access {
    fn begin_read(&self) -> Result<ReadTransaction, IndexError> {
        match self {
            Self::Reading(database, _) => Ok(database.begin_read()?),
            Self::Writing(database) => Ok(database.begin_read()?),
            Self::Lost => Err(IndexError("it is closed".to_owned())),
        }
    }

    /// The database to write to; whoever only read it until now must be the only one who has it.
    fn writing(&mut self) -> Result<&Database, IndexError> {
        *self = match std::mem::replace(self, Self::Lost) {
            Self::Reading(database, path) => {
                drop(database);
                Self::Writing(writable(&path)?)
            }
            other => other,
        };
        match self {
            Self::Writing(database) => Ok(database),
            _ => Err(IndexError("it is closed".to_owned())),
        }
    }
}

fn writable(path: &Path) -> Result<Database, IndexError> {
    Ok(Database::builder().set_cache_size(CACHE).create(path)?)
}

/// An index that cannot be used; it is to be removed and rebuilt.
#[derive(Debug, thiserror::Error)]
#[error("the index of the log cannot be used: {0}")]
pub struct IndexError(String);

impl<E: Into<redb::Error>> From<E> for IndexError {
    fn from(error: E) -> Self {
        Self(error.into().to_string())
    }
}

impl Index {
    /// Opens the index in a file, which is made if need be.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        Self::over(Access::Writing(writable(path)?))
    }

    /// As [`Index::open`], for somebody who holds a lock and will rarely have anything to add.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn open_to_look(path: &Path) -> Result<Self, IndexError> {
        match Database::builder().set_cache_size(CACHE).open_read_only(path) {
            Ok(database) => Self::over(Access::Reading(database, path.to_owned())),
            // Not there, or not closed as it should have been.
            Err(_) => Self::open(path),
        }
    }

    fn over(access: Access) -> Result<Self, IndexError> {
        let size = match access.begin_read()?.open_table(META) {
            Ok(meta) => meta.get(SIZE)?.map_or(0, |size| size.value()),
            Err(redb::TableError::TableDoesNotExist(_)) => 0,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { access, size })
    }

    /// As [`Index::open`] of a file that is removed first.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn create_anew(path: &Path) -> Result<Self, IndexError> {
        // What cannot be removed cannot be created either, and that error says more.
        drop(fs::remove_file(path));
        Self::open(path)
    }

    /// The number of records of the log that are in it.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where versions are, and as which leaf.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn places<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a PackageKey>,
    ) -> Result<Vec<Option<(u64, Hash)>>, IndexError> {
        let table = match self.access.begin_read()?.open_table(PLACES) {
            Err(redb::TableError::TableDoesNotExist(_)) => {
                return Ok(keys.into_iter().map(|_| None).collect());
            }
            other => other?,
        };
        let mut places = Vec::new();
        for key in keys {
            let place = table.get(row(key).as_slice())?;
            places.push(place.map(|place| place.value()).map(|(index, leaf)| (index, Hash(leaf))));
        }
        Ok(places)
    }

    /// The versions of all names of one bucket.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn bucket(&self, bucket: u16) -> Result<IndexBucket, IndexError> {
        let mut found = IndexBucket::default();
        let table = match self.access.begin_read()?.open_table(PLACES) {
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(found),
            other => other?,
        };
        let first = bucket.to_be_bytes();
        for item in table.range(first.as_slice()..)? {
            let (row, place) = item?;
            let Some(text) = row.value().strip_prefix(first.as_slice()) else { break };
            let key = str::from_utf8(text).ok().and_then(PackageKey::parse);
            let (index, _) = place.value();
            if let Some(key) = key {
                found.insert(key, index);
            }
        }
        Ok(found)
    }

    /// Adds records and sets the size; a version that is there keeps its first place.
    ///
    /// # Errors
    /// [`IndexError`]; nothing is changed then.
    pub fn extend(
        &mut self,
        records: impl IntoIterator<Item = (PackageKey, u64, Hash)>,
        size: u64,
    ) -> Result<(), IndexError> {
        let transaction = self.access.writing()?.begin_write()?;
        {
            let mut places = transaction.open_table(PLACES)?;
            for (key, index, leaf) in records {
                let row = row(&key);
                if places.get(row.as_slice())?.is_none() {
                    places.insert(row.as_slice(), (index, leaf.0))?;
                }
            }
            transaction.open_table(META)?.insert(SIZE, size)?;
        }
        transaction.commit()?;
        self.size = size;
        Ok(())
    }
}

/// The key of a version in the table: names of one bucket lie side by side.
fn row(key: &PackageKey) -> Vec<u8> {
    let mut row = bucket_of(key.namespace(), key.name()).to_be_bytes().to_vec();
    row.extend(key.as_line().as_bytes());
    row
}
