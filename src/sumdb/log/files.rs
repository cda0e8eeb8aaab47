//! The files of an embedded log.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use super::LogError;
use crate::{
    fs::{Durability, FsError, if_there, read_bounded, write_atomic},
    sumdb::{
        checkpoint::TreeHead,
        note::{MAX_NOTE, Note, SigningKey},
        tile::{Appender, Bundle, Growth, Layout, Resource, Tile},
        tlog::{Frontier, Hash},
    },
};

/// The largest bundle: 256 records of 64 KiB, in bytes.
const MAX_BUNDLE: u64 = 17 << 20;
/// The longest private key, in bytes.
const MAX_KEY: u64 = 4 << 10;

/// The folder of an embedded log.
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// The folder, made if need be, for its owner alone.
    pub(super) fn open(folder: &Path) -> Result<Self, FsError> {
        if !folder.is_dir() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(FsError::io("create", folder))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    pub(super) fn damaged(&self, reason: String) -> LogError {
        LogError::Damaged { folder: self.folder.clone(), reason }
    }

    pub(super) fn index_path(&self) -> PathBuf {
        self.folder.join("index.redb")
    }

    fn checkpoint_path(&self) -> PathBuf {
        self.folder.join(Layout::C2sp.path(Resource::Checkpoint))
    }

    fn path(&self, resource: Resource) -> PathBuf {
        self.folder.join(Layout::C2sp.path(resource))
    }

    /// The private key; `None` where the log is new.
    pub(super) fn read_key(&self) -> Result<Option<SigningKey>, LogError> {
        let Some(bytes) = read(&self.folder.join("key"), MAX_KEY)? else {
            // A head that nobody can sign on for: not a new log.
            return match self.checkpoint()? {
                Some(_) => Err(self.damaged("its key is gone".to_owned())),
                None => Ok(None),
            };
        };
        let text = String::from_utf8(bytes).unwrap_or_default();
        let key = SigningKey::parse(text.trim_end());
        key.map(Some).map_err(|error| self.damaged(format!("its key: {error}")))
    }

    /// Writes a new key, readable by its owner alone before it has content.
    pub(super) fn create_key(&self, key: &SigningKey) -> Result<SigningKey, LogError> {
        let path = self.folder.join("key");
        let mut file =
            tempfile::NamedTempFile::new_in(&self.folder).map_err(FsError::io("write", &path))?;
        let text = format!("{}\n", key.to_secret_text());
        file.write_all(text.as_bytes()).map_err(FsError::io("write", &path))?;
        file.as_file().sync_all().map_err(FsError::io("sync", &path))?;
        file.persist_noclobber(&path).map_err(|error| FsError::io("rename", &path)(error.error))?;
        sync_folder(&self.folder)?;
        Ok(key.clone())
    }

    pub(super) fn checkpoint(&self) -> Result<Option<Vec<u8>>, LogError> {
        Ok(read(&self.checkpoint_path(), MAX_NOTE as u64)?)
    }

    pub(super) fn write_checkpoint(&self, note: &Note) -> Result<(), LogError> {
        let text = note.to_string();
        Ok(write_atomic(&self.checkpoint_path(), text.as_bytes(), Durability::Synced)?)
    }

    /// Writes bundles so that they survive a power cut.
    pub(super) fn write_bundles(&self, growth: &Growth) -> Result<(), LogError> {
        let mut folders = BTreeSet::new();
        for (bundle, records) in &growth.bundles {
            let path = self.path(Resource::Bundle(*bundle));
            let bytes = Bundle::encode(Layout::C2sp, records.iter().map(Vec::as_slice));
            let bytes = bytes.ok_or_else(|| self.damaged("a record is too long".to_owned()))?;
            folders.extend(self.prepare(&path)?);
            let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&path))
                .map_err(FsError::io("write", &path))?;
            file.write_all(&bytes).map_err(FsError::io("write", &path))?;
            file.as_file().sync_data().map_err(FsError::io("sync", &path))?;
            file.persist(&path).map_err(|error| FsError::io("rename", &path)(error.error))?;
        }
        Ok(folders.iter().try_for_each(|folder| sync_folder(folder))?)
    }

    /// Writes tiles; what a power cut takes of them is rebuilt.
    pub(super) fn write_tiles(&self, growth: &Growth) -> Result<(), LogError> {
        for (tile, bytes) in &growth.tiles {
            let path = self.path(Resource::Tile(*tile));
            self.prepare(&path)?;
            write_atomic(&path, bytes, Durability::Volatile)?;
        }
        Ok(())
    }

    /// Makes the folders above a file; all of them, up to the log's own.
    fn prepare(&self, path: &Path) -> Result<Vec<PathBuf>, FsError> {
        let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.folder));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(FsError::io("create", folder))?;
        }
        Ok(above.map(Path::to_path_buf).collect())
    }

    /// Removes partial files that wider ones have replaced. What cannot be removed only takes room.
    pub(super) fn remove_superseded(&self, old: u64, new: u64) {
        let tiles = Tile::edge(old)
            .filter(|tile| Tile::in_tree(tile.level(), tile.index(), new) != Some(*tile))
            .map(Resource::Tile);
        let bundle = Bundle::in_log(old / 256, old)
            .filter(|bundle| Bundle::in_log(bundle.index(), new) != Some(*bundle))
            .map(Resource::Bundle);
        for path in tiles.chain(bundle).map(|resource| self.path(resource)) {
            drop(fs::remove_file(&path));
            // The folder of partial files, where this was the last one.
            drop(path.parent().map(fs::remove_dir));
        }
    }

    /// The bytes of the records from place `from` on, in a log of `size`.
    pub(super) fn records(&self, from: u64, size: u64) -> Result<Vec<(u64, Vec<u8>)>, LogError> {
        let mut records = Vec::new();
        for bundle in Bundle::new_in(from, size) {
            let places = bundle.index() * 256..;
            let all = places.zip(self.bundle(bundle)?);
            records.extend(all.filter(|(place, _)| *place >= from));
        }
        Ok(records)
    }

    /// The record at a place.
    pub(super) fn record(&self, place: u64, size: u64) -> Result<Vec<u8>, LogError> {
        let missing = || self.damaged(format!("record {place} is missing"));
        let bundle = Bundle::in_log(place / 256, size).ok_or_else(missing)?;
        let at = usize::try_from(place % 256).unwrap_or_default();
        self.bundle(bundle)?.into_iter().nth(at).ok_or_else(missing)
    }

    fn bundle(&self, bundle: Bundle) -> Result<Vec<Vec<u8>>, LogError> {
        let path = self.path(Resource::Bundle(bundle));
        // An append that was interrupted may have written the full bundle already.
        let found = match read(&path, MAX_BUNDLE)? {
            None => read(&self.path(Resource::Bundle(bundle.filled())), MAX_BUNDLE)?,
            found => found,
        };
        let bytes = found.ok_or_else(|| self.damaged(format!("{} is missing", path.display())))?;
        let records = bundle.decode(Layout::C2sp, &bytes);
        let records = records.map_err(|error| self.damaged(error.to_string()))?;
        Ok(records.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// The end of the log from the tiles at its edge; `None` where they do not fit the tree.
    pub(super) fn appender_from_tiles(&self, tree: TreeHead) -> Result<Option<Appender>, LogError> {
        let mut edge = Vec::new();
        for tile in Tile::edge(tree.size) {
            let bytes = read(&self.path(Resource::Tile(tile)), tile.len_bytes() as u64)?;
            let Some(hashes) = bytes.and_then(|bytes| Hash::many_from_slice(&bytes)) else {
                return Ok(None);
            };
            edge.push(hashes);
        }
        let frontier = Frontier::from_edge(tree.size, edge);
        let Some(frontier) = frontier.filter(|frontier| frontier.root() == tree.root) else {
            return Ok(None);
        };
        let start = tree.size / 256 * 256;
        let tail = self.records(start, tree.size)?.into_iter().map(|(_, text)| text).collect();
        let appender = Appender::resume(frontier, tail);
        appender.map(Some).ok_or_else(|| {
            self.damaged("its last records are not those of its checkpoint".to_owned())
        })
    }
}

/// The bytes of a file; `None` where there is none.
fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    if_there(read_bounded(path, limit))
}

/// Makes the names in a folder survive a power cut; only Unix can open a folder to do so.
fn sync_folder(folder: &Path) -> Result<(), FsError> {
    if cfg!(unix) {
        let handle = File::open(folder).map_err(FsError::io("open", folder))?;
        handle.sync_all().map_err(FsError::io("sync", folder))?;
    }
    Ok(())
}
