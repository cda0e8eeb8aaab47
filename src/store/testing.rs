//! Archives made by hand, hostile ones above all.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

/// A tar archive, entry by entry, without any check.
#[derive(Clone, Default)]
pub(super) struct TarBuilder {
    blocks: Vec<u8>,
}

/// A header to be spoiled before it is written.
#[derive(Clone)]
pub(super) struct RawHeader {
    pub(super) block: [u8; 512],
}

impl RawHeader {
    pub(super) fn new(kind: u8, name: &[u8], size: usize) -> Self {
        let mut header = Self { block: [0; 512] };
        header.put(0, name);
        header.put(100, b"0000644\0");
        header.put(108, b"0000000\0");
        header.put(116, b"0000000\0");
        header.put(124, format!("{size:011o}\0").as_bytes());
        header.put(136, b"00000000000\0");
        header.put(156, &[kind]);
        header.put(257, b"ustar\x0000");
        header
    }

    pub(super) fn put(&mut self, at: usize, bytes: &[u8]) -> &mut Self {
        self.block[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn with_checksum(mut self) -> [u8; 512] {
        self.put(148, b"        ");
        let sum: u32 = self.block.iter().map(|byte| u32::from(*byte)).sum();
        self.put(148, format!("{sum:06o}\0 ").as_bytes());
        self.block
    }
}

impl TarBuilder {
    /// An archive that starts with an acceptable `package.json`.
    pub(super) fn package() -> Self {
        Self::default().file("package/package.json", br#"{"name":"a","version":"1.0.0"}"#)
    }

    pub(super) fn file(self, name: &str, content: &[u8]) -> Self {
        self.entry(b'0', name.as_bytes(), content)
    }

    pub(super) fn file_mode(self, name: &str, content: &[u8], mode: [u8; 8]) -> Self {
        let mut header = RawHeader::new(b'0', name.as_bytes(), content.len());
        header.put(100, &mode);
        self.header(header).body(content)
    }

    pub(super) fn directory(self, name: &str) -> Self {
        self.entry(b'5', name.as_bytes(), b"")
    }

    pub(super) fn entry(self, kind: u8, name: &[u8], content: &[u8]) -> Self {
        self.header(RawHeader::new(kind, name, content.len())).body(content)
    }

    pub(super) fn header(self, header: RawHeader) -> Self {
        self.raw(&header.with_checksum())
    }

    pub(super) fn body(self, content: &[u8]) -> Self {
        let padding = content.len().next_multiple_of(512) - content.len();
        self.raw(content).raw(&vec![0; padding])
    }

    pub(super) fn pax(self, records: &[(&str, &str)]) -> Self {
        self.entry(b'x', b"PaxHeader/x", &pax(records))
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.blocks.extend_from_slice(bytes);
        self
    }

    /// The archive with its end.
    pub(super) fn tar(self) -> Vec<u8> {
        self.raw(&[0; 1024]).blocks
    }

    /// The archive as it is, without an end.
    pub(super) fn without_end(self) -> Vec<u8> {
        self.blocks
    }

    pub(super) fn gzip(self) -> Vec<u8> {
        gzip(&self.tar())
    }
}

/// The body of an extended header.
pub(super) fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let record = |(key, value): &(&str, &str)| {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while length.to_string().len() + rest != length {
            length += 1;
        }
        format!("{length} {key}={value}\n").into_bytes()
    };
    records.iter().flat_map(record).collect()
}

/// One gzip member.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
