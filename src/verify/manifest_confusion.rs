//! Manifest confusion: does the registry's manifest say what the package says of itself?
//!
//! A registry takes the manifest and the tarball of a version separately and compares nothing.
//! Resolution goes by the manifest, what runs lies in the tarball; a difference hides a
//! dependency or a script from whoever looks at only one of them. Compared is what an install
//! acts on, in the normal form of [`InstallManifest`]; how npm rewrites a manifest when it is
//! published makes no difference.

use std::collections::BTreeMap;

use crate::{
    error::{Code, Explain},
    sumdb::record::InstallManifest,
};

/// What npm runs for a package with a `binding.gyp` and no script of its own.
const NODE_GYP: &str = "node-gyp rebuild";

/// A registry's manifest of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryManifest {
    /// What it says.
    pub manifest: InstallManifest,
    /// `hasInstallScript`, which stands for the scripts in abbreviated documents.
    pub has_install_script: Option<bool>,
}

/// The registry says another thing than the package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the registry's manifest of {package} is not that of the package: {field} differs")]
pub struct ManifestConfusion {
    package: String,
    field: &'static str,
    registry: String,
    tarball: String,
}

impl Explain for ManifestConfusion {
    fn code(&self) -> Code {
        Code::ManifestMismatch
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        vec![
            format!("{} according to the registry: {}", self.field, self.registry),
            format!("{} in the package: {}", self.field, self.tarball),
        ]
    }

    fn help(&self) -> Option<String> {
        Some(
            "look at both before you trust either; `manifest = \"warn\"` under [sumdb] in your \
             config.toml goes on all the same"
                .to_owned(),
        )
    }
}

/// Compares the manifest that resolution went by with the tarball's own.
///
/// # Errors
/// [`ManifestConfusion`] with the first field that differs.
pub fn check(
    registry: &RegistryManifest,
    tarball: &InstallManifest,
) -> Result<(), ManifestConfusion> {
    let said = &registry.manifest;
    let confusion = |field, registry: String, tarball_says: String| ManifestConfusion {
        package: escaped(&format!("{}@{}", tarball.name, tarball.version)),
        field,
        registry: escaped(&registry),
        tarball: escaped(&tarball_says),
    };
    let dependencies = [
        ("dependencies", &said.dependencies, &tarball.dependencies),
        ("optionalDependencies", &said.optional_dependencies, &tarball.optional_dependencies),
        ("peerDependencies", &said.peer_dependencies, &tarball.peer_dependencies),
    ];
    for (field, registry, package) in dependencies {
        if !same_dependencies(registry, package) {
            return Err(confusion(field, format!("{registry:?}"), format!("{package:?}")));
        }
    }
    let lists = [("os", &said.os, &tarball.os), ("cpu", &said.cpu, &tarball.cpu)];
    for (field, registry, package) in lists {
        if registry != package {
            return Err(confusion(field, format!("{registry:?}"), format!("{package:?}")));
        }
    }
    if said.bundle_dependencies != tarball.bundle_dependencies {
        let (registry, package) = (&said.bundle_dependencies, &tarball.bundle_dependencies);
        let shown = (format!("{registry:?}"), format!("{package:?}"));
        return Err(confusion("bundleDependencies", shown.0, shown.1));
    }
    // `directories.bin` is expanded when a package is published.
    if said.bin != tarball.bin && tarball.bin_directory.is_none() {
        return Err(confusion("bin", format!("{:?}", said.bin), format!("{:?}", tarball.bin)));
    }
    let (registry, package) = (scripts_said(registry), Scripts::Texts(&tarball.scripts));
    let built_by_npm = tarball.binding_gyp && tarball.scripts.is_empty() && is_only_node_gyp(said);
    if registry != package && !built_by_npm {
        return Err(confusion("scripts", registry.to_string(), package.to_string()));
    }
    Ok(())
}

/// The install scripts of a package, as far as a document tells.
#[derive(Debug)]
enum Scripts<'a> {
    Texts(&'a BTreeMap<String, String>),
    /// Only whether there are any.
    Some,
}

impl PartialEq for Scripts<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Texts(one), Self::Texts(other)) => one == other,
            (Self::Texts(texts), Self::Some) | (Self::Some, Self::Texts(texts)) => {
                !texts.is_empty()
            }
            (Self::Some, Self::Some) => true,
        }
    }
}

impl std::fmt::Display for Scripts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Texts(texts) => write!(f, "{texts:?}"),
            Self::Some => f.write_str("some"),
        }
    }
}

fn scripts_said(registry: &RegistryManifest) -> Scripts<'_> {
    let texts = &registry.manifest.scripts;
    let only_flag = texts.is_empty() && registry.has_install_script == Some(true);
    if only_flag { Scripts::Some } else { Scripts::Texts(texts) }
}

/// Whether the only script is the one that npm adds, or there is none that is told.
fn is_only_node_gyp(manifest: &InstallManifest) -> bool {
    manifest.scripts.iter().all(|(event, script)| event == "install" && script == NODE_GYP)
}

/// Same names, same specifiers. Specifiers that are no ranges (repositories, URLs) are rewritten
/// when a package is published, in ways that changed over the years: they are only told from
/// ranges.
fn same_dependencies(
    registry: &BTreeMap<String, String>,
    package: &BTreeMap<String, String>,
) -> bool {
    let same = |(one, other): (&String, &String)| {
        let (one, other) = (one.trim(), other.trim());
        one == other || (one.contains(['/', ':']) && other.contains(['/', ':']))
    };
    registry.keys().eq(package.keys()) && registry.values().zip(package.values()).all(same)
}

/// Foreign text on one line and of bounded length.
fn escaped(text: &str) -> String {
    text.chars().take(512).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn manifest(value: &Value) -> InstallManifest {
        InstallManifest::parse(value.to_string().as_bytes()).unwrap()
    }

    fn field(registry: &Value, package: &Value) -> Option<&'static str> {
        let has_install_script = registry.get("hasInstallScript").and_then(Value::as_bool);
        let registry = RegistryManifest { manifest: manifest(registry), has_install_script };
        check(&registry, &manifest(package)).err().map(|error| error.field)
    }

    #[test]
    fn a_hidden_dependency_script_or_command_is_named() {
        let plain = json!({"name": "a", "version": "1.0.0"});
        for (name, value, shown) in [
            ("dependencies", json!({"evil": "1"}), "dependencies"),
            ("optionalDependencies", json!({"evil": "1"}), "optionalDependencies"),
            ("peerDependencies", json!({"evil": "1"}), "peerDependencies"),
            ("bundledDependencies", json!(["evil"]), "bundleDependencies"),
            ("bin", json!({"ls": "evil.js"}), "bin"),
            ("os", json!(["linux"]), "os"),
            ("scripts", json!({"postinstall": "evil"}), "scripts"),
        ] {
            let mut other = plain.clone();
            other[name] = value;
            assert_eq!(field(&plain, &other), Some(shown), "in the package: {name}");
            assert_eq!(field(&other, &plain), Some(shown), "in the registry: {name}");
        }
        assert_eq!(field(&plain, &plain), None);
    }

    #[test]
    fn other_scripts_and_what_npm_rewrites_are_no_confusion() {
        let package = json!({
            "name": "a", "version": "v1.0.0", "bin": "./x.js", "scripts": {"test": "x"},
            "dependencies": {"b": "^1 ", "c": "user/repository"}, "directories": {},
        });
        let registry = json!({
            "name": "a", "version": "1.0.0", "bin": {"a": "x.js"}, "scripts": {"test": "y"},
            "dependencies": {"b": "^1", "c": "git+ssh://git@host.example/user/repository.git"},
        });
        assert_eq!(field(&registry, &package), None);
        let range = json!({"name": "a", "version": "1.0.0", "bin": "x.js", "dependencies": {"b": "^1", "c": "1"}});
        assert_eq!(field(&range, &package), Some("dependencies"));
    }

    #[test]
    fn an_abbreviated_document_tells_only_whether_there_are_scripts() {
        let package = json!({"name": "a", "version": "1.0.0", "scripts": {"install": "x"}});
        let flag = |flag: bool| json!({"name": "a", "version": "1.0.0", "hasInstallScript": flag});
        assert_eq!(field(&flag(true), &package), None);
        assert_eq!(field(&flag(false), &package), Some("scripts"));
        assert_eq!(field(&flag(true), &json!({"name": "a", "version": "1.0.0"})), Some("scripts"));
    }

    #[test]
    fn the_build_that_npm_adds_for_a_binding_gyp_is_no_confusion() {
        let said = json!({"name": "a", "version": "1.0.0", "scripts": {"install": "node-gyp rebuild"}, "gypfile": true});
        let registry = RegistryManifest { manifest: manifest(&said), has_install_script: None };
        let package = manifest(&json!({"name": "a", "version": "1.0.0"}));
        assert!(check(&registry, &package).is_err());
        assert_eq!(check(&registry, &package.with_binding_gyp()), Ok(()));
    }

    #[test]
    fn hostile_text_is_escaped() {
        let package = json!({"name": "a", "version": "1\u{1b}[2J", "bin": {"x\n": "y"}});
        let registry = RegistryManifest::default();
        let error = check(&registry, &manifest(&package)).unwrap_err();
        let all = format!("{error}{:?}", error.detail());
        assert!(!all.contains(['\u{1b}', '\n']));
    }
}
