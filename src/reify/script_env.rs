//! The environment of a lifecycle script. Pure: all values come in, one map goes out.
//!
//! Sources: `@npmcli/run-script/lib/{package-envs,make-spawn-args,set-path}.js`, arborist's
//! `rebuild.js`. What the settings contribute is computed where they are known: `config`.

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
/// What npm tells every script about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NpmEnv {
    /// The command as npm names it (`install`, `ci`).
    pub command: String,
    /// The variables of the settings, which carry no credential (`config::script_env`).
    pub settings: Vec<(String, String)>,
    /// The folder of the installed npm with the `node-gyp` command.
    pub node_gyp_bin: Option<PathBuf>,
    /// The terminal shows colours.
    pub color: bool,
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
    if matches!(package.kind, PackageKind::Dependency | PackageKind::Bundled) {
        // Beyond npm: whoever is installed needs none of the installer's credentials.
        env.retain(|key, _| !is_npms_credential(&key.to_string_lossy()));
    }
    package_variables(package, &mut env);
    set(&mut env, "npm_package_json", package.path.join("package.json"));
    set(&mut env, "npm_lifecycle_event", event);
    set(&mut env, "npm_lifecycle_script", command);
    set_path(&package.path, npm.node_gyp_bin.as_deref(), &mut env);
    env.retain(|key, value| !has_nul(key) && !has_nul(value));
    env
}

fn set(env: &mut Env, key: impl Into<OsString>, value: impl Into<OsString>) {
    env.insert(key.into(), value.into());
}

/// npm's own credentials in its environment: its settings that are secret, and the variables
/// that people name in an `.npmrc`.
fn is_npms_credential(variable: &str) -> bool {
    let name = variable.to_ascii_lowercase();
    let setting = name.strip_prefix("npm_config_").unwrap_or_default();
    setting.starts_with(['_', '/'])
        || setting.contains(":_")
        || setting == "otp"
        || matches!(&*name, "npm_token" | "node_auth_token")
}

/// An environment cannot carry NUL; the process would not start.
fn has_nul(text: &OsStr) -> bool {
    text.as_encoded_bytes().contains(&0)
}

fn npm_variables(npm: &NpmEnv, env: &mut Env) {
    for (key, value) in &npm.settings {
        set(env, key, value);
    }
    set(env, "npm_command", &npm.command);
    set(env, "COLOR", if npm.color { "1" } else { "0" });
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
    use serde_json::json;

    fn npm() -> NpmEnv {
        NpmEnv {
            command: "install".into(),
            settings: [
                ("INIT_CWD", "/p/src"),
                ("HOME", "/home/u"),
                ("npm_config_omit", "dev\n\npeer"),
                ("npm_config_save_exact", "true"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
            node_gyp_bin: Some("/npm/node-gyp-bin".into()),
            color: false,
        }
    }

    fn package() -> ScriptPackage {
        ScriptPackage {
            name: "a".into(),
            version: "1.0.0".into(),
            path: "/p/node_modules/a".into(),
            bin: [("a", "cli.js")].into_iter().collect(),
            config: Some(json!({"port": 80, "x": null, "y": false, "l": [1, {"k": "v"}]}).into()),
            engines: Some(json!({"node": ">=18"}).into()),
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
        PATH=/p/node_modules/a/node_modules/.bin:/p/node_modules/node_modules/.bin:/p/node_modules/.bin:/node_modules/.bin:/npm/node-gyp-bin:/usr/bin:/bin
        npm_command=install
        npm_config_omit=dev

        peer
        npm_config_save_exact=true
        npm_lifecycle_event=install
        npm_lifecycle_script=node x
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
        let env = shown(&ScriptPackage { config: Some(config.into()), ..package() });
        assert!(!env.contains("evil") && !env.contains('\0'));
        assert!(env.lines().count() < MAX_PACKAGE_VARIABLES + 50);
    }
}
