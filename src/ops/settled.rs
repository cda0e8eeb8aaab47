//! Nothing to do while nothing changed.
//!
//! A run that leaves a project in order notes what it looked at: the settings, the request, the
//! project's files, and when each folder last changed. While all of that is as it was, the next
//! run has nothing to do, and knows it from a digest and one look at each folder. That is
//! stricter than npm's own rule for its hidden lockfile (`assertNoNewer`), by which no folder may
//! be much newer than the file.
//!
//! The note lies beside the store, not in the project; it may be deleted at any time.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    build::{Saving, TreeRequest, Update},
    context::Context,
    project::{self, ProjectFiles},
};
use crate::{
    arborist::{Ideal, NodeId},
    error::Explain as _,
    event::{Event, Level, Reporter},
    explanation::EdgeType,
    fs::{Durability, read_bounded_file, write_atomic},
    report::summary::InstallSummary,
};

const VERSION: u32 = 1;
/// The most bytes of a note that are read.
const MAX_BYTES: u64 = 64 << 20;
/// The most bytes of a project file that are read.
const MAX_FILE: u64 = 256 << 20;
/// So long it is believed that a registry has no version of an optional package: as long as it
/// lets its answers be kept.
const ABSENT_FOR: Duration = Duration::from_mins(5);
/// Warnings that a run with nothing to do repeats; npm gives them at every install.
const REPEATED: [&str; 2] = ["install-scripts", "EBADENGINE"];
/// Warnings about what is fetched, which a run with nothing to do has no occasion for, and about
/// the policy, which every run gives before it looks here.
const PASSING: [&str; 3] = ["deprecated", "signatures", "policy"];

/// Files of the project that the result depends on.
const FILES: [&str; 6] = [
    "package.json",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "yarn.lock",
    "denpm.sum",
    "denpm-acks.toml",
];

/// Lifecycle events of the project that run at every install.
const OWN_SCRIPTS: [&str; 7] =
    ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

/// The note.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    version: u32,
    /// Digest of everything the result depends on, folders apart.
    inputs: String,
    /// The hidden lockfile's time, in nanoseconds since 1970, and size.
    hidden: (u128, u64),
    /// When the note stops being true by itself, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u128>,
    funding: usize,
    messages: Vec<Message>,
    /// Every folder of packages, of their commands, and of one package, relative to the project;
    /// when it last changed, in nanoseconds since 1970.
    folders: Vec<(String, u128)>,
}

/// A warning to repeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    prefix: String,
    lines: Vec<String>,
}

/// Passes events on and remembers what a run with nothing to do would have to say again.
pub struct Heard {
    inner: Arc<dyn Reporter>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    repeated: Vec<Message>,
    /// Something was said that cannot be repeated from here.
    singular: bool,
}

impl Heard {
    /// Listens to what goes to `inner`.
    pub fn over(inner: Arc<dyn Reporter>) -> Self {
        Self { inner, notes: Mutex::default() }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be repeated; `None` when not all of it can be.
    fn repeated(&self) -> Option<Vec<Message>> {
        let notes = self.notes();
        (!notes.singular).then(|| notes.repeated.clone())
    }
}

impl Reporter for Heard {
    fn event(&self, event: Event) {
        match &event {
            Event::Log { level: Level::Error | Level::Warn | Level::Notice, prefix, lines } => {
                if REPEATED.contains(&prefix.as_str()) {
                    let message = Message { prefix: prefix.clone(), lines: lines.clone() };
                    self.notes().repeated.push(message);
                } else if !PASSING.contains(&prefix.as_str()) {
                    self.notes().singular = true;
                }
            }
            Event::PeerConflict(_) => self.notes().singular = true,
            _ => {}
        }
        self.inner.event(event);
    }
}

/// What a run was asked, and the place of its note.
pub(super) struct Settled {
    path: PathBuf,
    folder: PathBuf,
}

impl Settled {
    /// `None` for a run that does something whatever the state of the project.
    pub(super) fn of(context: &Context, request: &TreeRequest) -> Option<Self> {
        let options = &context.options;
        let plain = request.add.is_empty()
            && request.rm.is_empty()
            && request.workspaces.is_empty()
            && request.update == Update::None
            && !request.frozen
            && !request.dedupe
            && request.saving == Saving::ByDefault
            && options.lock.package_lock
            && !options.lock.package_lock_only
            && !options.dry_run
            && !options.output.long
            && !options.output.json;
        if !plain {
            return None;
        }
        let folder = options.paths.prefix.clone();
        let name = project::name_of(&folder)?;
        Some(Self { path: options.paths.cache.join("settled").join(name), folder })
    }

    /// The same for the bare install that finds the project as a frozen one left it: where saving
    /// would change no word of the lock, that has nothing to do either.
    pub(super) fn after_frozen(
        context: &Context,
        request: &TreeRequest,
    ) -> Option<(Self, TreeRequest)> {
        let bare = TreeRequest {
            frozen: false,
            saving: Saving::ByDefault,
            command: "install",
            ..request.clone()
        };
        let own = Self::of(context, &bare).filter(|_| request.frozen)?;
        Some((own, bare))
    }

    /// What the run would report, if the project is as the note says.
    pub(super) fn check(&self, context: &Context, request: &TreeRequest) -> Option<InstallSummary> {
        let note: Note =
            serde_json::from_slice(&read_bounded_file(&self.path, MAX_BYTES).ok()?).ok()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_millis();
        let holds = note.version == VERSION
            && note.until.is_none_or(|until| now < until)
            && self.inputs(context, request).is_some_and(|inputs| inputs == note.inputs)
            && !self.folder.join("binding.gyp").exists()
            && self.is_unchanged(&note);
        if !holds {
            return None;
        }
        for Message { prefix, lines } in note.messages {
            context.reporter.event(Event::log(Level::Warn, prefix, lines));
        }
        let funding = if context.options.output.fund { note.funding } else { 0 };
        Some(InstallSummary { funding, ..InstallSummary::default() })
    }

    fn hidden_lock(&self) -> PathBuf {
        self.folder.join("node_modules/.package-lock.json")
    }

    fn is_unchanged(&self, note: &Note) -> bool {
        stamp(&self.hidden_lock()) == Some(note.hidden)
            && note.folders.iter().all(|(folder, at)| self.changed(folder) == Some(*at))
    }

    /// When a folder last changed; `None` when it is none.
    fn changed(&self, folder: &str) -> Option<u128> {
        let meta = fs::symlink_metadata(self.folder.join(folder)).ok()?;
        nanoseconds(&meta).filter(|_| meta.is_dir())
    }

    /// Digest of what the result depends on; `None` where a file cannot be read.
    fn inputs(&self, context: &Context, request: &TreeRequest) -> Option<String> {
        let settings = format!(
            "{VERSION} {} {:?} {:?} {:?} {:?}",
            env!("CARGO_PKG_VERSION"),
            context.options,
            context.policy,
            context.machine,
            request
        );
        // Most processors have instructions for SHA-256, and a lockfile is most of what is read.
        let mut text = Sha256::digest(settings.as_bytes()).to_vec();
        for name in FILES {
            let path = self.folder.join(name);
            if path.exists() {
                let bytes = read_bounded_file(&path, MAX_FILE).ok()?;
                text.extend(name.as_bytes());
                text.extend(Sha256::digest(&bytes));
            }
        }
        Some(hex(&Sha256::digest(&text)))
    }

    /// Notes what this run leaves, if the next one would have nothing to do.
    pub(super) fn note(
        &self,
        context: &Context,
        request: &TreeRequest,
        files: &ProjectFiles,
        ideal: &Ideal,
        summary: &InstallSummary,
    ) {
        let Some(note) = self.written(context, request, files, ideal, summary) else { return };
        let Ok(bytes) = serde_json::to_vec(&note) else { return };
        // Without a note the next run looks for itself.
        let _noted = self.path.parent().is_some_and(|parent| {
            fs::create_dir_all(parent).is_ok()
                && write_atomic(&self.path, &bytes, Durability::Volatile).is_ok()
        });
    }

    fn written(
        &self,
        context: &Context,
        request: &TreeRequest,
        files: &ProjectFiles,
        ideal: &Ideal,
        summary: &InstallSummary,
    ) -> Option<Note> {
        let package = &files.project.package;
        let runs_own = request.runs_root_scripts
            && OWN_SCRIPTS.iter().any(|event| package.scripts.contains_key(event));
        // No file and no time that is looked at tells of a new file among the commands.
        let has_bin_folder = package.bin_folder.is_some();
        let has_workspaces = !files.project.workspaces.is_empty();
        if runs_own || has_bin_folder || has_workspaces || !is_final(ideal) {
            return None;
        }
        let messages = context.heard.repeated()?;
        let folders = folders(ideal)?.into_iter().filter_map(|folder| {
            let at = self.changed(&folder);
            // A folder for commands is only where a package has some.
            (at.is_some() || !folder.ends_with("/.bin")).then(|| at.map(|at| (folder, at)))
        });
        let folders = folders.collect::<Option<Vec<_>>>()?;
        let until = match absences(ideal)? {
            Absences::None => None,
            Absences::Some => {
                let until = SystemTime::now().checked_add(ABSENT_FOR)?;
                Some(until.duration_since(UNIX_EPOCH).ok()?.as_millis())
            }
        };
        let hidden = stamp(&self.hidden_lock())?;
        let inputs = self.inputs(context, request)?;
        let funding = summary.funding;
        Some(Note { version: VERSION, inputs, hidden, until, funding, messages, folders })
    }
}

/// Whether a run that starts from the lockfile leaves what this one does. A tree built from
/// nothing keeps what nothing needs, and what was found before the tarballs of bundles were opened
/// (`#fixDepFlags`); what is invalid in it is looked at again.
fn is_final(ideal: &Ideal) -> bool {
    let tree = &ideal.tree;
    let is_settled = |node: NodeId| {
        !tree[node].flags.extraneous
            && tree[node].package.bundle_dependencies.as_ref().is_none_or(Vec::is_empty)
            && tree.edges_out(node).into_iter().all(|edge| tree.edge_valid(edge))
    };
    ideal.loaded_from_disk || tree.inventory_of(ideal.root).into_iter().all(is_settled)
}

/// Optional packages that could not be had.
enum Absences {
    None,
    /// The registries say that they are not there.
    Some,
}

/// `None` when a package is missing that the next run might get.
fn absences(ideal: &Ideal) -> Option<Absences> {
    let tree = &ideal.tree;
    let mut absences = Absences::None;
    for node in tree.inventory_of(ideal.root) {
        for error in &tree[node].errors {
            if !matches!(error.code_text().as_str(), "E404" | "ETARGET") {
                return None;
            }
            absences = Absences::Some;
        }
        let mut edges = tree.edges_out(node).into_iter();
        if edges.any(|edge| tree[edge].kind == EdgeType::Optional && tree.edge_to(edge).is_none()) {
            absences = Absences::Some;
        }
    }
    Some(absences)
}

/// Every folder whose time tells whether packages came or went; `None` where links lead elsewhere.
fn folders(ideal: &Ideal) -> Option<BTreeSet<String>> {
    let tree = &ideal.tree;
    let is_there = |node: NodeId| {
        std::iter::successors(Some(node), |&node| tree.parent(node)).all(|node| !tree[node].inert)
    };
    let mut folders = BTreeSet::from(["node_modules".to_owned(), "node_modules/.bin".to_owned()]);
    for node in tree.inventory_of(ideal.root) {
        if tree[node].is_link() {
            return None;
        }
        if node == ideal.root || !is_there(node) {
            continue;
        }
        let mut path: &str = &tree[node].location;
        // The folder, and those it lies in up to its package: `node_modules`, a scope.
        while !path.is_empty() && folders.insert(path.to_owned()) {
            if path.ends_with("/node_modules") {
                folders.insert(format!("{path}/.bin"));
            }
            path = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }
    Some(folders)
}

/// A file's time and size.
fn stamp(path: &Path) -> Option<(u128, u64)> {
    let meta = fs::metadata(path).ok()?;
    Some((nanoseconds(&meta)?, meta.len()))
}

fn nanoseconds(meta: &fs::Metadata) -> Option<u128> {
    Some(meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
