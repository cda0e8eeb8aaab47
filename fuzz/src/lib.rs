//! One function for every parser of bytes from outside: what must hold for any input.
//!
//! Each is a target of `cargo fuzz` (`fuzz_targets/`); the same file is a module of the
//! integration tests (`tests/it/fuzz.rs`), which feed it mutated seeds in every `cargo test`.
//! A function panics when the parser does, or when what its doc comment claims is not true.

use bytes::Bytes;
use denpm::{
    arborist::{
        Machine, OverrideSets, PickOptions, Project, Tree, TreeSettings, engine_ok, map_workspaces,
        pick_manifest,
    },
    cli::commands::command_of,
    config::{
        CommandLine, Env, Npmrc,
        network::{PoolTarget, parse_pool},
        replace_env,
    },
    lockfile::{
        LockWriter, Lockfile, RegistryResolved, parse_yarn_lock,
        sum::{MAX_LOGS, Merged, Sum, SumProof},
    },
    manifest::{Excerpt, Manifest, PackageJson, Packument, parse_json, render_json},
    ops::{git::Remote, review::acks::Acks},
    registry::{Keys, Namespace},
    report::display,
    spec::{Form, Hosted, PackageName, Range, Spec, Version},
    store::{Depth, EntryPath, ImportContext, Store},
    sumdb::{
        self, Checkpoint, Note, Record, VerifierKey,
        lookup::{BatchReply, BatchRequest, IndexBucket, LookupReply},
        proof::TlogProof,
        record::{InstallManifest, Leaf, PackageKey},
        sequencer::{Head, Staged},
        tile::{Bundle, Layout},
        witness::AddCheckpoint,
    },
    verify::{
        Integrity,
        attestation::{Response, Statement},
        signature::{KeySet, Usage},
    },
};
use sha2::{Digest, Sha256};
use std::{
    path::{Component, Path},
    sync::Arc,
};

/// A target by its name.
pub type NamedTarget = (&'static str, fn(&[u8]));

/// Every target, by the name of its file in `fuzz_targets`.
pub const TARGETS: &[NamedTarget] = &[
    ("acknowledgements", acknowledgements),
    ("attestations", attestations),
    ("command_line", command_line),
    ("display", display),
    ("entry_path", entry_path),
    ("git_remote", git_remote),
    ("hosted", hosted),
    ("integrity", integrity),
    ("json", json),
    ("lockfile", lockfile),
    ("manifest", manifest),
    ("namespace_keys", namespace_keys),
    ("npmrc", npmrc),
    ("overrides", overrides),
    ("package_json", package_json),
    ("packument", packument),
    ("registry_keys", registry_keys),
    ("registry_pool", registry_pool),
    ("malicious", malicious),
    ("script", script),
    ("spec", spec),
    ("sumdb_bundle", sumdb_bundle),
    ("sumdb_checkpoint", sumdb_checkpoint),
    ("sumdb_lookup", sumdb_lookup),
    ("sumdb_note", sumdb_note),
    ("sumdb_policy", sumdb_policy),
    ("sumdb_record", sumdb_record),
    ("sumdb_state", sumdb_state),
    ("sumdb_sum", sumdb_sum),
    ("sumdb_tile_path", sumdb_tile_path),
    ("sumdb_witness", sumdb_witness),
    ("tarball", tarball),
    ("version_range", version_range),
    ("workspaces", workspaces),
    ("yarn_lock", yarn_lock),
];

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// Acknowledgements that were read are written as a file that says the same.
pub fn acknowledgements(data: &[u8]) {
    let Ok(acks) = Acks::parse(&text(data)) else { return };
    assert_eq!(Acks::parse(&acks.render()), Ok(acks));
}

/// JSON that was written by us is read again, and written as the same text.
pub fn json(data: &[u8]) {
    let Ok(value) = parse_json(&text(data)) else { return };
    let format = denpm::manifest::detect_format(&text(data));
    let written = render_json(&value, &format);
    let again = parse_json(&written).expect("our own JSON");
    assert_eq!(render_json(&again, &format), written);
}

/// A package.json that nobody edited is rendered to a text that says the same about the package,
/// and after a few rounds as it stands: like npm, each writes one more `\r` before a lone `\n` of
/// the indentation of a file with `\r\n`, and an indentation is cut after ten characters.
pub fn package_json(data: &[u8]) {
    let Ok(package_json) = PackageJson::parse(&text(data)) else { return };
    let mut settled = package_json.clone();
    for _ in 0..12 {
        settled = PackageJson::parse(&settled.render()).expect("our own package.json");
        assert_eq!(settled.manifest(), package_json.manifest());
    }
    assert_eq!(PackageJson::parse(&settled.render()).as_ref(), Ok(&settled));
    assert!(!settled.is_changed());
}

/// A manifest's commands stay inside the package, whatever else it says.
pub fn manifest(data: &[u8]) {
    let Ok(manifest) = Manifest::from_slice(data) else { return };
    for (name, path) in manifest.bin.iter() {
        assert!(!name.contains(['/', '\\']) && name != ".." && name != ".", "{name:?}");
        assert!(
            !path.starts_with('/') && !path.split(['/', '\\']).any(|part| part == ".."),
            "{path:?}"
        );
    }
    let _ = (manifest.deprecation(), manifest.has_install_scripts());
    let machine = Machine { node_version: "v24.0.0".into(), ..Machine::default() };
    drop((machine.check_engine(&manifest, false), machine.check_host_platform(&manifest, false)));
    let _ = manifest.engines.map(|engines| engine_ok(&engines, "11.0.0", "v24.0.0"));
}

/// What is picked from a packument is one of its versions; every part can be asked for.
pub fn packument(data: &[u8]) {
    let Ok(packument) = Packument::parse(Bytes::copy_from_slice(data)) else { return };
    for version in packument.versions() {
        assert!(packument.has_version(version));
        drop((packument.manifest(version), packument.raw_manifest(version)));
        let _ = packument.published_ms(version);
    }
    let wanted: Vec<String> = packument.versions().take(3).map(str::to_owned).collect();
    let excerpt = Excerpt::read(&wanted, data).expect("what can be read whole can be read in part");
    let name = PackageName::parse("x").expect("a name");
    assert_eq!(excerpt.verify_name(&name).is_ok(), packument.verify_name(&name).is_ok());
    for version in &wanted {
        assert_eq!(excerpt.release(version), packument.release(version).as_ref());
    }
    let text = Arc::new(Bytes::copy_from_slice(data));
    let index = Packument::index_of(&text).expect("what can be read has an index");
    let again = Packument::open(index, Arc::<Bytes>::clone(&text)).expect("its own index");
    assert!(again.versions().eq(packument.versions()));
    assert!(again.versions_descending().eq(packument.versions_descending()));
    if let Some(odd) = Packument::open(Bytes::copy_from_slice(data), text) {
        let found = odd.versions_descending().find_map(|version| odd.manifest(version));
        drop((found, odd.name(), odd.dist_tags().count(), odd.modified()));
    }
    drop((packument.name(), packument.modified(), packument.raw_field("readme")));
    let options = PickOptions { default_tag: "latest".into(), ..PickOptions::default() };
    for wanted in ["*", "^1", "1.0.0", "latest"] {
        let spec = Spec::resolve("a", wanted, Path::new("/")).expect("a specifier");
        drop(pick_manifest(&packument, &spec, &options).map(|picked| picked.version.clone()));
    }
}

/// A lockfile that was read and written gives, read and written again, the same text.
pub fn lockfile(data: &[u8]) {
    let Some(once) = rewritten(&text(data)) else { return };
    // A link is written, a needless folder of the project that it leads to is not.
    let Some(twice) = rewritten(&once) else { return };
    assert_eq!(rewritten(&twice), Some(twice));
}

fn rewritten(text: &str) -> Option<String> {
    let lock = Lockfile::parse(text, Path::new("package-lock.json")).ok()?;
    let own = lock.shrinkwrap.packages.get("").map(|entry| Arc::clone(&entry.package));
    let path = "/nowhere/denpm/project".to_owned();
    let project = Project { path, package: own.unwrap_or_default(), ..Project::default() };
    let mut tree = Tree::new(TreeSettings::default());
    let root = tree.add_project(&project).ok()?;
    tree.load_virtual(root, &lock.shrinkwrap, &project.path).ok()?;
    let writer = LockWriter { tree: &tree, root, registry_resolved: RegistryResolved::Record };
    Some(writer.lockfile(3, &lock.header, &lock.format))
}

/// Every line of an `.npmrc` is at most one setting or section; values take the environment.
pub fn npmrc(data: &[u8]) {
    let text = text(data);
    let npmrc = Npmrc::parse(&text);
    let lines = text.split(['\r', '\n']).count();
    assert!(npmrc.values.len() + npmrc.sections.len() <= lines);
    for value in npmrc.values.values().flat_map(denpm::config::Value::to_texts) {
        drop(replace_env(&value, &Env::default()));
    }
}

/// An answer about attestations is a bounded list; its statements are read or refused.
pub fn attestations(data: &[u8]) {
    let Ok(response) = Response::parse(data) else { return };
    assert!(response.attestations.len() <= 16);
    for attestation in response.attestations {
        drop(Statement::parse(&attestation.payload));
    }
}

/// Whoever lists keys, each is found again under the id that its bytes have.
pub fn registry_keys(data: &[u8]) {
    for list in [KeySet::from_endpoint(data), KeySet::from_tuf_target(data)] {
        let Ok((keys, _)) = list else { continue };
        for key in keys.iter() {
            let usages = [Usage::Signatures, Usage::Attestations];
            let found: Vec<_> = usages.iter().filter_map(|u| keys.get(key.id(), *u)).collect();
            assert!(!found.is_empty() && found.iter().all(|found| found.point() == key.point()));
        }
    }
}

/// Words that remain are words of the command line (or what stood behind their `=`), in their
/// order; one a line. Where a letter stands for `--loglevel` and a value, and the setting before it
/// takes the former for its own value, the latter remains, as it does for npm.
pub fn command_line(data: &[u8]) {
    const LEVELS: [&str; 5] = ["silent", "warn", "info", "verbose", "silly"];
    let text = text(data);
    let line = CommandLine::parse(text.lines());
    let mut words = text.lines();
    let in_order = line
        .remain
        .iter()
        .all(|kept| LEVELS.contains(&&**kept) || words.any(|word| word.ends_with(&**kept)));
    assert!(in_order, "{:?}", line.remain);
    let _ = command_of(&line.remain);
}

/// Foreign JavaScript beside a clean source: the comparison ends, and ends without a panic.
pub fn script(data: &[u8]) {
    let file = |bytes: &[u8]| denpm::inspect::minified::Files {
        version: "1.0.0".to_owned(),
        by_path: [("a.js", &b"exports.a = 1;\n"[..]), ("a.min.js", bytes)]
            .into_iter()
            .map(|(path, bytes)| (path.to_owned(), Arc::from(bytes)))
            .collect(),
        ..Default::default()
    };
    let (new, old) = (file(data), file(b"exports.a=1"));
    let found = denpm::inspect::minified::compare(&new, Some(&old));
    let failed = denpm::inspect::minified::Unchecked::Failed;
    assert!(found.unchecked.iter().all(|(_, why)| *why != failed), "the parser failed");
    assert!(denpm::inspect::minified::compare(&new, Some(&new)).signs.is_empty());
}

/// Foreign lists of known malicious packages.
pub fn malicious(data: &[u8]) {
    if let Ok(known) = denpm::inspect::malicious::KnownMalicious::parse(data) {
        drop(known.sign("a", "1.0.0"));
    }
}

/// A specifier's name is a valid name, and a resolved one keeps the name it was given.
pub fn spec(data: &[u8]) {
    let text = text(data);
    let folder = Path::new("/nowhere/project");
    if let Ok(spec) = Spec::parse(&text, folder) {
        drop((spec.to_string(), spec.type_name(), spec.escaped_name(), spec.scope().map(str::len)));
        if let Some(name) = spec.target().name.as_deref().filter(|_| spec.is_registry()) {
            assert!(PackageName::parse(name).is_ok(), "{name:?} of {text:?}");
        }
    }
    let (name, wanted) = text.split_once('\n').unwrap_or(("a", &text));
    if let Ok(spec) = Spec::resolve(name, wanted, folder) {
        assert_eq!(spec.name.as_deref().unwrap_or_default(), name);
    }
}

/// A hosted repository's URLs lead to the same repository.
pub fn hosted(data: &[u8]) {
    let Some(hosted) = Hosted::from_url(&text(data)) else { return };
    for form in [Form::Full, Form::NoCommittish, Form::NoGitPlus, Form::Bare] {
        drop((hosted.ssh(form), hosted.sshurl(form), hosted.https(form), hosted.git(form)));
        drop((hosted.shortcut(form), hosted.url(form)));
    }
    drop(hosted.tarball());
}

/// Three lines: two ranges and a version. A range is a subset of itself, and whatever is in a
/// subset is in the whole. (That `*` meets a prerelease and not the other way round is npm's.)
pub fn version_range(data: &[u8]) {
    let text = text(data);
    let mut lines = text.splitn(3, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let (a, b, version) = (Range::parse(next()), Range::parse(next()), next());
    if let Ok(strict) = Version::parse(version) {
        assert_eq!(Version::parse(&strict.to_string()), Ok(strict));
    }
    let version = Version::parse_loose(version).ok();
    let (Ok(a), Ok(b)) = (a, b) else { return };
    let _ = (a.intersects(&b), b.intersects(&a));
    assert!(a.is_subset_of(&a), "{a:?}");
    let Some(version) = version else { return };
    if a.satisfies(&version) {
        assert!(a.satisfies_with_prerelease(&version), "{a:?} {version}");
        assert!(
            !a.is_subset_of(&b) || b.satisfies_with_prerelease(&version),
            "{a:?} {b:?} {version}"
        );
    }
}

/// Integrity that was written is read as the same, and the strongest algorithm is one of its own.
pub fn integrity(data: &[u8]) {
    let Ok(integrity) = Integrity::parse(&text(data)) else { return };
    assert!(integrity.of(integrity.strongest()).next().is_some());
    let written = integrity.to_string();
    assert_eq!(Integrity::parse(&written).expect("our own integrity").to_string(), written);
    for hash in integrity.hashes() {
        assert!(hash.bytes().is_none_or(|bytes| bytes.len() == hash.algorithm().digest_len()));
    }
    drop(Integrity::parse_strict(&written));
}

/// A path of an archive stays in its folder, and is itself in normal form.
pub fn entry_path(data: &[u8]) {
    let Ok(path) = EntryPath::parse(&text(data)) else { return };
    let base = Path::new("/base");
    let full = path.under(base);
    let below = full.strip_prefix(base).expect("below its folder");
    assert!(below.components().all(|part| matches!(part, Component::Normal(_))), "{path:?}");
    assert_eq!(EntryPath::parse(path.as_str()).as_ref(), Ok(&path));
}

/// What the store accepts is stored unchanged, twice the same, and found by its integrity.
/// Nothing appears beside the store.
pub fn tarball(data: &[u8]) {
    let sandbox = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&sandbox.path().join("store")).expect("a store");
    let context =
        ImportContext { package: "a@1.0.0".into(), unpacked_size: None, file_count: None };
    let streamed = store.import(data, None, &context);
    let buffered = store.import_buffer(data, None, &context);
    assert_eq!(streamed.is_ok(), buffered.is_ok(), "{streamed:?} {buffered:?}");
    if let (Ok(streamed), Ok(buffered)) = (streamed, buffered) {
        streamed.verify_unchanged(Depth::Full).expect("as it was unpacked");
        assert_eq!(streamed.index.files(), buffered.index.files());
        assert!(store.get(&streamed.digests.sha512_integrity()).is_some());
    }
    let beside = std::fs::read_dir(sandbox.path()).expect("the sandbox").count();
    assert!(beside <= 1, "something was written beside the store");
}

/// In a folder without folders no pattern names a workspace.
pub fn workspaces(data: &[u8]) {
    let Ok(value) = parse_json(&text(data)) else { return };
    let sandbox = tempfile::tempdir().expect("a temporary folder");
    let project = sandbox.path().join("project");
    std::fs::create_dir(&project).expect("an empty project");
    if let Ok(found) = map_workspaces(&project.to_string_lossy(), Some(&value)) {
        assert!(found.is_empty(), "{found:?}");
    }
}

/// A yarn.lock names no place with a hash behind it, and says the same with a remark at its end.
pub fn yarn_lock(data: &[u8]) {
    let text = text(data);
    let entries = parse_yarn_lock(&text);
    for entry in entries.by_spec.values() {
        assert!(!entry.resolved.as_deref().unwrap_or_default().contains('#'));
    }
    // A lone `\r` would become a part of the line's end.
    let text = text.trim_end_matches('\r');
    assert_eq!(parse_yarn_lock(&format!("{text}\n\n# end\n")), parse_yarn_lock(text));
}

/// Every edge of a project has a specifier under any overrides, and of a rule and itself that
/// rule is the more specific.
pub fn overrides(data: &[u8]) {
    let Ok(value) = parse_json(&text(data)) else { return };
    let Ok(Some((sets, root))) = OverrideSets::load(Some(&value)) else { return };
    let names = [("a", "1.0.0"), ("a", "2.0.0"), ("b", "1.0.0"), ("@s/c", "3.0.0-beta.1")];
    let rules = names.map(|(name, version)| sets.node_rule(root, name, version));
    for (first, second) in rules.iter().flat_map(|&one| rules.map(|other| (one, other))) {
        let specific = sets.more_specific(first, second);
        assert!(first != second || specific == Some(first));
        let _ = (sets.rule(first), sets.conflict(first, second));
    }
    let package = serde_json::json!({
        "name": "p", "overrides": value,
        "dependencies": {"a": "^1", "b": "*", "@s/c": "npm:a@2", "d": "file:x"},
    });
    let package = Arc::new(Manifest::from_value(&package).expect("a manifest"));
    let project = Project { path: "/nowhere/p".into(), package, ..Project::default() };
    let mut tree = Tree::new(TreeSettings::default());
    let root = tree.add_project(&project).expect("the rules were read before");
    for edge in tree.edges_out(root) {
        drop((tree.edge_spec(edge), tree.edge_is_overridden(edge)));
    }
}

/// What is shown has no control characters, fits, and does not change when shown again.
pub fn display(data: &[u8]) {
    let text = text(data);
    let (line, unredacted) = (display::line(&text), display::unredacted(&text));
    for shown in [&line, &unredacted] {
        assert!(shown.chars().count() <= display::MAX_CHARS + 1);
    }
    for shown in [line, unredacted, display::exact(&text), display::visible(&text).into_owned()] {
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert_eq!(display::visible(&shown), shown);
    }
}

/// A registry's keys are one namespace with themselves, whatever they are.
pub fn namespace_keys(data: &[u8]) {
    let keys = Keys::parse(data);
    assert_eq!(keys.namespace(&keys), Namespace::Same);
    assert_eq!(keys.is_empty(), keys.ids().next().is_none());
}

/// Mirrors are http or https, end in a slash, and carry neither query nor fragment.
pub fn registry_pool(data: &[u8]) {
    let Ok(pool) = parse_pool(&[text(data)]) else { return };
    for entry in pool {
        let PoolTarget::Mirror(url) = entry.target else { continue };
        assert!(matches!(url.scheme(), "http" | "https") && url.has_host(), "{url}");
        assert!(url.path().ends_with('/') && url.query().is_none() && url.fragment().is_none());
    }
}

/// What git is given is no option, no helper program, one line.
pub fn git_remote(data: &[u8]) {
    let text = text(data);
    if Remote::new(&text).is_ok() {
        assert!(!text.starts_with('-') && !text.starts_with("ext::") && !text.contains('\n'));
    }
}

/// A note, a key and a proof file that were read are written as the same text; whatever is
/// signed, nobody is believed without a key.
pub fn sumdb_note(data: &[u8]) {
    if let Ok(note) = Note::parse(data) {
        assert_eq!(note.to_string().as_bytes(), data);
        assert_eq!(note.verify([]), Ok(Vec::new()));
    }
    let text = text(data);
    if let Ok(key) = VerifierKey::parse(&text) {
        assert_eq!(VerifierKey::parse(&key.to_string()), Ok(key));
    }
    if let Ok(proof) = TlogProof::parse(&text) {
        assert_eq!(TlogProof::parse(&proof.to_string()), Ok(proof));
    }
}

/// A checkpoint that was read is written as the same text.
pub fn sumdb_checkpoint(data: &[u8]) {
    let text = text(data);
    if let Ok(checkpoint) = Checkpoint::parse(&text) {
        assert_eq!(checkpoint.to_string(), text);
    }
}

/// A path that is one is written the same; tiles have 1 to 256 hashes.
pub fn sumdb_tile_path(data: &[u8]) {
    let text = text(data);
    for layout in [Layout::C2sp, Layout::Go] {
        if let Some(resource) = layout.parse(&text) {
            assert_eq!(layout.path(resource), text);
        }
    }
}

/// The records of a full bundle are written as the same bytes.
pub fn sumdb_bundle(data: &[u8]) {
    for width in [1, 2, 256] {
        let bundle = Bundle::in_log(0, width).expect("a bundle");
        for layout in [Layout::C2sp, Layout::Go] {
            let Ok(records) = bundle.decode(layout, data) else { continue };
            assert_eq!(records.len() as u64, width);
            let written = Bundle::encode(layout, records).expect("what was read");
            assert!(data.starts_with(&written));
        }
    }
}

/// A record that was read is written as the same text; a manifest's normal form is one.
pub fn sumdb_record(data: &[u8]) {
    let text = text(data);
    if let Ok(record) = Record::parse(&text) {
        assert_eq!(record.to_string(), text);
    }
    let read = match Leaf::parse(data) {
        Leaf::Evidence(leaf) => Some(leaf.to_string()),
        Leaf::Status(leaf) => Some(leaf.to_string()),
        Leaf::Namespace(leaf) => Some(leaf.to_string()),
        Leaf::Log(leaf) => Some(leaf.to_string()),
        Leaf::Package(_) | Leaf::Other | Leaf::Malformed => None,
    };
    assert!(read.is_none_or(|read| read.as_bytes() == data));
    if let Ok(manifest) = InstallManifest::parse(data) {
        let json = manifest.to_canonical_json();
        let again = InstallManifest::parse(json.as_bytes()).expect("our own JSON");
        let again = if manifest.binding_gyp { again.with_binding_gyp() } else { again };
        assert_eq!(again.bin, manifest.bin);
        assert_eq!(again.to_canonical_json(), json);
    }
}

/// What goes over the wire is written as it was read.
pub fn sumdb_lookup(data: &[u8]) {
    if let Ok(request) = BatchRequest::parse(data) {
        assert_eq!(request.to_string().as_bytes(), data);
    }
    if let Ok(reply) = LookupReply::parse(data) {
        assert_eq!(reply.to_string().as_bytes(), data);
    }
    if let Ok(bucket) = IndexBucket::parse(data) {
        let again = IndexBucket::parse(bucket.to_string().as_bytes());
        assert_eq!(again, Ok(bucket));
    }
    let key = PackageKey::new("npm", "a", "1.0.0").expect("a key");
    let request = BatchRequest::new(vec![key]).expect("a request");
    if let Ok(reply) = BatchReply::decode(&request, data) {
        assert_eq!(BatchReply::decode(&request, &reply.encode()), Ok(reply));
    }
}

/// A head that was read is written as the same bytes; what is staged is cut into whole objects.
pub fn sumdb_state(data: &[u8]) {
    if let Some(head) = Head::parse(data) {
        assert_eq!(head.to_string().as_bytes(), data);
    }
    let digest = sumdb::Hash(Sha256::digest(data).into());
    let staged = Staged::verified(data.to_vec(), digest).expect("its own digest");
    if let Some(objects) = staged.objects() {
        let length: usize = objects.iter().map(|(path, bytes)| path.len() + bytes.len()).sum();
        assert!(length <= data.len());
        assert!(objects.iter().all(|(path, _)| Layout::C2sp.parse(path).is_some()));
    }
}

/// A request to cosign that was read has a proof and a note no longer than any honest one.
pub fn sumdb_witness(data: &[u8]) {
    if let Ok(request) = AddCheckpoint::parse(data) {
        assert!(request.proof.len() <= 63);
        assert_eq!(Note::parse(request.note.to_string().as_bytes()), Ok(request.note));
    }
}

/// A `denpm.sum` that was read is written as one that says the same, and so is its proof.
pub fn sumdb_sum(data: &[u8]) {
    let text = text(data);
    if let Ok(sum) = Sum::parse(&text) {
        assert_eq!(Sum::parse(&sum.to_string()), Ok(sum));
    }
    if let Ok(merged) = Merged::parse(&text) {
        assert!(merged.heads.len() <= 2 * MAX_LOGS);
    }
    if let Ok(proof) = SumProof::decode(data) {
        assert_eq!(proof.encode(), data);
    }
}

/// A policy believes nothing that nobody signed.
pub fn sumdb_policy(data: &[u8]) {
    let Ok(policy) = sumdb::Policy::parse(&text(data)) else { return };
    let tree = sumdb::TreeHead { size: 0, root: sumdb::tlog::empty_root() };
    let note = Note::unsigned(Checkpoint::new("log.example", tree).to_string()).expect("a note");
    assert!(policy.accept(&note).is_err());
}
