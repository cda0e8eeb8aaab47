//! One published version, described in sentences or in a line of text.

use super::{
    registry::Registry,
    tarball::{Tarball, gzip},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha512};

/// A version of a package as the registry keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// The package.json of the tarball, and what the packument repeats of it.
    pub(crate) manifest: Map<String, Value>,
    /// Fields only the packument has (`deprecated`, `_hasShrinkwrap`, …).
    pub(crate) remarks: Map<String, Value>,
    /// `dist` without `tarball`: integrity, shasum, counts, and what a test added.
    pub(crate) dist: Map<String, Value>,
    pub(crate) tarball: Vec<u8>,
}

/// A file of a package.
#[derive(Clone, Debug)]
struct File {
    content: Vec<u8>,
    mode: u32,
}

/// A package version being written; [`publish`](Self::publish) ends the sentence.
#[must_use = "nothing is published before `publish()`"]
#[derive(Debug)]
pub(crate) struct PackageBuilder<'a> {
    registry: &'a Registry,
    name: String,
    version: String,
    manifest: Map<String, Value>,
    remarks: Map<String, Value>,
    dist: Map<String, Value>,
    files: IndexMap<String, File>,
    tarball: Option<Vec<u8>>,
    tag: Option<String>,
    time: Option<String>,
}

impl<'a> PackageBuilder<'a> {
    pub(crate) fn new(registry: &'a Registry, name: &str, version: &str) -> Self {
        Self {
            registry,
            name: name.to_owned(),
            version: version.to_owned(),
            manifest: Map::from_iter([
                ("name".to_owned(), json!(name)),
                ("version".to_owned(), json!(version)),
            ]),
            remarks: Map::new(),
            dist: Map::new(),
            files: IndexMap::new(),
            tarball: None,
            tag: None,
            time: None,
        }
    }

    /// A dependency.
    pub(crate) fn dep(self, name: &str, spec: &str) -> Self {
        self.entry("dependencies", name, json!(spec))
    }

    /// A development dependency (kept in the packument, ignored by whoever installs it).
    pub(crate) fn dev(self, name: &str, spec: &str) -> Self {
        self.entry("devDependencies", name, json!(spec))
    }

    /// An optional dependency.
    pub(crate) fn optional(self, name: &str, spec: &str) -> Self {
        self.entry("optionalDependencies", name, json!(spec))
    }

    /// A peer dependency.
    pub(crate) fn peer(self, name: &str, spec: &str) -> Self {
        self.entry("peerDependencies", name, json!(spec))
    }

    /// An optional peer dependency.
    pub(crate) fn peer_optional(self, name: &str, spec: &str) -> Self {
        self.peer(name, spec).entry("peerDependenciesMeta", name, json!({"optional": true}))
    }

    /// A dependency that is carried inside the tarball.
    pub(crate) fn bundle(mut self, name: &str, version: &str) -> Self {
        let bundled = self.manifest.entry("bundleDependencies").or_insert_with(|| json!([]));
        bundled.as_array_mut().unwrap().push(json!(name));
        let manifest = json!({"name": name, "version": version}).to_string();
        self.dep(name, version).file(&format!("node_modules/{name}/package.json"), &manifest)
    }

    /// A command; its file is added when it is not there yet.
    pub(crate) fn bin(self, command: &str, path: &str) -> Self {
        let builder = self.entry("bin", command, json!(path));
        if builder.files.contains_key(path) {
            return builder;
        }
        let text = format!("#!/usr/bin/env node\nconsole.log('{command}')\n");
        builder.executable(path, &text)
    }

    /// A lifecycle script.
    pub(crate) fn script(self, event: &str, command: &str) -> Self {
        self.entry("scripts", event, json!(command))
    }

    /// A file of the tarball, mode 644.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.with_file(path, text, 0o644)
    }

    /// A file of the tarball, mode 755.
    pub(crate) fn executable(self, path: &str, text: &str) -> Self {
        self.with_file(path, text, 0o755)
    }

    /// Any other field of package.json.
    pub(crate) fn field(mut self, key: &str, value: Value) -> Self {
        self.manifest.insert(key.to_owned(), value);
        self
    }

    /// A field that only the packument has.
    pub(crate) fn remark(mut self, key: &str, value: Value) -> Self {
        self.remarks.insert(key.to_owned(), value);
        self
    }

    /// A field of `dist`, over the true one.
    pub(crate) fn dist(mut self, key: &str, value: Value) -> Self {
        self.dist.insert(key.to_owned(), value);
        self
    }

    /// A deprecation message.
    pub(crate) fn deprecated(self, message: &str) -> Self {
        self.remark("deprecated", json!(message))
    }

    /// The engines it runs on.
    pub(crate) fn engines(self, engine: &str, range: &str) -> Self {
        self.entry("engines", engine, json!(range))
    }

    /// The operating systems it runs on.
    pub(crate) fn os(self, names: &[&str]) -> Self {
        self.field("os", json!(names))
    }

    /// The processors it runs on.
    pub(crate) fn cpu(self, names: &[&str]) -> Self {
        self.field("cpu", json!(names))
    }

    /// The dist-tag to move here.
    pub(crate) fn tag(mut self, tag: &str) -> Self {
        self.tag = Some(tag.to_owned());
        self
    }

    /// The time of publication, ISO 8601 (else one day after the one before).
    pub(crate) fn time(mut self, time: &str) -> Self {
        self.time = Some(time.to_owned());
        self
    }

    /// These bytes as the tarball, whatever they are.
    pub(crate) fn tarball(mut self, bytes: Vec<u8>) -> Self {
        self.tarball = Some(bytes);
        self
    }

    /// Builds the tarball and makes the version known to the registry.
    pub(crate) fn publish(self) {
        let Self { registry, name, version, manifest, mut remarks, dist, files, .. } = self;
        if files.contains_key("npm-shrinkwrap.json") {
            remarks.insert("_hasShrinkwrap".to_owned(), json!(true));
        }
        let unpacked: usize = files.values().map(|file| file.content.len()).sum();
        let tarball = self.tarball.unwrap_or_else(|| pack(&manifest, &files));
        let mut whole = Map::from_iter([
            ("integrity".to_owned(), json!(sha512(&tarball))),
            ("shasum".to_owned(), json!(hex(&Sha1::digest(&tarball)))),
            ("fileCount".to_owned(), json!(files.len() + 1)),
            ("unpackedSize".to_owned(), json!(unpacked)),
        ]);
        whole.extend(dist);
        let published = Published { manifest, remarks, dist: whole, tarball };
        registry.insert(&name, &version, published, self.tag, self.time);
    }

    pub(crate) fn with_file(mut self, path: &str, text: &str, mode: u32) -> Self {
        self.files.insert(path.to_owned(), File { content: text.into(), mode });
        self
    }

    fn entry(mut self, map: &str, key: &str, value: Value) -> Self {
        let map = self.manifest.entry(map).or_insert_with(|| json!({}));
        map.as_object_mut().unwrap().insert(key.to_owned(), value);
        self
    }

    /// Reads one line of the tree language; see [`Registry::tree`].
    pub(crate) fn line(registry: &'a Registry, line: &str) -> Self {
        let mut parts = line.split(';').map(str::trim);
        let (subject, dependencies) = match parts.next().unwrap().split_once("->") {
            Some((subject, dependencies)) => (subject.trim(), dependencies),
            None => (line.split(';').next().unwrap().trim(), ""),
        };
        let (name, version) = name_and_spec(subject);
        let mut package = registry.package(name, version);
        for word in dependencies.split_whitespace() {
            package = package.dependency(word);
        }
        for remark in parts {
            let (key, value) = remark.split_once('=').unwrap_or((remark, ""));
            package = package.attribute(key.trim(), value.trim());
        }
        package
    }

    fn dependency(self, word: &str) -> Self {
        match word.split_once(':') {
            Some(("peer", rest)) => pair(rest, |name, spec| self.peer(name, spec)),
            Some(("peeropt", rest)) => pair(rest, |name, spec| self.peer_optional(name, spec)),
            Some(("opt", rest)) => pair(rest, |name, spec| self.optional(name, spec)),
            Some(("dev", rest)) => pair(rest, |name, spec| self.dev(name, spec)),
            Some(("bundle", rest)) => pair(rest, |name, spec| self.bundle(name, spec)),
            Some(("alias", rest)) => {
                let (name, spec) = rest.split_once('=').expect("alias:name=npm:other@range");
                self.dep(name, spec)
            }
            _ => pair(word, |name, spec| self.dep(name, spec)),
        }
    }

    fn attribute(self, key: &str, value: &str) -> Self {
        let list: Vec<_> = value.split(',').collect();
        match key {
            "deprecated" => self.deprecated(value),
            "tag" => self.tag(value),
            "time" => self.time(value),
            "os" => self.os(&list),
            "cpu" => self.cpu(&list),
            "node" => self.engines("node", value),
            "npm" => self.engines("npm", value),
            "bin" => self.bin(value, "cli.js"),
            "license" => self.field("license", json!(value)),
            event => self.script(event, value),
        }
    }
}

fn pair<T>(word: &str, then: impl FnOnce(&str, &str) -> T) -> T {
    let (name, spec) = name_and_spec(word);
    then(name, spec)
}

/// `@scope/name@spec` in two; no spec is `*`.
fn name_and_spec(word: &str) -> (&str, &str) {
    let at = word.char_indices().skip(1).find(|&(_, c)| c == '@').map(|(at, _)| at);
    at.map_or((word, "*"), |at| (&word[..at], &word[at + 1..]))
}

fn pack(manifest: &Map<String, Value>, files: &IndexMap<String, File>) -> Vec<u8> {
    let text = serde_json::to_string_pretty(manifest).unwrap() + "\n";
    let start = Tarball::new().file("package.json", 0o644, text.as_bytes());
    files
        .iter()
        .fold(start, |tarball, (path, file)| tarball.file(path, file.mode, &file.content))
        .gzip()
}

/// The tarball of a package that no registry knows: for `file:` and URL dependencies.
pub(crate) fn loose_tarball(manifest: &Value) -> Vec<u8> {
    pack(manifest.as_object().unwrap(), &IndexMap::new())
}

/// A well-formed gzip that is not a tarball.
pub(crate) fn not_a_tarball() -> Vec<u8> {
    gzip(b"this is no archive")
}

/// An SRI of SHA-512.
pub(crate) fn sha512(bytes: &[u8]) -> String {
    format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(bytes)))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
