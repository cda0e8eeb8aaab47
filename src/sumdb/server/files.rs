//! The files of a log, as far as they are published.

use super::{Admission, Answered, Server, Unanswered};
use crate::sumdb::{
    store::Store,
    tile::{Bundle, Layout, Resource, Tile},
    view::ViewError,
};

impl<S: Store, A: Admission> Server<S, A> {
    /// A head, tile or bundle; narrower ones than there are now too, wider ones not.
    pub(super) async fn file(
        &self,
        layout: Layout,
        resource: Resource,
    ) -> Result<Answered, Unanswered> {
        let published = self.view.published().ok_or(Unanswered::NotFound)?;
        let size = published.tree.size;
        let bytes = match resource {
            Resource::Checkpoint => return Ok(Answered::text(published.note.to_string())),
            Resource::Tile(tile) => {
                let there = Tile::in_tree(tile.level(), tile.index(), size);
                there.filter(|there| tile.width() <= there.width()).ok_or(Unanswered::NotFound)?;
                self.view.tile(tile).await?
            }
            Resource::Bundle(bundle) => {
                let there = Bundle::in_log(bundle.index(), size);
                there
                    .filter(|there| bundle.width() <= there.width())
                    .ok_or(Unanswered::NotFound)?;
                let bytes = self.view.bundle(bundle).await?;
                bytes.map(|bytes| in_layout(layout, bundle, bytes)).transpose()?
            }
        };
        bytes.map(Answered::immutable).ok_or(Unanswered::NotFound)
    }
}

/// The records of a bundle as a layout writes them.
fn in_layout(layout: Layout, bundle: Bundle, bytes: Vec<u8>) -> Result<Vec<u8>, ViewError> {
    if layout == Layout::C2sp {
        return Ok(bytes);
    }
    let damaged = |reason: String| ViewError::Damaged(reason);
    let records =
        bundle.decode(Layout::C2sp, &bytes).map_err(|error| damaged(error.to_string()))?;
    Bundle::encode(layout, records)
        .ok_or_else(|| damaged("a record does not fit in Go's layout".to_owned()))
}
