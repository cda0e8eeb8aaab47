//! Hostile tarballs: each is refused as a whole, by name, before any of it can be seen.

use super::{
    LOOT, depends, loot, standing,
    support::{
        Registry, Sandbox,
        tarball::gzip,
        tree::{differences, stamps},
    },
};
use serde_json::json;
use std::fs;

const BLOCK: usize = 512;

/// An archive of raw blocks, for what no library writes.
#[derive(Clone)]
struct Raw(Vec<u8>);

/// Fields of a header, by their place: where, and the bytes.
type Edit<'a> = (usize, &'a [u8]);

const MODE: usize = 100;
const SIZE: usize = 124;
const CHECKSUM: usize = 148;
const LINK: usize = 157;
const PREFIX: usize = 345;

impl Raw {
    /// A package.json, and room for what follows.
    fn package(name: &str) -> Self {
        let manifest = json!({"name": name, "version": "1.0.0"}).to_string();
        Self(Vec::new()).file(b"package/package.json", manifest.as_bytes())
    }

    fn file(self, name: &[u8], content: &[u8]) -> Self {
        self.entry(b'0', name, content, &[])
    }

    /// An entry; edits come before the checksum is made, except an edit of the checksum itself.
    fn entry(mut self, kind: u8, name: &[u8], content: &[u8], edits: &[Edit<'_>]) -> Self {
        let mut header = [0; BLOCK];
        let size = format!("{:011o}\0", content.len());
        let fields: [Edit<'_>; 5] = [
            (0, name),
            (MODE, b"0000644\0"),
            (SIZE, size.as_bytes()),
            (156, &[kind]),
            (257, b"ustar\x0000"),
        ];
        for (at, bytes) in fields.iter().chain(edits).filter(|(at, _)| *at != CHECKSUM) {
            header[*at..*at + bytes.len()].copy_from_slice(bytes);
        }
        header[CHECKSUM..CHECKSUM + 8].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[CHECKSUM..CHECKSUM + 8].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        for (at, bytes) in edits.iter().filter(|(at, _)| *at == CHECKSUM) {
            header[*at..*at + bytes.len()].copy_from_slice(bytes);
        }
        self.0.extend_from_slice(&header);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }

    fn link(self, kind: u8, name: &[u8], target: &[u8]) -> Self {
        self.entry(kind, name, b"", &[(LINK, target)])
    }

    /// An extended header with these records.
    fn pax(self, kind: u8, records: &[(&str, &str)]) -> Self {
        let record = |(key, value): &(&str, &str)| {
            let rest = key.len() + value.len() + 3;
            let digits = (1..9).find(|n| (rest + n).to_string().len() == *n).unwrap();
            format!("{} {key}={value}\n", rest + digits)
        };
        let text: String = records.iter().map(record).collect();
        self.entry(kind, b"PaxHeader", text.as_bytes(), &[])
    }

    fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 2 * BLOCK, 0);
        self.0
    }

    fn gzip(self) -> Vec<u8> {
        gzip(&self.end())
    }
}

/// A tarball, and the words by which it is refused.
struct Case {
    what: &'static str,
    tarball: Vec<u8>,
    says: &'static str,
}

/// Names that lead out, or mean different things on different systems.
#[allow(clippy::too_many_lines, reason = "a table")]
fn names() -> Vec<Case> {
    let cases: [(&'static str, &[u8], &'static str); 22] = [
        ("upwards", b"package/../../evil", "leads upwards"),
        ("upwards at once", b"../evil", "leads upwards"),
        ("upwards and down again", b"package/a/../../../evil", "leads upwards"),
        ("upwards inside", b"package/a/../evil", "leads upwards"),
        ("into the sibling", b"package/../b/index.js", "leads upwards"),
        ("absolute", b"/tmp/denpm-evil", "absolute"),
        ("absolute below the root", b"package//tmp/denpm-evil", "empty component"),
        ("backslashes", b"package\\..\\..\\evil", "backslash"),
        ("backslash inside", b"package/a\\..\\evil", "backslash"),
        ("drive", b"C:/evil", "colon"),
        ("drive below", b"package/C:evil", "colon"),
        ("alternate stream", b"package/a.txt:evil", "colon"),
        ("network path", b"\\\\host\\share\\evil", "backslash"),
        ("device", b"package/con", "device name on Windows"),
        ("device with an extension", b"package/NUL.txt", "device name on Windows"),
        ("port", b"package/lib/com1.js", "device name on Windows"),
        ("dot at the end", b"package/evil.", "dot or a space"),
        ("space at the end", b"package/evil ", "dot or a space"),
        ("escape sequence", b"package/\x1b]0;evil\x07", "control character"),
        ("line feed", b"package/a\nevil", "control character"),
        ("not UTF-8", b"package/\xff\xfe", "not UTF-8"),
        ("NUL inside", b"package/a\0/../../evil", "NUL"),
    ];
    let case = |(what, name, says): (&'static str, &[u8], &'static str)| {
        let tarball = Raw::package("hostile").file(name, LOOT).gzip();
        Case { what, tarball, says }
    };
    let mut all: Vec<Case> = cases.map(case).into();
    let mut more = |what, archive: Raw, says| {
        all.push(Case { what, tarball: archive.gzip(), says });
    };
    let start = || Raw::package("hostile");
    more(
        "upwards by a long name",
        start().entry(b'L', b"././@LongLink", b"package/../../evil\0", &[]).file(b"x", LOOT),
        "leads upwards",
    );
    more(
        "upwards by pax",
        start().pax(b'x', &[("path", "../../evil")]).file(b"package/x", LOOT),
        "leads upwards",
    );
    more(
        "upwards by the prefix",
        start().entry(b'0', b"evil", LOOT, &[(PREFIX, b"package/../..")]),
        "leads upwards",
    );
    more("folder upwards", start().entry(b'5', b"package/../../evil/", b"", &[]), "leads upwards");
    let deep = [b"package".as_slice(), &b"/d".repeat(129)].concat();
    more(
        "too deep",
        start().pax(b'x', &[("path", str::from_utf8(&deep).unwrap())]).file(b"x", LOOT),
        "deeper",
    );
    let long = format!("package/{}", "x".repeat(256));
    more(
        "too long a component",
        start().pax(b'x', &[("path", &long)]).file(b"x", LOOT),
        "longer than 255",
    );
    all
}

/// Entries that are no files, and entries that meet.
#[allow(clippy::too_many_lines, reason = "a table")]
fn entries() -> Vec<Case> {
    let mut all = Vec::new();
    let mut more = |what, archive: Raw, says| {
        all.push(Case { what, tarball: archive.gzip(), says });
    };
    let start = || Raw::package("hostile");
    more("symlink", start().link(b'2', b"package/evil", b"/etc/passwd"), "symbolic links");
    more("symlink inside", start().link(b'2', b"package/evil", b"package.json"), "symbolic links");
    more(
        "write through a symlink",
        start().link(b'2', b"package/d", b"../..").file(b"package/d/evil", LOOT),
        "symbolic links",
    );
    more(
        "folder, then a symlink in its place, then a file",
        start()
            .entry(b'5', b"package/d/", b"", &[])
            .link(b'2', b"package/d", b"../..")
            .file(b"package/d/evil", LOOT),
        "symbolic links",
    );
    more(
        "symlink at the root",
        Raw(Vec::new()).link(b'2', b"package", b"..").file(b"package/package.json", LOOT),
        "symbolic links",
    );
    more("hard link", start().link(b'1', b"package/evil", b"/etc/passwd"), "hard links");
    more(
        "hard link through two symlinks",
        start().link(b'2', b"package/a", b"b/../..").link(b'2', b"package/b", b"..").link(
            b'1',
            b"package/evil",
            b"a/etc/passwd",
        ),
        "symbolic links",
    );
    more("character device", start().link(b'3', b"package/evil", b""), "devices");
    more("block device", start().link(b'4', b"package/evil", b""), "devices");
    more("FIFO", start().link(b'6', b"package/evil", b""), "FIFOs");
    more("contiguous file", start().entry(b'7', b"package/evil", LOOT, &[]), "unknown type");
    more("sparse file", start().entry(b'S', b"package/evil", LOOT, &[]), "sparse");
    more("multi-volume", start().entry(b'M', b"package/evil", LOOT, &[]), "unknown type");
    more("vendor's type", start().entry(b'Z', b"package/evil", LOOT, &[]), "unknown type");
    more(
        "long link name",
        start().entry(b'K', b"././@LongLink", b"/etc/passwd\0", &[]).link(b'2', b"package/e", b"x"),
        "long link names",
    );
    let twice = || start().file(b"package/evil.js", b"one");
    more("two files of one name", twice().file(b"package/evil.js", LOOT), "two different files");
    more(
        "file of one name by a dot",
        twice().file(b"package/./evil.js", LOOT),
        "two different files",
    );
    more(
        "second package.json",
        start().file(b"package/package.json", br#"{"name":"evil"}"#),
        "two different files",
    );
    more("file that is a folder", twice().file(b"package/evil.js/x", LOOT), "file and a directory");
    more(
        "folder that is a file",
        start().file(b"package/d/x", LOOT).file(b"package/d", LOOT),
        "file and a directory",
    );
    more("two roots", start().file(b"other/evil", LOOT), "more than one root");
    more("file beside the root", start().file(b"evil", LOOT), "root");
    more(
        "folder with content",
        start().entry(b'5', b"package/d/", LOOT, &[]),
        "directory has content",
    );
    more("no package.json", Raw(Vec::new()).file(b"package/evil.js", LOOT), "no package.json");
    more(
        "package.json below",
        Raw(Vec::new()).file(b"package/a/package.json", LOOT),
        "no package.json",
    );
    all
}

/// Headers and extensions that two readers read differently.
#[allow(clippy::too_many_lines, reason = "a table")]
fn headers() -> Vec<Case> {
    let mut all = Vec::new();
    let mut more = |what, archive: Raw, says| {
        all.push(Case { what, tarball: archive.gzip(), says });
    };
    let start = || Raw::package("hostile");
    let sized = |size: &[u8]| start().entry(b'0', b"package/x", LOOT, &[(SIZE, size)]);
    more("size below zero", sized(&[0xff; 12]), "not a valid number");
    more("size with a sign", sized(b"-0000000010\0"), "not a valid number");
    more("size of no digits", sized(b"zzzzzzzzzzz\0"), "not a valid number");
    more("size of 8 GiB", sized(b"77777777777\0"), "unpacks to more");
    let huge = [0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0];
    more("size of 2^63", sized(&huge), "unpacks to more");
    more(
        "mode of no digits",
        start().entry(b'0', b"package/x", LOOT, &[(MODE, b"rwxr-xr\0")]),
        "not a valid number",
    );
    more(
        "wrong checksum",
        start().entry(b'0', b"package/x", LOOT, &[(CHECKSUM, b"000001\0 ")]),
        "wrong checksum",
    );
    let hidden = Raw(Vec::new()).file(b"package/evil", LOOT).0;
    more(
        "an entry hidden by a pax size of zero",
        start().pax(b'x', &[("size", "0")]).file(b"package/x", &hidden),
        "disagree about the size",
    );
    more(
        "an entry hidden by a larger pax size",
        start().pax(b'x', &[("size", "1536")]).file(b"package/x", b"x").file(b"package/evil", LOOT),
        "disagree about the size",
    );
    more(
        "pax size below zero",
        start().pax(b'x', &[("size", "-1")]).file(b"package/x", LOOT),
        "extended header",
    );
    more(
        "pax size beyond",
        start().pax(b'x', &[("size", "9223372036854775808")]).file(b"package/x", LOOT),
        "disagree about the size",
    );
    let malformed =
        |record: &[u8]| start().entry(b'x', b"PaxHeader", record, &[]).file(b"package/x", LOOT);
    more("record longer than its header", malformed(b"999 path=x\n"), "extended header");
    more("record without a length", malformed(b"path=package/x\n"), "extended header");
    more("record of length zero", malformed(b"0 path=x\n"), "extended header");
    more("record without a line end", malformed(b"9 path=ab"), "extended header");
    more(
        "two paths",
        start().pax(b'x', &[("path", "package/a"), ("path", "package/b")]).file(b"package/x", LOOT),
        "extended header",
    );
    more(
        "global path",
        start().pax(b'g', &[("path", "package/evil")]).file(b"package/x", LOOT),
        "extended header",
    );
    more(
        "global size",
        start().pax(b'g', &[("size", "0")]).file(b"package/x", LOOT),
        "extended header",
    );
    more(
        "pax type",
        start().pax(b'x', &[("type", "2")]).file(b"package/x", LOOT),
        "extended header",
    );
    more(
        "pax sparse",
        start().pax(b'x', &[("GNU.sparse.major", "1")]).file(b"package/x", LOOT),
        "sparse",
    );
    more(
        "extension for nothing",
        start().pax(b'x', &[("path", "package/evil")]),
        "extended header",
    );
    let large = "x".repeat((1 << 20) + 1);
    more(
        "extension of a mebibyte",
        start().pax(b'x', &[("comment", &large)]).file(b"package/x", LOOT),
        "extended header",
    );
    all
}

/// Bodies that are cut, damaged, continued, or far larger than they look.
fn bodies() -> Vec<Case> {
    let whole = || Raw::package("hostile").file(b"package/index.js", LOOT);
    let good = whole().gzip();
    let plain = whole().end();
    let altered = |at: usize| {
        let mut bytes = good.clone();
        let at = if at == usize::MAX { bytes.len() - 8 } else { at };
        bytes[at] ^= 0x55;
        bytes
    };
    let mut all = Vec::new();
    let mut more = |what, tarball: Vec<u8>, says| all.push(Case { what, tarball, says });
    more("empty body", Vec::new(), "empty");
    more("empty gzip", gzip(b""), "no end");
    more("cut gzip", good[..good.len() - 20].to_vec(), "cut short");
    more("cut trailer", good[..good.len() - 3].to_vec(), "cut short");
    more("cut tar", gzip(&plain[..plain.len() - 3 * BLOCK]), "");
    more("no end", gzip(&whole().0), "no end");
    more("one block of an end", gzip(&[whole().0, vec![0; BLOCK]].concat()), "no end");
    more("wrong CRC", altered(usize::MAX), "corrupt");
    more("no gzip and no tar", b"no archive at all, and no page either. ".repeat(40), "checksum");
    more("bytes behind the gzip", [good.clone(), b"evil".to_vec()].concat(), "behind the end");
    let hidden = Raw(Vec::new()).file(b"package/evil", LOOT).end();
    more(
        "archive behind the end",
        gzip(&[plain.clone(), hidden.clone()].concat()),
        "behind the end",
    );
    more("archive in a second member", [good.clone(), gzip(&hidden)].concat(), "behind the end");
    more("too many members", [good.clone(), gzip(b"").repeat(2000)].concat(), "gzip members");
    let bomb = Raw::package("hostile").file(b"package/bomb", &vec![0; 64 << 20]);
    more("bomb of bytes", bomb.gzip(), "unpacks to more");
    let package_json = Raw(Vec::new()).file(b"package/package.json", &vec![b' '; 17 << 20]);
    more("package.json of 17 MiB", package_json.gzip(), "package.json is too large");
    let mut crowd = Raw::package("hostile");
    for number in 0..100_001 {
        crowd = crowd.file(format!("package/{number}").as_bytes(), b"");
    }
    more("more entries than any package has", crowd.gzip(), "entries");
    all
}

/// Installs each from a registry of its own making; nothing of it is seen, and the project,
/// npm's and everybody's folders are as before.
fn refused_whole(cases: Vec<Case>) {
    let (registry, sandbox) = standing();
    depends(&sandbox, &json!({"b": "^1", "hostile": "1.0.0"}));
    let root = sandbox.project().parent().unwrap().to_owned();
    let before = stamps(&sandbox.project());
    let mut wrong = Vec::new();
    for Case { what, tarball, says } in cases {
        registry.package("hostile", "1.0.0").tarball(tarball).publish();
        forget_packuments(&sandbox);
        let output = sandbox.denpm(["install"]);
        let refusal = output.status == 3 && output.error_code() == Some("EBADARCHIVE");
        let named = output.stderr.contains("hostile@1.0.0") && output.stderr.contains(says);
        let clean = loot(&root).is_empty() && !fs::exists("/tmp/denpm-evil").unwrap();
        let raw = output.stderr.chars().any(|c| c.is_control() && c != '\n');
        let same = differences(&before, &stamps(&sandbox.project())).is_empty();
        if !refusal || !named || !clean || !same || raw {
            wrong.push(format!("{what} (wants {says:?}, clean {clean}, same {same}): {output}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The registry says something else from now on.
fn forget_packuments(sandbox: &Sandbox) {
    fs::remove_dir_all(sandbox.cache().join("_denpm/packuments")).ok();
}

#[test]
fn names_that_lead_out_or_are_ambiguous_are_refused() {
    refused_whole(names());
}

#[test]
fn links_devices_and_entries_that_meet_are_refused() {
    refused_whole(entries());
}

#[test]
fn headers_that_two_readers_read_differently_are_refused() {
    refused_whole(headers());
}

#[test]
fn bodies_that_are_damaged_or_bombs_are_refused() {
    refused_whole(bodies());
}

#[test]
fn odd_but_harmless_archives_are_installed() {
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let named = |name: &str| json!({"name": name, "version": "1.0.0"}).to_string().into_bytes();
    let members = {
        let plain = Raw::package("members").file(b"package/a", b"x").end();
        let (first, second) = plain.split_at(700);
        [gzip(first), gzip(second)].concat()
    };
    let twins = Raw::package("twins").file(b"package/a", b"x").file(b"package/a", b"x");
    let root = Raw(Vec::new()).file(b"other-1.0.0/package.json", &named("root"));
    let comment = Raw::package("comment").pax(b'g', &[("comment", "0123456789abcdef")]);
    let folders = Raw::package("folders").entry(b'5', b"package/d/", b"", &[]);
    let odd = [
        ("plain", Raw::package("plain").end()),
        ("twins", twins.gzip()),
        ("root", root.gzip()),
        ("comment", comment.gzip()),
        ("members", members),
        ("padding", [Raw::package("padding").end(), vec![0; 20 * BLOCK]].concat()),
        ("folders", folders.file(b"package/d/x", b"x").gzip()),
    ];
    let mut dependencies = json!({});
    for (name, tarball) in odd {
        registry.package(name, "1.0.0").tarball(tarball).publish();
        dependencies[name] = json!("1.0.0");
    }
    depends(&sandbox, &dependencies);
    sandbox.denpm(["install"]).succeeded();
    for name in dependencies.as_object().unwrap().keys() {
        assert!(sandbox.read(&format!("node_modules/{name}/package.json")).is_some(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn special_permission_bits_of_an_archive_are_dropped() {
    use std::os::unix::fs::PermissionsExt;
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let modes: [(&[u8], &[u8], u32); 5] = [
        (b"package/suid", b"0006777\0", 0o755),
        (b"package/sgid", b"0002755\0", 0o755),
        (b"package/sticky", b"0001644\0", 0o644),
        (b"package/open", b"0000666\0", 0o644),
        (b"package/none", b"0000000\0", 0o644),
    ];
    let archive = modes.iter().fold(Raw::package("bits"), |archive, (name, mode, _)| {
        archive.entry(b'0', name, b"x", &[(MODE, mode)])
    });
    registry.package("bits", "1.0.0").tarball(archive.gzip()).publish();
    depends(&sandbox, &json!({"bits": "1.0.0"}));
    sandbox.denpm(["install"]).succeeded();
    for (name, _, wanted) in modes {
        let name = str::from_utf8(name).unwrap().replace("package", "node_modules/bits");
        let mode = fs::metadata(sandbox.project().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, wanted, "{name}");
    }
}

#[test]
fn names_that_differ_only_by_case_are_both_there_where_files_are_told_apart() {
    if cfg!(not(target_os = "linux")) {
        return;
    }
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let archive = Raw::package("cases").file(b"package/a.js", b"1").file(b"package/A.js", b"2");
    registry.package("cases", "1.0.0").tarball(archive.gzip()).publish();
    depends(&sandbox, &json!({"cases": "1.0.0"}));
    sandbox.denpm(["install"]).succeeded();
    assert_eq!(sandbox.read("node_modules/cases/A.js").as_deref(), Some("2"));
}
