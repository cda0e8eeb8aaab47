//! Whether a project is worked on with what its developers are to use (npm's
//! `BaseCommand.checkDevEngines`).

use serde_json::Value;

use super::{
    machine,
    project::{MAX_PACKAGE_JSON_BYTES, read_text},
};
use crate::{
    arborist::{Engine, Engines, Platform},
    config::Options,
    error::Failure,
    event::Reporter,
    manifest::PackageJson,
};

/// Holds the project's `devEngines` against this machine; warns, or refuses.
///
/// A package.json that cannot be read is somebody else's to complain about.
///
/// # Errors
/// `EBADDEVENGINES`, and a field that npm does not understand.
pub fn check_dev_engines(
    options: &Options,
    npm_version: &str,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    let path = options.paths.prefix.join("package.json");
    let Ok(Some(text)) = read_text(&path, MAX_PACKAGE_JSON_BYTES) else { return Ok(()) };
    let Some(wanted) = dev_engines(&text) else { return Ok(()) };
    let (warnings, result) = in_use(options, npm_version).check(&wanted, options.force);
    for warning in warnings {
        reporter.event(warning);
    }
    Ok(result?)
}

/// The field of a package.json; hardly any has it, so that most are not even parsed.
fn dev_engines(text: &str) -> Option<Value> {
    // An escape may hide the name.
    if !text.contains("devEngines") && !text.contains("\\u") {
        return None;
    }
    PackageJson::parse(text).ok()?.value().get("devEngines").cloned()
}

fn in_use(options: &Options, npm_version: &str) -> Engines {
    let Platform { os, cpu, libc } = machine::host_platform();
    let node = machine::node_version(options.paths.node.as_deref(), &options.paths.cache);
    let engine = |name: String| Engine { name, version: None };
    Engines {
        package_manager: Engine { name: "npm".into(), version: Some(npm_version.to_owned()) },
        runtime: Engine { name: "node".into(), version: Some(node.to_string()) },
        cpu: engine(cpu),
        libc: engine(libc.unwrap_or_default()),
        os: Engine { name: os, version: Some(machine::os_release()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_is_found_behind_an_escape_too() {
        assert_eq!(dev_engines(r#"{"name":"x"}"#), None);
        assert_eq!(dev_engines(r#"{"devEngines":null}"#), Some(Value::Null));
        assert_eq!(dev_engines(r#"{"dev\u0045ngines":1}"#), Some(1.into()));
        assert_eq!(dev_engines(r#"{"devEngines":"#), None);
    }
}
