//! Package tarballs in memory, the same bytes for the same content.

use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

/// What `npm pack` stamps on every entry: 1985-10-26T08:15:00Z.
const MTIME: u64 = 499_162_500;

/// A tarball under construction; entries keep the order in which they were added.
pub(crate) struct Tarball(tar::Builder<Vec<u8>>);

impl Tarball {
    /// An empty archive.
    pub(crate) fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    /// A regular file; `path` is relative to the package's root.
    pub(crate) fn file(mut self, path: &str, mode: u32, content: &[u8]) -> Self {
        let mut header = header(EntryType::Regular, mode, content.len());
        self.0.append_data(&mut header, format!("package/{path}"), content).unwrap();
        self
    }

    /// An entry whose name is written as it stands, however hostile (at most 100 bytes).
    pub(crate) fn raw(mut self, path: &[u8], kind: EntryType, link: &[u8], content: &[u8]) -> Self {
        let mut header = header(kind, 0o644, content.len());
        let fields = header.as_old_mut();
        fields.name[..path.len()].copy_from_slice(path);
        fields.linkname[..link.len()].copy_from_slice(link);
        header.set_cksum();
        self.0.append(&header, content).unwrap();
        self
    }

    /// The finished archive, not compressed.
    pub(crate) fn plain(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }

    /// The finished `.tgz`.
    pub(crate) fn gzip(self) -> Vec<u8> {
        gzip(&self.plain())
    }
}

fn header(kind: EntryType, mode: u32, bytes: usize) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(bytes.try_into().unwrap());
    header.set_mtime(MTIME);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// One gzip member without a name or a time.
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    std::io::Write::write_all(&mut encoder, content).unwrap();
    encoder.finish().unwrap()
}

/// Text that compression makes little shorter: a tarball with 14 MiB of it is one that is unpacked
/// while it arrives.
pub(crate) fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let letters = (0..length).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'0' + (state >> 58).to_be_bytes()[7])
    });
    letters.collect()
}
