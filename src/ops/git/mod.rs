//! Packages in git repositories: which commit a spec means, its files, and the package they make.
//!
//! | question | answered by | npm's source |
//! |---|---|---|
//! | which commit is meant | [`Git::resolve`] | pacote 21 `git.js`, @npmcli/git `revs.js` |
//! | its files in a folder | [`Git::checkout`] | @npmcli/git `clone.js` |
//! | what its own scripts need first | [`needs_prepare`], [`Git::prepare`] | pacote's `#prepareDir` |
//! | the package as a tarball | [`Git::fetch`] | pacote's `tarballFromResolved` |
//!
//! Always a clone: the tarballs that some hosts make of a commit, which npm prefers where it can,
//! are bytes that nothing vouches for, while git checks the commit it was asked for.

mod clone;
mod error;
mod prepare;
mod remote;
mod revs;
mod run;

use std::{
    collections::{BTreeMap, HashMap},
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::sync::{Mutex, OnceCell};

pub use error::{FailureKind, GitError, GitFailure};
pub use prepare::{Freshness, Preparation, Prepared, install_arguments, needs_prepare};
pub use remote::Remote;

use self::{
    remote::redact,
    revs::{Revs, is_sha},
    run::{OwnSettings, environment},
};
use crate::{
    fs::{FsError, read_bounded_file},
    manifest::Manifest,
    ops::pack::{self, PackError},
    spec::{Form, GitSpec, Hosted, Spec},
    store::{EntryPath, MAX_PACKAGE_JSON},
};

/// How git is run.
#[derive(Clone, Debug)]
pub struct GitOptions {
    /// The config `git`: a name to look up in PATH, or a path.
    pub program: PathBuf,
    /// Where temporary checkouts are made; must exist.
    pub temp_root: PathBuf,
    /// The environment denpm was started with.
    pub env: BTreeMap<OsString, OsString>,
    /// The wait before the second attempt (config `fetch-retry-mintimeout`); the next is ten times it.
    pub retry_wait: Duration,
}

/// A commit, and where to get it.
#[derive(Clone, PartialEq, Eq)]
pub struct GitCommit {
    /// The URLs to try, in this order.
    pub remotes: Vec<Remote>,
    /// The commit.
    pub sha: String,
    /// What npm writes as `resolved`. May hold credentials.
    pub resolved: String,
    /// The branch or tag that was asked for.
    pub committish: Option<String>,
    /// The folder of the package in the repository, if it is not the whole.
    pub subdir: Option<EntryPath>,
}

impl fmt::Debug for GitCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitCommit")
            .field("remotes", &self.remotes)
            .field("sha", &self.sha)
            .field("resolved", &redact(&self.resolved))
            .field("committish", &self.committish)
            .field("subdir", &self.subdir)
            .finish()
    }
}

/// git, and what its repositories said so far.
#[derive(Debug)]
pub struct Git {
    options: GitOptions,
    own_settings: OnceCell<OwnSettings>,
    /// Like npm's cache of refs, for one command.
    revs: Mutex<HashMap<Remote, Arc<Revs>>>,
}

impl Git {
    /// Makes a git with nothing remembered.
    pub fn new(options: GitOptions) -> Self {
        Self { options, own_settings: OnceCell::new(), revs: Mutex::default() }
    }

    /// The commit a git spec means: a full commit itself; else what the repository advertises for
    /// the branch, tag, range or `HEAD`; else what a full clone makes of it (`HEAD~3`, `1a2b3c4`).
    ///
    /// # Errors
    /// [`GitError`].
    pub async fn resolve(&self, spec: &Spec) -> Result<GitCommit, GitError> {
        let git = spec.git().ok_or_else(|| GitError::NotGit(redact(&spec.raw)))?;
        let remotes = remotes_of(spec, git)?;
        let subdir = git.subdir.as_deref().map(subdir_of).transpose()?;
        let committish = git.committish.clone().filter(|name| !name.is_empty());
        if let Some(name) = &committish {
            check_committish(name)?;
        }
        if let Some(sha) = committish.as_ref().filter(|name| is_sha(name)) {
            let resolved = resolved_with_committish(spec, git);
            return Ok(GitCommit { remotes, sha: sha.clone(), resolved, committish, subdir });
        }
        let mut failure = None;
        for remote in remotes {
            match self.sha_at(&remote, spec, git).await {
                Ok(sha) => {
                    let resolved = resolved_with_sha(spec, git, &sha);
                    return Ok(GitCommit {
                        remotes: vec![remote],
                        sha,
                        resolved,
                        committish,
                        subdir,
                    });
                }
                Err(error) if error.may_be_the_remote() => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or_else(|| GitError::NotGit(redact(&spec.raw))))
    }

    /// The first of these names that the repository has as a branch or tag, and its commit.
    ///
    /// # Errors
    /// [`GitError`].
    pub async fn advertised(
        &self,
        spec: &Spec,
        names: &[String],
    ) -> Result<Option<(String, String)>, GitError> {
        let git = spec.git().ok_or_else(|| GitError::NotGit(redact(&spec.raw)))?;
        let mut failure = None;
        for remote in remotes_of(spec, git)? {
            match self.revs(&remote).await {
                Ok(revs) => {
                    let found = |name: &String| Some((name.clone(), revs.get(name)?.sha.clone()));
                    return Ok(names.iter().find_map(found));
                }
                Err(error) if error.may_be_the_remote() => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or_else(|| GitError::NotGit(redact(&spec.raw))))
    }

    async fn sha_at(
        &self,
        remote: &Remote,
        spec: &Spec,
        git: &GitSpec,
    ) -> Result<String, GitError> {
        let revs = self.revs(remote).await?;
        let name = spec.name.as_deref().unwrap_or("undefined");
        let committish = git.committish.as_deref().filter(|name| !name.is_empty());
        let found = match (git.range.as_deref().filter(|range| !range.is_empty()), committish) {
            (Some(range), _) => Some(revs.pick(range, name)?),
            (None, Some(committish)) => revs.get(committish),
            (None, None) => revs.get("HEAD"),
        };
        match found {
            Some(found) => Ok(found.sha.clone()),
            None => self.sha_by_clone(remote, committish.unwrap_or("HEAD")).await,
        }
    }

    /// The refs of a repository; asked once.
    async fn revs(&self, remote: &Remote) -> Result<Arc<Revs>, GitError> {
        if let Some(revs) = self.revs.lock().await.get(remote) {
            return Ok(Arc::clone(revs));
        }
        let args = ["ls-remote", "--", remote.secret()].map(OsStr::new);
        let lines = self.run(&args, &self.options.temp_root, Some(remote)).await?;
        let revs = Arc::new(Revs::parse(&lines));
        self.revs.lock().await.insert(remote.clone(), Arc::clone(&revs));
        Ok(revs)
    }

    async fn run(
        &self,
        args: &[&OsStr],
        folder: &Path,
        remote: Option<&Remote>,
    ) -> Result<String, GitError> {
        let own = self.own_settings.get_or_try_init(|| self.read_own_settings()).await?;
        let env = environment(&self.options.env, *own, remote);
        run::git(&self.options, args, folder, &env).await
    }

    async fn read_own_settings(&self) -> Result<OwnSettings, GitError> {
        let args = ["config", "--name-only", "--get-regexp", "^core[.](sshcommand|askpass)$"];
        let env = environment(&self.options.env, OwnSettings::default(), None);
        match run::git(&self.options, &args.map(OsStr::new), &self.options.temp_root, &env).await {
            Ok(names) => Ok(OwnSettings::of(&names)),
            // git ends with 1 when none is set.
            Err(GitError::Failed(_)) => Ok(OwnSettings::default()),
            Err(error) => Err(error),
        }
    }

    /// The package of a commit as a gzipped tarball: checked out, prepared, packed.
    ///
    /// # Errors
    /// [`GitError`].
    pub async fn fetch(
        &self,
        commit: &GitCommit,
        preparation: &Preparation,
    ) -> Result<Vec<u8>, GitError> {
        let temp_root = &self.options.temp_root;
        let temp = tempfile::Builder::new().prefix("git-clone").tempdir_in(temp_root);
        let temp = temp.map_err(FsError::io("create", temp_root))?;
        self.checkout(commit, temp.path()).await?;
        let folder = package_folder(temp.path(), commit.subdir.as_ref())?;
        let manifest = read_manifest(&folder)?;
        self.prepare(&folder, &manifest, commit, preparation).await?;
        let packed = tokio::task::spawn_blocking(move || {
            let packed = pack::pack_folder(&folder, &manifest);
            drop(temp);
            packed
        });
        let stopped = |_| FsError::io("pack", temp_root)(std::io::ErrorKind::Interrupted.into());
        Ok(packed.await.map_err(stopped).map_err(PackError::from)??)
    }
}

/// The manifest of a checkout.
///
/// # Errors
/// [`GitError::Fs`], [`GitError::Manifest`].
pub fn read_manifest(folder: &Path) -> Result<Manifest, GitError> {
    let bytes = read_bounded_file(&folder.join("package.json"), MAX_PACKAGE_JSON)?;
    Ok(Manifest::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))?)
}

/// The folder of the package in a checkout: real folders all the way.
///
/// # Errors
/// [`GitError::Fs`], [`GitError::Refused`] for a link.
pub fn package_folder(checkout: &Path, subdir: Option<&EntryPath>) -> Result<PathBuf, GitError> {
    let mut folder = checkout.to_path_buf();
    for name in subdir.iter().flat_map(|subdir| subdir.components()) {
        folder.push(name);
        let found = std::fs::symlink_metadata(&folder).map_err(FsError::io("read", &folder))?;
        if !found.is_dir() {
            return Err(GitError::refused("folder", subdir.map_or(name, EntryPath::as_str)));
        }
    }
    Ok(folder)
}

/// https first: it is faster, and asks for no passphrase; then ssh, for private repositories,
/// unless there are credentials for https.
fn remotes_of(spec: &Spec, git: &GitSpec) -> Result<Vec<Remote>, GitError> {
    let Some(hosted) = &git.hosted else { return Ok(vec![Remote::new(&spec.fetch_spec)?]) };
    let mut remotes = vec![Remote::new(&hosted.https(Form::Bare))?];
    if hosted.auth.is_none() {
        remotes.push(Remote::new(&hosted.sshurl(Form::Bare))?);
    }
    Ok(remotes)
}

fn subdir_of(subdir: &str) -> Result<EntryPath, GitError> {
    let refused = |_| GitError::refused("folder", subdir);
    EntryPath::parse(subdir.trim_matches('/')).map_err(refused)
}

/// No committish that git could read as an option.
fn check_committish(name: &str) -> Result<(), GitError> {
    if name.starts_with('-') || name.chars().any(char::is_control) {
        return Err(GitError::refused("committish", name));
    }
    Ok(())
}

fn git_plus(url: &str) -> String {
    if url.starts_with("git+") { url.to_owned() } else { format!("git+{url}") }
}

/// pacote's `repoUrl`: ssh, or https where it has credentials, which ssh would drop.
fn repository_url(hosted: &Hosted, form: Form) -> String {
    git_plus(&if hosted.auth.is_some() { hosted.https(form) } else { hosted.sshurl(form) })
}

fn resolved_with_committish(spec: &Spec, git: &GitSpec) -> String {
    git.hosted
        .as_ref()
        .map_or_else(|| spec.raw_spec.clone(), |hosted| repository_url(hosted, Form::Full))
}

fn resolved_with_sha(spec: &Spec, git: &GitSpec, sha: &str) -> String {
    let base = match &git.hosted {
        Some(hosted) => repository_url(hosted, Form::NoCommittish),
        None => spec.raw_spec.split('#').next().unwrap_or_default().to_owned(),
    };
    format!("{base}#{sha}")
}

#[cfg(test)]
mod tests;
