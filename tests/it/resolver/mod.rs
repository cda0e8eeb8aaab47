//! Resolution of random registries: what holds for every tree, whatever it is resolved from.
//!
//! The worlds are the same in every run. `DENPM_FUZZ_SEED` chooses others and
//! `DENPM_FUZZ_CASES` their number:
//!
//! ```text
//! DENPM_FUZZ_SEED=7 DENPM_FUZZ_CASES=20000 cargo test --test it resolver
//! ```

mod world;

use crate::support::{oracle::both, sandbox::variable};
use denpm::{
    arborist::{
        BuildError, BuildOptions, EdgeId, Fetched, Ideal, InstallStrategy, LoadFailure, LockStart,
        Machine, ManifestRequest, Manifests, NodeId, PackageSource, PeerDeps, PickOptions,
        Platform, Project, Shrinkwrap, Start, Tree, TreeSettings, build, pick_manifest,
    },
    error::{Code, Explain},
    event::{Event, Reporter},
    explanation::EdgeType,
    lockfile::{LockWriter, Lockfile, RegistryResolved},
    manifest::{JsonFormat, Manifest, Packument},
    spec::Spec,
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::json;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use world::{World, world};

/// More packages announced than any of these worlds needs.
const MAX_ANNOUNCED: usize = 3_000;
/// More nodes than any of these worlds needs.
const MAX_NODES: usize = 5_000;

/// Settings that change where packages go.
#[derive(Clone, Copy, Debug)]
struct Way {
    complete: Complete,
    peers: Peers,
    strategy: InstallStrategy,
    prefer_dedupe: bool,
}

/// `npm install --package-lock-only`
const AS_NPM: Way = Way {
    complete: Complete::Yes,
    peers: Peers::Default,
    strategy: InstallStrategy::Hoisted,
    prefer_dedupe: false,
};

/// Whether bundles are looked into (`--package-lock-only`) or left for the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Complete {
    Yes,
    No,
}

/// What becomes of peer dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peers {
    Default,
    Strict,
    Force,
    Legacy,
}

fn way() -> impl Strategy<Value = Way> {
    let complete = prop_oneof![Just(Complete::Yes), Just(Complete::No)];
    let peers = prop_oneof![
        6 => Just(Peers::Default),
        1 => Just(Peers::Strict),
        1 => Just(Peers::Force),
        1 => Just(Peers::Legacy),
    ];
    let strategy = prop_oneof![
        6 => Just(InstallStrategy::Hoisted),
        1 => Just(InstallStrategy::Nested),
        1 => Just(InstallStrategy::Shallow),
    ];
    (complete, peers, strategy, prop::bool::weighted(0.2)).prop_map(
        |(complete, peers, strategy, prefer_dedupe)| Way {
            complete,
            peers,
            strategy,
            prefer_dedupe,
        },
    )
}

fn number(name: &str, default: u32) -> u32 {
    let set = variable(name).and_then(|value| value.to_str()?.parse().ok());
    set.unwrap_or(default)
}

fn runner(cases: u32) -> TestRunner {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number("DENPM_FUZZ_SEED", 0).to_le_bytes());
    let cases = number("DENPM_FUZZ_CASES", cases);
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// A registry in memory.
struct Memory<'a> {
    world: &'a World,
    packuments: BTreeMap<String, Packument>,
    unpacked: TempDir,
    asked: RefCell<Vec<String>>,
    failed: Cell<usize>,
    announced: Cell<usize>,
    /// How many were when the first question was asked.
    announced_before: Cell<Option<usize>>,
}

/// Resolution goes in circles. Some worlds have no stable tree under npm's rules: two placements
/// undo each other, and npm itself never ends. Only the bound on nodes would end it here.
struct Endless;

#[derive(Debug, thiserror::Error)]
#[error("404 Not Found: {0}")]
struct NotFound(String);

impl Explain for NotFound {
    fn code(&self) -> Code {
        Code::Notfound
    }
}

impl<'a> Memory<'a> {
    fn of(world: &'a World) -> Self {
        let names: BTreeSet<_> = world.releases.iter().map(|release| release.name).collect();
        let packuments = names.into_iter().map(|name| {
            let text = world.packument(name).unwrap().to_string();
            (name.to_owned(), Packument::parse(text.into()).unwrap())
        });
        Self {
            world,
            packuments: packuments.collect(),
            unpacked: TempDir::new().unwrap(),
            asked: RefCell::default(),
            failed: Cell::new(0),
            announced: Cell::new(0),
            announced_before: Cell::new(None),
        }
    }

    fn pick(&self, spec: &Spec) -> Result<Arc<Fetched>, LoadFailure> {
        let name = spec.target().name.clone().unwrap_or_default();
        let Some(packument) = self.packuments.get(&name) else {
            return Err(LoadFailure::new(NotFound(name)));
        };
        let options = PickOptions {
            default_tag: "latest".into(),
            node_version: machine().node_version,
            ..PickOptions::default()
        };
        let manifest =
            pick_manifest(packument, spec.target(), &options).map_err(LoadFailure::new)?;
        let resolved = manifest.dist.as_ref().and_then(|dist| dist.tarball.clone());
        Ok(Arc::new(Fetched { manifest, resolved: resolved.map(Into::into), integrity: None }))
    }
}

impl Memory<'_> {
    /// Whether what the edge asks for is a peer, or has peers of its own.
    fn has_peers(&self, tree: &Tree, edge: EdgeId) -> bool {
        let spec = Spec::resolve(tree.edge_name(edge), &tree.edge_spec(edge), Path::new("/"));
        let picked = spec.ok().and_then(|spec| self.pick(&spec).ok());
        tree[edge].kind.is_peer()
            || picked.is_none_or(|picked| !picked.manifest.peer_dependencies.is_empty())
    }
}

impl Manifests for Memory<'_> {
    fn manifest(&self, request: &ManifestRequest<'_>) -> Result<Arc<Fetched>, LoadFailure> {
        let before = self.announced_before.get().unwrap_or(self.announced.get());
        self.announced_before.set(Some(before));
        self.asked.borrow_mut().push(request.spec.to_string());
        let picked = self.pick(request.spec);
        self.failed.update(|failed| failed + usize::from(picked.is_err()));
        picked
    }

    fn prefetch(&self, _: &Spec) {
        self.announced.update(|announced| announced + 1);
        if self.announced.get() > MAX_ANNOUNCED {
            panic::resume_unwind(Box::new(Endless));
        }
    }

    fn folder(&self, _: &str) -> Option<Arc<Manifest>> {
        None
    }

    fn inner_lock(&self, _: &Path) -> Option<Shrinkwrap> {
        None
    }

    fn unpacked(&self, source: &PackageSource<'_>) -> Result<PathBuf, LoadFailure> {
        let folder = self.unpacked.path().join(source.package_name).join(source.version);
        for name in self.world.bundled(source.package_name, source.version) {
            let inner = folder.join("node_modules").join(name);
            fs::create_dir_all(&inner).unwrap();
            let manifest = json!({"name": name, "version": "1.0.0"}).to_string();
            fs::write(inner.join("package.json"), manifest).unwrap();
        }
        Ok(folder)
    }
}

/// Counts the conflicts of peers that were accepted.
#[derive(Default)]
struct Accepted(Mutex<usize>);

impl Reporter for Accepted {
    fn event(&self, event: Event) {
        if matches!(event, Event::PeerConflict(_)) {
            *self.0.lock().unwrap() += 1;
        }
    }
}

fn machine() -> Machine {
    let host = Platform { os: "linux".into(), cpu: "x64".into(), libc: None };
    Machine {
        node_version: "v24.0.0".into(),
        npm_version: "11.0.0".into(),
        target: host.clone(),
        host,
    }
}

/// A tree with what was said and asked while it was built.
struct Built {
    ideal: Ideal,
    lock: String,
    accepted: usize,
    asked: Vec<String>,
    failed: usize,
}

fn resolve(world: &World, way: Way, lock: Option<&str>) -> Result<Built, BuildError> {
    resolve_from(&Memory::of(world), way, lock)
}

fn resolve_from(memory: &Memory<'_>, way: Way, lock: Option<&str>) -> Result<Built, BuildError> {
    let project = Project {
        path: "/nowhere/project".into(),
        package: Arc::new(Manifest::from_value(&memory.world.package_json()).unwrap()),
        workspaces: indexmap::IndexMap::new(),
    };
    let options = BuildOptions {
        save: true,
        prune: true,
        complete: way.complete == Complete::Yes,
        force: way.peers == Peers::Force,
        strict_peer_deps: way.peers == Peers::Strict,
        prefer_dedupe: way.prefer_dedupe,
        strategy: way.strategy,
        machine: machine(),
        cwd: project.path.clone(),
        ..BuildOptions::default()
    };
    let start = match lock {
        None => LockStart::Ignore { existed: false },
        Some(text) => LockStart::File(
            Lockfile::parse(text, Path::new("package-lock.json")).unwrap().shrinkwrap,
        ),
    };
    let peer_deps = if way.peers == Peers::Legacy { PeerDeps::Ignore } else { PeerDeps::Resolve };
    let settings = TreeSettings { peer_deps, ..TreeSettings::default() };
    let accepted = Accepted::default();
    let ideal = build(Start::load(&project, start, settings)?, memory, &options, &accepted)?;
    let writer = LockWriter {
        tree: &ideal.tree,
        root: ideal.root,
        registry_resolved: RegistryResolved::Record,
    };
    let format = JsonFormat { indent: "  ".into(), newline: "\n".into() };
    let lock = writer.lockfile(3, &serde_json::Map::new(), &format);
    Ok(Built {
        ideal,
        lock,
        accepted: accepted.0.into_inner().unwrap(),
        asked: memory.asked.take(),
        failed: memory.failed.get(),
    })
}

/// Checks a statement within a property, where returning is better than panicking.
type Checked = Result<(), TestCaseError>;

fn every_node_is_at_its_place(tree: &Tree, root: NodeId) -> Checked {
    let nodes = tree.inventory_of(root);
    prop_assert!(nodes.len() < MAX_NODES);
    let mut paths = BTreeSet::new();
    for &node in &nodes {
        let (path, location) = (&tree[node].path, &tree[node].location);
        prop_assert!(paths.insert(Arc::clone(path)), "two nodes at {path}");
        prop_assert_eq!(tree.at_location(root, location), Some(node), "{}", location);
        prop_assert_eq!(tree.root_of(node), root, "{}", location);
        if let Some(parent) = tree.parent(node) {
            let expected = format!("{}/node_modules/{}", tree[parent].path, tree.name(node));
            prop_assert_eq!(&**path, expected);
            prop_assert_eq!(tree.child_named(parent, tree.name(node)), Some(node));
        } else {
            prop_assert_eq!(node, root);
        }
    }
    Ok(())
}

fn every_edge_leads_where_node_would_look(tree: &Tree, root: NodeId) -> Checked {
    for node in tree.inventory_of(root) {
        for edge in tree.edges_out(node) {
            let described = || describe(tree, edge);
            prop_assert_eq!(tree.edge_from(edge), Some(node), "{}", described());
            let to = tree.edge_to(edge);
            prop_assert_eq!(to, tree.resolve(node, tree[edge].name), "{}", described());
            if let Some(to) = to {
                prop_assert!(tree.edges_in(to).contains(&edge), "{}", described());
            }
        }
        for edge in tree.edges_in(node) {
            prop_assert_eq!(tree.edge_to(edge), Some(node), "{}", describe(tree, edge));
        }
    }
    Ok(())
}

/// Every edge is met, or there is a reason. Returns how many are not.
fn every_edge_is_met_or_excused(
    world: &World,
    built: &Built,
    way: Way,
) -> Result<usize, TestCaseError> {
    let (tree, root) = (&built.ideal.tree, built.ideal.root);
    let memory = Memory::of(world);
    let mut unmet = 0;
    for node in tree.inventory_of(root) {
        for edge in tree.edges_out(node).into_iter().filter(|&edge| !tree.edge_valid(edge)) {
            unmet += 1;
            let bundled = tree[node].package.bundle_dependencies.iter().flatten();
            let excused = tree[edge].peer_conflicted
                || built.accepted > 0
                // npm drops a package that could not be loaded when its dependent is placed
                // anew, and with it the failure; the lock is the same as npm's.
                || built.failed > 0
                // npm says nothing of a package that cannot be placed with its peers while the
                // dependent is not the project's own.
                || memory.has_peers(tree, edge)
                // What a tarball carries is its own affair: npm does not look after it.
                || tree.in_bundle(node)
                || bundled.into_iter().any(|name| name == tree.edge_name(edge))
                || way.peers == Peers::Force;
            let problem = tree.edge_problem(edge);
            prop_assert!(excused, "{}: {problem:?}\n{}", describe(tree, edge), built.lock);
        }
    }
    Ok(unmet)
}

/// A node is extraneous exactly if nothing but optional peers leads to it or into its folder.
/// Returns how many there are: npm prunes them from a lock it reads, not from one it makes.
fn extraneous_is_what_nothing_needs(tree: &Tree, root: NodeId) -> Result<usize, TestCaseError> {
    let mut needed = BTreeSet::from([root]);
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        let edges = tree.edges_out(node).into_iter();
        for edge in edges.filter(|&edge| tree[edge].kind != EdgeType::PeerOptional) {
            stack.extend(tree.edge_to(edge).filter(|&to| needed.insert(to)));
        }
    }
    let holds_needed = |node| needed.iter().any(|&inner| tree.is_descendant_of(inner, node));
    let mut extraneous = 0;
    for node in tree.inventory_of(root) {
        let flag = tree[node].flags.extraneous;
        prop_assert_eq!(flag, !holds_needed(node), "{}", tree[node].location);
        extraneous += usize::from(flag);
    }
    Ok(extraneous)
}

fn describe(tree: &Tree, edge: EdgeId) -> String {
    let place = |node: Option<NodeId>| {
        node.map_or("nothing".to_owned(), |node| {
            format!("{}@{}", tree[node].location, tree[node].version_text())
        })
    };
    let (from, to) = (place(tree.edge_from(edge)), place(tree.edge_to(edge)));
    format!("{from} -> {} {} -> {to}", tree.edge_name(edge), tree.edge_spec(edge))
}

/// What resolution ends with; nothing when it goes in circles.
fn ended(world: &World, way: Way) -> Option<Result<Built, BuildError>> {
    match panic::catch_unwind(AssertUnwindSafe(|| resolve(world, way, None))) {
        Err(thrown) if thrown.is::<Endless>() => None,
        Err(thrown) => panic::resume_unwind(thrown),
        Ok(ended) => Some(ended),
    }
}

fn check(world: &World, way: Way) -> Checked {
    let Some(first) = ended(world, way) else { return Ok(()) };
    let Ok(built) = first else {
        prop_assert!(resolve(world, way, None).is_err(), "it fails only the first time");
        return Ok(());
    };
    let (tree, root) = (&built.ideal.tree, built.ideal.root);
    every_node_is_at_its_place(tree, root)?;
    every_edge_leads_where_node_would_look(tree, root)?;
    let unmet = every_edge_is_met_or_excused(world, &built, way)?;
    let extraneous = extraneous_is_what_nothing_needs(tree, root)?;
    let again = resolve(world, way, None).map(|again| again.lock).ok();
    prop_assert_eq!(again.as_ref(), Some(&built.lock), "the second tree is another one");
    // Under overrides npm keeps the verdict on an edge whose rule went with a package that was
    // pruned; read from the lock, the edge is judged anew.
    let has_overrides = world.project.get("overrides").is_some();
    if unmet + extraneous + built.accepted + built.failed == 0 && !has_overrides {
        lock_is_a_fixed_point(world, way, &built.lock)?;
    }
    Ok(())
}

/// A lock whose tree lacks nothing is built on without a question, and written as it was.
fn lock_is_a_fixed_point(world: &World, way: Way, lock: &str) -> Checked {
    let again = resolve(world, way, Some(lock));
    let again = again.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
    prop_assert_eq!(&again.lock, lock, "the lock is no fixed point");
    prop_assert!(again.asked.is_empty(), "asked for {:?}\n{lock}", again.asked);
    Ok(())
}

#[test]
fn all_that_a_project_asks_for_is_announced_before_the_first_is_waited_for() {
    let project = json!({"dependencies": {"a": "1", "b": "1"}, "devDependencies": {"c": "1"}});
    let world = World { releases: Vec::new(), project };
    let memory = Memory::of(&world);
    assert!(resolve_from(&memory, AS_NPM, None).is_err());
    assert_eq!(memory.announced_before.get(), Some(3));
}

#[test]
fn any_registry_gives_a_sound_tree_or_an_error() {
    runner(200).run(&(world(), way()), |(world, way)| check(&world, way)).unwrap();
}

/// Most worlds resolve: the properties above are not proved on failures alone.
#[test]
fn most_registries_can_be_resolved() {
    let mut runner = runner(30);
    let cases = 30;
    let mut resolved = 0;
    for _ in 0..cases {
        let world = world().new_tree(&mut runner).unwrap().current();
        resolved += usize::from(matches!(ended(&world, AS_NPM), Some(Ok(_))));
    }
    assert!(resolved * 4 > cases, "{resolved} of {cases}");
}

#[test]
fn any_registry_is_resolved_as_npm_resolves_it() {
    let mut runner = runner(12);
    let mut cases = runner.config().cases;
    let flags =
        [("--no-audit", AS_NPM), ("--prefer-dedupe", Way { prefer_dedupe: true, ..AS_NPM })];
    for (flag, way) in flags.into_iter().cycle() {
        if cases == 0 {
            break;
        }
        let world = world().new_tree(&mut runner).unwrap().current();
        // npm would never end, and failures are compared elsewhere.
        if !matches!(ended(&world, way), Some(Ok(_))) {
            continue;
        }
        cases -= 1;
        let Some(both) = both(&world.tree()) else { return };
        eprintln!("{flag}\n{world:?}");
        both.project(&world.project).same_ending(["install", "--package-lock-only", flag]);
    }
}
