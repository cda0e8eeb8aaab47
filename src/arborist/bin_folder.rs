//! `directories.bin`: the files of a folder as commands (`binDir` of @npmcli/package-json 7).

use std::{collections::VecDeque, fs, path::Path};

use crate::manifest::{Manifest, secured_path};

/// More files than these are no commands.
const MAX_FILES: usize = 4096;
/// More folders than these are not looked into.
const MAX_FOLDERS: usize = 1024;

/// Makes the files below `directories.bin` the commands of a package that lies in `folder`, where
/// it names none itself.
///
/// As in npm each is called as its file, those deeper down win, what begins with a dot is left
/// out, links to folders are not followed, and folders count like files (though no command leads
/// to one).
pub fn expand_bin_folder(manifest: &mut Manifest, folder: &Path) {
    let Some(named) = manifest.bin_folder.as_deref() else { return };
    let inside = secured_path(named);
    let mut waiting = VecDeque::from([String::new()]);
    let (mut found, mut folders) = (0, 0);
    while let Some(below) = waiting.pop_front() {
        folders += 1;
        for (name, is_folder) in entries(&folder.join(&inside).join(&below)) {
            found += 1;
            if found > MAX_FILES {
                return;
            }
            let file = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            manifest.bin.insert(&name, &secured_path(&format!("{inside}/{file}")));
            if is_folder && folders + waiting.len() < MAX_FOLDERS {
                waiting.push_back(file);
            }
        }
    }
}

/// What lies in a folder and is not hidden, by name, and whether it is a real folder.
fn entries(folder: &Path) -> Vec<(String, bool)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let entries = entries.filter_map(Result::ok).take(MAX_FILES).filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let is_folder = entry.file_type().ok()?.is_dir();
        (!name.starts_with('.')).then_some((name, is_folder))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort();
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The commands of a package with these files below `cmds`.
    fn commands(manifest: &Value, files: &[&str]) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let mut manifest = Manifest::from_value(manifest).unwrap();
        expand_bin_folder(&mut manifest, dir.path());
        let commands = manifest.bin.iter();
        commands.map(|(name, path)| (name.to_owned(), path.to_owned())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect()
    }

    #[test]
    fn every_file_below_the_folder_is_a_command() {
        let files = ["cmds/a", "cmds/sub/b", "cmds/.hidden", "cmds/.sub/c", "other"];
        let manifest = json!({"name": "x", "directories": {"bin": "./cmds"}});
        let all = pairs(&[("a", "cmds/a"), ("sub", "cmds/sub"), ("b", "cmds/sub/b")]);
        assert_eq!(commands(&manifest, &files), all);
    }

    #[test]
    fn file_deeper_down_wins_a_name() {
        let manifest = json!({"directories": {"bin": "cmds"}});
        let found = commands(&manifest, &["cmds/a", "cmds/sub/a"]);
        assert_eq!(found, pairs(&[("a", "cmds/sub/a"), ("sub", "cmds/sub")]));
    }

    #[test]
    fn folder_beside_commands_and_one_that_is_not_there_mean_nothing() {
        let files = ["cmds/a"];
        for manifest in [
            json!({"name": "x", "bin": {"y": "y.js"}, "directories": {"bin": "cmds"}}),
            json!({"name": "x", "bin": {}, "directories": {"bin": "cmds"}}),
            json!({"name": "x", "directories": {"bin": "gone"}}),
            json!({"name": "x", "directories": {"bin": ["cmds"]}}),
            json!({"name": "x", "directories": "cmds"}),
        ] {
            assert!(!commands(&manifest, &files).iter().any(|(name, _)| name == "a"), "{manifest}");
        }
        let falsy = json!({"name": "x", "bin": "", "directories": {"bin": "cmds"}});
        assert_eq!(commands(&falsy, &files), pairs(&[("a", "cmds/a")]));
    }

    #[test]
    fn folder_outside_of_the_package_is_not_looked_into() {
        let manifest = json!({"directories": {"bin": "../../cmds"}});
        assert_eq!(commands(&manifest, &["cmds/a"]), pairs(&[("a", "cmds/a")]));
    }

    #[test]
    #[cfg(unix)]
    fn link_to_a_folder_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("cmds")).unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("cmds/up")).unwrap();
        let mut manifest = Manifest::from_value(&json!({"directories": {"bin": "cmds"}})).unwrap();
        expand_bin_folder(&mut manifest, dir.path());
        assert_eq!(manifest.bin.iter().collect::<Vec<_>>(), [("up", "cmds/up")]);
    }
}
