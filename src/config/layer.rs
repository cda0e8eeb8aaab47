//! Where a value came from, and the stack of places it may come from.
//!
//! Follows the prototype chain of `@npmcli/config/lib/index.js`.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;

use super::value::Value;

/// A place settings come from, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The table of definitions.
    Default,
    /// The npmrc a distributor put beside npm.
    Builtin,
    /// `<prefix>/etc/npmrc`.
    Global,
    /// The user's npmrc.
    User,
    /// The project's `.npmrc`: anyone who can open a pull request can write it.
    Project,
    /// `npm_config_*`.
    Env,
    /// The command line.
    Cli,
}

impl Origin {
    /// Every origin, weakest first.
    pub const ALL: [Self; 7] = [
        Self::Default,
        Self::Builtin,
        Self::Global,
        Self::User,
        Self::Project,
        Self::Env,
        Self::Cli,
    ];

    /// npm's name for it in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Builtin => "builtin",
            Self::Global => "global",
            Self::User => "user",
            Self::Project => "project",
            Self::Env => "env",
            Self::Cli => "cli",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

/// The settings of one origin.
#[derive(Clone, Default)]
pub struct Layer {
    /// Values by key, in order of appearance.
    pub(super) values: IndexMap<String, Value>,
    /// The file that was read; none where it does not exist or the origin is no file.
    pub(super) file: Option<PathBuf>,
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted(&self.values).fmt(f)
    }
}

/// Settings whose `Debug` keeps secrets to itself.
pub(super) struct Redacted<'a>(pub(super) &'a IndexMap<String, Value>);

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (key, value) in self.0 {
            if is_secret(key) {
                map.entry(key, &format_args!("***"));
            } else {
                map.entry(key, value);
            }
        }
        map.finish()
    }
}

/// Whether the value of `key` must not be shown: credentials, one-time passwords, client keys.
fn is_secret(key: &str) -> bool {
    key.starts_with("//") || key.starts_with('_') || matches!(key, "otp" | "password" | "key")
}

/// All layers.
#[derive(Clone, Debug, Default)]
pub struct Layers([Layer; 7]);

impl Layers {
    /// The layer of `origin`.
    pub fn layer(&self, origin: Origin) -> &Layer {
        let [default, builtin, global, user, project, env, cli] = &self.0;
        match origin {
            Origin::Default => default,
            Origin::Builtin => builtin,
            Origin::Global => global,
            Origin::User => user,
            Origin::Project => project,
            Origin::Env => env,
            Origin::Cli => cli,
        }
    }

    pub(super) fn layer_mut(&mut self, origin: Origin) -> &mut Layer {
        let [default, builtin, global, user, project, env, cli] = &mut self.0;
        match origin {
            Origin::Default => default,
            Origin::Builtin => builtin,
            Origin::Global => global,
            Origin::User => user,
            Origin::Project => project,
            Origin::Env => env,
            Origin::Cli => cli,
        }
    }

    /// The value `origin` itself gives to `key`.
    pub fn own(&self, origin: Origin, key: &str) -> Option<&Value> {
        self.layer(origin).values.get(key)
    }

    /// The strongest value of `key`.
    pub fn get(&self, key: &str) -> Option<Sourced<&Value>> {
        self.get_up_to(Origin::Cli, key)
    }

    /// The strongest value of `key` among `top` and the origins weaker than it.
    pub(super) fn get_up_to(&self, top: Origin, key: &str) -> Option<Sourced<&Value>> {
        let mut origins = Origin::ALL.into_iter().rev().filter(|origin| *origin <= top);
        origins.find_map(|origin| self.own(origin, key).map(|value| Sourced { value, origin }))
    }

    /// Every key and its strongest value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Sourced<&Value>)> {
        let mut strongest: IndexMap<&str, Sourced<&Value>> = IndexMap::new();
        for origin in Origin::ALL {
            for (key, value) in &self.layer(origin).values {
                strongest.insert(key, Sourced { value, origin });
            }
        }
        strongest.into_iter()
    }

    /// All but one of them.
    pub(super) fn without(&self, origin: Origin) -> Self {
        let mut others = self.clone();
        *others.layer_mut(origin) = Layer::default();
        others
    }

    /// The file of `origin`, if one was read.
    pub fn file(&self, origin: Origin) -> Option<&Path> {
        self.layer(origin).file.as_deref()
    }
}
