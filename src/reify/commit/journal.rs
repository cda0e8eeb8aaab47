//! `node_modules/.denpm-journal`: the plan of a transaction, and how to undo it.
//!
//! One JSON object. The file can come from anywhere (a cloned repository may hold one), so
//! every path in it is validated before use, and nothing is done through symbolic links.

use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{CommitError, Disk, Location, NODE_MODULES, RealFolders, STAGING_PREFIX, on_disk};
use crate::reify::location::{area_of, is_plain_relative};

/// No plan of 200,000 packages is larger.
const MAX_BYTES: u64 = 64 << 20;
const VERSION: u32 = 1;

/// The whole plan.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    version: u32,
    /// What follows `.denpm-` in the names of the staging folders.
    pub(super) id: String,
    /// Folders that hold a staging folder.
    pub(super) areas: Vec<String>,
    /// Folders that did not exist before, parents first.
    pub(super) made: Vec<String>,
    /// In the order in which they are done.
    pub(super) steps: Vec<Step>,
    /// What lay in `.bin` folders.
    pub(super) bins: Vec<BinBefore>,
}

/// One location's change.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The location.
    pub(super) at: String,
    /// Names `new/<slot>` and `old/<slot>`.
    pub(super) slot: usize,
    /// Something lay there.
    pub(super) old: bool,
    /// Something is placed there.
    pub(super) new: bool,
    /// Paths below `at` that move from the old folder to the new one.
    pub(super) keep: Vec<String>,
}

/// An entry of a `.bin` folder before the change.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BinBefore {
    at: String,
    was: Was,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Was {
    Absent,
    Link(String),
    Text(String),
}

impl Step {
    /// What is to be done at a location. Where parents of it are `missing`, nothing lies at it
    /// either.
    pub(super) fn new(
        project: &Path,
        slot: usize,
        (at, missing): (&Location, &[String]),
        keep: &[Location],
    ) -> Self {
        let exists = |location: &Location| {
            missing.is_empty() && fs::symlink_metadata(location.on(project)).is_ok()
        };
        let keep = keep.iter().filter(|kept| exists(kept)).filter_map(|kept| kept.below(at));
        Self {
            at: at.as_str().to_owned(),
            slot,
            old: exists(at),
            new: false,
            keep: keep.map(str::to_owned).collect(),
        }
    }
}

impl BinBefore {
    pub(super) fn read(project: &Path, at: &Location) -> Self {
        let path = at.on(project);
        let was = match fs::read_link(&path) {
            Ok(content) => {
                content.to_str().map_or(Was::Absent, |content| Was::Link(content.to_owned()))
            }
            Err(_) => fs::read_to_string(&path).map_or(Was::Absent, Was::Text),
        };
        Self { at: at.as_str().to_owned(), was }
    }

    fn restore(&self, disk: &impl Disk, path: &Path) -> io::Result<()> {
        let unchanged = match &self.was {
            Was::Absent => false,
            Was::Link(content) => fs::read_link(path).is_ok_and(|now| now == Path::new(content)),
            Was::Text(text) => fs::read(path).is_ok_and(|now| now == text.as_bytes()),
        };
        if unchanged {
            return Ok(());
        }
        disk.remove_tree(path)?;
        match &self.was {
            Was::Absent => Ok(()),
            Was::Link(content) => disk.symlink(content, path),
            Was::Text(text) => disk.write_durably(path, text.as_bytes()),
        }
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            version: VERSION,
            id: String::new(),
            areas: Vec::new(),
            made: Vec::new(),
            steps: Vec::new(),
            bins: Vec::new(),
        }
    }
}

/// The file is not a journal of ours.
#[derive(Debug)]
pub(super) struct NotAJournal;

impl Journal {
    pub(super) fn path(project: &Path) -> PathBuf {
        project.join(NODE_MODULES).join(".denpm-journal")
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// `None` when there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, NotAJournal> {
        match fs::symlink_metadata(path) {
            Err(_) => return Ok(None),
            Ok(found) if found.is_file() && found.len() <= MAX_BYTES => {}
            Ok(_) => return Err(NotAJournal),
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(|_| NotAJournal)?;
        file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|_| NotAJournal)?;
        let journal: Self = serde_json::from_slice(&bytes).map_err(|_| NotAJournal)?;
        if journal.is_sound() { Ok(Some(journal)) } else { Err(NotAJournal) }
    }

    fn is_sound(&self) -> bool {
        let location = |text: &String| Location::parse(text).is_ok();
        let area = |text: &str| {
            is_plain_relative(text) && (text == NODE_MODULES || text.ends_with("/node_modules"))
        };
        self.version == VERSION
            && !self.id.is_empty()
            && self.id.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && self.areas.iter().all(|text| area(text))
            && self.made.iter().all(|text| area(text) || location(text))
            && self.steps.iter().all(|step| {
                location(&step.at) && step.keep.iter().all(|kept| is_plain_relative(kept))
            })
            && self
                .bins
                .iter()
                .all(|bin| location(&bin.at) && bin.at.contains("node_modules/.bin/"))
    }

    /// The staging folder of an area.
    pub(super) fn staging(&self, project: &Path, area: &str) -> PathBuf {
        on_disk(project, area).join(format!("{STAGING_PREFIX}{}", self.id))
    }

    /// Where a step's folder lies, where the old one goes, where the new one comes from.
    pub(super) fn paths(&self, project: &Path, step: &Step) -> (PathBuf, PathBuf, PathBuf) {
        let staging = self.staging_of(step);
        let (old, new) =
            (format!("{staging}/old/{}", step.slot), format!("{staging}/new/{}", step.slot));
        (on_disk(project, &step.at), on_disk(project, &old), on_disk(project, &new))
    }

    /// A step's staging folder, relative to the project.
    fn staging_of(&self, step: &Step) -> String {
        format!("{}/{STAGING_PREFIX}{}", area_of(&step.at), self.id)
    }

    /// This journal without its steps, and without the project's own area: undone, it removes
    /// the staging folders of the others and the areas that were made for them.
    pub(super) fn other_areas(&self) -> Self {
        let other = |area: &&String| *area != NODE_MODULES;
        let areas: Vec<String> = self.areas.iter().filter(other).cloned().collect();
        let made = self.made.iter().filter(|made| areas.contains(made)).cloned().collect();
        Self { id: self.id.clone(), areas, made, ..Self::default() }
    }

    /// The folders whose package.json or lockfile the run may have been writing.
    pub(super) fn written_folders(&self, project: &Path) -> Vec<PathBuf> {
        let is_real = |area: &&String| is_reached(project, &format!("{area}/x")).unwrap_or(false);
        let workspaces = self.areas.iter().filter(is_real);
        let parents = workspaces.filter_map(|area| area.strip_suffix("/node_modules"));
        parents.map(|folder| on_disk(project, folder)).chain([project.to_path_buf()]).collect()
    }

    /// Puts everything back, wherever the plan stopped; may be repeated after it was
    /// interrupted itself. The journal goes last but for the folder that holds it.
    pub(super) fn undo(&self, disk: &impl Disk, project: &Path) -> Result<(), CommitError> {
        let real = |text: &str| is_reached(project, text);
        for step in self.steps.iter().rev() {
            self.undo_step(disk, project, step)?;
        }
        for bin in self.bins.iter().rev() {
            let path = on_disk(project, &bin.at);
            if real(&bin.at)? {
                bin.restore(disk, &path).map_err(stuck(&path))?;
            }
        }
        // What a script of the failed run put into a new folder is not ours to delete.
        for folder in self.made.iter().rev().filter(|folder| *folder != NODE_MODULES) {
            if real(&format!("{folder}/x"))? {
                let path = on_disk(project, folder);
                disk.remove_if_empty(&path).map_err(stuck(&path))?;
            }
        }
        for area in &self.areas {
            let staging = self.staging(project, area);
            if real(&format!("{area}/x"))? {
                disk.remove_tree(&staging).map_err(stuck(&staging))?;
                if self.made.contains(area) && area != NODE_MODULES {
                    let path = on_disk(project, area);
                    disk.remove_if_empty(&path).map_err(stuck(&path))?;
                }
            }
        }
        let path = Self::path(project);
        disk.remove_tree(&path).map_err(stuck(&path))?;
        if self.made.iter().any(|folder| folder == NODE_MODULES) {
            let path = project.join(NODE_MODULES);
            disk.remove_if_empty(&path).map_err(stuck(&path))?;
        }
        Ok(())
    }

    fn undo_step(&self, disk: &impl Disk, project: &Path, step: &Step) -> Result<(), CommitError> {
        let (at, old, _) = self.paths(project, step);
        let old_text = format!("{}/old/{}", self.staging_of(step), step.slot);
        let there = |path: &Path| fs::symlink_metadata(path).is_ok();
        // A missing parent means that nothing was done there.
        if !is_reached(project, &step.at)? || !is_reached(project, &old_text)? {
            return Ok(());
        }
        if !step.old {
            return disk.remove_tree(&at).map_err(stuck(&at));
        }
        // Not moved away yet, or already put back.
        if !there(&old) {
            return Ok(());
        }
        for kept in &step.keep {
            let (from, to) = (on_disk(&at, kept), on_disk(&old, kept));
            if there(&from)
                && !there(&to)
                && is_reached(project, &format!("{}/{kept}", step.at))?
                && is_reached(project, &format!("{old_text}/{kept}"))?
            {
                disk.rename(&from, &to).map_err(stuck(&to))?;
            }
        }
        disk.remove_tree(&at).and_then(|()| disk.rename(&old, &at)).map_err(stuck(&at))
    }
}

/// True when every parent of a location exists; an error when one of them is a link. Asked
/// anew each time: what was a folder a step ago may be a link now.
fn is_reached(project: &Path, text: &str) -> Result<bool, CommitError> {
    Ok(RealFolders::new(project).missing_parents(&Location::parse(text)?)?.is_empty())
}

fn stuck(path: &Path) -> impl FnOnce(io::Error) -> CommitError {
    move |source| CommitError::Stuck { path: path.to_path_buf(), source }
}
