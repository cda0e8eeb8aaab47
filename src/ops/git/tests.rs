//! What is promised of git, as tests against local repositories.

use super::*;
use crate::error::{Code, Explain as _};
use std::{fs, process::Command};
use tempfile::TempDir;

/// A repository on disk, and a git whose settings are nobody's.
struct World {
    temp: TempDir,
    git: Git,
    env: BTreeMap<OsString, OsString>,
}

/// `None`, aloud, where there is no git.
fn world() -> Option<World> {
    let temp = tempfile::tempdir().unwrap();
    let mut env: BTreeMap<OsString, OsString> = BTreeMap::new();
    let path = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";
    for (name, value) in [
        ("PATH", path),
        ("HOME", temp.path().to_str().unwrap()),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.org"),
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.org"),
    ] {
        env.insert(name.into(), value.into());
    }
    if Command::new("git").arg("--version").env_clear().envs(&env).output().is_err() {
        println!("skipped: there is no git");
        return None;
    }
    let scratch = temp.path().join("scratch");
    fs::create_dir(&scratch).unwrap();
    let options = GitOptions {
        program: "git".into(),
        temp_root: scratch,
        env: env.clone(),
        retry_wait: Duration::ZERO,
    };
    let world = World { temp, git: Git::new(options), env };
    world.fill();
    Some(world)
}

impl World {
    fn repository(&self) -> PathBuf {
        self.temp.path().join("repository")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(self.repository())
            .env_clear()
            .envs(&self.env)
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.repository().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn commit(&self, version: &str) -> String {
        self.write("package.json", &format!(r#"{{"name":"a","version":"{version}"}}"#));
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", version]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// main: 1.0.0 (annotated tag), 1.1.0 (tag), 1.2.0; branch `side`; `refs/pull/1/head`; a
    /// commit that nothing points at but the history.
    fn fill(&self) {
        fs::create_dir(self.repository()).unwrap();
        self.git(&["init", "-q", "-b", "main"]);
        self.write(".gitignore", "dist\n");
        self.write("sub/package.json", r#"{"name":"sub","version":"9.0.0"}"#);
        self.write("sub/index.js", "");
        self.commit("1.0.0");
        self.git(&["tag", "-a", "-m", "x", "v1.0.0"]);
        self.commit("1.1.0");
        self.git(&["tag", "v1.1.0"]);
        self.commit("1.1.1");
        self.git(&["checkout", "-qb", "side"]);
        self.commit("2.0.0");
        self.git(&["checkout", "-q", "main"]);
        self.commit("1.2.0");
        self.git(&["update-ref", "refs/pull/1/head", "side~1"]);
    }

    fn spec(&self, hash: &str) -> Spec {
        let url = format!("git+file://{}{hash}", self.repository().display());
        Spec::resolve("a", &url, self.temp.path()).unwrap()
    }

    fn sha(&self, name: &str) -> String {
        self.git(&["rev-parse", &format!("{name}^{{commit}}")])
    }

    async fn version_of(&self, commit: &GitCommit) -> String {
        let into = tempfile::tempdir_in(self.temp.path()).unwrap();
        self.git.checkout(commit, into.path()).await.unwrap();
        read_manifest(into.path()).unwrap().version.unwrap()
    }
}

#[tokio::test]
async fn resolve_and_checkout_find_every_kind_of_committish() {
    let Some(world) = world() else { return };
    let old = world.sha("main~1");
    for (hash, name, version) in [
        ("", "main", "1.2.0"),
        ("#side", "side", "2.0.0"),
        ("#v1.0.0", "v1.0.0", "1.0.0"),
        ("#refs/tags/v1.1.0", "v1.1.0", "1.1.0"),
        ("#semver:^1.0.0", "v1.1.0", "1.1.0"),
        ("#semver:<1.1.0", "v1.0.0", "1.0.0"),
        ("#main~1", "main~1", "1.1.1"),
        ("#pull/1", "refs/pull/1/head", "1.1.1"),
        (&format!("#{old}"), &old, "1.1.1"),
        (&format!("#{}", &old[..9]), &old, "1.1.1"),
    ] {
        let commit = world.git.resolve(&world.spec(hash)).await.unwrap();
        let sha = world.sha(name);
        assert_eq!(commit.sha, sha, "{hash}");
        assert_eq!(commit.resolved, format!("git+file://{}#{sha}", world.repository().display()));
        assert_eq!(world.version_of(&commit).await, version, "{hash}");
    }
}

#[tokio::test]
async fn resolve_of_an_unknown_branch_is_npm_s_error() {
    let Some(world) = world() else { return };
    let error = world.git.resolve(&world.spec("#nowhere")).await.unwrap_err();
    assert_eq!(error.to_string(), "The git reference could not be found");
    let error = world.git.resolve(&world.spec("#semver:^7")).await.unwrap_err();
    assert_eq!((error.code(), error.package().as_deref()), (Code::Target, Some("a@^7")));
}

#[tokio::test]
async fn resolve_of_a_repository_that_is_not_there_shows_git_s_words() {
    let Some(world) = world() else { return };
    let spec = Spec::resolve("a", "git+file:///no/such/repository", world.temp.path()).unwrap();
    let error = world.git.resolve(&spec).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.exit()), ("An unknown git error occurred", 128));
    assert_eq!(
        error.detail()[0],
        "command git --no-replace-objects ls-remote -- file:///no/such/repository"
    );
}

#[tokio::test]
async fn resolve_never_hands_git_an_option_or_a_program() {
    let Some(world) = world() else { return };
    for text in ["#--upload-pack=x", "#-b"] {
        assert!(matches!(
            world.git.resolve(&world.spec(text)).await,
            Err(GitError::Refused { .. })
        ));
    }
    for url in ["git+ssh://ext::sh -c id", "git+ssh://-oProxyCommand=id:a/b"] {
        if let Ok(spec) = Spec::resolve("a", url, world.temp.path()) {
            assert!(
                matches!(world.git.resolve(&spec).await, Err(GitError::Refused { .. })),
                "{url}"
            );
        }
    }
}

#[tokio::test]
async fn checkout_after_the_branch_moved_still_has_the_commit() {
    let Some(world) = world() else { return };
    let commit = world.git.resolve(&world.spec("#side")).await.unwrap();
    world.git(&["checkout", "-q", "side"]);
    world.commit("2.0.1");
    world.git(&["checkout", "-q", "main"]);
    assert_eq!(world.version_of(&commit).await, "2.0.0");
}

#[tokio::test]
async fn checkout_of_a_commit_that_is_gone_is_refused() {
    let Some(world) = world() else { return };
    let commit = world.git.resolve(&world.spec(&format!("#{}", "1".repeat(40)))).await.unwrap();
    let into = tempfile::tempdir_in(world.temp.path()).unwrap();
    let error = world.git.checkout(&commit, into.path()).await.unwrap_err();
    assert_eq!(error.to_string(), "The git reference could not be found");
}

#[tokio::test]
async fn fetch_packs_a_folder_of_the_repository_without_git_s_own_files() {
    let Some(world) = world() else { return };
    for (hash, expected) in [
        ("#side", "package/sub/index.js package/package.json package/sub/package.json"),
        ("#side::path:sub", "package/index.js package/package.json"),
    ] {
        let commit = world.git.resolve(&world.spec(hash)).await.unwrap();
        let bytes = world.git.fetch(&commit, &Preparation::Never).await.unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let entries = archive.entries().unwrap();
        let names: Vec<String> =
            entries.map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        assert_eq!(names.join(" "), expected, "{hash}");
    }
    let left: Vec<_> = fs::read_dir(world.temp.path().join("scratch")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn package_folder_does_not_follow_links() {
    let Some(world) = world() else { return };
    std::os::unix::fs::symlink("/usr", world.repository().join("out")).unwrap();
    world.commit("3.0.0");
    let commit = world.git.resolve(&world.spec("#main::path:out")).await.unwrap();
    let error = world.git.fetch(&commit, &Preparation::Never).await.unwrap_err();
    assert!(matches!(error, GitError::Refused { what: "folder", .. }));
    assert!(world.git.resolve(&world.spec("#main::path:../out")).await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn fetch_prepares_with_the_runner_and_its_failure_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(world) = world() else { return };
    let runner = world.temp.path().join("runner");
    fs::write(&runner, "#!/bin/sh\necho \"$_PACOTE_NO_PREPARE_ $*\" > made; test \"$1\" = install || { echo no >&2; exit 7; }\n").unwrap();
    fs::set_permissions(&runner, fs::Permissions::from_mode(0o755)).unwrap();
    let manifest =
        Manifest { scripts: [("build", "x")].into_iter().collect(), ..Manifest::default() };
    let commit = world.git.resolve(&world.spec("")).await.unwrap();
    let preparation = |arguments: &[&str]| Preparation::Install {
        runner: runner.clone(),
        arguments: arguments.iter().map(OsString::from).collect(),
    };
    let folder = tempfile::tempdir_in(world.temp.path()).unwrap();
    let prepared = world
        .git
        .prepare(folder.path(), &manifest, &commit, &preparation(&["install", "--force"]))
        .await;
    assert_eq!(prepared.unwrap(), Prepared::Installed);
    let made = fs::read_to_string(folder.path().join("made")).unwrap();
    assert_eq!(made.trim(), format!("{} install --force", commit.resolved));
    let error = world
        .git
        .prepare(folder.path(), &manifest, &commit, &preparation(&["x"]))
        .await
        .unwrap_err();
    assert_eq!((error.to_string().as_str(), error.exit()), ("git dep preparation failed", 7));
    assert_eq!(error.detail(), ["no"]);
}

#[test]
fn hosted_specs_try_https_then_ssh_and_are_written_as_npm_does() {
    let sha = "a".repeat(40);
    for (text, remotes, resolved) in [
        (
            "github:o/r#v1",
            "https://github.com/o/r.git ssh://git@github.com/o/r.git",
            "git+ssh://git@github.com/o/r.git#",
        ),
        (
            "git+https://u:p@gitlab.com/o/r.git",
            "https://***@gitlab.com/o/r.git",
            "git+https://u:p@gitlab.com/o/r.git#",
        ),
        (
            "git+https://git.example/r.git#x",
            "https://git.example/r.git",
            "git+https://git.example/r.git#",
        ),
    ] {
        let spec = Spec::resolve("a", text, Path::new("/")).unwrap();
        let git = spec.git().unwrap();
        let shown: Vec<String> =
            remotes_of(&spec, git).unwrap().iter().map(Remote::to_string).collect();
        assert_eq!(shown.join(" "), remotes);
        assert_eq!(resolved_with_sha(&spec, git, &sha), format!("{resolved}{sha}"));
    }
}

#[test]
fn debug_of_a_commit_hides_credentials() {
    let spec = Spec::resolve(
        "a",
        &format!("git+https://u:secret@gitlab.com/o/r.git#{}", "a".repeat(40)),
        Path::new("/"),
    )
    .unwrap();
    let git = spec.git().unwrap();
    let commit = GitCommit {
        remotes: remotes_of(&spec, git).unwrap(),
        sha: "a".repeat(40),
        resolved: resolved_with_committish(&spec, git),
        committish: None,
        subdir: None,
    };
    assert!(commit.resolved.contains("secret") && !format!("{commit:?}").contains("secret"));
}
