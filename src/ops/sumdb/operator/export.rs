//! A log as plain files, for any web server.

use std::{fs, path::Path, sync::Arc};

use serde_json::json;

use super::{LogOptions, Report};
use crate::{
    error::Failure,
    event::{Event, Phase},
    fs::{Durability, FsError, write_atomic},
    ops::Context,
    sumdb::{
        lookup::IndexBucket,
        sequencer::Profile,
        store::{AnyStore, StoreError},
        tile::{Bundle, Layout, Resource, Tile},
        view::{Published, View, ViewError},
    },
};

/// Writes the published tree to a folder: tiles, bundles, index, and the checkpoint last.
///
/// An export into the same folder again writes what is new; whoever reads meanwhile sees the old
/// tree or the new one, whole.
///
/// # Errors
/// A log that cannot be read, a folder that cannot be written.
pub async fn export(
    context: &Arc<Context>,
    options: &LogOptions,
    folder: &Path,
) -> Result<Report, Failure> {
    let index = options.index(context, "reader")?;
    let view = View::open(options.store(context)?, &index).await?;
    let published = view.published().ok_or(ViewError::NoLog)?;
    let folder = context.config.sources().cwd.join(folder);
    let layouts: &[Layout] = match view.identity().profile {
        Profile::Packages => &[Layout::C2sp],
        Profile::GoModules => &[Layout::C2sp, Layout::Go],
    };
    context.reporter.event(Event::PhaseStarted(Phase::Fetch));
    let mut files = 0_u64;
    for layout in layouts {
        files += objects(context, &view, &published, *layout, &folder).await?;
    }
    files += buckets(&view, published.tree.size, &folder)?;
    for layout in layouts {
        let path = folder.join(layout.path(Resource::Checkpoint));
        write(&path, published.note.to_string().as_bytes(), Durability::Synced)?;
        files += 1;
    }
    context.reporter.event(Event::PhaseFinished(Phase::Fetch));
    let size = published.tree.size;
    let line = format!("{size} records in {}, {files} files written", folder.display());
    Ok(Report {
        lines: vec![line],
        json: json!({ "size": size, "files": files }),
        remarkable: false,
    })
}

/// Tiles and bundles; full ones that are there already are left.
async fn objects(
    context: &Context,
    view: &View<AnyStore>,
    published: &Published,
    layout: Layout,
    folder: &Path,
) -> Result<u64, Failure> {
    let size = published.tree.size;
    let total = Bundle::new_in(0, size).count() as u64;
    let mut files = 0;
    for tile in Tile::new_in(0, size) {
        let path = folder.join(layout.path(Resource::Tile(tile)));
        if tile.is_partial() || !path.exists() {
            let bytes = view.tile(tile).await?;
            let missing = || ViewError::Damaged(format!("{} is missing", path.display()));
            write(&path, &bytes.ok_or_else(missing)?, Durability::Volatile)?;
            files += 1;
        }
    }
    for (done, bundle) in (1..).zip(Bundle::new_in(0, size)) {
        let path = folder.join(layout.path(Resource::Bundle(bundle)));
        if bundle.is_partial() || !path.exists() {
            let damaged = |what: &str| ViewError::Damaged(format!("{}: {what}", path.display()));
            let bytes = view.bundle(bundle).await?.ok_or_else(|| damaged("missing"))?;
            let records =
                bundle.decode(Layout::C2sp, &bytes).map_err(|error| damaged(&error.to_string()))?;
            let bytes = Bundle::encode(layout, records).ok_or_else(|| damaged("no record text"))?;
            write(&path, &bytes, Durability::Volatile)?;
            files += 1;
        }
        context.reporter.event(Event::PhaseProgress { phase: Phase::Fetch, done, total });
    }
    Ok(files)
}

/// The index; empty buckets have no file.
fn buckets(view: &View<AnyStore>, size: u64, folder: &Path) -> Result<u64, Failure> {
    let mut files = 0;
    for number in 0..=u16::MAX {
        let mut bucket = IndexBucket::default();
        for (key, index) in view.bucket(number)?.entries().filter(|(_, index)| *index < size) {
            bucket.insert(key.clone(), index);
        }
        if bucket != IndexBucket::default() {
            let path = folder.join(IndexBucket::path(number));
            write(&path, bucket.to_string().as_bytes(), Durability::Volatile)?;
            files += 1;
        }
    }
    Ok(files)
}

fn write(path: &Path, bytes: &[u8], durability: Durability) -> Result<(), Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
        fs::create_dir_all(folder).map_err(FsError::io("create", folder))?;
    }
    Ok(write_atomic(path, bytes, durability).map_err(StoreError::Fs)?)
}
