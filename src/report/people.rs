//! Who stands behind packages, and what their code can do, as people and tools read it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::styled::{Line, Text};

/// Somebody who stands behind versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub identity: String,
    /// Packages of which the installed version is theirs.
    pub packages: BTreeSet<String>,
    /// Packages that nobody else ever published.
    pub sole: BTreeSet<String>,
    /// When the last of these versions was published, in milliseconds since 1970.
    pub last_publish: Option<i64>,
    /// How well the registry knew them.
    pub evidence: BTreeSet<String>,
}

/// What authors are listed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Each person with their packages.
    #[default]
    Person,
    /// Each package with its people.
    Package,
}

/// Which packages are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All.
    #[default]
    All,
    /// Those that one account alone ever published.
    Sole,
}

/// The authors as asked for: only their sole packages, and only those who have some.
pub fn selected(mut authors: Vec<Author>, which: Which) -> Vec<Author> {
    if which == Which::Sole {
        for author in &mut authors {
            author.packages.clone_from(&author.sole);
        }
        authors.retain(|author| !author.packages.is_empty());
        authors.sort_by(|a, b| {
            b.packages.len().cmp(&a.packages.len()).then_with(|| a.identity.cmp(&b.identity))
        });
    }
    authors
}

/// Packages with whoever stands behind them, and whether nobody else ever published.
fn by_package(authors: &[Author]) -> BTreeMap<&str, (BTreeSet<&str>, bool)> {
    let mut packages: BTreeMap<&str, (BTreeSet<&str>, bool)> = BTreeMap::new();
    for author in authors {
        for package in &author.packages {
            let (people, sole) = packages.entry(package).or_default();
            people.insert(&author.identity);
            *sole |= author.sole.contains(package);
        }
    }
    packages
}

/// Authors as text: who, how many packages, how many that nobody else publishes.
pub fn authors_text(authors: &[Author], by: By) -> Text {
    let mut text = Text::new();
    let mut push = |line: String| text.push(Line::new().plain(&line));
    if by == By::Package {
        for (package, (people, sole)) in by_package(authors) {
            let people: Vec<&str> = people.into_iter().collect();
            let sole = if sole { ", sole publisher" } else { "" };
            push(format!("{package}: {}{sole}", people.join(", ")));
        }
        return text;
    }
    for author in authors {
        let evidence: Vec<&str> = author.evidence.iter().map(String::as_str).collect();
        push(format!(
            "{}: {}, sole publisher of {} ({})",
            author.identity,
            super::packages(author.packages.len()),
            author.sole.len(),
            evidence.join(", ")
        ));
    }
    text
}

/// Authors as JSON.
pub fn authors_json(authors: &[Author], by: By) -> Value {
    if by == By::Package {
        let packages = by_package(authors).into_iter();
        let package =
            |(name, (people, sole))| json!({"name": name, "identities": people, "sole": sole});
        return packages.map(package).collect();
    }
    let author = |author: &Author| {
        json!({
            "identity": author.identity,
            "packages": author.packages,
            "sole": author.sole,
            "lastPublish": author.last_publish,
            "evidence": author.evidence,
        })
    };
    Value::Array(authors.iter().map(author).collect())
}

/// The powers of one package's code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Powers {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version it is compared with, where one was asked for.
    pub baseline: Option<String>,
    /// What it can do, or can do now and could not before.
    pub powers: Vec<String>,
    /// What it could do and cannot any more.
    pub lost: Vec<String>,
    /// Builtin modules among them.
    pub builtins: BTreeSet<String>,
    /// Globals among them.
    pub globals: BTreeSet<String>,
}

/// Powers as text.
pub fn powers_text(all: &[Powers]) -> Text {
    let mut text = Text::new();
    for package in all {
        let from = package.baseline.as_ref().map(|old| format!("{old} → ")).unwrap_or_default();
        let sign = if package.baseline.is_some() { "+ " } else { "" };
        text.push(Line::new().plain(&format!("{} {from}{}", package.name, package.version)));
        let gained = package.powers.iter().map(|power| format!("  {sign}{power}"));
        for line in gained.chain(package.lost.iter().map(|power| format!("  - {power}"))) {
            text.push(Line::new().plain(&line));
        }
    }
    text
}

/// Powers as JSON.
pub fn powers_json(all: &[Powers]) -> Value {
    let package = |package: &Powers| {
        json!({
            "name": package.name,
            "version": package.version,
            "baseline": package.baseline,
            "capabilities": package.powers,
            "lost": package.lost,
        })
    };
    all.iter().map(package).collect()
}

/// Powers as a `LavaMoat` policy: builtin modules and globals of each package.
pub fn powers_lavamoat(all: &[Powers]) -> Value {
    let allowed = |names: &BTreeSet<String>| -> Map<String, Value> {
        names.iter().map(|name| (name.clone(), Value::Bool(true))).collect()
    };
    let mut resources: BTreeMap<&str, [Map<String, Value>; 2]> = BTreeMap::new();
    for package in all {
        let [builtin, globals] = resources.entry(&package.name).or_default();
        builtin.extend(allowed(&package.builtins));
        globals.extend(allowed(&package.globals));
    }
    let resources: Map<String, Value> = resources
        .into_iter()
        .filter(|(_, parts)| parts.iter().any(|part| !part.is_empty()))
        .map(|(name, [builtin, globals])| {
            (name.to_owned(), json!({"builtin": builtin, "globals": globals}))
        })
        .collect();
    json!({ "resources": resources })
}
