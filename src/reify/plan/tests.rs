//! Plans of small trees, without a disk.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::*;
use crate::{
    arborist::{DiffOptions, LockEntry, Omit, Project, Shrinkwrap, TreeSettings},
    manifest::Manifest,
    reify::script_package::{PackageKind, ScriptPackage},
};
use std::sync::Arc;

/// Nothing can be read: what the tree knows has to do.
struct NoFiles;

impl PackageFiles for NoFiles {
    fn manifest(&self, _node: NodeId) -> Option<Arc<Manifest>> {
        None
    }

    fn has_binding_gyp(&self, _node: NodeId) -> bool {
        false
    }
}

struct Trees {
    tree: Tree,
    ideal: NodeId,
    actual: NodeId,
    diff: Diff,
}

fn lock(packages: &Value) -> Shrinkwrap {
    let flag =
        |entry: &Value, key: &str| entry.get(key).and_then(Value::as_bool).unwrap_or_default();
    let entry = |entry: &Value| LockEntry {
        package: Arc::new(Manifest::from_value(entry).unwrap()),
        resolved: entry.get("resolved").and_then(Value::as_str).map(str::to_owned),
        link: flag(entry, "link"),
        ..LockEntry::default()
    };
    let packages = packages.as_object().unwrap();
    let packages = packages.iter().map(|(at, value)| (at.clone(), entry(value))).collect();
    Shrinkwrap { packages, version: Some(3), ..Shrinkwrap::default() }
}

impl Trees {
    fn new(root: &Value, workspaces: &[&str], actual: &Value, ideal: &Value) -> Self {
        let mut tree = Tree::new(TreeSettings::default());
        let workspaces: IndexMap<String, String> =
            workspaces.iter().map(|name| ((*name).to_owned(), format!("/p/{name}"))).collect();
        let package = Arc::new(Manifest::from_value(root).unwrap());
        let project = Project { path: "/p".into(), package, workspaces };
        let ideal_root = tree.add_project(&project).unwrap();
        tree.load_virtual(ideal_root, &lock(ideal), "/p").unwrap();
        let actual =
            tree.load_actual(&project, crate::arborist::Records::Hidden(&lock(actual))).unwrap();
        let options = DiffOptions {
            actual,
            ideal: ideal_root,
            omit: Omit::default(),
            only: &[],
            exists: &|_| true,
        };
        let diff = tree.diff(&options);
        Self { tree, ideal: ideal_root, actual, diff }
    }

    fn plan(&self) -> Result<Plan, LocationError> {
        plan(&PlanInput {
            tree: &self.tree,
            diff: &self.diff,
            ideal: self.ideal,
            actual: self.actual,
            project: Path::new("/p"),
            absent: &IndexSet::new(),
        })
    }

    fn scripts(&self) -> Vec<ScriptPackage> {
        script_packages(&self.tree, &self.diff, self.ideal, &NoFiles)
    }
}

fn root(names: &[&str]) -> Value {
    let deps: IndexMap<&str, &str> = names.iter().map(|name| (*name, "*")).collect();
    json!({"name": "root", "version": "1.0.0", "dependencies": deps})
}

/// `+ place [kept]` and `- remove`, in the order of the plan.
fn shown(plan: &Plan) -> Vec<String> {
    let change = |change: &Change| match change {
        Change::Place { at, keep } if keep.is_empty() => format!("+ {at}"),
        Change::Place { at, keep } => {
            let keep: Vec<_> = keep.iter().map(Location::as_str).collect();
            format!("+ {at} [{}]", keep.join(" "))
        }
        Change::Remove { at } => format!("- {at}"),
    };
    plan.changes.iter().map(change).collect()
}

fn version(version: &str) -> Value {
    json!({"version": version})
}

#[test]
fn plan_keeps_what_is_unchanged_and_opens_what_is_half_changed() {
    let tree = |a: &str, deep: &str| {
        json!({
            "node_modules/a": version(a),
            "node_modules/a/node_modules/kept": version("1.0.0"),
            "node_modules/a/node_modules/kept/node_modules/below": version("1.0.0"),
            "node_modules/a/node_modules/mid": version("1.0.0"),
            "node_modules/a/node_modules/mid/node_modules/deep": version(deep),
            "node_modules/a/node_modules/mid/node_modules/low": version("1.0.0"),
        })
    };
    let trees = Trees::new(&root(&["a"]), &[], &tree("1.0.0", "1.0.0"), &tree("2.0.0", "2.0.0"));
    let plan = trees.plan().unwrap();
    assert_eq!(
        shown(&plan),
        [
            "+ node_modules/a [node_modules/a/node_modules/kept node_modules/a/node_modules/mid/node_modules/low]",
            "+ node_modules/a/node_modules/mid/node_modules/deep",
        ]
    );
    let opened: Vec<_> =
        plan.opened.iter().map(|(outer, opened)| (outer.as_str(), opened.as_str())).collect();
    assert_eq!(opened, [("node_modules/a", "node_modules/a/node_modules/mid")]);
    assert_eq!(plan.packages[0].cleared.len(), 3);
}

#[test]
fn plan_of_names_that_differ_in_case_removes_one_and_places_the_other() {
    let trees = Trees::new(
        &root(&["foo"]),
        &[],
        &json!({"node_modules/Foo": version("1.0.0")}),
        &json!({"node_modules/foo": version("1.0.0")}),
    );
    assert_eq!(shown(&trees.plan().unwrap()), ["+ node_modules/foo", "- node_modules/Foo"]);
}

#[test]
fn plan_with_a_path_no_disk_should_see_is_refused() {
    for name in ["a:b", "a\\..\\..\\b"] {
        let at = format!("node_modules/{name}");
        let trees = Trees::new(&root(&[name]), &[], &json!({}), &json!({at: version("1.0.0")}));
        assert!(trees.plan().is_err(), "{name}");
    }
}

#[test]
fn plan_of_a_failed_package_takes_its_old_version_away() {
    let old = json!({"node_modules/a": version("1.0.0"), "node_modules/b": version("1.0.0")});
    let new = json!({"node_modules/a": version("2.0.0"), "node_modules/b": version("1.0.0")});
    let trees = Trees::new(&root(&["a", "b"]), &[], &old, &new);
    let at = |at: &str| trees.tree.at_location(trees.ideal, at).unwrap();
    let absent = IndexSet::from([at("node_modules/a"), at("node_modules/b")]);
    let input = PlanInput {
        tree: &trees.tree,
        diff: &trees.diff,
        ideal: trees.ideal,
        actual: trees.actual,
        project: Path::new("/p"),
        absent: &absent,
    };
    assert_eq!(shown(&plan(&input).unwrap()), ["- node_modules/a", "- node_modules/b"]);
}

#[test]
fn link_content_is_the_way_to_the_folder_unless_overridden() {
    let tree = json!({
        "node_modules/@s/x": {"resolved": "lib/x", "link": true},
        "lib/x": {"name": "@s/x", "version": "1.0.0"},
    });
    for (overrides, expected) in [
        (json!({}), "../../lib/x"),
        (json!({"@s/x": "file:other/x"}), "../../other/x"),
        (json!({"@s/x": "1.0.0"}), "../../lib/x"),
    ] {
        let mut root = root(&["@s/x"]);
        root["overrides"] = overrides;
        let trees = Trees::new(&root, &[], &json!({}), &tree);
        assert_eq!(trees.plan().unwrap().links[0].target, expected);
    }
}

#[test]
fn bins_of_what_is_built_come_before_those_of_what_stays() {
    let bin = |version: &str| json!({"version": version, "bin": {"tool": "t.js"}});
    let old = json!({"node_modules/a": bin("1.0.0"), "node_modules/b": bin("1.0.0"), "node_modules/b/node_modules/c": bin("1.0.0")});
    let new = json!({"node_modules/a": bin("1.0.0"), "node_modules/b": bin("2.0.0"), "node_modules/b/node_modules/c": bin("1.0.0")});
    let plan = Trees::new(&root(&["a", "b"]), &[], &old, &new).plan().unwrap();
    let bins: Vec<_> =
        plan.bins.iter().map(|bin| (bin.at.as_str(), bin.package.as_str(), bin.is_due)).collect();
    assert_eq!(
        bins,
        [
            ("node_modules/.bin/tool", "node_modules/b", true),
            ("node_modules/b/node_modules/.bin/tool", "node_modules/b/node_modules/c", true),
        ]
    );
    assert!(plan.removed_bins.is_empty());
}

#[test]
fn bin_of_what_leaves_goes_although_another_package_has_its_name() {
    let bin = json!({"version": "1.0.0", "bin": {"tool": "t.js"}});
    let old = json!({"node_modules/a": bin.clone(), "node_modules/b": bin.clone()});
    let new = json!({"node_modules/a": bin});
    let plan = Trees::new(&root(&["a"]), &[], &old, &new).plan().unwrap();
    let removed: Vec<_> = plan.removed_bins.iter().map(|bin| bin.at.as_str()).collect();
    assert_eq!(removed, ["node_modules/.bin/tool"]);
}

#[test]
fn package_that_a_link_leads_to_has_its_bins_through_the_link() {
    let new = json!({
        "node_modules/a": {"version": "1.0.0", "bin": {"tool": "t.js"}},
        "node_modules/a/node_modules/a": {"resolved": "node_modules/a", "link": true},
    });
    let plan = Trees::new(&root(&["a"]), &[], &json!({}), &new).plan().unwrap();
    let bins: Vec<_> = plan.bins.iter().map(|bin| bin.at.as_str()).collect();
    assert_eq!(bins, ["node_modules/a/node_modules/.bin/tool"]);
}

#[test]
fn script_packages_come_in_npm_order_with_what_each_is_to_the_project() {
    let scripted = |version: &str| json!({"version": version, "scripts": {"postinstall": "x"}});
    let mut bundler = scripted("1.0.0");
    bundler["bundleDependencies"] = json!(["in"]);
    bundler["dependencies"] = json!({"in": "*"});
    let ideal = json!({
        "node_modules/b": scripted("1.0.0"),
        "node_modules/B-1": scripted("1.0.0"),
        "node_modules/a": bundler,
        "node_modules/a/node_modules/in": scripted("1.0.0"),
        "node_modules/silent": version("1.0.0"),
        "node_modules/same": scripted("1.0.0"),
        "node_modules/w": {"resolved": "w", "link": true},
        "w": {"name": "w", "version": "1.0.0", "scripts": {"prepare": "x"}},
        "node_modules/l": {"resolved": "l", "link": true},
        "l": {"name": "l", "version": "1.0.0", "scripts": {"prepare": "x"}},
    });
    let mut actual = ideal.clone();
    actual.as_object_mut().unwrap().retain(|at, _| {
        ["node_modules/same", "node_modules/w", "w", "node_modules/l", "l"].contains(&at.as_str())
    });
    let trees =
        Trees::new(&root(&["a", "b", "B-1", "silent", "same", "l"]), &["w"], &actual, &ideal);
    let queue: Vec<_> =
        trees.scripts().into_iter().map(|package| (package.location, package.kind)).collect();
    let expected = [
        ("node_modules/a", PackageKind::Dependency),
        ("node_modules/b", PackageKind::Dependency),
        ("node_modules/B-1", PackageKind::Dependency),
        ("node_modules/l", PackageKind::Link),
        ("node_modules/w", PackageKind::Workspace),
        ("node_modules/a/node_modules/in", PackageKind::Bundled),
    ];
    assert_eq!(queue, expected.map(|(at, kind)| (at.to_owned(), kind)));
}

#[test]
fn script_package_of_an_optional_package_names_its_set() {
    let ideal = json!({
        "node_modules/o": {"version": "1.0.0", "scripts": {"install": "x"}, "dependencies": {"only": "*"}},
        "node_modules/only": version("1.0.0"),
    });
    let project = json!({"name": "root", "optionalDependencies": {"o": "*"}});
    let trees = Trees::new(&project, &[], &json!({}), &ideal);
    let queue = trees.scripts();
    assert_eq!(queue[0].optional_set, ["node_modules/o", "node_modules/only"]);
    assert!(queue[0].flags.optional && queue[0].is_registry && queue[0].link_specs.is_empty());
}
