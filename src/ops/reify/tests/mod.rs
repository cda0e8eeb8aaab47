//! Real trees, a real store, a real disk.

use std::{collections::BTreeMap, fs, io::Write as _, os::unix::fs::symlink, sync::Mutex};

use flate2::{Compression, write::GzEncoder};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::*;
use crate::{
    arborist::{DiffOptions, Omit, Project, TreeSettings},
    lockfile::Lockfile,
    manifest::Manifest,
    store::ImportContext,
};

mod any_tree;
mod undo;

/// A project, and packages it can install.
struct Fixture {
    folder: tempfile::TempDir,
    store: Store,
    published: BTreeMap<String, StoredPackage>,
    root: Value,
    workspaces: IndexMap<String, String>,
    log: Log,
}

/// Warnings, as `prefix text`.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Reporter for Log {
    fn event(&self, event: Event) {
        if let Event::Log { prefix, lines, .. } = event {
            self.0.lock().unwrap().push(format!("{prefix} {}", lines.join("\n")));
        }
    }
}

fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, format!("package/{path}"), text.as_bytes()).unwrap();
    }
    let mut gzip = archive.into_inner().unwrap();
    gzip.flush().unwrap();
    gzip.finish().unwrap()
}

impl Fixture {
    fn new(root: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        fs::create_dir(folder.path().join("project")).unwrap();
        let fixture = Self {
            folder,
            store,
            published: BTreeMap::new(),
            root,
            workspaces: IndexMap::new(),
            log: Log::default(),
        };
        fixture.write("package.json", &fixture.root.to_string());
        fixture
    }

    fn project(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("project")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts a package into the store.
    fn publish(&mut self, manifest: &Value, files: &[(&str, &str)]) {
        let text = manifest.to_string();
        let mut all = vec![("package.json", text.as_str())];
        all.extend(files);
        let id = format!(
            "{}@{}",
            manifest["name"].as_str().unwrap(),
            manifest["version"].as_str().unwrap()
        );
        let context = ImportContext { package: id.clone(), ..ImportContext::default() };
        let stored = self.store.import_buffer(&tarball(&all), None, &context).unwrap();
        self.published.insert(id, stored);
    }

    fn publish_plain(&mut self, name: &str, version: &str) {
        self.publish(&json!({"name": name, "version": version}), &[("index.js", version)]);
    }

    async fn apply(&self, packages: &Value, mode: ScriptMode) -> Result<Applied, Failure> {
        let mut tree = Tree::new(TreeSettings::default());
        let path = self.project().to_str().unwrap().to_owned();
        let package = Manifest::from_value(&self.root).unwrap();
        let workspaces = self.workspaces.clone();
        let project = Project { path: path.clone(), package: package.into(), workspaces };
        let mut all = json!({"": self.root});
        all.as_object_mut().unwrap().extend(packages.as_object().unwrap().clone());
        let lock = json!({"lockfileVersion": 3, "packages": all}).to_string();
        let lock = Lockfile::parse(&lock, Path::new("package-lock.json")).unwrap().shrinkwrap;
        let ideal = tree.add_project(&project).unwrap();
        tree.load_virtual(ideal, &lock, &path).unwrap();
        let actual = tree.load_actual(&project, crate::arborist::Records::Lockfile(None)).unwrap();
        let exists = |path: &str| Path::new(path).exists();
        let options =
            DiffOptions { actual, ideal, omit: Omit::default(), only: &[], exists: &exists };
        let diff = tree.diff(&options);
        let stored = diff.changes.iter().filter_map(|change| {
            let node = change.ideal?;
            Some((node, self.published.get(&tree.package_id(node))?.clone()))
        });
        let stored: HashMap<NodeId, StoredPackage> = stored.collect();
        let base = Env::from([("PATH".into(), "/usr/bin:/bin".into())]);
        let scripts = ScriptSettings {
            policy: &ScriptPolicy::default(),
            mode,
            scope: InstallScope::Project,
            stdio: ScriptStdio::Captured,
            shell: None,
            base: &base,
            npm: &NpmEnv::default(),
            sandbox: None,
        };
        apply(ReifyRequest {
            tree: &tree,
            ideal,
            actual,
            diff: &diff,
            packages: &stored,
            store: &self.store,
            project: Path::new(&path),
            scripts,
            bin_links: true,
            odd_folders: OddFolders::Remove,
            link_method: LinkMethod::HardLink,
            umask: 0o022,
            reporter: &self.log,
        })
        .await
    }

    async fn applied(&self, packages: &Value, mode: ScriptMode) -> Applied {
        self.apply(packages, mode).await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn install(&self, packages: Value) -> Summary {
        let applied = self.applied(&packages, ScriptMode::AllowAll).await;
        applied.finish(|| Ok(())).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Path → content of everything in the project.
    fn tree(&self) -> BTreeMap<String, String> {
        let mut into = BTreeMap::new();
        walk(&self.project(), "", &mut into);
        into
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.project().join(path)).unwrap_or_default()
    }

    fn link(&self, path: &str) -> String {
        fs::read_link(self.project().join(path)).unwrap().to_str().unwrap().to_owned()
    }

    fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.project().join(path)).is_ok()
    }
}

fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        let kind = entry.file_type().unwrap();
        if kind.is_symlink() {
            into.insert(name, format!("-> {}", fs::read_link(entry.path()).unwrap().display()));
        } else if kind.is_dir() {
            into.insert(format!("{name}/"), String::new());
            walk(&entry.path(), &format!("{name}/"), into);
        } else {
            into.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn depends(names: &[&str]) -> Value {
    let deps: IndexMap<&str, &str> = names.iter().map(|name| (*name, "*")).collect();
    json!({"name": "root", "version": "1.0.0", "dependencies": deps})
}

fn version(version: &str) -> Value {
    json!({"version": version})
}

#[tokio::test]
async fn first_install_places_packages_scopes_and_commands() {
    let mut fixture = Fixture::new(depends(&["a", "@s/b"]));
    let bin = json!({"a": "cli.js"});
    fixture
        .publish(&json!({"name": "a", "version": "1.0.0", "bin": bin}), &[("cli.js", "#!x\r\n")]);
    fixture.publish_plain("@s/b", "1.0.0");
    fixture.publish_plain("c", "2.0.0");
    let summary = fixture
        .install(json!({
            "node_modules/a": {"version": "1.0.0", "bin": bin, "dependencies": {"c": "*"}},
            "node_modules/@s/b": version("1.0.0"),
            "node_modules/a/node_modules/c": version("2.0.0"),
        }))
        .await;
    assert_eq!(summary, Summary { placed: 3, removed: 0, scripts: 0 });
    assert_eq!(fixture.read("node_modules/@s/b/index.js"), "1.0.0");
    assert_eq!(fixture.read("node_modules/a/node_modules/c/index.js"), "2.0.0");
    assert_eq!(fixture.link("node_modules/.bin/a"), "../a/cli.js");
    assert_eq!(fixture.read("node_modules/.bin/a"), "#!x\n");
    assert!(!fixture.tree().keys().any(|path| path.contains(".denpm")));
}

#[tokio::test]
async fn upgrade_keeps_unchanged_nested_packages() {
    let mut fixture = Fixture::new(depends(&["a"]));
    for (name, version) in [
        ("a", "1.0.0"),
        ("a", "2.0.0"),
        ("kept", "1.0.0"),
        ("deep", "1.0.0"),
        ("deep", "2.0.0"),
        ("mid", "1.0.0"),
        ("low", "1.0.0"),
    ] {
        fixture.publish_plain(name, version);
    }
    let tree = |a: &str, deep: &str| {
        json!({
            "node_modules/a": {"version": a, "dependencies": {"kept": "*", "mid": "*"}},
            "node_modules/a/node_modules/kept": version("1.0.0"),
            "node_modules/a/node_modules/mid": {"version": "1.0.0", "dependencies": {"deep": "*", "low": "*"}},
            "node_modules/a/node_modules/mid/node_modules/deep": version(deep),
            "node_modules/a/node_modules/mid/node_modules/low": version("1.0.0"),
        })
    };
    fixture.install(tree("1.0.0", "1.0.0")).await;
    let marks = ["kept", "mid", "mid/node_modules/low"];
    for path in marks {
        fixture.write(&format!("node_modules/a/node_modules/{path}/mark"), "mine");
    }
    let summary = fixture.install(tree("2.0.0", "2.0.0")).await;
    assert_eq!(summary.placed, 2);
    assert_eq!(fixture.read("node_modules/a/index.js"), "2.0.0");
    assert_eq!(fixture.read("node_modules/a/node_modules/mid/node_modules/deep/index.js"), "2.0.0");
    for path in marks {
        assert_eq!(fixture.read(&format!("node_modules/a/node_modules/{path}/mark")), "mine");
        assert_eq!(fixture.read(&format!("node_modules/a/node_modules/{path}/index.js")), "1.0.0");
    }
}

#[tokio::test]
async fn removal_takes_commands_along_and_leaves_empty_folders_as_npm_does() {
    let mut fixture = Fixture::new(depends(&[]));
    let bin = json!({"x": "cli.js"});
    fixture.publish(&json!({"name": "@s/x", "version": "1.0.0", "bin": bin}), &[("cli.js", "")]);
    fixture.publish_plain("a", "1.0.0");
    fixture.publish_plain("n", "1.0.0");
    fixture
        .install(json!({
            "node_modules/@s/x": {"version": "1.0.0", "bin": bin},
            "node_modules/a": version("1.0.0"),
            "node_modules/a/node_modules/n": version("1.0.0"),
        }))
        .await;
    assert!(fixture.has("node_modules/.bin/x"));
    let summary = fixture.install(json!({"node_modules/a": version("1.0.0")})).await;
    assert_eq!(summary.removed, 2);
    let left: Vec<String> =
        fixture.tree().into_keys().filter(|path| path.starts_with("node_modules/")).collect();
    assert_eq!(
        left,
        [
            "node_modules/",
            "node_modules/.bin/",
            "node_modules/@s/",
            "node_modules/a/",
            "node_modules/a/index.js",
            "node_modules/a/node_modules/",
            "node_modules/a/package.json",
        ]
    );
}

#[tokio::test]
async fn link_and_package_take_each_others_place() {
    let mut fixture = Fixture::new(depends(&["a"]));
    fixture.publish_plain("a", "1.0.0");
    fixture.publish_plain("n", "1.0.0");
    fixture.write("lib/a/package.json", r#"{"name":"a","version":"3.0.0"}"#);
    let package = json!({
        "node_modules/a": {"version": "1.0.0", "dependencies": {"n": "*"}},
        "node_modules/a/node_modules/n": version("1.0.0"),
    });
    let link = json!({
        "node_modules/a": {"resolved": "lib/a", "link": true},
        "lib/a": {"name": "a", "version": "3.0.0"},
    });
    fixture.install(package.clone()).await;
    fixture.install(link).await;
    assert_eq!(fixture.link("node_modules/a"), "../lib/a");
    fixture.install(package).await;
    assert_eq!(fixture.read("node_modules/a/node_modules/n/index.js"), "1.0.0");
    assert_eq!(fixture.read("lib/a/package.json"), r#"{"name":"a","version":"3.0.0"}"#);
}

#[tokio::test]
async fn workspace_has_its_own_packages_and_is_linked_with_its_commands() {
    let mut fixture =
        Fixture::new(json!({"name": "root", "version": "1.0.0", "workspaces": ["packages/*"]}));
    fixture.publish_plain("d", "1.0.0");
    let manifest = json!({"name": "w", "version": "1.0.0", "bin": {"w": "cli.js"}, "dependencies": {"d": "*"},
        "scripts": {"prepare": "echo prepared > out"}});
    fixture.write("packages/w/package.json", &manifest.to_string());
    fixture.write("packages/w/cli.js", "");
    fixture.workspaces =
        [("w".to_owned(), fixture.project().join("packages/w").to_str().unwrap().to_owned())]
            .into();
    let tree = json!({
        "node_modules/w": {"resolved": "packages/w", "link": true},
        "packages/w": {"name": "w", "version": "1.0.0", "bin": {"w": "cli.js"}, "dependencies": {"d": "*"}},
        "packages/w/node_modules/d": version("1.0.0"),
    });
    fixture.install(tree.clone()).await;
    assert_eq!(fixture.link("node_modules/w"), "../packages/w");
    assert_eq!(fixture.link("node_modules/.bin/w"), "../w/cli.js");
    assert_eq!(fixture.read("packages/w/node_modules/d/index.js"), "1.0.0");
    assert_eq!(fixture.read("packages/w/out"), "prepared\n");
    fs::remove_file(fixture.project().join("packages/w/out")).unwrap();
    let again = fixture.install(tree).await;
    assert_eq!(again, Summary { placed: 0, removed: 0, scripts: 1 });
    assert_eq!(fixture.read("packages/w/out"), "prepared\n");
}

#[tokio::test]
async fn bundled_package_comes_with_its_bundler_and_is_never_placed() {
    let mut fixture = Fixture::new(depends(&["a"]));
    let inner = json!({"name": "b", "version": "1.0.0", "bin": {"b": "b.js"}}).to_string();
    let manifest = |version: &str| json!({"name": "a", "version": version, "bundleDependencies": ["b"], "dependencies": {"b": "*"}});
    for version in ["1.0.0", "2.0.0"] {
        fixture.publish(
            &manifest(version),
            &[("node_modules/b/package.json", &inner), ("node_modules/b/b.js", version)],
        );
    }
    let tree = |version: &str| {
        json!({
            "node_modules/a": manifest(version),
            "node_modules/a/node_modules/b": {"version": "1.0.0", "bin": {"b": "b.js"}, "inBundle": true},
        })
    };
    assert_eq!(fixture.install(tree("1.0.0")).await.placed, 1);
    assert_eq!(fixture.link("node_modules/a/node_modules/.bin/b"), "../b/b.js");
    assert_eq!(fixture.install(tree("2.0.0")).await.placed, 1);
    assert_eq!(fixture.read("node_modules/a/node_modules/b/b.js"), "2.0.0");
    assert_eq!(fixture.read("node_modules/a/node_modules/.bin/b"), "2.0.0");
}

#[tokio::test]
async fn command_goes_to_the_package_that_was_built_last() {
    let bin = json!({"tool": "cli.js"});
    let publish = |fixture: &mut Fixture| {
        for name in ["a", "b"] {
            fixture.publish(
                &json!({"name": name, "version": "1.0.0", "bin": bin}),
                &[("cli.js", name)],
            );
        }
    };
    let entry = json!({"version": "1.0.0", "bin": bin});
    let both = json!({"node_modules/a": entry, "node_modules/b": entry});
    let (a, b) = (json!({"node_modules/a": entry}), json!({"node_modules/b": entry}));
    for (first, owner) in [(json!({}), "a"), (a, "b"), (b, "a")] {
        let mut fixture = Fixture::new(depends(&["a", "b"]));
        publish(&mut fixture);
        fixture.install(first).await;
        fixture.install(both.clone()).await;
        assert_eq!(fixture.link("node_modules/.bin/tool"), format!("../{owner}/cli.js"));
        // Like npm: whoever else claims a name that leaves gets it with the next run.
        fixture.install(json!({"node_modules/b": entry})).await;
        assert_eq!(fixture.has("node_modules/.bin/tool"), owner == "b");
        fixture.install(json!({"node_modules/b": entry})).await;
        assert_eq!(fixture.link("node_modules/.bin/tool"), "../b/cli.js");
        fs::remove_file(fixture.project().join("node_modules/.bin/tool")).unwrap();
        fixture.install(json!({"node_modules/b": entry})).await;
        assert_eq!(fixture.link("node_modules/.bin/tool"), "../b/cli.js");
    }
}

fn scripted(name: &str, version: &str, script: &str) -> Value {
    json!({"name": name, "version": version, "scripts": {"postinstall": script}})
}

#[tokio::test]
async fn optional_package_whose_script_fails_goes_with_its_set() {
    let mut fixture = Fixture::new(json!({"name": "root", "version": "1.0.0",
        "optionalDependencies": {"o": "*"}, "dependencies": {"a": "*"}}));
    fixture.publish(&scripted("o", "1.0.0", "exit 3"), &[]);
    fixture.publish(&scripted("o", "2.0.0", "exit 3"), &[]);
    fixture.publish_plain("only", "1.0.0");
    fixture.publish_plain("a", "1.0.0");
    let tree = |o: &str| {
        json!({
            "node_modules/a": version("1.0.0"),
            "node_modules/o": {"version": o, "optional": true, "hasInstallScript": true, "dependencies": {"only": "*"}},
            "node_modules/only": {"version": "1.0.0", "optional": true},
        })
    };
    let applied = fixture.applied(&tree("1.0.0"), ScriptMode::AllowAll).await;
    assert_eq!(applied.dropped.len(), 2);
    assert!(applied.finish(|| Ok(())).is_ok());
    assert!(
        fixture.has("node_modules/a")
            && !fixture.has("node_modules/o")
            && !fixture.has("node_modules/only")
    );

    // What was there before goes only when the change is final.
    let applied = fixture.applied(&tree("1.0.0"), ScriptMode::Ignore).await;
    assert!(applied.finish(|| Ok(())).is_ok());
    let before = fixture.tree();
    let refuse = || Err(NotFetched { package: "x".into() }.into());
    let applied = fixture.applied(&tree("2.0.0"), ScriptMode::AllowAll).await;
    assert!(applied.finish(refuse).is_err());
    assert_eq!(fixture.tree(), before);
    let applied = fixture.applied(&tree("2.0.0"), ScriptMode::AllowAll).await;
    assert!(applied.finish(|| Ok(())).is_ok());
    assert!(!fixture.has("node_modules/o") && !fixture.has("node_modules/only"));
}

#[tokio::test]
async fn package_that_was_not_fetched_is_an_error_unless_optional() {
    let fixture = Fixture::new(
        json!({"name": "root", "optionalDependencies": {"o": "*"}, "dependencies": {"a": "*"}}),
    );
    let optional = json!({"node_modules/o": {"version": "1.0.0", "optional": true}});
    let applied = fixture.applied(&optional, ScriptMode::Policy).await;
    assert_eq!(applied.dropped.len(), 1);
    assert!(applied.finish(|| Ok(())).is_ok() && !fixture.has("node_modules"));
    let required = json!({"node_modules/a": version("1.0.0")});
    assert!(fixture.apply(&required, ScriptMode::Policy).await.is_err());
}

#[tokio::test]
async fn unreviewed_scripts_do_not_run_and_are_listed() {
    let mut fixture = Fixture::new(depends(&["a"]));
    fixture.publish(&scripted("a", "1.0.0", "echo ran > ran"), &[]);
    let tree = json!({"node_modules/a": {"version": "1.0.0", "hasInstallScript": true, "deprecated": "use b"}});
    let strict = fixture.apply(&tree, ScriptMode::Strict).await.err().unwrap();
    assert_eq!(strict.inner().code(), Code::Strictallowscripts);
    assert!(!fixture.has("node_modules"));
    let applied = fixture.applied(&tree, ScriptMode::Policy).await;
    assert!(
        applied.unreviewed.iter().any(|line| line == "  a@1.0.0 (postinstall: echo ran > ran)"),
        "{:?}",
        applied.unreviewed
    );
    assert!(applied.finish(|| Ok(())).is_ok() && !fixture.has("node_modules/a/ran"));
    assert_eq!(*fixture.log.0.lock().unwrap(), ["deprecated a@1.0.0: use b"]);
}

#[tokio::test]
async fn scripts_write_to_their_own_files_and_never_to_the_store() {
    let mut fixture = Fixture::new(depends(&["a"]));
    fixture
        .publish(&scripted("a", "1.0.0", "echo changed > index.js"), &[("index.js", "original")]);
    fixture
        .install(json!({"node_modules/a": {"version": "1.0.0", "hasInstallScript": true}}))
        .await;
    assert_eq!(fixture.read("node_modules/a/index.js"), "changed\n");
    let stored = &fixture.published["a@1.0.0"];
    assert_eq!(fs::read_to_string(stored.dir.join("index.js")).unwrap(), "original");
}

#[tokio::test]
async fn node_modules_that_is_a_link_is_replaced_and_its_target_untouched() {
    let mut fixture = Fixture::new(depends(&["a"]));
    fixture.publish_plain("a", "1.0.0");
    let elsewhere = fixture.folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, fixture.project().join("node_modules")).unwrap();
    fixture.install(json!({"node_modules/a": version("1.0.0")})).await;
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    assert_eq!(fixture.read("node_modules/a/index.js"), "1.0.0");
    assert!(fixture.log.0.lock().unwrap()[0].starts_with("reify Removing non-directory"));
}

#[tokio::test]
async fn link_out_of_the_project_is_made_and_never_written_through() {
    let fixture = Fixture::new(depends(&["out"]));
    let out = fixture.folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(
        out.join("package.json"),
        r#"{"name":"out","version":"1.0.0","dependencies":{"d":"*"}}"#,
    )
    .unwrap();
    fixture
        .install(json!({
            "node_modules/out": {"resolved": "../out", "link": true},
            "../out": {"name": "out", "version": "1.0.0"},
        }))
        .await;
    assert_eq!(fixture.link("node_modules/out"), "../../out");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}
