//! What the developers of a project are to work with: `devEngines` (npm-install-checks
//! `dev-engines.js`).

use serde_json::{Map, Value, json};

use super::inspect::inspect;
use crate::{
    error::{Code, Explain},
    event::{Event, Level},
    spec::{Prereleases, Range, RangeOptions, Syntax, Version},
};

/// The engines that may be named.
const ENGINES: [&str; 5] = ["packageManager", "runtime", "cpu", "libc", "os"];
/// What may be said of one.
const PROPERTIES: [&str; 3] = ["name", "version", "onFail"];
/// What may follow where it is another.
const ON_FAIL: [&str; 4] = ["ignore", "warn", "error", "download"];
/// npm's sentence above the first complaint.
const HEADING: &str =
    "The developer of this package has specified the following through devEngines";

/// What is in use: an engine's name and version, where they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Engine {
    /// For example `node`; empty where it is unknown.
    pub name: String,
    /// For example `v20.20.2`; `None` where the kind of engine has none.
    pub version: Option<String>,
}

/// All that is in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Engines {
    /// npm, which denpm stands in for.
    pub package_manager: Engine,
    /// Node.js.
    pub runtime: Engine,
    /// The processor.
    pub cpu: Engine,
    /// The C library.
    pub libc: Engine,
    /// The operating system, with the version of its kernel.
    pub os: Engine,
}

/// Why a project must not be worked on with what is in use.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DevEnginesError {
    /// The field itself is wrong; npm's sentence.
    #[error("{0}")]
    Malformed(String),
    /// An engine is not the one that is demanded.
    #[error("{HEADING}\n{}", .0.lines().join("\n"))]
    Other(Box<Mismatch>),
}

/// An engine that is not the one that is demanded.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    engine: &'static str,
    on_fail: OnFail,
    reasons: Vec<String>,
    current: Engine,
    required: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnFail {
    Ignore,
    Warn,
    Error,
}

impl Engines {
    /// Holds the field against what is in use; the warnings, and with `force` what would else be
    /// an error.
    ///
    /// # Errors
    /// [`DevEnginesError`], and what there is to warn about beside it.
    pub fn check(&self, wanted: &Value, force: bool) -> (Vec<Event>, Result<(), DevEnginesError>) {
        let found = match self.mismatches(wanted) {
            Ok(found) => found,
            Err(sentence) => return (Vec::new(), Err(DevEnginesError::Malformed(sentence))),
        };
        let of = |kind| found.iter().filter(move |mismatch| mismatch.on_fail == kind);
        let forced = of(OnFail::Error).filter(|_| force);
        let warnings = of(OnFail::Warn).chain(forced).enumerate();
        let warnings = warnings.flat_map(|(nth, mismatch)| mismatch.warnings(nth == 0)).collect();
        let refused = of(OnFail::Error).next().filter(|_| !force);
        let result = refused
            .map_or(Ok(()), |mismatch| Err(DevEnginesError::Other(Box::new(mismatch.clone()))));
        (warnings, result)
    }

    fn mismatches(&self, wanted: &Value) -> Result<Vec<Mismatch>, String> {
        let Value::Object(wanted) = wanted else {
            return Err("Invalid non-object value for \"devEngines\"".to_owned());
        };
        let mut found = Vec::new();
        for (key, required) in wanted {
            let engine = ENGINES.into_iter().find(|engine| engine == key);
            let engine = engine.ok_or_else(|| format!("Invalid property \"devEngines.{key}\""))?;
            let choices = match required {
                Value::Array(choices) => choices.as_slice(),
                one => std::slice::from_ref(one),
            };
            let Some(last) = choices.last() else { continue };
            let current = self.named(engine);
            let mut reasons = Vec::new();
            for choice in choices {
                reasons.extend(difference(engine, choice, current)?);
            }
            if reasons.len() < choices.len() {
                continue;
            }
            let on_fail = match last.get("onFail").and_then(Value::as_str) {
                Some("ignore") => OnFail::Ignore,
                Some("warn") => OnFail::Warn,
                // npm downloads nothing.
                _ => OnFail::Error,
            };
            let (current, required) = (current.clone(), required.clone());
            found.push(Mismatch { engine, on_fail, reasons, current, required });
        }
        Ok(found)
    }

    fn named(&self, engine: &str) -> &Engine {
        match engine {
            "packageManager" => &self.package_manager,
            "runtime" => &self.runtime,
            "cpu" => &self.cpu,
            "libc" => &self.libc,
            _ => &self.os,
        }
    }
}

/// Why an engine is not the one that is demanded; `None` if it is.
fn difference(engine: &str, wanted: &Value, current: &Engine) -> Result<Option<String>, String> {
    let Value::Object(wanted) = wanted else {
        return Err(format!("Invalid non-object value for \"{engine}\""));
    };
    if let Some(unknown) = wanted.keys().find(|key| !PROPERTIES.contains(&key.as_str())) {
        return Err(format!("Invalid property \"{unknown}\" for \"{engine}\""));
    }
    let name = text_of(wanted, "name", engine)?
        .ok_or_else(|| format!("Missing \"name\" property for \"{engine}\""))?;
    if current.name.is_empty() {
        return Err(format!("Unable to determine \"name\" for \"{engine}\""));
    }
    if let Some(word) = text_of(wanted, "onFail", engine)?
        && !ON_FAIL.contains(&word)
    {
        return Err(format!("Invalid onFail value \"{word}\" for \"{engine}\""));
    }
    if name != current.name {
        let is = &current.name;
        return Ok(Some(format!(
            "Invalid name \"{name}\" does not match \"{is}\" for \"{engine}\""
        )));
    }
    let Some(version) = text_of(wanted, "version", engine)? else { return Ok(None) };
    let is = current.version.as_deref().filter(|version| !version.is_empty());
    let is =
        is.ok_or_else(|| format!("Unable to determine \"version\" for \"{engine}\" \"{name}\""))?;
    let strict = RangeOptions { syntax: Syntax::Strict, prereleases: Prereleases::WhenNamed };
    let (kind, matches) = match Range::parse_with(version, strict) {
        Ok(range) => ("semver version", Version::parse(is).is_ok_and(|is| range.satisfies(&is))),
        Err(_) => ("version", version == is),
    };
    Ok((!matches)
        .then(|| format!("Invalid {kind} \"{version}\" does not match \"{is}\" for \"{engine}\"")))
}

/// A property that has to be a string where it is there.
fn text_of<'a>(
    wanted: &'a Map<String, Value>,
    property: &str,
    engine: &str,
) -> Result<Option<&'a str>, String> {
    let Some(value) = wanted.get(property) else { return Ok(None) };
    value
        .as_str()
        .map(Some)
        .ok_or_else(|| format!("Invalid non-string value for \"{property}\" within \"{engine}\""))
}

impl Mismatch {
    /// What is wrong, and why; nothing twice.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("Invalid devEngines.{}", self.engine)];
        lines.extend(self.reasons.iter().flat_map(|reason| reason.lines()).map(str::to_owned));
        lines
    }

    fn warnings(&self, is_first: bool) -> [Event; 2] {
        let heading = is_first.then(|| HEADING.to_owned());
        let lines = heading.into_iter().chain(self.lines()).collect();
        let warn = |lines| Event::log(Level::Warn, Code::Baddevengines.as_str(), lines);
        [warn(lines), warn(self.comparison())]
    }

    /// What is in use and what is demanded, as npm shows it.
    fn comparison(&self) -> Vec<String> {
        let mut current = Map::from_iter([("name".to_owned(), json!(self.current.name))]);
        if let Some(version) = &self.current.version {
            current.insert("version".to_owned(), json!(version));
        }
        let both = json!({"current": current, "required": self.required});
        inspect(&both).lines().map(str::to_owned).collect()
    }
}

impl Explain for DevEnginesError {
    fn code(&self) -> Code {
        match self {
            Self::Malformed(_) => Code::Internal,
            Self::Other(_) => Code::Baddevengines,
        }
    }

    fn code_text(&self) -> String {
        match self {
            // npm has no code for it.
            Self::Malformed(_) => String::new(),
            Self::Other(_) => self.code().as_str().to_owned(),
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Malformed(_) => Vec::new(),
            Self::Other(mismatch) => mismatch.comparison(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_use() -> Engines {
        let engine = |name: &str, version: Option<&str>| Engine {
            name: name.to_owned(),
            version: version.map(str::to_owned),
        };
        Engines {
            package_manager: engine("npm", Some("11.19.1")),
            runtime: engine("node", Some("v20.20.2")),
            cpu: engine("x64", None),
            libc: engine("", None),
            os: engine("linux", Some("6.18.44-rc1")),
        }
    }

    /// The error's text, else the first line of each warning.
    fn checked(wanted: &Value) -> String {
        let (warnings, result) = in_use().check(wanted, false);
        let warning = |event: &Event| match event {
            Event::Log { lines, .. } => lines.first().cloned().unwrap_or_default(),
            _ => String::new(),
        };
        let warnings: Vec<String> = warnings.iter().map(warning).collect();
        result.map_or_else(|error| error.to_string(), |()| warnings.join(" | "))
    }

    #[test]
    fn one_of_several_choices_is_enough() {
        let either = json!({"runtime": [{"name": "bun"}, {"name": "node", "version": ">=20"}]});
        assert_eq!(checked(&either), "");
        assert_eq!(checked(&json!({"runtime": []})), "");
    }

    #[test]
    fn last_choice_says_what_follows() {
        let wanted =
            |word: &str| json!({"cpu": [{"name": "arm"}, {"name": "mips", "onFail": word}]});
        assert_eq!(checked(&wanted("ignore")), "");
        assert_eq!(checked(&wanted("warn")), format!("{HEADING} | {{"));
        let refusal = format!(
            "{HEADING}\nInvalid devEngines.cpu\n\
             Invalid name \"arm\" does not match \"x64\" for \"cpu\"\n\
             Invalid name \"mips\" does not match \"x64\" for \"cpu\""
        );
        assert_eq!(checked(&wanted("download")), refusal);
        assert_eq!(checked(&wanted("error")), refusal);
    }

    #[test]
    fn force_makes_warnings_of_errors() {
        let wanted = json!({"cpu": {"name": "arm"}});
        let (warnings, result) = in_use().check(&wanted, true);
        assert_eq!((warnings.len(), result), (2, Ok(())));
    }

    #[test]
    fn version_is_a_range_of_strict_semver_or_the_text_itself() {
        let os = |version: &str| json!({"os": {"name": "linux", "version": version}});
        assert!(checked(&os("6")).contains("Invalid semver version \"6\""));
        assert_eq!(checked(&os("6.18.44-rc1")), "");
        assert!(checked(&os("six")).contains("Invalid version \"six\""));
        assert_eq!(checked(&json!({"runtime": {"name": "node", "version": ""}})), "");
    }

    #[test]
    fn malformed_field_is_refused_without_a_code() {
        for (wanted, sentence) in [
            (json!(null), "Invalid non-object value for \"devEngines\""),
            (json!({"x": {}}), "Invalid property \"devEngines.x\""),
            (json!({"cpu": "x64"}), "Invalid non-object value for \"cpu\""),
            (json!({"cpu": {"x": 1}}), "Invalid property \"x\" for \"cpu\""),
            (json!({"cpu": {}}), "Missing \"name\" property for \"cpu\""),
            (json!({"cpu": {"name": 1}}), "Invalid non-string value for \"name\" within \"cpu\""),
            (json!({"libc": {"name": "musl"}}), "Unable to determine \"name\" for \"libc\""),
            (
                json!({"cpu": {"name": "x64", "onFail": "x"}}),
                "Invalid onFail value \"x\" for \"cpu\"",
            ),
            (
                json!({"cpu": {"name": "x64", "version": "1"}}),
                "Unable to determine \"version\" for \"cpu\" \"x64\"",
            ),
        ] {
            assert_eq!(checked(&wanted), sentence);
        }
    }
}
