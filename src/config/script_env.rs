//! What scripts see of the settings, and how denpm introduces itself.
//!
//! Follows `@npmcli/config/lib/set-envs.js` and the `user-agent` setting of
//! `definitions/definitions.js`.

use std::path::Path;

use indexmap::IndexMap;

use super::{
    Config,
    definition::{Export, Owner},
    definitions::definition,
    env,
    layer::Origin,
    options::{DependencyType, OmitInclude},
    value::Value,
};

/// The variables npm adds to the environment of scripts for the settings in force: every one
/// that differs from its default as `npm_config_*`, and a few of its own. A credential never
/// passes: keys that begin with `@`, `/` or `_` are left out, and, beyond npm, user and
/// password are cut out of `registry`.
///
/// `node_version` is `process.version`, for example `v20.1.0`.
pub fn script_env(config: &Config, node_version: &str) -> Vec<(String, String)> {
    let exported = config
        .layers
        .iter()
        .filter(|(key, found)| is_exported(config, key, found.value, found.origin))
        .filter_map(|(key, found)| {
            let text = exported(found.value)?;
            Some((variable(key)?, if key == "registry" { without_user_info(&text) } else { text }))
        });
    let mut out: IndexMap<String, String> = exported.collect();
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let text = |key| config.text(key).unwrap_or_default().to_owned();
    let mut set = |key: &str, value: String| out.insert(key.to_owned(), value);
    set("npm_config_user_agent", user_agent(config, node_version));
    set("npm_config_global_prefix", text("prefix"));
    set("npm_config_local_prefix", path(&config.local_prefix));
    set("npm_config_node_gyp", text("node-gyp"));
    set("npm_config_npm_version", config.npm_version().to_owned());
    set("HOME", path(&config.sources.home));
    set("INIT_CWD", path(&config.sources.cwd));
    for (key, variable) in [("editor", "EDITOR"), ("node-options", "NODE_OPTIONS")] {
        if let Some(value) = config.text(key).filter(|value| !value.is_empty()) {
            set(variable, value.to_owned());
        }
    }
    if let Some(npm) = &config.sources.npm {
        set("npm_execpath", path(&npm.cli()));
    }
    if let Some(node) = &config.sources.node {
        set("NODE", path(node));
        set("npm_node_execpath", path(node));
    }
    if OmitInclude::of(config).omits(DependencyType::Dev) {
        set("NODE_ENV", "production".to_owned());
    }
    out.into_iter().collect()
}

fn is_exported(config: &Config, key: &str, value: &Value, origin: Origin) -> bool {
    if let Some(known) = definition(key)
        && (known.deprecated.is_some()
            || known.export == Export::Never
            || known.owner == Owner::Denpm)
    {
        return false;
    }
    match config.written_defaults.get(key) {
        // The default again: said only where a weaker layer says otherwise.
        Some(default) if default == value => config
            .layers
            .get_up_to(Origin::Env, key)
            .is_some_and(|inherited| inherited.value != value),
        _ => origin != Origin::Env,
    }
}

fn variable(key: &str) -> Option<String> {
    (!key.starts_with(['/', '@', '_']))
        .then(|| format!("npm_config_{}", key.replace('-', "_").to_lowercase()))
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

/// The value as `set-envs.js` writes it: lists are separated by an empty line, nothing and
/// false are empty, dates are not exported.
fn exported(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => Some(String::new()),
        Value::List(values) => {
            let parts = values.iter().map(|one| exported(one).unwrap_or_default());
            Some(parts.collect::<Vec<_>>().join("\n\n"))
        }
        other => other.to_text(),
    }
}

/// The User-Agent, for requests and for scripts: npm's own text, so that what looks for npm
/// finds it, and `denpm/<version>` behind. A user's own template is taken as it is.
pub fn user_agent(config: &Config, node_version: &str) -> String {
    let found = config.get("user-agent");
    let template = found.and_then(|found| found.value.as_text()).unwrap_or_default();
    let in_workspaces = config.is_set("workspaces") || !config.texts("workspace").is_empty();
    let filled = [
        ("{node-version}", node_version),
        ("{npm-version}", config.npm_version()),
        ("{platform}", env::platform()),
        ("{arch}", env::arch()),
        ("{workspaces}", if in_workspaces { "true" } else { "false" }),
        ("{ci}", &ci(config.env())),
    ]
    .into_iter()
    .fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
    match found.map(|found| found.origin) {
        Some(Origin::Default) => format!("{} denpm/{}", filled.trim(), env!("CARGO_PKG_VERSION")),
        _ => filled.trim().to_owned(),
    }
}

/// `ci/<service>`, with the kind of runner on GitHub.
fn ci(env: &super::Env) -> String {
    let Some(name) = env::ci_name(env) else { return String::new() };
    let name = name.to_lowercase().replace(' ', "-");
    let server = env.get("GITHUB_SERVER_URL").unwrap_or_default().trim();
    let host = url::Url::parse(server).ok().and_then(|url| url.host_str().map(str::to_owned));
    let kind = match host.filter(|_| env.non_empty("GITHUB_ACTIONS").is_some()).as_deref() {
        None => "",
        Some("github.com") => match env.get("RUNNER_ENVIRONMENT").map(str::trim) {
            Some("github-hosted") => "/dotcom-hosted",
            Some("self-hosted") => "/dotcom-selfhosted",
            _ => "/dotcom",
        },
        Some(host) if host == "ghe.com" || host.ends_with(".ghe.com") => "/ghecom",
        Some(_) => "/ghes",
    };
    format!("ci/{name}{kind}")
}
