//! The environment of a lifecycle script. Pure: all values come in, one map goes out.
//!
//! Sources: `@npmcli/run-script/lib/{package-envs,make-spawn-args,set-path}.js`,
//! `@npmcli/config/lib/set-envs.js`, arborist's `rebuild.js`.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::script_package::{PackageKind, ScriptPackage};

/// An environment; sorted, so that snapshots are stable.
pub type Env = BTreeMap<OsString, OsString>;

/// Separates the folders of PATH.
const DELIMITER: &str = if cfg!(windows) { ";" } else { ":" };
/// Nesting of `config` and `engines` beyond which a manifest is not taken seriously.
const MAX_DEPTH: usize = 32;
/// Variables one manifest can set.
const MAX_PACKAGE_VARIABLES: usize = 4096;
/// Configs that npm's definitions do not export (`envExport: false`), or that are credentials.
const NOT_EXPORTED: &[&str] = &[
    "if-present",
    "include-workspace-root",
    "min-release-age",
    "min-release-age-exclude",
    "otp",
    "workspace",
    "workspaces",
];

/// A config value, as far as environments care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigValue {
    /// `false` or `null`: exported as empty.
    Empty,
    /// A text, a number, `true`.
    Text(String),
    /// Several: exported with blank lines between.
    List(Vec<String>),
}

/// What npm tells every script about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NpmEnv {
    /// The command as npm names it (`install`, `ci`).
    pub command: String,
    /// Where the user typed it.
    pub init_cwd: PathBuf,
    /// The user's home folder.
    pub home: PathBuf,
    /// npm's global prefix.
    pub global_prefix: PathBuf,
    /// The project's folder.
    pub local_prefix: PathBuf,
    /// The installed npm's `bin/npm-cli.js`: what `$npm_execpath` promises to be.
    pub npm_execpath: PathBuf,
    /// The installed npm's version.
    pub npm_version: String,
    /// The node that runs scripts.
    pub node: PathBuf,
    /// `node-gyp.js`.
    pub node_gyp: PathBuf,
    /// The folder of the installed npm with the `node-gyp` command.
    pub node_gyp_bin: Option<PathBuf>,
    /// The user agent.
    pub user_agent: String,
    /// Config `editor`.
    pub editor: Option<String>,
    /// Config `node-options`.
    pub node_options: Option<String>,
    /// Development dependencies are omitted.
    pub omits_dev: bool,
    /// The terminal shows colours.
    pub color: bool,
    /// Configs that differ from their default, by name.
    pub config: Vec<(String, ConfigValue)>,
}

/// Everything the environment of one script is made of.
#[derive(Clone, Copy, Debug)]
pub struct ScriptContext<'a> {
    /// The environment denpm was started with.
    pub base: &'a Env,
    /// npm's own variables.
    pub npm: &'a NpmEnv,
    /// The package.
    pub package: &'a ScriptPackage,
    /// The lifecycle event.
    pub event: &'a str,
    /// The command line.
    pub command: &'a str,
}

/// The environment of one script, PATH included.
pub fn script_env(context: &ScriptContext<'_>) -> Env {
    let ScriptContext { base, npm, package, event, command } = *context;
    let mut env = base.clone();
    npm_variables(npm, &mut env);
    if package.kind != PackageKind::Root {
        dependency_variables(package, &mut env);
    }
    package_variables(package, &mut env);
    set(&mut env, "npm_package_json", package.path.join("package.json"));
    set(&mut env, "npm_lifecycle_event", event);
    set(&mut env, "npm_lifecycle_script", command);
    set(&mut env, "npm_config_node_gyp", &npm.node_gyp);
    set_path(&package.path, npm.node_gyp_bin.as_deref(), &mut env);
    env.retain(|key, value| !has_nul(key) && !has_nul(value));
    env
}

fn set(env: &mut Env, key: impl Into<OsString>, value: impl Into<OsString>) {
    env.insert(key.into(), value.into());
}

/// An environment cannot carry NUL; the process would not start.
fn has_nul(text: &OsStr) -> bool {
    text.as_encoded_bytes().contains(&0)
}

fn npm_variables(npm: &NpmEnv, env: &mut Env) {
    for (key, value) in config_variables(&npm.config) {
        set(env, key, value);
    }
    set(env, "INIT_CWD", &npm.init_cwd);
    set(env, "HOME", &npm.home);
    set(env, "npm_config_global_prefix", &npm.global_prefix);
    set(env, "npm_config_local_prefix", &npm.local_prefix);
    set(env, "npm_config_user_agent", &npm.user_agent);
    set(env, "npm_config_npm_version", &npm.npm_version);
    set(env, "npm_execpath", &npm.npm_execpath);
    set(env, "npm_node_execpath", &npm.node);
    set(env, "NODE", &npm.node);
    set(env, "npm_command", &npm.command);
    set(env, "COLOR", if npm.color { "1" } else { "0" });
    for (key, value) in [("EDITOR", &npm.editor), ("NODE_OPTIONS", &npm.node_options)] {
        if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
            set(env, key, value);
        }
    }
    if npm.omits_dev {
        set(env, "NODE_ENV", "production");
    }
}

/// `npm_config_*` for every config that is neither private nor bound to a registry or scope.
///
/// Keys that start with `_`, `@` or `/` hold or select credentials and stay out, as in npm;
/// beyond npm, user and password are cut out of `registry`.
pub fn config_variables(config: &[(String, ConfigValue)]) -> BTreeMap<String, String> {
    let exported = config.iter().filter(|(key, _)| {
        !key.starts_with(['/', '@', '_']) && !NOT_EXPORTED.contains(&key.as_str())
    });
    exported
        .map(|(key, value)| {
            let text = match value {
                ConfigValue::Empty => String::new(),
                ConfigValue::Text(text) if key == "registry" => without_user_info(text),
                ConfigValue::Text(text) => text.clone(),
                ConfigValue::List(texts) => texts.join("\n\n"),
            };
            (format!("npm_config_{}", key.replace('-', "_").to_lowercase()), text)
        })
        .collect()
}

fn without_user_info(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            // Both fail only for URLs without a host, which have no user either.
            let cut = url.set_username("").and_then(|()| url.set_password(None));
            if cut.is_ok() { url.into() } else { String::new() }
        }
        _ => text.to_owned(),
    }
}

/// What arborist adds when it builds a package of the tree. An unknown `resolved` or
/// `integrity` is the text `null`: what Node makes of npm's `null`, and scripts have seen since.
fn dependency_variables(package: &ScriptPackage, env: &mut Env) {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
    let flag = |value: bool| if value { "1" } else { "" };
    let flags = package.flags;
    set(env, "npm_package_resolved", text(&package.resolved));
    set(env, "npm_package_integrity", text(&package.integrity));
    set(env, "npm_package_optional", flag(flags.optional));
    set(env, "npm_package_dev", flag(flags.dev));
    set(env, "npm_package_peer", flag(flags.peer));
    set(env, "npm_package_dev_optional", flag(flags.dev_optional && !flags.dev && !flags.optional));
}

/// `npm_package_{name,version,config_*,engines_*,bin_*}`.
fn package_variables(package: &ScriptPackage, env: &mut Env) {
    let mut left = MAX_PACKAGE_VARIABLES;
    for (key, value) in [("name", &package.name), ("version", &package.version)] {
        if !value.is_empty() {
            set(env, format!("npm_package_{key}"), value);
        }
    }
    for (key, value) in [("config", &package.config), ("engines", &package.engines)] {
        if let Some(value) = value {
            flatten(value, &format!("npm_package_{key}"), MAX_DEPTH, &mut left, env);
        }
    }
    for (key, value) in package.bin.iter().take(left) {
        set(env, format!("npm_package_bin_{key}"), value);
    }
}

/// One variable per leaf; keys and array indices are joined by `_`.
fn flatten(value: &Value, name: &str, depth: usize, left: &mut usize, env: &mut Env) {
    let leaf = match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "true".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) if depth == 0 => return,
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(item, &format!("{name}_{index}"), depth - 1, left, env);
            }
            return;
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                flatten(field, &format!("{name}_{key}"), depth - 1, left, env);
            }
            return;
        }
    };
    // A name with `=` would become another variable than it says.
    if *left > 0 && !name.contains('=') {
        *left -= 1;
        set(env, name, leaf);
    }
}

/// PATH = `node_modules/.bin` of the package and of every folder above it, npm's `node-gyp`, the old PATH.
///
/// Windows may have several variables of that name in different cases: their folders are
/// merged and every one of them gets the result. Source: `set-path.js`.
fn set_path(package: &Path, node_gyp_bin: Option<&Path>, env: &mut Env) {
    let is_path = |key: &OsStr| key.eq_ignore_ascii_case("path");
    let keys: Vec<OsString> = env.keys().filter(|key| is_path(key)).cloned().collect();
    let mut folders: Vec<OsString> = package
        .ancestors()
        .map(|folder| folder.join("node_modules").join(".bin").into_os_string())
        .collect();
    folders.extend(node_gyp_bin.map(|folder| folder.as_os_str().to_owned()));
    let mut old: Vec<OsString> = Vec::new();
    for value in keys.iter().filter_map(|key| env.get(key)).filter(|value| !value.is_empty()) {
        // A folder named by two variables is taken once, but repetitions within one stay.
        let more: Vec<_> = std::env::split_paths(value)
            .map(PathBuf::into_os_string)
            .filter(|folder| !old.contains(folder))
            .collect();
        old.extend(more);
    }
    folders.push(old.join(OsStr::new(DELIMITER)));
    let path = folders.join(OsStr::new(DELIMITER));
    for key in keys {
        env.insert(key, path.clone());
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::reify::script_package::DepFlags;
    use indexmap::IndexMap;
    use serde_json::json;

    fn npm() -> NpmEnv {
        NpmEnv {
            command: "install".into(),
            init_cwd: "/p/src".into(),
            home: "/home/u".into(),
            global_prefix: "/usr".into(),
            local_prefix: "/p".into(),
            npm_execpath: "/npm/bin/npm-cli.js".into(),
            npm_version: "11.19.1".into(),
            node: "/usr/bin/node".into(),
            node_gyp: "/npm/node-gyp.js".into(),
            node_gyp_bin: Some("/npm/node-gyp-bin".into()),
            user_agent: "npm/11.19.1".into(),
            config: vec![
                ("save-exact".into(), ConfigValue::Text("true".into())),
                ("audit".into(), ConfigValue::Empty),
                ("omit".into(), ConfigValue::List(vec!["dev".into(), "peer".into()])),
                (
                    "registry".into(),
                    ConfigValue::Text("https://u:secret@registry.example/x/".into()),
                ),
                ("_authToken".into(), ConfigValue::Text("secret".into())),
                ("_auth".into(), ConfigValue::Text("secret".into())),
                ("_password".into(), ConfigValue::Text("secret".into())),
                ("//registry.example/:_authToken".into(), ConfigValue::Text("secret".into())),
                ("@s:registry".into(), ConfigValue::Text("https://registry.example".into())),
                ("otp".into(), ConfigValue::Text("secret".into())),
            ],
            omits_dev: true,
            ..NpmEnv::default()
        }
    }

    fn package() -> ScriptPackage {
        ScriptPackage {
            name: "a".into(),
            version: "1.0.0".into(),
            path: "/p/node_modules/a".into(),
            bin: IndexMap::from([("a".to_owned(), "cli.js".to_owned())]),
            config: Some(json!({"port": 80, "x": null, "y": false, "l": [1, {"k": "v"}]})),
            engines: Some(json!({"node": ">=18"})),
            resolved: Some("https://registry.example/a/-/a-1.0.0.tgz".into()),
            flags: DepFlags { optional: true, dev_optional: true, ..DepFlags::default() },
            ..ScriptPackage::default()
        }
    }

    fn base() -> Env {
        [("PATH", "/usr/bin:/bin"), ("HOME", "/root"), ("NPM_TOKEN", "the user's own")]
            .map(|(key, value)| (key.into(), value.into()))
            .into()
    }

    fn shown(package: &ScriptPackage) -> String {
        let (base, npm) = (base(), npm());
        let context =
            ScriptContext { base: &base, npm: &npm, package, event: "install", command: "node x" };
        let line =
            |(key, value): (OsString, OsString)| format!("{}={}\n", key.display(), value.display());
        script_env(&context).into_iter().map(line).collect::<Vec<_>>().concat()
    }

    #[test]
    fn script_env_of_a_dependency_is_that_of_npm() {
        insta::assert_snapshot!(shown(&package()), @r"
        COLOR=0
        HOME=/home/u
        INIT_CWD=/p/src
        NODE=/usr/bin/node
        NODE_ENV=production
        NPM_TOKEN=the user's own
        PATH=/p/node_modules/a/node_modules/.bin:/p/node_modules/node_modules/.bin:/p/node_modules/.bin:/node_modules/.bin:/npm/node-gyp-bin:/usr/bin:/bin
        npm_command=install
        npm_config_audit=
        npm_config_global_prefix=/usr
        npm_config_local_prefix=/p
        npm_config_node_gyp=/npm/node-gyp.js
        npm_config_npm_version=11.19.1
        npm_config_omit=dev

        peer
        npm_config_registry=https://registry.example/x/
        npm_config_save_exact=true
        npm_config_user_agent=npm/11.19.1
        npm_execpath=/npm/bin/npm-cli.js
        npm_lifecycle_event=install
        npm_lifecycle_script=node x
        npm_node_execpath=/usr/bin/node
        npm_package_bin_a=cli.js
        npm_package_config_l_0=1
        npm_package_config_l_1_k=v
        npm_package_config_port=80
        npm_package_config_x=
        npm_package_config_y=
        npm_package_dev=
        npm_package_dev_optional=
        npm_package_engines_node=>=18
        npm_package_integrity=null
        npm_package_json=/p/node_modules/a/package.json
        npm_package_name=a
        npm_package_optional=1
        npm_package_peer=
        npm_package_resolved=https://registry.example/a/-/a-1.0.0.tgz
        npm_package_version=1.0.0
        ");
    }

    #[test]
    fn script_env_never_carries_a_secret_of_the_config() {
        assert!(!shown(&package()).contains("secret"));
    }

    #[test]
    fn script_env_of_the_root_has_no_dependency_variables() {
        let env = shown(&ScriptPackage { kind: PackageKind::Root, path: "/p".into(), ..package() });
        assert!(!env.contains("npm_package_resolved"));
        assert!(env.contains(
            "PATH=/p/node_modules/.bin:/node_modules/.bin:/npm/node-gyp-bin:/usr/bin:/bin\n"
        ));
    }

    #[test]
    fn script_env_survives_a_hostile_manifest() {
        let mut deep = json!("x");
        for _ in 0..100 {
            deep = json!({ "k": deep });
        }
        let wide: serde_json::Map<_, _> = (0..10_000).map(|n| (n.to_string(), json!(n))).collect();
        let config = json!({"PATH=/evil": "x", "nul": "a\0b", "deep": deep, "wide": wide});
        let env = shown(&ScriptPackage { config: Some(config), ..package() });
        assert!(!env.contains("evil") && !env.contains('\0'));
        assert!(env.lines().count() < MAX_PACKAGE_VARIABLES + 50);
    }
}
