//! The walk over a tar archive, and the rules it enforces.
//!
//! The walk pulls bytes from a [`Bytes`] source: a stream that is inflated piece by piece,
//! or a buffer that was inflated whole. Both run the same code, so they cannot disagree.
//! The crate `tar` is the oracle in the tests.

use std::io::{self, BufRead};

use super::{
    entry_path::{EntryName, EntryPath, PathRule, escape_name},
    gunzip::Gunzip,
    header::{BLOCK, Header},
    limits::{Limits, MAX_EXTENDED_HEADER, MAX_UNPACKED},
    pax::Pax,
};
use crate::fs::FsError;

/// What is inflated at a time when a body is streamed, in bytes.
const CHUNK: usize = 256 << 10;

/// A rule that an archive broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// No bytes at all.
    #[error("the tarball is empty")]
    Empty,
    /// Not a valid gzip body: damaged data, a wrong CRC or a wrong length.
    #[error("the gzip data is corrupt")]
    CorruptGzip,
    /// Ends before its end.
    #[error("the tarball is cut short")]
    Truncated,
    /// Bytes behind the end, which another reader might take for something.
    #[error("there are bytes behind the end of the archive")]
    TrailingBytes,
    /// More gzip members than anybody writes.
    #[error("there are too many gzip members")]
    TooManyMembers,
    /// Unpacks to more bytes than is allowed.
    #[error("it unpacks to more than {0} bytes")]
    TooManyBytes(u64),
    /// Has more entries than is allowed.
    #[error("it has more than {0} entries")]
    TooManyEntries(u64),
    /// A header's checksum is wrong.
    #[error("a header has a wrong checksum")]
    Checksum,
    /// A number in a header is malformed or negative.
    #[error("the header field `{0}` is not a valid number")]
    BadNumber(&'static str),
    /// The two zero blocks at the end are missing.
    #[error("the archive has no end")]
    NoEnd,
    /// An unsafe name.
    #[error(transparent)]
    Path(#[from] PathRule),
    /// An entry that is neither a file nor a directory; the type flag.
    #[error("{} are not allowed in a package", type_name(*.0))]
    Type(u8),
    /// An extended header that is malformed or ambiguous.
    #[error("an extended header is not acceptable ({0})")]
    Extended(&'static str),
    /// The header and its extension give different sizes.
    #[error("the header and its extension disagree about the size")]
    SizeDisagrees,
    /// A directory with a body.
    #[error("a directory has content")]
    DirectoryWithContent,
    /// The first component differs from that of the entries before.
    #[error("the archive has more than one root")]
    TwoRoots,
    /// A file beside the root directory.
    #[error("a file lies outside the root directory")]
    OutsideRoot,
    /// Two files of one name and different content or mode.
    #[error("two different files have this name")]
    Duplicate,
    /// One name is a file and a directory.
    #[error("the name is both a file and a directory")]
    FileAndDirectory,
    /// Two names that the file system does not tell apart, with different content.
    #[error("the name differs only by case or normalisation from {0}")]
    Collision(String),
    /// No `package.json` at the top.
    #[error("there is no package.json")]
    NoPackageJson,
    /// A `package.json` beyond any honest size.
    #[error("package.json is too large")]
    PackageJsonTooLarge,
}

fn type_name(kind: u8) -> &'static str {
    match kind {
        b'1' => "hard links",
        b'2' => "symbolic links",
        b'3' | b'4' => "devices",
        b'6' => "FIFOs",
        b'K' => "long link names",
        b'S' => "sparse files",
        _ => "entries of an unknown type",
    }
}

/// Why an archive is refused: the rule, and the entry that broke it (escaped, ready to be shown).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the entry as the archive has it, escaped; `None` when the archive as a whole is at fault.
    pub entry: Option<String>,
    /// The rule.
    pub rule: Rule,
}

/// Why unpacking stopped.
#[derive(Debug)]
pub(super) enum Fault {
    /// The body could not be read.
    Source(io::Error),
    /// The archive is not acceptable.
    Refused(Refusal),
    /// The store could not be written.
    Fs(FsError),
}

impl From<Rule> for Fault {
    fn from(rule: Rule) -> Self {
        Self::Refused(Refusal { entry: None, rule })
    }
}

impl From<FsError> for Fault {
    fn from(error: FsError) -> Self {
        Self::Fs(error)
    }
}

impl Rule {
    /// The fault of one entry; `name` is escaped.
    pub(super) fn at(self, name: &[u8]) -> Fault {
        Fault::Refused(Refusal { entry: Some(escape_name(name)), rule: self })
    }
}

/// Bytes of an inflated archive.
pub(super) trait Bytes {
    /// The next bytes, as many as are at hand; empty at the end and only there.
    fn fill(&mut self) -> Result<&[u8], Fault>;

    /// Passes over bytes that `fill` showed.
    fn consume(&mut self, count: usize);
}

/// An archive in memory.
pub(super) struct Whole<'a>(pub(super) &'a [u8]);

impl Bytes for Whole<'_> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        Ok(self.0)
    }

    fn consume(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }
}

/// An archive that is inflated piece by piece, in constant memory.
pub(super) struct Inflating<R> {
    gunzip: Gunzip<R>,
    chunk: Vec<u8>,
    position: usize,
    total: u64,
    limit: u64,
}

impl<R: BufRead> Inflating<R> {
    pub(super) fn new(source: R, limits: Limits) -> Self {
        Self {
            gunzip: Gunzip::new(source),
            chunk: Vec::with_capacity(CHUNK),
            position: 0,
            total: 0,
            limit: limits.inflated,
        }
    }

    /// The compressed source and how much came out of it.
    pub(super) fn into_parts(self) -> (R, u64) {
        (self.gunzip.into_source(), self.total)
    }
}

impl<R: BufRead> Bytes for Inflating<R> {
    fn fill(&mut self) -> Result<&[u8], Fault> {
        if self.position == self.chunk.len() {
            self.chunk.clear();
            self.position = 0;
            self.total += self.gunzip.inflate(&mut self.chunk)? as u64;
            if self.total > self.limit {
                return Err(Rule::TooManyBytes(self.limit).into());
            }
        }
        Ok(self.chunk.get(self.position..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.position = (self.position + count).min(self.chunk.len());
    }
}

/// The permissions a file gets: npm's `(mode | 0666) & ~umask`, from which only who may execute it
/// is the archive's to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileMode(u32);

impl FileMode {
    const EXECUTE: u64 = 0o111;

    /// From a mode in an archive.
    pub(super) fn of(mode: u64) -> Self {
        Self(u32::try_from(mode & Self::EXECUTE).unwrap_or(0))
    }

    /// The mode to create the file with; the process's umask takes its part.
    pub fn creation_bits(self) -> u32 {
        0o666 | self.0
    }

    /// A byte for an index: its lowest bit tells whether anybody may execute the file, the bits
    /// above the next one who of owner, group and others may not.
    pub(super) fn to_flags(self) -> u8 {
        if self.0 == 0 {
            return 0;
        }
        let denied = |bit: u32, flag: u8| if self.0 & bit == 0 { flag } else { 0 };
        1 | denied(0o100, 4) | denied(0o010, 8) | denied(0o001, 16)
    }

    /// What [`FileMode::to_flags`] wrote; other bits do not matter.
    pub(super) fn from_flags(flags: u8) -> Self {
        if flags & 1 == 0 {
            return Self(0);
        }
        let allowed = |bit: u32, flag: u8| if flags & flag == 0 { bit } else { 0 };
        Self(allowed(0o100, 4) | allowed(0o010, 8) | allowed(0o001, 16))
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// A file of some mode; its content is read with [`Walk::body`].
    File(FileMode),
    /// A directory.
    Directory,
}

/// An entry below the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: EntryPath,
    pub(super) kind: EntryKind,
}

/// The walk: entries in order, each checked before it is given out.
pub(super) struct Walk<B> {
    bytes: B,
    limits: Limits,
    entries: u64,
    root: Option<Box<str>>,
    /// Of the current entry: bytes of the body, then of the padding, that are still ahead.
    body: u64,
    padding: u64,
}

/// Extensions that wait for their entry.
#[derive(Default)]
struct Extensions {
    pax: Option<Pax>,
    long_name: Option<Vec<u8>>,
}

impl<B: Bytes> Walk<B> {
    pub(super) fn new(bytes: B, limits: Limits) -> Self {
        Self { bytes, limits, entries: 0, root: None, body: 0, padding: 0 }
    }

    /// The bytes, to look at what they counted.
    pub(super) fn into_bytes(self) -> B {
        self.bytes
    }

    /// Reads what is left of the inflated bytes, whatever it is, to learn whether they are sound.
    pub(super) fn read_to_end(&mut self) -> Result<(), Fault> {
        loop {
            let length = self.bytes.fill()?.len();
            if length == 0 {
                return Ok(());
            }
            self.bytes.consume(length);
        }
    }

    /// The next file or directory; `None` at a proper end, when everything has been read.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, Fault> {
        let mut extensions = Extensions::default();
        loop {
            self.finish_entry()?;
            let Some(header) = self.header()? else {
                if extensions.pax.is_some() || extensions.long_name.is_some() {
                    return Err(Rule::Extended("no entry follows").into());
                }
                return Ok(None);
            };
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(Rule::TooManyEntries(self.limits.entries).into());
            }
            self.expect_body(header.size)?;
            match header.kind {
                b'0' | 0 | b'5' => {
                    if let Some(entry) = self.entry(header, std::mem::take(&mut extensions))? {
                        return Ok(Some(entry));
                    }
                }
                b'x' | b'g' | b'L' => self.extension(&header, &mut extensions)?,
                kind => return Err(Rule::Type(kind).at(&header.name)),
            }
        }
    }

    /// Gives the content of the current entry to `take`, part by part.
    pub(super) fn body(
        &mut self,
        mut take: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        while self.body > 0 {
            let part = Self::part(&mut self.bytes, self.body)?;
            let length = part.len();
            take(part)?;
            self.bytes.consume(length);
            self.body -= length as u64;
        }
        Ok(())
    }

    /// At most `wanted` bytes, at least one.
    fn part(bytes: &mut B, wanted: u64) -> Result<&[u8], Fault> {
        let part = bytes.fill()?;
        if part.is_empty() {
            return Err(Rule::Truncated.into());
        }
        Ok(usize::try_from(wanted).ok().and_then(|wanted| part.get(..wanted)).unwrap_or(part))
    }

    fn finish_entry(&mut self) -> Result<(), Fault> {
        self.body(|_| Ok(()))?;
        self.body = std::mem::take(&mut self.padding);
        self.body(|_| Ok(()))
    }

    fn expect_body(&mut self, size: u64) -> Result<(), Fault> {
        if size > MAX_UNPACKED {
            return Err(Rule::TooManyBytes(MAX_UNPACKED).into());
        }
        self.body = size;
        self.padding = size.next_multiple_of(BLOCK as u64) - size;
        Ok(())
    }

    /// A block; `None` when the archive ends before it.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Fault> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(room) = block.get_mut(filled..).filter(|room| !room.is_empty()) {
            let part = self.bytes.fill()?;
            let length = part.len().min(room.len());
            if length == 0 {
                return if filled == 0 { Ok(None) } else { Err(Rule::Truncated.into()) };
            }
            let (room, part) = (room.get_mut(..length), part.get(..length));
            room.zip(part).into_iter().for_each(|(room, part)| room.copy_from_slice(part));
            self.bytes.consume(length);
            filled += length;
        }
        Ok(Some(block))
    }

    /// The next header; `None` behind the two zero blocks, with the rest read and found to be padding.
    fn header(&mut self) -> Result<Option<Header>, Fault> {
        let block = self.block()?.ok_or(Rule::NoEnd)?;
        if let Some(header) = Header::parse(&block)? {
            return Ok(Some(header));
        }
        let second = self.block()?.ok_or(Rule::NoEnd)?;
        if Header::parse(&second).is_ok_and(|header| header.is_none()) {
            return self.drain().map(|()| None);
        }
        Err(Rule::TrailingBytes.into())
    }

    /// Reads to the end of the body, so that every CRC is checked; only zeros may stand there.
    fn drain(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.bytes.fill()?;
            if rest.is_empty() {
                return Ok(());
            }
            if rest.iter().any(|byte| *byte != 0) {
                return Err(Rule::TrailingBytes.into());
            }
            let length = rest.len();
            self.bytes.consume(length);
        }
    }

    fn extension(&mut self, header: &Header, extensions: &mut Extensions) -> Result<(), Fault> {
        if header.size > MAX_EXTENDED_HEADER {
            return Err(Rule::Extended("too large").at(&header.name));
        }
        let mut content = Vec::new();
        self.body(|part| {
            content.extend_from_slice(part);
            Ok(())
        })?;
        let named = |rule: Rule| rule.at(&header.name);
        match header.kind {
            b'g' => Pax::check_global(&content).map_err(named),
            b'x' if extensions.pax.is_some() => Err(named(Rule::Extended("two for one entry"))),
            b'x' => {
                extensions.pax = Some(Pax::parse_local(&content).map_err(named)?);
                Ok(())
            }
            _ if extensions.long_name.is_some() => Err(named(Rule::Extended("two for one entry"))),
            _ => {
                let name = content.strip_suffix(b"\0").unwrap_or(&content);
                extensions.long_name = Some(name.to_vec());
                Ok(())
            }
        }
    }

    /// Decides about a file or directory; `None` for the root directory itself.
    fn entry(&mut self, header: Header, extensions: Extensions) -> Result<Option<Entry>, Fault> {
        let pax = extensions.pax.unwrap_or_default();
        let name = match (pax.path, extensions.long_name) {
            (Some(path), Some(_)) => return Err(Rule::Extended("two names").at(&path)),
            (Some(name), None) | (None, Some(name)) => name,
            (None, None) => header.name,
        };
        let size = match pax.size {
            Some(size) if header.size != 0 && size != header.size => {
                return Err(Rule::SizeDisagrees.at(&name));
            }
            Some(size) => size,
            None => header.size,
        };
        self.expect_body(size)?;
        let EntryName { root, path, trailing_slash } =
            EntryName::parse(&name).map_err(|rule| Rule::from(rule).at(&name))?;
        if *self.root.get_or_insert_with(|| root.clone()) != root {
            return Err(Rule::TwoRoots.at(&name));
        }
        let mode = FileMode::of(header.mode);
        // Old tar programs mark a directory by the slash alone (node-tar does the same).
        let directory = header.kind == b'5' || trailing_slash;
        let kind = if directory { EntryKind::Directory } else { EntryKind::File(mode) };
        if directory && size != 0 {
            return Err(Rule::DirectoryWithContent.at(&name));
        }
        match path {
            Some(path) => Ok(Some(Entry { path, kind })),
            None if directory => Ok(None),
            None => Err(Rule::OutsideRoot.at(&name)),
        }
    }
}
