//! What is promised of commit, as tests.

use super::*;
use std::{cell::Cell, os::unix::fs::symlink};

/// Fails from the n-th change on: for good (`crash`), or once.
struct Faulty<'a> {
    left: &'a Cell<usize>,
    crash: bool,
    dead: Cell<bool>,
}

impl<'a> Faulty<'a> {
    fn new(left: &'a Cell<usize>, crash: bool) -> Self {
        Self { left, crash, dead: Cell::new(false) }
    }

    fn step(&self) -> io::Result<()> {
        if self.dead.get() {
            return Err(io::Error::other("killed"));
        }
        match self.left.get() {
            0 => {
                self.dead.set(self.crash);
                self.left.set(usize::MAX);
                Err(io::Error::other("injected"))
            }
            n => {
                self.left.set(if n == usize::MAX { n } else { n - 1 });
                Ok(())
            }
        }
    }
}

impl Disk for Faulty<'_> {
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.rename(from, to))
    }
    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        if let Err(error) = self.step() {
            // The worst moment to die in: half a folder is gone.
            if let Some(entry) = fs::read_dir(path).ok().and_then(|mut entries| entries.next()) {
                RealDisk.remove_tree(&entry.unwrap().path()).unwrap();
            }
            return Err(error);
        }
        RealDisk.remove_tree(path)
    }
    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.make_directory(path))
    }
    fn remove_if_empty(&self, path: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.remove_if_empty(path))
    }
    fn symlink(&self, content: &str, path: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.symlink(content, path))
    }
    fn write_durably(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.write_durably(path, bytes))
    }
}

fn at(text: &str) -> Location {
    Location::parse(text).unwrap()
}

fn write(project: &Path, path: &str, text: &str) {
    let path = project.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Path → content of everything below a folder.
fn tree(folder: &Path) -> BTreeMap<String, String> {
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
    let mut into = BTreeMap::new();
    walk(folder, "", &mut into);
    into
}

/// A project with packages to change, to keep, to remove; a workspace; bins.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    write(root, "node_modules/a/package.json", "a@1");
    write(root, "node_modules/a/node_modules/kept/package.json", "kept@1");
    write(root, "node_modules/a/node_modules/@s/kept/package.json", "@s/kept@1");
    write(root, "node_modules/a/node_modules/gone/package.json", "gone@1");
    write(root, "node_modules/removed/package.json", "removed@1");
    write(root, "node_modules/same/package.json", "same@1");
    write(root, "node_modules/.package-lock.json", "hidden 1");
    write(root, "node_modules/.denpm.json", "sidecar 1");
    write(root, "packages/w/package.json", "w");
    fs::create_dir_all(root.join("node_modules/.bin")).unwrap();
    symlink("../a/cli.js", root.join("node_modules/.bin/a")).unwrap();
    project
}

fn changes() -> Vec<Change> {
    vec![
        Change::Place {
            at: at("node_modules/a"),
            keep: vec![
                at("node_modules/a/node_modules/kept"),
                at("node_modules/a/node_modules/@s/kept"),
            ],
        },
        Change::Place { at: at("node_modules/a/node_modules/inner"), keep: vec![] },
        Change::Remove { at: at("node_modules/a/node_modules/gone") },
        Change::Remove { at: at("node_modules/removed") },
        Change::Place { at: at("node_modules/@new/b"), keep: vec![] },
        Change::Place { at: at("packages/w/node_modules/c"), keep: vec![] },
    ]
}

/// The whole protocol as an operation runs it.
fn run<D: Disk>(disk: D, root: &Path) -> Result<Trash, CommitError> {
    let bins = [at("node_modules/.bin/a"), at("node_modules/.bin/b")];
    let mut transaction = Transaction::begin_on(disk, root, &changes(), &bins)?;
    for (location, text) in [
        ("node_modules/a", "a@2"),
        ("node_modules/a/node_modules/inner", "inner@1"),
        ("node_modules/@new/b", "b@1"),
        ("packages/w/node_modules/c", "c@1"),
    ] {
        let staged = transaction.staged(&at(location)).unwrap();
        fs::create_dir_all(&staged).unwrap();
        fs::write(staged.join("package.json"), text).unwrap();
    }
    transaction.apply()?;
    let bin = root.join("node_modules/.bin");
    fs::remove_file(bin.join("a")).unwrap();
    symlink("../a/new.js", bin.join("a")).unwrap();
    symlink("../@new/b/cli.js", bin.join("b")).unwrap();
    fs::write(root.join("node_modules/.package-lock.json"), "hidden 2").unwrap();
    fs::write(root.join("node_modules/.denpm.json"), "sidecar 2").unwrap();
    let finished = transaction.finish();
    if finished.is_err() {
        transaction.rollback()?;
    }
    finished
}

fn done() -> BTreeMap<String, String> {
    let clean = project();
    run(RealDisk, clean.path()).unwrap().delete();
    tree(clean.path())
}

#[test]
fn transaction_places_keeps_and_removes() {
    let files: Vec<_> = done()
        .iter()
        .filter(|(path, _)| !path.ends_with('/'))
        .map(|(path, text)| format!("{path} {text}"))
        .collect();
    insta::assert_snapshot!(files.join("\n"), @r"
    node_modules/.bin/a -> ../a/new.js
    node_modules/.bin/b -> ../@new/b/cli.js
    node_modules/.denpm.json sidecar 2
    node_modules/.package-lock.json hidden 2
    node_modules/@new/b/package.json b@1
    node_modules/a/node_modules/@s/kept/package.json @s/kept@1
    node_modules/a/node_modules/inner/package.json inner@1
    node_modules/a/node_modules/kept/package.json kept@1
    node_modules/a/package.json a@2
    node_modules/same/package.json same@1
    packages/w/node_modules/c/package.json c@1
    packages/w/package.json w
    ");
}

#[test]
fn transaction_that_fails_at_any_step_leaves_the_tree_it_found() {
    let done = done();
    for n in 0.. {
        let project = project();
        let before = tree(project.path());
        let left = Cell::new(n);
        if let Ok(trash) = run(Faulty::new(&left, false), project.path()) {
            trash.delete();
            assert_eq!(tree(project.path()), done);
            assert!(n > 15, "faults were injected: {n}");
            return;
        }
        recover(project.path()).unwrap();
        assert_eq!(tree(project.path()), before, "fault at change {n}");
    }
}

#[test]
fn transaction_killed_at_any_step_is_undone_and_can_be_repeated() {
    let done = done();
    for n in 0.. {
        let project = project();
        let before = tree(project.path());
        let left = Cell::new(n);
        if run(Faulty::new(&left, true), project.path()).is_ok() {
            return;
        }
        let recovered = recover(project.path()).unwrap();
        assert_eq!(tree(project.path()), before, "killed at change {n}, {recovered:?}");
        run(RealDisk, project.path()).unwrap().delete();
        assert_eq!(tree(project.path()), done, "repeated after {n}");
    }
}

#[test]
fn undo_killed_at_any_step_can_be_repeated() {
    for n in 0.. {
        let project = project();
        let before = tree(project.path());
        let transaction = {
            let mut transaction =
                Transaction::begin(project.path(), &changes(), &[at("node_modules/.bin/a")])
                    .unwrap();
            for location in ["node_modules/a", "node_modules/@new/b", "packages/w/node_modules/c"] {
                let staged = transaction.staged(&at(location)).unwrap();
                fs::create_dir_all(staged.join("lib")).unwrap();
            }
            transaction.apply().unwrap();
            transaction
        };
        fs::remove_file(project.path().join("node_modules/.bin/a")).unwrap();
        let left = Cell::new(n);
        let undone = transaction.journal.undo(&Faulty::new(&left, true), project.path());
        recover(project.path()).unwrap();
        assert_eq!(tree(project.path()), before, "killed at change {n}");
        if undone.is_ok() {
            return;
        }
    }
}

#[test]
fn rollback_of_a_first_install_leaves_no_node_modules() {
    let project = tempfile::tempdir().unwrap();
    let change = Change::Place { at: at("node_modules/a"), keep: vec![] };
    let mut transaction =
        Transaction::begin(project.path(), &[change], &[at("node_modules/.bin/a")]).unwrap();
    fs::create_dir(transaction.staged(&at("node_modules/a")).unwrap()).unwrap();
    transaction.apply().unwrap();
    assert!(project.path().join("node_modules/a").is_dir());
    transaction.rollback().unwrap();
    assert_eq!(tree(project.path()), BTreeMap::new());
}

#[test]
fn withdrawn_and_discarded_packages_leave_nothing() {
    let project = project();
    let mut transaction = Transaction::begin(project.path(), &changes(), &[]).unwrap();
    for location in ["node_modules/a", "node_modules/@new/b", "packages/w/node_modules/c"] {
        fs::create_dir_all(transaction.staged(&at(location)).unwrap()).unwrap();
    }
    transaction.withdraw(&at("node_modules/@new/b")).unwrap();
    transaction.apply().unwrap();
    transaction.discard(&at("packages/w/node_modules/c")).unwrap();
    transaction.finish().unwrap().delete();
    let tree = tree(project.path());
    assert!(tree.contains_key("node_modules/a/node_modules/kept/package.json"));
    assert!(!tree.keys().any(|path| path.contains("@new/b")
        || path.contains("node_modules/c")
        || path.contains(".denpm")));
}

#[test]
fn recover_does_not_follow_a_foreign_journal() {
    for journal in [
        "",
        "{}",
        "[",
        r#"{"version":1,"id":"x","areas":[],"made":[],"steps":[{"at":"../../etc","slot":0,"old":false,"new":true,"keep":[]}],"bins":[]}"#,
        r#"{"version":1,"id":"../x","areas":["node_modules"],"made":[],"steps":[],"bins":[]}"#,
        r#"{"version":1,"id":"x","areas":["src"],"made":[],"steps":[],"bins":[]}"#,
        r#"{"version":2,"id":"x","areas":[],"made":[],"steps":[],"bins":[]}"#,
        r#"{"version":1,"id":"x","areas":[],"made":[],"steps":[],"bins":[{"at":"node_modules/a/cli.js","was":"Absent"}]}"#,
    ] {
        let project = project();
        write(project.path(), "node_modules/.denpm-journal", journal);
        write(project.path(), "node_modules/.denpm-old/x", "rubbish");
        assert_eq!(recover(project.path()).unwrap(), Recovered::Distrusted, "{journal}");
        let tree = tree(project.path());
        assert!(!tree.keys().any(|path| path.contains(".denpm") || path.contains(".package-lock")));
        assert_eq!(tree["node_modules/a/package.json"], "a@1");
    }
}

#[test]
fn recover_of_a_journal_cut_anywhere_never_panics_nor_leaves_node_modules() {
    let project = project();
    let mut transaction =
        Transaction::begin(project.path(), &changes(), &[at("node_modules/.bin/a")]).unwrap();
    for location in ["node_modules/a", "node_modules/@new/b", "packages/w/node_modules/c"] {
        fs::create_dir_all(transaction.staged(&at(location)).unwrap()).unwrap();
    }
    transaction.apply().unwrap();
    let journal = fs::read(Journal::path(project.path())).unwrap();
    for end in 0..journal.len() {
        let other = self::project();
        fs::write(Journal::path(other.path()), journal.get(..end).unwrap()).unwrap();
        assert_eq!(recover(other.path()).unwrap(), Recovered::Distrusted);
        assert!(other.path().join("packages/w/package.json").exists());
    }
}

#[test]
fn recover_never_moves_or_removes_through_links_of_a_hostile_repository() {
    let keep = r#"{"at":"node_modules/a","slot":0,"old":true,"new":true,"keep":["link/mine"]}"#;
    let below =
        r#"{"at":"node_modules/a/link/node_modules/x","slot":1,"old":false,"new":true,"keep":[]}"#;
    for steps in [keep, below] {
        let (project, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(home.path(), "mine/x", "mine");
        write(home.path(), "node_modules/x/x", "mine");
        for folder in ["node_modules/a", "node_modules/.denpm-x/old/0"] {
            fs::create_dir_all(project.path().join(folder)).unwrap();
        }
        symlink(home.path(), project.path().join("node_modules/a/link")).unwrap();
        fs::create_dir_all(project.path().join("node_modules/.denpm-x/old/0/link")).unwrap();
        let journal = format!(
            r#"{{"version":1,"id":"x","areas":["node_modules"],"made":[],"steps":[{steps}],"bins":[]}}"#
        );
        write(project.path(), "node_modules/.denpm-journal", &journal);
        let before = tree(home.path());
        let result = recover(project.path());
        assert!(matches!(result, Err(CommitError::Folder(_))), "{result:?}");
        assert_eq!(tree(home.path()), before);
    }
}

#[test]
fn recover_refuses_a_linked_node_modules_folder() {
    let (project, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(elsewhere.path(), ".denpm-keep/x", "mine");
    symlink(elsewhere.path(), project.path().join("node_modules")).unwrap();
    assert_eq!(recover(project.path()).unwrap(), Recovered::Clean);
    assert!(elsewhere.path().join(".denpm-keep/x").exists());
    let change = Change::Place { at: at("node_modules/a"), keep: vec![] };
    assert!(matches!(
        Transaction::begin(project.path(), &[change], &[]),
        Err(CommitError::Folder(_))
    ));
}

#[test]
fn apply_removes_what_a_killed_npm_left_beside_a_package() {
    let project = project();
    let leftover = retire_path(&project.path().join("node_modules/a")).unwrap();
    fs::create_dir(&leftover).unwrap();
    run(RealDisk, project.path()).unwrap().delete();
    assert!(!leftover.exists());
}
