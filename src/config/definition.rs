//! What one setting is: its type, default, short forms and fate.
//!
//! Follows `@npmcli/config/lib/definitions/definition.js` and `nopt/lib/type-defs.js`.

/// One alternative of a setting's type, as nopt names them. A type is a list of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// May be given several times; the values form a list.
    Array,
    /// True or false; takes the next word only if that is `true` or `false`.
    Boolean,
    /// A point in time.
    Date,
    /// The literal `false`.
    False,
    /// The literal `null`, which `--no-key` also gives.
    Null,
    /// A number, by JavaScript's grammar.
    Number,
    /// A path; made absolute against the working folder, `~/` against home.
    Path,
    /// A full version.
    Semver,
    /// Any text.
    String,
    /// File mode bits in octal, 0 to 0o777.
    Umask,
    /// A URL with a host.
    Url,
    /// Exactly this word.
    Word(&'static str),
}

/// A default before any file is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefaultValue {
    /// `null`.
    Unset,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text, a path or a URL; `~/` stands for home.
    Text(&'static str),
    /// A list without elements.
    EmptyList,
    /// Known only at run time.
    From(Derived),
}

/// Defaults that depend on the environment, the terminal or the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// `~/.npm`, or `%LOCALAPPDATA%\npm-cache` on Windows.
    Cache,
    /// False where `NO_COLOR` asks for it.
    Color,
    /// `EDITOR`, `VISUAL`, or the system's editor.
    Editor,
    /// The script inside the installed npm.
    NodeGyp,
    /// `dev` where `NODE_ENV` is `production`.
    Omit,
    /// True on a terminal outside CI.
    Progress,
    /// npm's default registry, a constant of the crate `deno_npmrc`.
    Registry,
    /// `SHELL`, or the system's shell.
    Shell,
    /// True in a UTF-8 locale.
    Unicode,
}

/// Whose setting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// npm knows it too.
    Npm,
    /// Only denpm knows it: never abbreviated, never exported as `npm_config_*`.
    Denpm,
}

/// Whether scripts see the setting as `npm_config_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Where it differs from the default.
    WhenSet,
    /// Never.
    Never,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The key as written in `.npmrc` and after `--`.
    pub key: &'static str,
    /// The alternatives of its type.
    pub types: &'static [Kind],
    /// The value where nothing sets it.
    pub default: DefaultValue,
    /// Forms after a single hyphen.
    pub short: &'static [&'static str],
    /// npm's advice, where the setting is deprecated.
    pub deprecated: Option<&'static str>,
    /// Whether scripts see it.
    pub export: Export,
    /// Settings that may not be given together with it.
    pub exclusive: &'static [&'static str],
    /// One line for `--help`; empty where no command of denpm uses it.
    pub note: &'static str,
    /// Whose it is.
    pub owner: Owner,
}

pub(super) const BOOLEAN: &[Kind] = &[Kind::Boolean];
pub(super) const NUMBER: &[Kind] = &[Kind::Number];
pub(super) const OPTIONAL_BOOLEAN: &[Kind] = &[Kind::Null, Kind::Boolean];
pub(super) const OPTIONAL_NUMBER: &[Kind] = &[Kind::Null, Kind::Number];
pub(super) const OPTIONAL_STRING: &[Kind] = &[Kind::Null, Kind::String];
pub(super) const OPTIONAL_STRINGS: &[Kind] = &[Kind::Null, Kind::String, Kind::Array];
pub(super) const PATH: &[Kind] = &[Kind::Path];
pub(super) const SEMVER: &[Kind] = &[Kind::Semver];
pub(super) const STRING: &[Kind] = &[Kind::String];
pub(super) const STRINGS: &[Kind] = &[Kind::String, Kind::Array];
pub(super) const UMASK: &[Kind] = &[Kind::Umask];
pub(super) const URL: &[Kind] = &[Kind::Url];

/// A setting with nothing but a type and a default.
pub(super) const fn define(
    key: &'static str,
    types: &'static [Kind],
    default: DefaultValue,
) -> Definition {
    Definition {
        key,
        types,
        default,
        short: &[],
        deprecated: None,
        export: Export::WhenSet,
        exclusive: &[],
        note: "",
        owner: Owner::Npm,
    }
}

impl Definition {
    pub(super) const fn short(self, short: &'static [&'static str]) -> Self {
        Self { short, ..self }
    }

    pub(super) const fn deprecated(self, advice: &'static str) -> Self {
        Self { deprecated: Some(advice), ..self }
    }

    pub(super) const fn not_exported(self) -> Self {
        Self { export: Export::Never, ..self }
    }

    pub(super) const fn exclusive(self, exclusive: &'static [&'static str]) -> Self {
        Self { exclusive, ..self }
    }

    pub(super) const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    pub(super) const fn denpm(self) -> Self {
        Self { owner: Owner::Denpm, export: Export::Never, ..self }
    }

    /// Whether `kind` is one of the alternatives.
    pub fn allows(&self, kind: Kind) -> bool {
        self.types.contains(&kind)
    }

    /// The fixed words among the alternatives, in order.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.types.iter().filter_map(|kind| match kind {
            Kind::Word(word) if !word.is_empty() => Some(*word),
            _ => None,
        })
    }
}
