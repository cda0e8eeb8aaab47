//! What a package from git needs before it is packed: its dependencies and its own scripts
//! (pacote 21 `git.js` `#prepareDir`).

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use super::{Git, GitCommit, error::GitError, remote::redact, run::speak};
use crate::manifest::Manifest;

/// Holds the `resolved` of everything that is being prepared, one a line, so that packages that
/// need each other do not prepare each other for ever.
const NO_PREPARE: &str = "_PACOTE_NO_PREPARE_";

/// Scripts that say that a package in git is not yet the one to install.
const SCRIPTS: [&str; 6] = ["postinstall", "build", "preinstall", "install", "prepack", "prepare"];

/// How packages are prepared.
#[derive(Clone, Debug)]
pub enum Preparation {
    /// As they are: nothing of them is run.
    Never,
    /// By installing their dependencies and running the scripts of an own project.
    Install {
        /// denpm itself.
        runner: PathBuf,
        /// From [`install_arguments`].
        arguments: Vec<OsString>,
    },
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// Nothing, because nothing is needed or wanted.
    Untouched,
    /// Nothing, because the same package is being prepared further up.
    AlreadySeen,
    /// It was installed.
    Installed,
}

/// Which of the registry's answers the install may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    /// As their age allows.
    #[default]
    Normal,
    /// `--prefer-offline`.
    PreferOffline,
    /// `--prefer-online`.
    PreferOnline,
    /// `--offline`.
    Offline,
}

/// Whether a package must be prepared: it has workspaces, or a script that builds it.
pub fn needs_prepare(manifest: &Manifest) -> bool {
    let has_workspaces = manifest.workspaces.as_ref().is_some_and(|workspaces| {
        !matches!(workspaces.as_bool(), Some(false)) && workspaces.as_str() != Some("")
    });
    let runs = |event: &&str| manifest.scripts.get(event).is_some_and(|script| !script.is_empty());
    has_workspaces || SCRIPTS.iter().any(runs)
}

/// The command line of the install; `before` is an ISO date, `cache` the config.
pub fn install_arguments(
    cache: &Path,
    freshness: Freshness,
    before: Option<&str>,
) -> Vec<OsString> {
    let mut cache_option = OsString::from("--cache=");
    cache_option.push(cache);
    let flag = |name: &str, wanted| OsString::from(format!("--{name}={}", freshness == wanted));
    let mut arguments: Vec<OsString> = vec![
        "install".into(),
        "--force".into(),
        cache_option,
        flag("prefer-offline", Freshness::PreferOffline),
        flag("prefer-online", Freshness::PreferOnline),
        flag("offline", Freshness::Offline),
    ];
    arguments.extend(before.map(|before| format!("--before={before}").into()));
    let fixed = [
        "--no-progress",
        "--no-save",
        "--no-audit",
        "--include=dev",
        "--include=peer",
        "--include=optional",
        "--no-package-lock-only",
        "--no-dry-run",
    ];
    arguments.extend(fixed.map(OsString::from));
    arguments
}

/// The guard's next value; `None` if the package is already being prepared.
fn guard(seen: Option<&OsStr>, resolved: &str) -> Option<OsString> {
    let Some(seen) = seen.filter(|seen| !seen.is_empty()) else { return Some(resolved.into()) };
    let known = seen.to_string_lossy().lines().any(|line| line == resolved);
    (!known).then(|| {
        let mut next = seen.to_owned();
        next.push("\n");
        next.push(resolved);
        next
    })
}

impl Git {
    /// Prepares a checkout, if it needs that. The install runs the package's own `prepare` too,
    /// as in a project; npm runs it once more before it packs, which adds nothing.
    ///
    /// # Errors
    /// [`GitError::Prepare`] when the install fails, [`GitError::Spawn`] when it does not start.
    pub async fn prepare(
        &self,
        folder: &Path,
        manifest: &Manifest,
        commit: &GitCommit,
        preparation: &Preparation,
    ) -> Result<Prepared, GitError> {
        let Preparation::Install { runner, arguments } = preparation else {
            return Ok(Prepared::Untouched);
        };
        if !needs_prepare(manifest) {
            return Ok(Prepared::Untouched);
        }
        let mut env = self.options.env.clone();
        let seen = env.get(OsStr::new(NO_PREPARE)).map(OsString::as_os_str);
        let Some(guard) = guard(seen, &commit.resolved) else { return Ok(Prepared::AlreadySeen) };
        env.insert(NO_PREPARE.into(), guard);
        let spoken = speak(runner.as_os_str(), arguments, folder, &env).await;
        let spoken =
            spoken.map_err(|source| GitError::Spawn { program: runner.clone(), source })?;
        if spoken.status.success() {
            return Ok(Prepared::Installed);
        }
        Err(GitError::Prepare { code: spoken.status.code(), stderr: redact(&spoken.stderr) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn needs_prepare_with_workspaces_or_a_script_that_builds() {
        let needs = |value| needs_prepare(&Manifest::from_value(&value).unwrap());
        for event in SCRIPTS {
            assert!(needs(json!({ "scripts": { event: "x" } })), "{event}");
        }
        assert!(needs(json!({ "workspaces": [] })));
        for value in [
            json!({}),
            json!({ "scripts": { "test": "x", "build": "" } }),
            json!({ "workspaces": false }),
        ] {
            assert!(!needs(value));
        }
    }

    #[test]
    fn guard_stops_at_a_package_that_is_being_prepared() {
        assert_eq!(guard(None, "a").unwrap(), "a");
        assert_eq!(guard(Some(OsStr::new("a")), "b").unwrap(), "a\nb");
        assert_eq!(guard(Some(OsStr::new("a\nb")), "b"), None);
    }

    #[test]
    fn install_arguments_are_pacote_s() {
        let arguments = install_arguments(
            Path::new("/c"),
            Freshness::Offline,
            Some("2020-01-01T00:00:00.000Z"),
        );
        let text: Vec<&str> = arguments.iter().map(|argument| argument.to_str().unwrap()).collect();
        assert_eq!(
            text.join(" "),
            "install --force --cache=/c --prefer-offline=false --prefer-online=false --offline=true \
             --before=2020-01-01T00:00:00.000Z --no-progress --no-save --no-audit --include=dev --include=peer \
             --include=optional --no-package-lock-only --no-dry-run"
        );
    }
}
