//! Every setting with its origin, and the options operations take.
//!
//! Precedence, strongest first: command line, `npm_config_*` environment, project `.npmrc`, user
//! npmrc, global npmrc, builtin npmrc, default. [`Config::load`] stacks the layers as
//! `@npmcli/config` does; [`Options`] is what comes out, once, for operations to read.

mod argv;
pub mod credentials;
mod date;
mod definition;
pub mod definitions;
pub mod env;
mod layer;
mod load;
pub mod network;
mod npmrc;
pub mod options;
mod output;
pub mod paths;
pub mod policy;
mod resolve;
mod script_env;
mod value;

use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use indexmap::IndexMap;

pub use self::{
    argv::CommandLine,
    credentials::{Credential, Credentials, Secret},
    definition::{DefaultValue, Definition, Derived, Export, Kind, Owner},
    env::{Env, Terminal},
    layer::{Layer, Layers, Origin, Sourced},
    network::NetworkOptions,
    npmrc::Npmrc,
    options::Options,
    paths::{NpmInstall, Paths},
    script_env::{script_env, user_agent},
    value::{Value, replace_env},
};
use crate::{
    error::{Code, Explain},
    event::Event,
};

/// Everything outside the config files that settings depend on.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The parsed command line.
    pub command_line: CommandLine,
    /// The environment.
    pub env: Env,
    /// The working folder, absolute.
    pub cwd: PathBuf,
    /// The user's home, absolute.
    pub home: PathBuf,
    /// node's binary, links resolved.
    pub node: Option<PathBuf>,
    /// The installed npm.
    pub npm: Option<NpmInstall>,
    /// Which streams are terminals.
    pub terminal: Terminal,
    /// The moment relative dates count from.
    pub now: SystemTime,
}

impl Sources {
    /// What this process was started with.
    ///
    /// # Errors
    /// [`ConfigError::WorkingFolder`] when there is none.
    pub fn of_process(command_line: CommandLine, env: Env) -> Result<Self, ConfigError> {
        let cwd = env::working_folder().map_err(|source| ConfigError::WorkingFolder { source })?;
        let home = env.non_empty("HOME").map(PathBuf::from).or_else(dirs::home_dir);
        Ok(Self {
            home: home.unwrap_or_else(|| cwd.clone()),
            node: paths::find_node(&env, &cwd),
            npm: NpmInstall::find(&env, &cwd),
            terminal: Terminal::of_process(),
            now: SystemTime::now(),
            command_line,
            env,
            cwd,
        })
    }
}

/// All settings of one run.
#[derive(Clone, Debug)]
pub struct Config {
    sources: Sources,
    layers: Layers,
    /// Defaults as the table writes them, before `~` and the like are resolved: npm exports a
    /// setting to scripts when it differs from these.
    written_defaults: IndexMap<&'static str, Value>,
    local_prefix: PathBuf,
    messages: Vec<Event>,
}

impl Config {
    /// Reads every layer.
    ///
    /// # Errors
    /// Settings that exclude each other, npmrc files above the size limit, credentials without a
    /// registry ([`ConfigError::InvalidAuth`]). Anything else that is wrong is a warning.
    pub fn load(sources: Sources) -> Result<Self, ConfigError> {
        load::load(sources)
    }

    /// The strongest value of `key`, with its origin.
    pub fn get(&self, key: &str) -> Option<Sourced<&Value>> {
        self.layers.get(key)
    }

    /// All layers, for who must know which files may decide something.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The environment the layers were read with.
    pub fn env(&self) -> &Env {
        &self.sources.env
    }

    /// The words of the command line that are no flags.
    pub fn positionals(&self) -> &[String] {
        &self.sources.command_line.remain
    }

    /// Warnings of loading, in npm's words.
    pub fn messages(&self) -> &[Event] {
        &self.messages
    }

    /// The project.
    pub fn local_prefix(&self) -> &Path {
        &self.local_prefix
    }

    /// What was given to [`Config::load`].
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Whether the value of `key` is true in JavaScript's sense.
    pub fn is_set(&self, key: &str) -> bool {
        self.get(key).is_some_and(|found| found.value.is_truthy())
    }

    /// The value of `key` if it is non-empty text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.value.as_text().filter(|text| !text.is_empty())
    }

    /// The value of `key` if it is a number.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.value.as_number()
    }

    /// The same, if somebody set it: a default of npm's is not what anybody asked for.
    pub fn number_asked(&self, key: &str) -> Option<f64> {
        self.get(key).filter(|found| found.origin != Origin::Default)?.value.as_number()
    }

    /// The values of `key` as text.
    pub fn texts(&self, key: &str) -> Vec<String> {
        self.get(key).map(|found| found.value.to_texts()).unwrap_or_default()
    }

    /// The value of `key` as a path.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// The value of `key` as a path, without the project's word: a project may not bring the files
    /// that others are checked by.
    pub fn users_path(&self, key: &str) -> Option<PathBuf> {
        let others = Origin::ALL.into_iter().rev().filter(|origin| *origin != Origin::Project);
        let mut said = others.filter_map(|origin| self.layers.own(origin, key));
        said.next()?.as_text().filter(|text| !text.is_empty()).map(PathBuf::from)
    }

    /// Whether the global prefix is worked on (`--global` or `--location=global`).
    pub fn is_global(&self) -> bool {
        is_global(&self.layers)
    }

    /// The version of npm denpm speaks as: the installed one, else the one it was modelled on.
    pub fn npm_version(&self) -> &str {
        self.sources.npm.as_ref().map_or(MODELLED_NPM, |npm| &npm.version)
    }
}

/// The npm whose behaviour denpm follows.
pub const MODELLED_NPM: &str = "11.19.1";

fn is_global(layers: &Layers) -> bool {
    let location = layers.get("location").and_then(|found| found.value.as_text());
    layers.get("global").is_some_and(|found| found.value.is_truthy()) || location == Some("global")
}

/// Something npm told to do about a stray credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthProblem {
    /// The key has no meaning any more.
    Delete {
        /// The key.
        key: &'static str,
        /// Where it stands.
        origin: Origin,
    },
    /// The key lacks its registry.
    Rename {
        /// The key.
        key: &'static str,
        /// The key with the registry it would be used for.
        to: String,
        /// Where it stands.
        origin: Origin,
    },
}

/// Why settings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no working folder.
    #[error("the working folder cannot be read")]
    WorkingFolder {
        /// The system's reason.
        source: io::Error,
    },
    /// Two settings exclude each other.
    #[error("--{key} cannot be provided when using --{other}")]
    Exclusive {
        /// The later one.
        key: String,
        /// The one already given.
        other: &'static str,
    },
    /// A config file is larger than the limit.
    #[error("{} is larger than {limit} bytes", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// A credential stands in a file without the registry it is for.
    #[error("Invalid auth configuration found: {}", describe(problems))]
    InvalidAuth {
        /// What to do about each.
        problems: Vec<AuthProblem>,
    },
    /// A URL setting cannot be used.
    #[error("{key} is not a URL")]
    InvalidUrl {
        /// The setting.
        key: String,
        /// The parser's reason.
        source: url::ParseError,
    },
    /// `denpm-registries` cannot be read.
    #[error("denpm-registries: {reason}")]
    InvalidPool {
        /// What is wrong with which entry.
        reason: String,
    },
    /// `--workspace` and `--no-workspaces`.
    #[error("Cannot use --no-workspaces and --workspace at the same time")]
    NoWorkspaces,
}

fn describe(problems: &[AuthProblem]) -> String {
    let lines = problems.iter().map(|problem| match problem {
        AuthProblem::Delete { key, origin } => format!("`{key}` is not allowed in {origin} config"),
        AuthProblem::Rename { key, to, origin } => {
            format!("`{key}` must be renamed to `{to}` in {origin} config")
        }
    });
    lines.collect::<Vec<_>>().join(", ")
}

impl Explain for ConfigError {
    fn code(&self) -> Code {
        match self {
            Self::InvalidAuth { .. } => Code::InvalidAuth,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::WorkingFolder { .. } => Code::System,
            Self::Exclusive { .. } | Self::NoWorkspaces => Code::Usage,
            Self::InvalidUrl { .. } | Self::InvalidPool { .. } => Code::Config,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::InvalidAuth { .. } => {
                Some("Please run `npm config fix` to repair your configuration.".to_owned())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
