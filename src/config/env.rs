//! The process as it was found: environment, working folder, terminal. The only module that
//! asks `std::env`; everything else is given an [`Env`].

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;

/// Environment variables, in the order the system gave them.
///
/// Values are secrets as often as not, so `Debug` shows their number only.
#[derive(Clone, Default)]
pub struct Env(IndexMap<String, String>);

impl Env {
    /// The variables of this process. Bytes that are not Unicode become replacement characters.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads it")]
    pub fn from_process() -> Self {
        std::env::vars_os()
            .map(|(key, value)| {
                (key.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
            })
            .collect()
    }

    /// The value of `key`; Windows ignores its case.
    pub fn get(&self, key: &str) -> Option<&str> {
        if let Some(value) = self.0.get(key) {
            return Some(value);
        }
        if !cfg!(windows) {
            return None;
        }
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, v)| v.as_str())
    }

    /// The value of `key` unless it is empty.
    pub fn non_empty(&self, key: &str) -> Option<&str> {
        self.get(key).filter(|value| !value.is_empty())
    }

    /// All variables.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Env({} variables)", self.0.len())
    }
}

/// Which streams are terminals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Standard output is one.
    pub stdout: bool,
    /// Standard error is one.
    pub stderr: bool,
}

impl Terminal {
    /// As this process was started.
    pub fn of_process() -> Self {
        Self { stdout: std::io::stdout().is_terminal(), stderr: std::io::stderr().is_terminal() }
    }
}

/// The working folder of this process.
///
/// # Errors
/// When the folder was removed or may not be read.
pub fn working_folder() -> std::io::Result<PathBuf> {
    std::env::current_dir()
}

/// The file of this very program, links resolved.
pub fn own_executable() -> Option<PathBuf> {
    std::env::current_exe().and_then(|file| file.canonicalize()).ok()
}

/// `process.platform` of node for this build.
pub const fn platform() -> &'static str {
    if cfg!(target_os = "macos") {
        "darwin"
    } else if cfg!(windows) {
        "win32"
    } else {
        std::env::consts::OS
    }
}

/// `process.arch` of node for this build.
pub const fn arch() -> &'static str {
    if cfg!(target_arch = "x86_64") {
        "x64"
    } else if cfg!(target_arch = "aarch64") {
        "arm64"
    } else if cfg!(target_arch = "x86") {
        "ia32"
    } else if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
        "ppc64"
    } else {
        std::env::consts::ARCH
    }
}

/// Executables called `name` on `PATH`, in the shell's order; links not followed.
pub fn find_executables(name: &str, env: &Env, cwd: &Path) -> impl Iterator<Item = PathBuf> {
    let path = env.get("PATH").unwrap_or_default();
    let extensions: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat", ""] } else { &[""] };
    std::env::split_paths(path)
        .flat_map(move |folder| {
            let folder = cwd.join(folder);
            extensions.iter().map(move |extension| folder.join(format!("{name}{extension}")))
        })
        .filter(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file)
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// The name of the continuous-integration service, as the `ci-info` package prints it.
pub fn ci_name(env: &Env) -> Option<&'static str> {
    if env.get("CI") == Some("false") {
        return None;
    }
    // ci-info keeps the last vendor that matches.
    CI_SERVICES.iter().rev().find(|(_, sign)| sign.matches(env)).map(|(name, _)| *name)
}

/// Whether this runs under continuous integration (`ci-info`'s `isCI`).
pub fn is_ci(env: &Env) -> bool {
    const SIGNS: &[&str] = &[
        "BUILD_ID",
        "BUILD_NUMBER",
        "CI",
        "CI_APP_ID",
        "CI_BUILD_ID",
        "CI_BUILD_NUMBER",
        "CI_NAME",
        "CONTINUOUS_INTEGRATION",
        "RUN_ID",
    ];
    env.get("CI") != Some("false")
        && (SIGNS.iter().any(|key| env.non_empty(key).is_some()) || ci_name(env).is_some())
}

enum Sign {
    All(&'static [&'static str]),
    Any(&'static [&'static str]),
    Is(&'static str, &'static str),
    Contains(&'static str, &'static str),
}

impl Sign {
    fn matches(&self, env: &Env) -> bool {
        match self {
            Self::All(keys) => keys.iter().all(|key| env.non_empty(key).is_some()),
            Self::Any(keys) => keys.iter().any(|key| env.non_empty(key).is_some()),
            Self::Is(key, value) => env.get(key) == Some(value),
            Self::Contains(key, part) => env.get(key).is_some_and(|value| value.contains(part)),
        }
    }
}

/// The services `ci-info` knows, in its order, and how each is recognised.
const CI_SERVICES: &[(&str, Sign)] = &[
    ("Agola CI", Sign::All(&["AGOLA_GIT_REF"])),
    ("Alpic", Sign::All(&["ALPIC_HOST"])),
    ("Appcircle", Sign::All(&["AC_APPCIRCLE"])),
    ("AppVeyor", Sign::All(&["APPVEYOR"])),
    ("AWS CodeBuild", Sign::All(&["CODEBUILD_BUILD_ARN"])),
    ("Azure Pipelines", Sign::All(&["TF_BUILD"])),
    ("Bamboo", Sign::All(&["bamboo_planKey"])),
    ("Bitbucket Pipelines", Sign::All(&["BITBUCKET_COMMIT"])),
    ("Bitrise", Sign::All(&["BITRISE_IO"])),
    ("Buddy", Sign::All(&["BUDDY_WORKSPACE_ID"])),
    ("Buildkite", Sign::All(&["BUILDKITE"])),
    ("CircleCI", Sign::All(&["CIRCLECI"])),
    ("Cirrus CI", Sign::All(&["CIRRUS_CI"])),
    ("Cloudflare Pages", Sign::All(&["CF_PAGES"])),
    ("Cloudflare Workers", Sign::All(&["WORKERS_CI"])),
    ("Codefresh", Sign::All(&["CF_BUILD_ID"])),
    ("Codemagic", Sign::All(&["CM_BUILD_ID"])),
    ("Codeship", Sign::Is("CI_NAME", "codeship")),
    ("Drone", Sign::All(&["DRONE"])),
    ("dsari", Sign::All(&["DSARI"])),
    ("Earthly", Sign::All(&["EARTHLY_CI"])),
    ("Expo Application Services", Sign::All(&["EAS_BUILD"])),
    ("Gerrit", Sign::All(&["GERRIT_PROJECT"])),
    ("Gitea Actions", Sign::All(&["GITEA_ACTIONS"])),
    ("GitHub Actions", Sign::All(&["GITHUB_ACTIONS"])),
    ("GitLab CI", Sign::All(&["GITLAB_CI"])),
    ("GoCD", Sign::All(&["GO_PIPELINE_LABEL"])),
    ("Google Cloud Build", Sign::All(&["BUILDER_OUTPUT"])),
    ("Harness CI", Sign::All(&["HARNESS_BUILD_ID"])),
    ("Heroku", Sign::Contains("NODE", "/app/.heroku/node/bin/node")),
    ("Hudson", Sign::All(&["HUDSON_URL"])),
    ("Jenkins", Sign::All(&["JENKINS_URL", "BUILD_ID"])),
    ("LayerCI", Sign::All(&["LAYERCI"])),
    ("Magnum CI", Sign::All(&["MAGNUM"])),
    ("Netlify CI", Sign::All(&["NETLIFY"])),
    ("Nevercode", Sign::All(&["NEVERCODE"])),
    ("Prow", Sign::All(&["PROW_JOB_ID"])),
    ("ReleaseHub", Sign::All(&["RELEASE_BUILD_ID"])),
    ("Render", Sign::All(&["RENDER"])),
    ("Sail CI", Sign::All(&["SAILCI"])),
    ("Screwdriver", Sign::All(&["SCREWDRIVER"])),
    ("Semaphore", Sign::All(&["SEMAPHORE"])),
    ("Sourcehut", Sign::Is("CI_NAME", "sourcehut")),
    ("Strider CD", Sign::All(&["STRIDER"])),
    ("TaskCluster", Sign::All(&["TASK_ID", "RUN_ID"])),
    ("TeamCity", Sign::All(&["TEAMCITY_VERSION"])),
    ("Travis CI", Sign::All(&["TRAVIS"])),
    ("Vela", Sign::All(&["VELA"])),
    ("Vercel", Sign::Any(&["NOW_BUILDER", "VERCEL"])),
    ("Visual Studio App Center", Sign::All(&["APPCENTER_BUILD_ID"])),
    ("Woodpecker", Sign::Is("CI", "woodpecker")),
    ("Xcode Cloud", Sign::All(&["CI_XCODE_PROJECT"])),
    ("Xcode Server", Sign::All(&["XCS"])),
];
