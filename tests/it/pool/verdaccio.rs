//! Real Verdaccio instances beside the registry they copy.
//!
//! `DENPM_VERDACCIO` names the script to run (`node_modules/verdaccio/bin/verdaccio`); without it
//! these tests say that they are skipped.

use super::Pool;
use crate::support::{Registry, Sandbox, sandbox::variable};
use serde_json::{Map, Value, json};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PACKAGES: usize = 24;
/// After this an instance counts as not startable.
const LIMIT: Duration = Duration::from_mins(1);

/// A Verdaccio that copies a registry; it ends with its value.
struct Verdaccio {
    process: Child,
    folder: TempDir,
    url: String,
}

impl Verdaccio {
    fn start(script: &str, upstream: &Registry) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!(
            "storage: ./storage\nuplinks:\n  up:\n    url: {}\n    maxage: 1h\npackages:\n  \
             '**': {{access: $all, proxy: up}}\nlog: {{type: stdout, format: json, level: error}}\n",
            upstream.url()
        );
        fs::write(folder.path().join("config.yaml"), config).unwrap();
        let process = Command::new("node")
            .args([script, "--config", "config.yaml", "--listen", &address.to_string()])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let verdaccio = Self { process, folder, url: format!("http://{address}/") };
        let start = Instant::now();
        while !verdaccio.answers() {
            assert!(start.elapsed() < LIMIT, "Verdaccio does not start");
            thread::sleep(Duration::from_millis(100));
        }
        verdaccio
    }

    fn answers(&self) -> bool {
        let host = self.url.trim_start_matches("http://").trim_end_matches('/');
        let ask = || {
            let mut stream = TcpStream::connect(host).ok()?;
            stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
            write!(stream, "GET /-/ping HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
                .ok()?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).ok()?;
            answer.starts_with("HTTP/1.1 200").then_some(())
        };
        ask().is_some()
    }

    fn stored(&self, path: &str) -> PathBuf {
        self.folder.path().join("storage").join(path)
    }
}

impl Drop for Verdaccio {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn verdaccio() -> Option<String> {
    let script = variable("DENPM_VERDACCIO").and_then(|script| script.into_string().ok());
    if script.is_none() {
        eprintln!("SKIPPED: DENPM_VERDACCIO does not name a Verdaccio");
    }
    script
}

/// The registry, two Verdaccios that copy it, and what depends on all its packages.
struct Three {
    pool: Pool,
    copies: Vec<Verdaccio>,
    dependencies: Value,
}

impl Three {
    fn start(script: &str) -> Self {
        let names: Vec<_> = (0..PACKAGES).map(|number| format!("package-{number}")).collect();
        let tree: Vec<_> = names.iter().map(|name| format!("{name}@1.0.0\n{name}@1.1.0")).collect();
        let pool = Pool::of(1, &tree.join("\n"));
        let copies = (0..2).map(|_| Verdaccio::start(script, &pool.direct)).collect();
        let dependencies: Map<_, _> = names.into_iter().map(|name| (name, json!("^1"))).collect();
        Self { pool, copies, dependencies: Value::Object(dependencies) }
    }

    fn sandbox(&self) -> Sandbox {
        let sandbox = self.pool.alone(&self.dependencies);
        sandbox.npmrc("denpm-registries[]=direct");
        for copy in &self.copies {
            sandbox.npmrc(&format!("denpm-registries[]={}", copy.url));
        }
        sandbox
    }

    /// A seed under which a copy serves a package.
    fn seed(&self, name: &str, copy: usize) -> String {
        let urls = [self.pool.direct.url(), self.copies[0].url.clone(), self.copies[1].url.clone()];
        let known: Vec<_> = urls.iter().map(|url| (url.as_str(), 1.0)).collect();
        let serves = |byte: &u8| denpm::registry::order(&[*byte; 32], name, &known)[0] == copy + 1;
        let byte = (0..=u8::MAX).find(serves).expect("a seed");
        format!("--registry-seed={}", format!("{byte:02x}").repeat(32))
    }
}

#[test]
fn copies_by_verdaccio_share_the_work_and_give_the_same_lock() {
    let Some(script) = verdaccio() else { return };
    let three = Three::start(&script);
    let expected = three.pool.lock_of_one(&three.dependencies);
    let sandbox = three.sandbox();
    sandbox.denpm(["install", "--quorum=3"]).succeeded();
    assert_eq!(sandbox.read("package-lock.json").unwrap(), expected);
    let sidecar = sandbox.json("node_modules/.denpm.json");
    let sources: Vec<_> = sidecar["packages"].as_object().unwrap().values().collect();
    for url in [&three.pool.direct.url(), &three.copies[0].url, &three.copies[1].url] {
        assert!(sources.iter().any(|package| package["source"] == **url), "{url} served nothing");
    }
}

#[test]
fn verdaccio_that_is_killed_during_the_install_is_no_visible_error() {
    let Some(script) = verdaccio() else { return };
    let mut three = Three::start(&script);
    let expected = three.pool.lock_of_one(&three.dependencies);
    let sandbox = three.sandbox();
    let running = sandbox.start(["install"]);
    while three.copies[0].stored("").read_dir().map_or(0, Iterator::count) < 2 {
        thread::sleep(Duration::from_millis(1));
    }
    three.copies[0].process.kill().unwrap();
    let output = running.output().succeeded();
    assert!(!output.stderr.contains("error"), "{output}");
    assert_eq!(sandbox.read("package-lock.json").unwrap(), expected);
}

#[test]
fn verdaccio_with_altered_bytes_is_refused_by_name() {
    let Some(script) = verdaccio() else { return };
    let three = Three::start(&script);
    let copy = &three.copies[0];
    let seed = three.seed("package-0", 0);
    three.sandbox().denpm(["install", &seed]).succeeded();
    let tarball = copy.stored("package-0/package-0-1.1.0.tgz");
    let mut bytes = fs::read(&tarball).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&tarball, bytes).unwrap();
    let sandbox = three.sandbox();
    let output = sandbox.denpm(["install", &seed]).succeeded();
    assert!(output.stderr.contains(&copy.url), "{output}");
    sandbox.denpm(["registries"]).succeeded().stdout_has("package-0@1.1.0");
}

#[test]
fn verdaccio_with_another_digest_is_refused_by_name() {
    let Some(script) = verdaccio() else { return };
    let three = Three::start(&script);
    let seed = three.seed("package-0", 1);
    three.sandbox().denpm(["install", &seed]).succeeded();
    let metadata = three.copies[1].stored("package-0/package.json");
    let text = fs::read_to_string(&metadata).unwrap();
    let (ours, theirs) = ("package-0", "package-1");
    let digest = |name: &str| three.pool.direct.integrity(name, "1.1.0");
    fs::write(&metadata, text.replace(&digest(ours), &digest(theirs))).unwrap();
    let output = three.sandbox().denpm(["install", &seed]);
    let output = output.failed_with("EREGISTRYCONFLICT").stderr_has(&three.copies[1].url);
    output.stderr_has(&digest(ours)).stderr_has(&digest(theirs)).stderr_has("package-0@1.1.0");
}
