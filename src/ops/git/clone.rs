//! The files of a commit with as little traffic as the repository allows (@npmcli/git `clone.js`).

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Git, GitCommit,
    error::{FailureKind, GitError},
    remote::Remote,
    revs::{Ref, RefKind, Revs, is_sha},
};
use crate::fs::FsError;

/// How a commit is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method<'a> {
    /// It is `HEAD`: a plain clone.
    Head,
    /// A branch or tag is there: a clone of it.
    Named(&'a str),
    /// Another ref is there: fetched alone.
    Fetched(&'a str),
    /// Nothing advertises it: everything is cloned, and the commit checked out.
    Everything,
}

impl<'a> Method<'a> {
    pub(super) fn of(revs: &'a Revs, sha: &str, committish: Option<&str>) -> Self {
        if revs.get("HEAD").is_some_and(|head| head.sha == sha) {
            return Self::Head;
        }
        match revs.of_sha(sha, committish) {
            Some(Ref { kind: RefKind::Tag | RefKind::Branch, name, .. }) => Self::Named(name),
            Some(found) => Self::Fetched(&found.raw),
            None => Self::Everything,
        }
    }
}

impl Git {
    /// Puts the files of a commit, submodules included, into an empty folder. `.git` stays, as in
    /// npm, because a script that prepares the package may ask it; it is never packed.
    ///
    /// # Errors
    /// [`GitError`]; [`GitError::Checkout`] if the folder does not hold the commit in the end.
    pub async fn checkout(&self, commit: &GitCommit, into: &Path) -> Result<(), GitError> {
        let mut failure = None;
        for remote in &commit.remotes {
            match self.checkout_from(remote, commit, into).await {
                Ok(()) => return Ok(()),
                Err(error) if error.may_be_the_remote() => failure = Some(error),
                Err(error) => return Err(error),
            }
            empty(into)?;
        }
        Err(failure.unwrap_or_else(|| GitError::NotGit(commit.sha.clone())))
    }

    async fn checkout_from(
        &self,
        remote: &Remote,
        commit: &GitCommit,
        into: &Path,
    ) -> Result<(), GitError> {
        let revs = self.revs(remote).await?;
        let method = Method::of(&revs, &commit.sha, commit.committish.as_deref());
        let done = match method {
            Method::Everything => self.clone_everything(remote, &commit.sha, into).await,
            Method::Fetched(raw) => self.fetch_ref(remote, raw, &commit.sha, into).await,
            Method::Head => self.clone_branch(remote, None, into).await,
            Method::Named(name) => self.clone_branch(remote, Some(name), into).await,
        };
        let found = match done {
            Ok(()) => self.head_of(into).await?,
            Err(error) => return Err(error),
        };
        if found == commit.sha {
            return Ok(());
        }
        if method != Method::Everything {
            // The branch moved since its commit was asked for; the commit may still be there.
            empty(into)?;
            self.clone_everything(remote, &commit.sha, into).await?;
            if self.head_of(into).await? == commit.sha {
                return Ok(());
            }
        }
        Err(GitError::Checkout { expected: commit.sha.clone(), found })
    }

    async fn clone_branch(
        &self,
        remote: &Remote,
        name: Option<&str>,
        into: &Path,
    ) -> Result<(), GitError> {
        let branch = name.map(|name| format!("--branch={name}"));
        let mut args: Vec<&OsStr> = vec!["clone".as_ref()];
        args.extend(branch.as_ref().map(OsStr::new));
        args.push("--recurse-submodules".as_ref());
        args.extend(depth(remote).map(OsStr::new));
        args.extend(long_paths().map(OsStr::new));
        args.extend(["--".as_ref(), remote.secret().as_ref(), into.as_os_str()]);
        self.run(&args, &self.options.temp_root, Some(remote)).await.map(drop)
    }

    async fn fetch_ref(
        &self,
        remote: &Remote,
        raw: &str,
        sha: &str,
        into: &Path,
    ) -> Result<(), GitError> {
        fs::create_dir_all(into).map_err(FsError::io("create", into))?;
        self.git_in(into, remote, &["init", "-q"]).await?;
        if cfg!(windows) {
            let args = ["config", "--local", "--add", "core.longpaths", "true"];
            self.git_in(into, remote, &args).await?;
        }
        self.git_in(into, remote, &["remote", "add", "--", "origin", remote.secret()]).await?;
        let mut fetch = vec!["fetch"];
        fetch.extend(depth(remote));
        fetch.extend(["--", "origin", raw]);
        self.git_in(into, remote, &fetch).await?;
        self.check_out_sha(into, remote, sha).await
    }

    /// All of the repository, and then the commit.
    async fn clone_everything(
        &self,
        remote: &Remote,
        committish: &str,
        into: &Path,
    ) -> Result<(), GitError> {
        fs::create_dir_all(into).map_err(FsError::io("create", into))?;
        self.mirror(remote, &into.join(".git")).await?;
        self.git_in(into, remote, &["init", "-q"]).await?;
        let sha = self.commit_of(into, remote, committish).await?;
        self.check_out_sha(into, remote, &sha).await
    }

    async fn mirror(&self, remote: &Remote, into: &Path) -> Result<(), GitError> {
        let mut args: Vec<&OsStr> = ["clone", "--mirror", "-q"].map(OsStr::new).into();
        args.extend(long_paths().map(OsStr::new));
        args.extend(["--".as_ref(), remote.secret().as_ref(), into.as_os_str()]);
        self.run(&args, &self.options.temp_root, Some(remote)).await.map(drop)
    }

    /// The commit something git understands stands for, which no ref does: by a clone.
    pub(super) async fn sha_by_clone(
        &self,
        remote: &Remote,
        committish: &str,
    ) -> Result<String, GitError> {
        let temp_root = &self.options.temp_root;
        let temp = tempfile::Builder::new().prefix("git-clone").tempdir_in(temp_root);
        let temp = temp.map_err(FsError::io("create", temp_root))?;
        let repository = temp.path().join("repository");
        self.mirror(remote, &repository).await?;
        self.commit_of(&repository, remote, committish).await
    }

    async fn commit_of(
        &self,
        folder: &Path,
        remote: &Remote,
        committish: &str,
    ) -> Result<String, GitError> {
        let wanted = format!("{committish}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", &wanted];
        match self.git_in(folder, remote, &args).await {
            Ok(sha) if is_sha(&sha) => Ok(sha),
            Ok(found) => Err(GitError::Checkout { expected: committish.to_owned(), found }),
            Err(GitError::Failed(mut failure)) => {
                failure.kind = FailureKind::Pathspec;
                Err(GitError::Failed(failure))
            }
            Err(error) => Err(error),
        }
    }

    async fn check_out_sha(&self, into: &Path, remote: &Remote, sha: &str) -> Result<(), GitError> {
        self.git_in(into, remote, &["checkout", "-q", "--detach", sha]).await?;
        if fs::symlink_metadata(into.join(".gitmodules")).is_ok() {
            let args = ["submodule", "update", "-q", "--init", "--recursive"];
            self.git_in(into, remote, &args).await?;
        }
        Ok(())
    }

    async fn head_of(&self, folder: &Path) -> Result<String, GitError> {
        let args = ["rev-parse", "--revs-only", "HEAD"].map(OsStr::new);
        self.run(&args, folder, None).await
    }

    async fn git_in(
        &self,
        folder: &Path,
        remote: &Remote,
        args: &[&str],
    ) -> Result<String, GitError> {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        self.run(&args, folder, Some(remote)).await
    }
}

/// Only of hosts that are known to serve it: a shallow clone that fails takes longer than a full one.
fn depth(remote: &Remote) -> Option<&'static str> {
    remote.serves_shallow().then_some("--depth=1")
}

fn long_paths() -> Option<&'static str> {
    cfg!(windows).then_some("--config=core.longpaths=true")
}

/// Empties a folder for another attempt.
fn empty(folder: &Path) -> Result<(), FsError> {
    let entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => return Ok(()),
    };
    for path in entries {
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(FsError::io("remove", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_takes_the_cheapest_way() {
        let (a, b, c, d) = ("a".repeat(40), "b".repeat(40), "c".repeat(40), "d".repeat(40));
        let revs = Revs::parse(&format!(
            "{a}\tHEAD\n{a}\trefs/heads/main\n{b}\trefs/heads/-next\n{b}\trefs/tags/v2\n{c}\trefs/pull/7/head"
        ));
        assert_eq!(Method::of(&revs, &a, Some("main")), Method::Head);
        assert_eq!(Method::of(&revs, &b, Some("v2")), Method::Named("v2"));
        assert_eq!(Method::of(&revs, &b, None), Method::Named("-next"));
        assert_eq!(Method::of(&revs, &c, None), Method::Fetched("refs/pull/7/head"));
        assert_eq!(Method::of(&revs, &d, Some("v2")), Method::Everything);
    }
}
