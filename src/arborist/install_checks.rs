//! Engines and platforms: `npm-install-checks`.

use serde_json::{Value, json};

use super::inspect::inspect;
use crate::{
    error::{Code, Explain},
    event::{Event, Level},
    manifest::Manifest,
    pending::PendingText,
    spec::{Range, Version},
};

/// The machine and runtimes that packages are checked against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// `node --version` with its `v`.
    pub node_version: PendingText,
    /// The npm that denpm stands in for.
    pub npm_version: String,
    /// This machine.
    pub host: Platform,
    /// What the tree is for, where it differs (`--os`, `--cpu`, `--libc`).
    pub target: Platform,
}

/// A platform in Node.js's words; empty text means unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// `process.platform`
    pub os: String,
    /// `process.arch`
    pub cpu: String,
    /// `glibc`, `musl`, or none.
    pub libc: Option<String>,
}

/// A package that does not suit the machine.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CheckError {
    /// `engines` names other versions.
    #[error("Unsupported engine")]
    Engine {
        /// `name@version`
        package: String,
        /// The `engines` field.
        required: Value,
        /// The Node.js version.
        node: String,
        /// The npm version.
        npm: String,
    },
    /// `os`, `cpu` or `libc` exclude the machine.
    #[error("Unsupported platform")]
    Platform {
        /// `name@version`
        package: String,
        /// `os`, `cpu`, `libc` as the package has them.
        required: [Option<Value>; 3],
        /// The machine.
        current: Platform,
    },
}

impl Machine {
    /// Checks `engines`; `force` leaves Node.js out of it.
    ///
    /// # Errors
    /// [`CheckError::Engine`].
    pub fn check_engine(&self, package: &Manifest, force: bool) -> Result<(), Box<CheckError>> {
        let Some(engines) = &package.engines else { return Ok(()) };
        if engine_ok(engines, &self.npm_version, if force { "" } else { &self.node_version }) {
            return Ok(());
        }
        Err(Box::new(CheckError::Engine {
            package: package_id(package),
            required: (**engines).clone(),
            node: self.node_version.to_string(),
            npm: self.npm_version.clone(),
        }))
    }

    /// Checks a package that must be installable on this machine.
    ///
    /// # Errors
    /// [`CheckError::Platform`].
    pub fn check_host_platform(
        &self,
        package: &Manifest,
        force: bool,
    ) -> Result<(), Box<CheckError>> {
        if force { Ok(()) } else { check_platform(package, &self.host) }
    }

    /// Checks an optional package against the machine the tree is for.
    ///
    /// # Errors
    /// [`CheckError::Platform`].
    pub fn check_target_platform(&self, package: &Manifest) -> Result<(), Box<CheckError>> {
        check_platform(package, &self.target)
    }
}

/// True when an `engines` field admits these versions; an empty version is not checked.
pub fn engine_ok(engines: &Value, npm: &str, node: &str) -> bool {
    let admits = |key: &str, version: &str| {
        let Some(range) = engines.get(key).and_then(Value::as_str).filter(|r| !r.is_empty()) else {
            return true;
        };
        if version.is_empty() {
            return true;
        }
        match (Range::known(range), Version::parse_loose(version)) {
            (Some(range), Ok(version)) => range.satisfies_with_prerelease(&version),
            _ => false,
        }
    };
    admits("node", node) && admits("npm", npm)
}

fn check_platform(package: &Manifest, current: &Platform) -> Result<(), Box<CheckError>> {
    let allows = |list: &Option<Box<Value>>, value: &str| {
        list.as_ref().is_none_or(|list| allowed(value, list))
    };
    let libc_ok = match (&package.libc, &current.libc) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(list), Some(libc)) => allowed(libc, list),
    };
    if allows(&package.os, &current.os) && allows(&package.cpu, &current.cpu) && libc_ok {
        return Ok(());
    }
    Err(Box::new(CheckError::Platform {
        package: package_id(package),
        required: [&package.os, &package.cpu, &package.libc].map(|list| list.as_deref().cloned()),
        current: current.clone(),
    }))
}

/// `any`, one positive match, or nothing but negations that do not match.
fn allowed(value: &str, list: &Value) -> bool {
    let entries: Vec<&str> = match list {
        Value::String(entry) => vec![entry],
        Value::Array(entries) => entries.iter().filter_map(Value::as_str).collect(),
        // An empty or odd value is falsy or has no entries in npm's eyes.
        _ => return true,
    };
    if entries == ["any"] {
        return true;
    }
    let negated: Vec<&str> = entries.iter().filter_map(|entry| entry.strip_prefix('!')).collect();
    if negated.contains(&value) {
        return false;
    }
    entries.contains(&value) || negated.len() == entries.len()
}

fn package_id(package: &Manifest) -> String {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    format!("{}@{}", text(&package.name), text(&package.version))
}

impl CheckError {
    /// npm's warning for a package whose engines are not strict.
    pub fn warning(&self) -> Event {
        let mut lines = vec![self.to_string()];
        if let Self::Engine { package, required, node, npm } = self {
            let current = json!({"node": node, "npm": npm});
            let facts = json!({"package": package, "required": required, "current": current});
            let text = format!("{self} {}", inspect(&facts));
            lines = text.lines().map(str::to_owned).collect();
        }
        Event::log(Level::Warn, self.code().as_str(), lines)
    }
}

impl Explain for CheckError {
    fn code(&self) -> Code {
        match self {
            Self::Engine { .. } => Code::Badengine,
            Self::Platform { .. } => Code::Badplatform,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Engine { package, .. } | Self::Platform { package, .. } => Some(package.clone()),
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Engine { package, required, node, npm } => vec![
                "Not compatible with your version of node/npm: ".to_owned() + package,
                format!("Required: {required}"),
                format!("Actual:   {{\"npm\":\"{npm}\",\"node\":\"{node}\"}}"),
            ],
            Self::Platform { package, required, current } => {
                platform_lines(package, required, current)
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Engine { .. } => {
                Some("use a version of Node.js that the package supports".into())
            }
            Self::Platform { .. } => None,
        }
    }
}

fn platform_lines(package: &str, required: &[Option<Value>; 3], current: &Platform) -> Vec<String> {
    let libc = current.libc.clone().unwrap_or_default();
    let actual = [("os", &current.os), ("cpu", &current.cpu), ("libc", &libc)];
    let (mut wanted, mut have) = (serde_json::Map::new(), serde_json::Map::new());
    for ((key, value), list) in actual.iter().zip(required) {
        if let Some(list) = list {
            wanted.insert((*key).to_owned(), list.clone());
            have.insert((*key).to_owned(), Value::String((*value).clone()));
        }
    }
    let (wanted_text, have_text) = (Value::Object(wanted.clone()), Value::Object(have.clone()));
    let mut lines = vec![format!(
        "Unsupported platform for {package}: wanted {wanted_text} (current: {have_text})"
    )];
    for (key, label) in [("os", "os"), ("cpu", "cpu"), ("libc", "libc")] {
        if let (Some(list), Some(value)) = (wanted.get(key), have.get(key)) {
            let list = match list {
                Value::Array(items) => {
                    items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
                }
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            lines.push(format!("Valid {label}:{}{list}", " ".repeat(6 - label.len())));
            lines.push(format!(
                "Actual {label}:{}{}",
                " ".repeat(5 - label.len()),
                value.as_str().unwrap_or_default()
            ));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_allow_any_one_match_or_only_foreign_negations() {
        assert!(allowed("linux", &json!(["any"])));
        assert!(allowed("linux", &json!(["darwin", "linux"])));
        assert!(allowed("linux", &json!(["!win32"])));
        assert!(!allowed("linux", &json!(["!linux", "darwin"])));
        assert!(!allowed("linux", &json!("darwin")));
    }

    #[test]
    fn engines_accept_prereleases_of_the_runtime() {
        assert!(engine_ok(&json!({"node": ">=20"}), "11.0.0", "v21.0.0-nightly"));
        assert!(!engine_ok(&json!({"node": "<20"}), "11.0.0", "v20.1.0"));
        assert!(engine_ok(&json!({"npm": "<5"}), "", "v20.1.0"));
    }

    #[test]
    fn libc_list_needs_a_known_libc() {
        let package = Manifest::from_value(&json!({"name": "a", "libc": ["glibc"]})).unwrap();
        assert!(check_platform(&package, &Platform::default()).is_err());
    }
}
