//! Where things are: lexical path arithmetic, the local prefix, the installed npm.
//!
//! Follows `@npmcli/config/lib/index.js` (`loadGlobalPrefix`, `loadLocalPrefix`) and
//! `@npmcli/map-workspaces` for what makes a folder a workspace of another.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::env::{self, Env};
use crate::fs::read_bounded_file;

/// A package.json larger than this is not looked into for `workspaces`.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// Every folder and file an operation may need. All absolute.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The working folder.
    pub cwd: PathBuf,
    /// The user's home.
    pub home: PathBuf,
    /// The project: nearest folder upwards with package.json or `node_modules`, or the workspace
    /// root above it.
    pub local_prefix: PathBuf,
    /// Where global packages live (`<prefix>/lib/node_modules`).
    pub global_prefix: PathBuf,
    /// The prefix in force: global with `--global`, else local.
    pub prefix: PathBuf,
    /// npm's cache folder.
    pub npm_cache: PathBuf,
    /// denpm's store and metadata: `<cache>/_denpm`, of the cache that is no project's choice: who
    /// may write a store may say what is in a package.
    pub cache: PathBuf,
    /// Trust state that outlives the cache: `<platform data folder>/denpm`.
    pub data: PathBuf,
    /// denpm's user configuration: `<platform config folder>/denpm`.
    pub config: PathBuf,
    /// The user's npmrc.
    pub userconfig: PathBuf,
    /// The global npmrc.
    pub globalconfig: PathBuf,
    /// node's binary, links resolved.
    pub node: Option<PathBuf>,
    /// The installed npm.
    pub npm: Option<NpmInstall>,
}

/// The npm that is installed on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpmInstall {
    /// The executable as found on `PATH`.
    pub executable: PathBuf,
    /// The folder with npm's package.json and, where a distributor put one, its builtin npmrc.
    pub root: PathBuf,
    /// The version in that package.json.
    pub version: String,
}

impl NpmInstall {
    /// Finds npm on `PATH`; what is called `npm` but is none (an alias of denpm) is passed over.
    pub fn find(env: &Env, cwd: &Path) -> Option<Self> {
        env::find_executables("npm", env, cwd).find_map(|file| Self::at(&file))
    }

    fn at(executable: &Path) -> Option<Self> {
        let real = executable.canonicalize().ok()?;
        // Unix: the link leads to <root>/bin/npm-cli.js. Windows: npm.cmd stands beside
        // node_modules/npm.
        let beside = executable.parent().map(|folder| folder.join("node_modules").join("npm"));
        let candidates = real.ancestors().skip(1).take(3).map(Path::to_path_buf).chain(beside);
        candidates.into_iter().find_map(|root| {
            let manifest = read_json(&root.join("package.json"))?;
            (manifest.get("name")?.as_str()? == "npm").then_some(())?;
            let version = manifest.get("version")?.as_str()?.to_owned();
            Some(Self { executable: executable.to_path_buf(), root, version })
        })
    }

    /// The script that runs npm, for `npm_execpath`.
    pub fn cli(&self) -> PathBuf {
        self.root.join("bin").join("npm-cli.js")
    }

    /// The bundled node-gyp.
    pub fn node_gyp(&self) -> Option<PathBuf> {
        let script = self.root.join("node_modules/node-gyp/bin/node-gyp.js");
        script.is_file().then_some(script)
    }
}

/// node's binary on `PATH`, links resolved as `process.execPath` is.
pub fn find_node(env: &Env, cwd: &Path) -> Option<PathBuf> {
    env::find_executables("node", env, cwd).next().map(|node| node.canonicalize().unwrap_or(node))
}

/// The default global prefix: `PREFIX`, else derived from node's place.
pub(super) fn default_global_prefix(env: &Env, node: Option<&Path>) -> PathBuf {
    if let Some(prefix) = env.non_empty("PREFIX") {
        return PathBuf::from(prefix);
    }
    let levels = if cfg!(windows) { 1 } else { 2 };
    let prefix = node.and_then(|node| node.ancestors().nth(levels)).map_or_else(
        || PathBuf::from(if cfg!(windows) { "C:\\" } else { "/usr/local" }),
        PathBuf::from,
    );
    match env.non_empty("DESTDIR") {
        Some(root) if !cfg!(windows) => {
            Path::new(root).join(prefix.strip_prefix("/").unwrap_or(&prefix))
        }
        _ => prefix,
    }
}

/// Where denpm keeps what must survive the deletion of every cache.
pub(super) fn data_folder(env: &Env, home: &Path) -> PathBuf {
    platform_folder(env, home, "XDG_DATA_HOME", ".local/share", dirs::data_dir)
}

/// Where the user configures denpm.
pub(super) fn config_folder(env: &Env, home: &Path) -> PathBuf {
    platform_folder(env, home, "XDG_CONFIG_HOME", ".config", dirs::config_dir)
}

/// On XDG systems by the injected environment, elsewhere by the platform's own API.
fn platform_folder(
    env: &Env,
    home: &Path,
    variable: &str,
    default: &str,
    native: fn() -> Option<PathBuf>,
) -> PathBuf {
    let folder = if cfg!(any(windows, target_os = "macos")) {
        native()
    } else {
        env.non_empty(variable).map(PathBuf::from).filter(|folder| folder.is_absolute())
    };
    folder.unwrap_or_else(|| home.join(default)).join("denpm")
}

/// node's `path.resolve(base, path)`: absolute, without `.` and `..`, links not followed.
pub fn resolve(base: &Path, path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for component in base.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// [`resolve`], with a leading `~/` standing for home.
pub(super) fn resolve_home(path: &str, home: &Path, cwd: &Path) -> String {
    let in_home = match path.strip_prefix('~') {
        Some(rest) if rest.starts_with('/') || cfg!(windows) && rest.starts_with('\\') => {
            rest.get(1..)
        }
        _ => None,
    };
    let absolute = match in_home {
        Some(rest) => resolve(home, rest),
        None => resolve(cwd, path),
    };
    absolute.to_string_lossy().into_owned()
}

/// The project a command works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalPrefix {
    pub(super) folder: PathBuf,
    /// The workspace the command was given in, where `folder` is the root above it.
    pub(super) workspace: Option<PathBuf>,
}

/// Whether a workspace root above the nearest package is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkspaceSearch {
    Upwards,
    Off,
}

/// Finds the local prefix for `cwd`.
pub(super) fn find_local_prefix(cwd: &Path, search: WorkspaceSearch) -> LocalPrefix {
    let mut nearest: Option<&Path> = None;
    for folder in cwd.ancestors() {
        let manifest = folder.join("package.json");
        let has_manifest = manifest.is_file();
        match nearest {
            None if has_manifest || folder.join("node_modules").is_dir() => {
                nearest = Some(folder);
                if search == WorkspaceSearch::Off {
                    break;
                }
            }
            Some(found) if has_manifest && is_workspace_of(found, folder, &manifest) => {
                return LocalPrefix {
                    folder: folder.to_path_buf(),
                    workspace: Some(found.to_path_buf()),
                };
            }
            _ => {}
        }
    }
    LocalPrefix { folder: nearest.unwrap_or(cwd).to_path_buf(), workspace: None }
}

fn is_workspace_of(folder: &Path, root: &Path, manifest: &Path) -> bool {
    let Some(manifest) = read_json(manifest) else { return false };
    let Some(workspaces) = manifest.get("workspaces") else { return false };
    let patterns = workspaces.get("packages").unwrap_or(workspaces).as_array();
    let Some(patterns) = patterns else { return false };
    let Ok(relative) = folder.strip_prefix(root) else { return false };
    if !folder.join("package.json").is_file()
        || relative.components().any(|part| part.as_os_str() == "node_modules")
    {
        return false;
    }
    // The last pattern that matches decides, as a later pattern overrides an earlier negation.
    patterns.iter().filter_map(serde_json::Value::as_str).fold(false, |inside, pattern| {
        let plain = pattern.trim_start_matches('!');
        let negated = (pattern.len() - plain.len()) % 2 == 1;
        match workspace_glob(plain) {
            Some(glob) if glob.is_match(relative) => !negated,
            _ => inside,
        }
    })
}

fn workspace_glob(pattern: &str) -> Option<GlobMatcher> {
    let pattern = pattern.replace('\\', "/");
    let pattern =
        pattern.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(&pattern);
    let pattern = pattern.trim_matches('/');
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .ok()
        .map(|glob| glob.compile_matcher())
}

fn read_json(file: &Path) -> Option<serde_json::Value> {
    let bytes = read_bounded_file(file, MAX_MANIFEST_BYTES).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
}
