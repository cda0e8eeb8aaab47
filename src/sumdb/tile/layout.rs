//! Where tiles and bundles lie: paths of C2SP tlog-tiles, and those of Go's checksum database.

use super::{Bundle, LEVELS, TILE_WIDTH, Tile};

/// Whose paths and bundle format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    /// `checkpoint`, `tile/<level>/<n>`, `tile/entries/<n>`; records with a 16-bit length.
    #[default]
    C2sp,
    /// `latest`, `tile/8/<level>/<n>`, `tile/8/data/<n>`; records divided by blank lines.
    Go,
}

/// A file of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The latest signed checkpoint.
    Checkpoint,
    /// A tile of hashes.
    Tile(Tile),
    /// A bundle of records.
    Bundle(Bundle),
}

impl Layout {
    /// The path of a file below the log's URL or folder, without a leading slash.
    pub fn path(self, resource: Resource) -> String {
        let (row, index, width) = match (self, resource) {
            (Self::C2sp, Resource::Checkpoint) => return "checkpoint".to_owned(),
            (Self::Go, Resource::Checkpoint) => return "latest".to_owned(),
            (Self::C2sp, Resource::Tile(tile)) => (tile.level.to_string(), tile.index, tile.width),
            (Self::Go, Resource::Tile(tile)) => {
                (format!("8/{}", tile.level), tile.index, tile.width)
            }
            (Self::C2sp, Resource::Bundle(bundle)) => {
                ("entries".to_owned(), bundle.index, bundle.width)
            }
            (Self::Go, Resource::Bundle(bundle)) => {
                ("8/data".to_owned(), bundle.index, bundle.width)
            }
        };
        let partial =
            if usize::from(width) < TILE_WIDTH { format!(".p/{width}") } else { String::new() };
        format!("tile/{row}/{}{partial}", grouped(index))
    }

    /// The file at a path; `None` for anything that [`Layout::path`] would not have written.
    pub fn parse(self, path: &str) -> Option<Resource> {
        let resource = self.read(path)?;
        (self.path(resource) == path).then_some(resource)
    }

    /// As `parse`, but several spellings of a path pass.
    fn read(self, path: &str) -> Option<Resource> {
        if path == self.path(Resource::Checkpoint) {
            return Some(Resource::Checkpoint);
        }
        let rest = path.strip_prefix("tile/")?;
        let rest = if self == Self::Go { rest.strip_prefix("8/")? } else { rest };
        let (row, rest) = rest.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (rest, 256),
        };
        if width == 0 || usize::from(width) > TILE_WIDTH {
            return None;
        }
        let index = ungrouped(number)?;
        match (self, row) {
            (Self::C2sp, "entries") | (Self::Go, "data") => {
                Some(Resource::Bundle(Bundle { index, width }))
            }
            _ => {
                let level = row.parse().ok().filter(|level| usize::from(*level) < LEVELS)?;
                Some(Resource::Tile(Tile { level, index, width }))
            }
        }
    }
}

/// A number in groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`.
fn grouped(mut number: u64) -> String {
    let mut text = format!("{:03}", number % 1000);
    while number >= 1000 {
        number /= 1000;
        text = format!("x{:03}/{text}", number % 1000);
    }
    text
}

fn ungrouped(text: &str) -> Option<u64> {
    let mut number = 0_u64;
    for group in text.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(number)
}
