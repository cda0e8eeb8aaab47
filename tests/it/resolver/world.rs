//! Small registries and projects at random: few names, few versions, every kind of dependency.
//!
//! A release is kept as what it depends on, so that a failing world can be shrunk and printed
//! in the language of [`Registry::tree`](crate::support::Registry::tree).

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};
use serde_json::{Map, Value, json};
use std::fmt;

const NAMES: &[&str] = &["a", "b", "c", "d", "e", "@s/f", "g"];
/// Two of each package always, so that most ranges mean something.
const VERSIONS: &[&str] = &["1.0.0", "2.0.0"];
const MORE_VERSIONS: &[&str] = &["1.1.0", "2.1.0-beta.1", "3.0.0"];
const RANGES: &[&str] =
    &["*", "^1", "^1", "^2", "1||3", ">=2", "<3", "~1.0", "1.0.0", "2.x", ">=1", "latest"];
/// Folders that aliases make: new ones, and one that a package of its own would also want.
const ALIASES: &[&str] = &["x", "y", "@s/z", "a"];

/// A registry and a project that depends on it.
#[derive(Clone)]
pub(super) struct World {
    pub(super) releases: Vec<Release>,
    /// package.json without name and version.
    pub(super) project: Value,
}

/// A published version.
#[derive(Clone, Debug)]
pub(super) struct Release {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    deps: Vec<Dep>,
    remark: Option<Remark>,
}

#[derive(Clone, Debug)]
struct Dep {
    kind: Kind,
    name: &'static str,
    spec: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Prod,
    Optional,
    /// A package or a version that nobody published; optional, so that it may be missing.
    OptionalMissing,
    Peer,
    PeerOptional,
    /// Brings its own copy of version 1.0.0.
    Bundled,
    /// `name` is a folder, the package is the spec's.
    Alias(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remark {
    Deprecated,
    OtherSystem,
    OtherNode,
}

impl World {
    /// The registry, one version a line.
    pub(super) fn tree(&self) -> String {
        self.releases.iter().map(|release| release.line() + "\n").collect()
    }

    /// The packument of a package; `None` when nobody published it.
    pub(super) fn packument(&self, name: &str) -> Option<Value> {
        let releases: Vec<_> = self.releases.iter().filter(|found| found.name == name).collect();
        let stable = |release: &&&Release| !release.version.contains('-');
        let latest = releases.iter().rfind(stable).or(releases.last())?;
        let tags = json!({"latest": latest.version});
        let versions = releases.iter().map(|found| (found.version.to_owned(), found.manifest()));
        let versions = Value::Object(versions.collect());
        Some(json!({"name": name, "dist-tags": tags, "versions": versions}))
    }

    /// The whole package.json.
    pub(super) fn package_json(&self) -> Value {
        let mut manifest = json!({"name": "project", "version": "1.0.0"});
        let fields = self.project.as_object().unwrap().clone();
        manifest.as_object_mut().unwrap().extend(fields);
        manifest
    }

    /// What this release carries in its tarball.
    pub(super) fn bundled(&self, name: &str, version: &str) -> Vec<&'static str> {
        let release = self.releases.iter().find(|r| r.name == name && r.version == version);
        let deps = release.map(|release| &release.deps[..]).unwrap_or_default();
        deps.iter().filter(|dep| dep.kind == Kind::Bundled).map(|dep| dep.name).collect()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}{:#}\n", self.tree(), self.project)
    }
}

impl Release {
    fn line(&self) -> String {
        let deps = self.deps.iter().map(|dep| {
            let Dep { kind, name, spec } = dep;
            match kind {
                Kind::Prod => format!(" {name}@{spec}"),
                Kind::Optional | Kind::OptionalMissing => format!(" opt:{name}@{spec}"),
                Kind::Peer => format!(" peer:{name}@{spec}"),
                Kind::PeerOptional => format!(" peeropt:{name}@{spec}"),
                Kind::Bundled => format!(" bundle:{name}@{spec}"),
                Kind::Alias(package) => format!(" alias:{name}=npm:{package}@{spec}"),
            }
        });
        let deps: String = deps.collect();
        let remark = match self.remark {
            None => "",
            Some(Remark::Deprecated) => " ; deprecated=old",
            Some(Remark::OtherSystem) => " ; os=plan9",
            Some(Remark::OtherNode) => " ; node=>=99",
        };
        format!("{}@{} ->{deps}{remark}", self.name, self.version)
    }

    fn manifest(&self) -> Value {
        let Self { name, version, .. } = self;
        let mut manifest = json!({
            "name": name, "version": version,
            "dist": {
                "tarball": format!("https://registry.example/{name}/-/{version}.tgz"),
                "shasum": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            },
        });
        for Dep { kind, name, spec } in &self.deps {
            let (field, spec) = match kind {
                Kind::Prod | Kind::Bundled => ("dependencies", (*spec).to_owned()),
                Kind::Optional | Kind::OptionalMissing => {
                    ("optionalDependencies", (*spec).to_owned())
                }
                Kind::Peer | Kind::PeerOptional => ("peerDependencies", (*spec).to_owned()),
                Kind::Alias(package) => ("dependencies", format!("npm:{package}@{spec}")),
            };
            manifest[field][name] = json!(spec);
            if *kind == Kind::PeerOptional {
                manifest["peerDependenciesMeta"][name] = json!({"optional": true});
            }
        }
        let bundled = self.deps.iter().filter(|dep| dep.kind == Kind::Bundled);
        let bundled: Vec<_> = bundled.map(|dep| dep.name).collect();
        if !bundled.is_empty() {
            manifest["bundleDependencies"] = json!(bundled);
        }
        match self.remark {
            Some(Remark::Deprecated) => manifest["deprecated"] = json!("old"),
            Some(Remark::OtherSystem) => manifest["os"] = json!(["plan9"]),
            Some(Remark::OtherNode) => manifest["engines"] = json!({"node": ">=99"}),
            None => {}
        }
        manifest
    }
}

/// Any world.
pub(super) fn world() -> impl Strategy<Value = World> {
    let packages = NAMES.iter().map(|&name| package(name)).collect::<Vec<_>>();
    (packages, project()).prop_map(|(packages, project)| World {
        releases: packages.into_iter().flatten().collect(),
        project,
    })
}

/// The versions of a package, in ascending order.
fn package(name: &'static str) -> impl Strategy<Value = Vec<Release>> {
    subsequence(MORE_VERSIONS, 0..=2).prop_flat_map(move |more| {
        let mut versions = [VERSIONS, &more].concat();
        versions.sort_unstable();
        versions.into_iter().map(|version| release(name, version)).collect::<Vec<_>>()
    })
}

fn release(name: &'static str, version: &'static str) -> impl Strategy<Value = Release> {
    let remark = prop_oneof![
        12 => Just(None),
        2 => Just(Some(Remark::Deprecated)),
        1 => Just(Some(Remark::OtherSystem)),
        1 => Just(Some(Remark::OtherNode)),
    ];
    (vec(dep(), 0..4), remark).prop_map(move |(mut deps, remark)| {
        // A name stands once in a manifest, and a package does not depend on itself.
        let mut seen = vec![name];
        deps.retain(|dep| {
            !seen.contains(&dep.name) && {
                seen.push(dep.name);
                true
            }
        });
        Release { name, version, deps, remark }
    })
}

fn dep() -> impl Strategy<Value = Dep> {
    let named = |kind| move |(name, spec)| Dep { kind, name, spec };
    let any = || (select(NAMES), select(RANGES));
    prop_oneof![
        8 => any().prop_map(named(Kind::Prod)),
        2 => any().prop_map(named(Kind::Optional)),
        1 => (select(&["missing", "a", "b"][..]), Just("^9")).prop_map(named(Kind::OptionalMissing)),
        4 => any().prop_map(named(Kind::Peer)),
        2 => any().prop_map(named(Kind::PeerOptional)),
        1 => (select(NAMES), Just("1.0.0")).prop_map(named(Kind::Bundled)),
        1 => (select(ALIASES), select(NAMES), select(RANGES))
            .prop_map(|(name, package, spec)| Dep { kind: Kind::Alias(package), name, spec }),
    ]
}

fn project() -> impl Strategy<Value = Value> {
    let deps = |size| vec((select(NAMES), select(RANGES)), size);
    let fields = (deps(1..5), deps(0..3), deps(0..2), deps(0..2));
    (
        fields,
        option::weighted(0.25, (select(NAMES), select(NAMES), 0..4)),
        option::weighted(0.1, select(NAMES)),
    )
        .prop_map(|((prod, dev, optional, peer), overrides, alias)| {
            let mut project = Map::new();
            let mut taken = Vec::new();
            for (field, deps) in [
                ("dependencies", prod),
                ("devDependencies", dev),
                ("optionalDependencies", optional),
                ("peerDependencies", peer),
            ] {
                let mut map = Map::new();
                for (name, spec) in deps {
                    if !taken.contains(&name) {
                        taken.push(name);
                        map.insert(name.to_owned(), json!(spec));
                    }
                }
                if !map.is_empty() {
                    project.insert(field.to_owned(), Value::Object(map));
                }
            }
            if let Some(package) = alias {
                project["dependencies"]["x"] = json!(format!("npm:{package}@*"));
            }
            if let Some((name, other, shape)) = overrides {
                // A rule for what the project itself asks for would be refused.
                let first = project["dependencies"].as_object().unwrap().keys().next().cloned();
                let value = match shape {
                    0 => json!({name: "*", other: {name: "1.0.0"}}),
                    1 => json!({other: {name: "<3"}}),
                    2 => json!({format!("{name}@1"): "2.0.0"}),
                    _ => json!({name: format!("${}", first.unwrap_or_default())}),
                };
                project.insert("overrides".to_owned(), value);
            }
            Value::Object(project)
        })
}
