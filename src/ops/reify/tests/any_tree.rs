//! Random trees: how the disk got there must not show.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Fixture, NotFetched, depends};
use crate::reify::script_policy::ScriptMode;

const NAMES: [&str; 4] = ["a", "b", "@s/c", "d"];

/// What lies at one place: 1 and 2 are versions, 3 is a link.
type Wish = (Vec<usize>, u8);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    prop::collection::vec((prop::collection::vec(0..NAMES.len(), 1..=3), 1_u8..=3), 0..8)
}

/// The entries of a lock; what is nested in a link is left out.
fn entries(wishes: &[Wish]) -> Value {
    let mut kinds: BTreeMap<Vec<usize>, u8> = BTreeMap::new();
    for (path, kind) in wishes {
        for length in 1..path.len() {
            kinds.entry(path[..length].to_vec()).or_insert(1);
        }
        kinds.insert(path.clone(), *kind);
    }
    let is_link = |path: &[usize]| kinds.get(path) == Some(&3);
    let mut entries = serde_json::Map::new();
    for (path, kind) in &kinds {
        if (1..path.len()).any(|length| is_link(&path[..length])) {
            continue;
        }
        let at: Vec<String> =
            path.iter().map(|&name| format!("node_modules/{}", NAMES[name])).collect();
        let name = NAMES[path[path.len() - 1]];
        let entry = if *kind == 3 {
            let folder = format!("lib/{name}");
            entries.insert(folder.clone(), json!({"name": name, "version": "3.0.0"}));
            json!({"resolved": folder, "link": true})
        } else {
            json!({"version": format!("{kind}.0.0"), "bin": bin(name)})
        };
        entries.insert(at.join("/"), entry);
    }
    Value::Object(entries)
}

/// No name is claimed twice: who has such a one depends on what was built last, as with npm.
fn bin(name: &str) -> Value {
    json!({name.rsplit('/').next().unwrap(): "cli.js"})
}

fn fixture() -> Fixture {
    let mut fixture = Fixture::new(depends(&[]));
    for name in NAMES {
        for version in ["1.0.0", "2.0.0"] {
            let manifest = json!({"name": name, "version": version, "bin": bin(name)});
            fixture.publish(&manifest, &[("cli.js", version), ("lib/deep/x.js", name)]);
        }
        let manifest = json!({"name": name, "version": "3.0.0"});
        fixture.write(&format!("lib/{name}/package.json"), &manifest.to_string());
    }
    fixture
}

/// Files and links; npm, too, leaves folders behind that became empty.
fn files(fixture: &Fixture) -> BTreeMap<String, String> {
    fixture.tree().into_iter().filter(|(path, _)| !path.ends_with('/')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_becomes_any_other_and_a_failure_leaves_it(old in wishes(), new in wishes()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (changed, fresh) = (fixture(), fixture());
            fresh.install(entries(&new)).await;
            changed.install(entries(&old)).await;
            let before = changed.tree();
            let applied = changed.apply(&entries(&new), ScriptMode::AllowAll).await;
            let refused = applied
                .map_err(|error| TestCaseError::fail(error.to_string()))?
                .finish(|| Err(NotFetched { package: String::new() }.into()));
            prop_assert!(refused.is_err());
            prop_assert_eq!(changed.tree(), before);
            changed.install(entries(&new)).await;
            prop_assert_eq!(files(&changed), files(&fresh));
            let again = changed.install(entries(&new)).await;
            prop_assert_eq!((again.placed, again.removed), (0, 0));
            Ok(())
        })?;
    }
}
