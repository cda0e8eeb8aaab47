//! Writing package.json and the lockfiles: last, atomic, and only when something changed.

use std::{fs, path::Path, sync::Arc};

use serde_json::{Map, Value};

use super::{
    build::{TreeRequest, reads_yarn_lock, save_type},
    context::Context,
    project::{ProjectFiles, read_package_json},
    rewritten::Rewritten,
};
use crate::{
    arborist::{Ideal, SaveOptions, Update},
    config::options::LockResolved,
    error::Failure,
    event::{Event, Level},
    fs::Durability,
    lockfile::{
        DEFAULT_LOCKFILE_VERSION, LockWriter, Lockfile, RegistryResolved, render_yarn_lock,
    },
    manifest::{Deps, JsonFormat, Manifest, PackageJson, is_truthy},
};

/// Whether this run writes package.json and the lockfile (`_saveIdealTree`).
fn saves(context: &Context, request: &TreeRequest) -> bool {
    let options = &context.options;
    let updates = match &request.update {
        Update::None => false,
        Update::All => true,
        Update::Names(names) => !names.is_empty(),
    };
    (request.saves(context) || updates) && !options.dry_run && !options.global
}

/// Writes package.json of everything the request touched, then the lockfile; where only the lock is
/// asked for, what goes with an installed tree as well.
///
/// # Errors
/// Files that cannot be written.
pub(super) fn save(
    context: &Context,
    files: &ProjectFiles,
    ideal: &mut Ideal,
    request: &TreeRequest,
    rewritten: &mut Rewritten,
) -> Result<(), Failure> {
    if saves(context, request) {
        save_asked(context, files, ideal, request, rewritten)?;
    }
    // npm notes the tree of a run that only locks, too, where there is a folder for it.
    if context.options.lock.package_lock_only && !context.options.dry_run {
        write_hidden_lock(context, files, ideal, request, rewritten)?;
    }
    Ok(())
}

fn save_asked(
    context: &Context,
    files: &ProjectFiles,
    ideal: &mut Ideal,
    request: &TreeRequest,
    rewritten: &mut Rewritten,
) -> Result<(), Failure> {
    if request.saves(context) {
        let prefix = if context.options.save.save_exact {
            String::new()
        } else {
            context.options.save.save_prefix.clone()
        };
        let options = SaveOptions {
            prefix,
            save_type: save_type(&context.options),
            update: request.update.clone(),
        };
        for (node, manifest) in ideal.saved_manifests(&options) {
            let folder = ideal.tree[node].realpath.to_string();
            write_package_json(Path::new(&folder), &manifest, rewritten)?;
        }
    }
    if context.options.lock.package_lock {
        write_lockfile(context, files, ideal, request, rewritten)?;
    }
    Ok(())
}

/// Brings a yarn.lock up to date, if there is one: npm does so for projects that keep both.
fn write_yarn_lock(
    context: &Context,
    files: &ProjectFiles,
    ideal: &Ideal,
    request: &TreeRequest,
    rewritten: &mut Rewritten,
) -> Result<(), Failure> {
    if !reads_yarn_lock(context, request) {
        return Ok(());
    }
    if files.yarn_lock()?.is_some()
        && let Some(text) = render_yarn_lock(&ideal.tree, ideal.root)
    {
        let path = files.folder.join("yarn.lock");
        rewritten.write(&path, text.as_bytes(), Durability::Synced)?;
    }
    Ok(())
}

/// The lockfile that this run started from: none when everything is updated, or when it is not
/// to be looked at (`Shrinkwrap.reset`).
fn known_lock<'a>(
    context: &Context,
    files: &'a ProjectFiles,
    request: &TreeRequest,
) -> Option<&'a Lockfile> {
    let reads_lock = context.options.lock.package_lock || request.frozen;
    files.lock.as_ref().filter(|_| reads_lock && request.update != Update::All)
}

fn write_package_json(
    folder: &Path,
    manifest: &Arc<Manifest>,
    rewritten: &mut Rewritten,
) -> Result<(), Failure> {
    let mut package_json = read_package_json(folder)?.unwrap_or_default();
    let changes = changed_fields(manifest, &package_json);
    package_json.update_dependencies(&changes);
    match &manifest.bundle_dependencies {
        Some(names) => {
            let names = names.iter().map(|name| Value::String(name.clone())).collect();
            package_json.value_mut().insert("bundleDependencies".into(), Value::Array(names));
        }
        None => {
            package_json.value_mut().shift_remove("bundleDependencies");
        }
    }
    if package_json.is_changed() {
        let text = package_json.render();
        rewritten.write(&folder.join("package.json"), text.as_bytes(), Durability::Synced)?;
    }
    Ok(())
}

/// The dependency fields; an empty one that the file has as `null` or the like is not mentioned,
/// and stays that.
fn changed_fields(manifest: &Manifest, before: &PackageJson) -> Map<String, Value> {
    let object = |deps: &Deps| {
        Value::Object(deps.iter().map(|(name, spec)| (name.to_owned(), spec.into())).collect())
    };
    let is_kept = |field: &str, deps: &Deps| {
        let before = before.value().get(field);
        deps.is_empty() && before.is_some_and(|value| !is_truthy(value))
    };
    [
        ("dependencies", &manifest.dependencies),
        ("devDependencies", &manifest.dev_dependencies),
        ("optionalDependencies", &manifest.optional_dependencies),
        ("peerDependencies", &manifest.peer_dependencies),
    ]
    .into_iter()
    .filter(|(field, deps)| !is_kept(field, deps))
    .map(|(field, deps)| (field.to_owned(), object(deps)))
    .collect()
}

fn lock_writer<'a>(context: &Context, ideal: &'a Ideal) -> LockWriter<'a> {
    LockWriter {
        tree: &ideal.tree,
        root: ideal.root,
        registry_resolved: if omits_resolved(context) {
            RegistryResolved::Omit
        } else {
            RegistryResolved::Record
        },
    }
}

/// By npm's option or by denpm's.
fn omits_resolved(context: &Context) -> bool {
    let lock = &context.options.lock;
    lock.omit_lockfile_registry_resolved || lock.lock_resolved == LockResolved::Omit
}

fn write_lockfile(
    context: &Context,
    files: &ProjectFiles,
    ideal: &Ideal,
    request: &TreeRequest,
    rewritten: &mut Rewritten,
) -> Result<(), Failure> {
    let Written { text, version, converted_from } = written(context, files, ideal, request);
    if let Some(from) = converted_from {
        let name = files.lock_name;
        let line = format!("Converting lock file ({name}) from v{from} -> v{version}");
        context.reporter.event(Event::log(Level::Warn, "shrinkwrap", vec![line]));
    }
    let path = files.folder.join(files.lock_name);
    Ok(rewritten.write(&path, text.as_bytes(), Durability::Synced)?)
}

/// Whether the lockfile says, word for word, what a run that saves would write.
pub(super) fn is_saved(
    context: &Context,
    files: &ProjectFiles,
    ideal: &Ideal,
    request: &TreeRequest,
) -> bool {
    let text = written(context, files, ideal, request).text;
    fs::read(files.folder.join(files.lock_name)).is_ok_and(|before| before == text.as_bytes())
}

/// A lockfile as it is to be.
struct Written {
    text: String,
    version: u64,
    converted_from: Option<u64>,
}

fn written(
    context: &Context,
    files: &ProjectFiles,
    ideal: &Ideal,
    request: &TreeRequest,
) -> Written {
    let lock = known_lock(context, files, request);
    let found = lock.and_then(|lock| lock.shrinkwrap.version);
    let asked = context.options.lock.lockfile_version.map(u64::from);
    let (version, converted_from) = written_version(asked, found);
    let empty = Map::new();
    let header = lock.map_or(&empty, |lock| &lock.header);
    let format = lock_format(context, files, lock);
    let text = lock_writer(context, ideal).lockfile(version, header, &format);
    Written { text, version, converted_from }
}

/// The version to write, and the one it is converted from when that is worth a warning: an old
/// file becomes a current one in silence, unless the user asked for a version.
fn written_version(asked: Option<u64>, found: Option<u64>) -> (u64, Option<u64>) {
    let version = match (asked, found) {
        (Some(asked), _) => asked,
        (None, Some(found)) if found >= 2 => found,
        (None, _) => DEFAULT_LOCKFILE_VERSION,
    };
    (version, found.filter(|&found| asked.is_some() && found != version))
}

/// Layout of the lockfile: package.json's, where it has one, else the old lock's.
fn lock_format(context: &Context, files: &ProjectFiles, lock: Option<&Lockfile>) -> JsonFormat {
    if !context.options.lock.format_package_lock {
        return JsonFormat { indent: String::new(), newline: String::new() };
    }
    let default = JsonFormat::default();
    let of_project = files.package_json.as_ref().map(PackageJson::format);
    let of_lock = lock.map(|lock| &lock.format);
    let found = of_project.or(of_lock).unwrap_or(&default);
    let pick = |text: &str, default: &str| {
        if text.is_empty() { default.to_owned() } else { text.to_owned() }
    };
    JsonFormat {
        indent: pick(&found.indent, &default.indent),
        newline: pick(&found.newline, &default.newline),
    }
}

/// Writes `node_modules/.package-lock.json`; a folder that is not there gets none.
///
/// # Errors
/// A file that cannot be written.
pub(super) fn write_hidden_lock(
    context: &Context,
    files: &ProjectFiles,
    ideal: &Ideal,
    request: &TreeRequest,
    rewritten: &mut Rewritten,
) -> Result<(), Failure> {
    write_yarn_lock(context, files, ideal, request, rewritten)?;
    let folder = files.folder.join("node_modules");
    if !folder.is_dir() {
        return Ok(());
    }
    let lock = known_lock(context, files, request);
    let writer = lock_writer(context, ideal);
    let mut header = lock.map(|lock| lock.header.clone()).unwrap_or_default();
    if saves(context, request) && context.options.lock.package_lock {
        header = writer.own_header(&header);
    }
    let text = writer.hidden(&header, &lock_format(context, files, lock));
    let path = folder.join(".package-lock.json");
    Ok(rewritten.write(&path, text.as_bytes(), Durability::Volatile)?)
}

#[cfg(test)]
mod tests {
    use super::written_version;

    #[test]
    fn old_lock_becomes_current_in_silence_and_any_other_change_is_told() {
        assert_eq!(written_version(None, Some(1)), (3, None));
        assert_eq!(written_version(None, Some(2)), (2, None));
        assert_eq!(written_version(Some(2), Some(1)), (2, Some(1)));
        assert_eq!(written_version(Some(3), Some(2)), (3, Some(2)));
        assert_eq!(written_version(Some(1), Some(1)), (1, None));
        assert_eq!(written_version(Some(1), None), (1, None));
    }
}
