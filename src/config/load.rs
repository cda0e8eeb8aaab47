//! Stacking the layers, in the order in which one decides where the next one lies.
//!
//! Follows `load()` and `validate()` of `@npmcli/config/lib/index.js`.

use std::{
    io,
    path::{Path, PathBuf},
};

use deno_npmrc::NPM_DEFAULT_REGISTRY;
use indexmap::IndexMap;

use super::{
    Config, ConfigError, Sources,
    credentials::{self, nerf_dart},
    definition::{DefaultValue, Definition, Derived, Kind},
    definitions::{DEFINITIONS, REGISTRY_KEYS, definition},
    env, is_global,
    layer::{Layers, Origin},
    npmrc::Npmrc,
    paths::{self, WorkspaceSearch},
    value::{self, Context, Value},
};
use crate::{
    event::{Event, Level},
    fs::{FsError, read_bounded, read_bounded_file},
};

/// An npmrc larger than this is refused.
const MAX_NPMRC_BYTES: u64 = 4 << 20;

/// Keys npm itself puts into the environment.
const INTERNAL_KEYS: &[&str] = &["npm-version", "global-prefix", "local-prefix"];

/// Settings a project may not decide: they move files of other projects, name the sources that
/// are trusted, or (where npm lets a project) the files whose settings are the user's own word.
const NOT_FOR_PROJECTS: &[&str] =
    &["prefix", "denpm-registries", "sigstore-tuf", "userconfig", "globalconfig"];

/// Whether a project may not say this. Its `.npmrc` makes no command global, either: that would
/// write into the folders of all projects.
fn is_for_others(key: &str, value: &Value) -> bool {
    NOT_FOR_PROJECTS.contains(&key)
        || (key == "global" && value.is_truthy())
        || (key == "location" && value.as_text() == Some("global"))
}

/// [`Config::load`].
pub(super) fn load(sources: Sources) -> Result<Config, ConfigError> {
    let mut loader = Loader { sources: &sources, layers: Layers::default(), messages: Vec::new() };
    let written_defaults = loader.defaults();
    if let Some(npm) = &sources.npm {
        loader.file(Origin::Builtin, &npm.root.join("npmrc"))?;
    }
    loader.command_line()?;
    loader.environment()?;
    let local_prefix = loader.project()?;
    if let Some(file) = loader.path("userconfig") {
        loader.file(Origin::User, &file)?;
    }
    loader.default_globalconfig();
    if let Some(file) = loader.path("globalconfig") {
        loader.file(Origin::Global, &file)?;
    }
    loader.default_globalconfig();
    loader.validate()?;
    let Loader { layers, messages, .. } = loader;
    Ok(Config { sources, layers, written_defaults, local_prefix, messages })
}

struct Loader<'a> {
    sources: &'a Sources,
    layers: Layers,
    messages: Vec<Event>,
}

impl<'a> Loader<'a> {
    fn context(&self) -> Context<'a> {
        let Sources { env, home, cwd, .. } = self.sources;
        Context { env, home, cwd }
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.layers.get(key)?.value.as_text()?;
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn say(&mut self, level: Level, prefix: &str, text: String) {
        self.messages.push(Event::log(level, prefix, vec![text]));
    }

    /// Fills the weakest layer; returns the defaults as written.
    fn defaults(&mut self) -> IndexMap<&'static str, Value> {
        let written: IndexMap<_, _> = DEFINITIONS
            .iter()
            .map(|known| (known.key, written_default(known.default, self.sources)))
            .collect();
        let context = self.context();
        let values = &mut self.layers.layer_mut(Origin::Default).values;
        for known in DEFINITIONS {
            let raw = written.get(known.key).cloned().unwrap_or(Value::Null);
            values.insert(known.key.to_owned(), value::parse_field(raw, Some(known), context));
        }
        let prefix = paths::default_global_prefix(context.env, self.sources.node.as_deref());
        let prefix = paths::resolve(context.cwd, &prefix.to_string_lossy());
        values.insert("prefix".to_owned(), Value::Text(prefix.to_string_lossy().into_owned()));
        if let Some(npm) = &self.sources.npm {
            values.insert("npm-version".to_owned(), Value::Text(npm.version.clone()));
        }
        self.default_globalconfig();
        written
    }

    /// The global file's place follows the prefix, wherever that was set.
    fn default_globalconfig(&mut self) {
        let Some(prefix) = self.path("prefix") else { return };
        let file = paths::resolve(&prefix, "etc/npmrc").to_string_lossy().into_owned();
        let defaults = &mut self.layers.layer_mut(Origin::Default).values;
        defaults.insert("globalconfig".to_owned(), Value::Text(file));
    }

    fn command_line(&mut self) -> Result<(), ConfigError> {
        self.messages.extend(self.sources.command_line.warnings.iter().cloned());
        let mut flags = self.sources.command_line.values.clone();
        self.clean(&mut flags, "command line options");
        self.put(Origin::Cli, flags)
    }

    fn environment(&mut self) -> Result<(), ConfigError> {
        let env = &self.sources.env;
        let mut values = IndexMap::new();
        for (name, text) in env.iter().filter(|(_, text)| !text.is_empty()) {
            let Some((prefix, key)) = name.split_at_checked("npm_config_".len()) else { continue };
            if prefix.eq_ignore_ascii_case("npm_config_") {
                values.insert(environment_key(key), Value::from(text));
            }
        }
        if let Some(mirrors) = env.non_empty("DENPM_REGISTRIES") {
            values.insert("denpm-registries".to_owned(), Value::from(mirrors));
        }
        self.put(Origin::Env, values)
    }

    /// Finds the project and reads its `.npmrc`; returns its folder.
    fn project(&mut self) -> Result<PathBuf, ConfigError> {
        let global = is_global(&self.layers);
        let from_flag = self.layers.own(Origin::Cli, "prefix").and_then(Value::as_text);
        let local_prefix = if let Some(prefix) = from_flag.filter(|prefix| !prefix.is_empty()) {
            PathBuf::from(prefix)
        } else {
            let off = self.layers.own(Origin::Cli, "workspaces") == Some(&Value::Bool(false));
            let search =
                if off || global { WorkspaceSearch::Off } else { WorkspaceSearch::Upwards };
            let found = paths::find_local_prefix(&self.sources.cwd, search);
            if let Some(workspace) = found.workspace {
                self.implicit_workspace(&workspace, &found.folder);
            }
            found.folder
        };
        let file = local_prefix.join(".npmrc");
        // At home the project's file may be the user's: it is read once, as the user's.
        if !global && self.path("userconfig").as_ref() != Some(&file) {
            self.file(Origin::Project, &file)?;
        }
        Ok(local_prefix)
    }

    fn implicit_workspace(&mut self, workspace: &Path, root: &Path) {
        let file = workspace.join(".npmrc");
        if file.is_file() {
            let text = format!("ignoring workspace config at {}", file.display());
            self.say(Level::Warn, "config", text);
        }
        let text = format!("found workspace root at {}", root.display());
        self.say(Level::Info, "config", text);
        let selected = Value::List(vec![Value::Text(workspace.to_string_lossy().into_owned())]);
        self.layers.layer_mut(Origin::Default).values.insert("workspace".to_owned(), selected);
    }

    fn file(&mut self, origin: Origin, file: &Path) -> Result<(), ConfigError> {
        // What a user names may be a pipe; what comes with a project may not.
        let read = if origin == Origin::Project { read_bounded_file } else { read_bounded };
        let text = match read(file, MAX_NPMRC_BYTES) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(FsError::TooLarge { limit, .. }) => {
                return Err(ConfigError::TooLarge { file: file.into(), limit });
            }
            Err(FsError::Io { source, .. }) => {
                if source.kind() != io::ErrorKind::NotFound {
                    let text = format!("error loading {origin} config: {source}");
                    self.say(Level::Verbose, "config", text);
                }
                return Ok(());
            }
        };
        let npmrc = Npmrc::parse(&text);
        for section in &npmrc.sections {
            self.check_unknown(origin, section);
        }
        self.layers.layer_mut(origin).file = Some(file.to_path_buf());
        self.put(origin, npmrc.values)
    }

    fn refuse_of_project(&mut self, key: &str) {
        let file = self.layers.layer(Origin::Project).file.clone().unwrap_or_default();
        let text = format!("{key} cannot be changed from project config: {}.", file.display());
        self.say(Level::Error, "config", text);
    }

    /// Parses raw values into a layer, warning about unknown and deprecated keys.
    fn put(&mut self, origin: Origin, raw: IndexMap<String, Value>) -> Result<(), ConfigError> {
        let context = self.context();
        for (key, value) in raw {
            let full = value::replace_env(&key, context.env);
            let known = definition(&full);
            if let Some(advice) = known.and_then(|known| known.deprecated) {
                self.say(Level::Warn, "config", format!("{full} {advice}"));
            }
            if self.is_excluded(origin, &key)? {
                continue;
            }
            self.check_unknown(origin, &key);
            let value = value::parse_field(value, known, context);
            if origin == Origin::Project && is_for_others(&full, &value) {
                self.refuse_of_project(&full);
                continue;
            }
            self.layers.layer_mut(origin).values.insert(full, value);
        }
        Ok(())
    }

    /// Whether an environment value yields to a flag that excludes it.
    fn is_excluded(&self, origin: Origin, key: &str) -> Result<bool, ConfigError> {
        let exclusive = definition(key).map_or(&[][..], |known| known.exclusive);
        for other in exclusive {
            let set = self.layers.get(other).is_some_and(|found| found.origin != Origin::Default);
            if set && origin == Origin::Env && self.layers.own(Origin::Cli, other).is_some() {
                return Ok(true);
            }
            if set {
                return Err(ConfigError::Exclusive { key: key.to_owned(), other });
            }
        }
        Ok(false)
    }

    fn check_unknown(&mut self, origin: Origin, key: &str) {
        if definition(key).is_some() || INTERNAL_KEYS.contains(&key) {
            return;
        }
        let hint = match origin {
            Origin::Cli => "",
            _ => " See `npm help npmrc` for supported config options.",
        };
        let what = match key.rsplit_once(':') {
            None if origin == Origin::Cli => format!("\"--{key}\""),
            None => format!("\"{key}\""),
            Some((_, base)) if definition(base).is_some() || REGISTRY_KEYS.contains(&base) => {
                return;
            }
            Some((_, base)) => format!("\"{base}\" ({key})"),
        };
        let text = format!(
            "Unknown {origin} config {what}. This will stop working in the next major version of \
             npm.{hint}"
        );
        self.say(Level::Warn, "", text);
    }

    /// Drops values that are not of their setting's type, with npm's warning.
    fn clean(&mut self, values: &mut IndexMap<String, Value>, source: &str) {
        let context = self.context();
        let mut refused = Vec::new();
        values.retain(|key, value| {
            let Some(known) = definition(key) else { return true };
            let parts = match &*value {
                Value::List(values) => values.clone(),
                single => vec![single.clone()],
            };
            let bad =
                parts.into_iter().filter(|one| value::validate(one, known, context).is_none());
            refused.extend(bad.map(|one| (known, one)));
            match value::validate(value, known, context) {
                Some(clean) => {
                    *value = clean;
                    true
                }
                None => false,
            }
        });
        for (known, value) in refused {
            let text = format!("{}={} set in {source}", known.key, value.to_json());
            self.say(Level::Warn, "invalid config", text);
            self.say(Level::Warn, "invalid config", must_be(known));
        }
    }

    fn validate(&mut self) -> Result<(), ConfigError> {
        let problems = credentials::unscoped(&self.layers, &self.registry_key());
        if !problems.is_empty() {
            return Err(ConfigError::InvalidAuth { problems });
        }
        for origin in [Origin::Global, Origin::User, Origin::Project, Origin::Env] {
            let source = match self.layers.file(origin) {
                Some(file) => file.display().to_string(),
                None => "environment".to_owned(),
            };
            let mut values = std::mem::take(&mut self.layers.layer_mut(origin).values);
            self.clean(&mut values, &source);
            self.layers.layer_mut(origin).values = values;
        }
        let disabled = self.layers.get("workspaces").map(|found| found.value);
        let selected = self.layers.get("workspace").map(|found| found.value.to_texts());
        if disabled == Some(&Value::Bool(false)) && selected.is_some_and(|names| !names.is_empty())
        {
            return Err(ConfigError::NoWorkspaces);
        }
        Ok(())
    }

    fn registry_key(&self) -> String {
        let registry = self.layers.get("registry").and_then(|found| found.value.as_text());
        registry.and_then(|url| nerf_dart(url).ok()).unwrap_or_default()
    }
}

/// `NPM_CONFIG_SAVE_DEV` is `save-dev`; a leading underscore and keys of a registry stay.
fn environment_key(name: &str) -> String {
    if name.starts_with("//") {
        return name.to_owned();
    }
    let (head, tail) = match name.strip_prefix('_') {
        Some(tail) => ("_", tail),
        None => ("", name),
    };
    format!("{head}{}", tail.replace('_', "-").to_lowercase())
}

/// npm's description of a type (`type-description.js`).
fn must_be(known: &Definition) -> String {
    let describe = |kind: &Kind| match kind {
        Kind::Array => None,
        Kind::Boolean => Some("boolean value (true or false)".to_owned()),
        Kind::Date => Some("valid Date string".to_owned()),
        Kind::False => Some("false".to_owned()),
        Kind::Null => Some("null".to_owned()),
        Kind::Number => Some("numeric value".to_owned()),
        Kind::Path => Some("valid filesystem path".to_owned()),
        Kind::Semver => Some("full valid SemVer string".to_owned()),
        Kind::String => Some("string".to_owned()),
        Kind::Umask => Some("octal number in range 0o000..0o777 (0..511)".to_owned()),
        Kind::Url => Some("full url with \"http://\"".to_owned()),
        Kind::Word(word) => Some((*word).to_owned()),
    };
    let single = [Kind::Url, Kind::Path].into_iter().find(|kind| known.allows(*kind));
    let texts: Vec<_> = match single {
        Some(kind) => describe(&kind).into_iter().collect(),
        None => known.types.iter().filter_map(describe).collect(),
    };
    let several = single.is_none() && known.allows(Kind::Array);
    let keyword = match (texts.len(), several) {
        (1, true) => " one or more",
        (1, false) => "",
        (_, true) => " one or more of:",
        (_, false) => " one of:",
    };
    format!("Must be{keyword} {}", texts.join(", "))
}

fn written_default(default: DefaultValue, sources: &Sources) -> Value {
    match default {
        DefaultValue::Unset => Value::Null,
        DefaultValue::Bool(flag) => Value::Bool(flag),
        DefaultValue::Number(number) => Value::Number(number),
        DefaultValue::Text(text) => Value::from(text),
        DefaultValue::EmptyList => Value::List(Vec::new()),
        DefaultValue::From(derived) => derive(derived, sources),
    }
}

fn derive(derived: Derived, sources: &Sources) -> Value {
    let Sources { env, terminal, npm, .. } = sources;
    match derived {
        Derived::Cache => Value::Text(match env.non_empty("LOCALAPPDATA") {
            Some(folder) if cfg!(windows) => format!("{folder}/npm-cache"),
            _ if cfg!(windows) => "~/npm-cache".to_owned(),
            _ => "~/.npm".to_owned(),
        }),
        Derived::Color => Value::Bool(matches!(env.get("NO_COLOR"), None | Some("" | "0"))),
        Derived::Editor => Value::Text(match env.non_empty("EDITOR").or(env.non_empty("VISUAL")) {
            Some(editor) => editor.to_owned(),
            None if cfg!(windows) => {
                format!("{}\\notepad.exe", env.get("SYSTEMROOT").unwrap_or_default())
            }
            None => "vi".to_owned(),
        }),
        Derived::NodeGyp => {
            let script = npm.as_ref().and_then(super::NpmInstall::node_gyp);
            script.map_or(Value::Null, |path| Value::Text(path.to_string_lossy().into_owned()))
        }
        Derived::Omit => Value::List(match env.get("NODE_ENV") {
            Some("production") => vec![Value::from("dev")],
            _ => Vec::new(),
        }),
        Derived::Progress => {
            let dumb = env.get("TERM") == Some("dumb");
            Value::Bool(terminal.stderr && terminal.stdout && !dumb && !env::is_ci(env))
        }
        Derived::Registry => Value::Text(format!("{NPM_DEFAULT_REGISTRY}/")),
        Derived::Shell => Value::from(if cfg!(windows) {
            env.non_empty("ComSpec").unwrap_or("cmd")
        } else {
            env.non_empty("SHELL").unwrap_or("sh")
        }),
        Derived::Unicode => {
            let names = ["LC_ALL", "LC_CTYPE", "LANG"];
            let locale = names.iter().find_map(|name| env.non_empty(name)).unwrap_or_default();
            let locale = locale.to_ascii_lowercase();
            Value::Bool(locale.ends_with("utf-8") || locale.ends_with("utf8"))
        }
    }
}
