//! Writing package.json and the lockfiles: last, atomic, and only when something changed.

use std::{fs, path::Path, sync::Arc};

use serde_json::{Map, Value};

use super::{
    build::{TreeRequest, save_type},
    context::Context,
    project::{ProjectFiles, read_package_json},
};
use crate::{
    arborist::{Ideal, SaveOptions, Update},
    error::Failure,
    event::{Event, Level},
    fs::{Durability, write_atomic},
    lockfile::{DEFAULT_LOCKFILE_VERSION, HiddenHeader, LockWriter, RegistryResolved},
    manifest::{Deps, JsonFormat, Manifest, PackageJson},
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

/// Writes package.json of everything the request touched, then the lockfile.
///
/// # Errors
/// Files that cannot be written.
pub(super) fn save(
    context: &Context,
    files: &ProjectFiles,
    ideal: &mut Ideal,
    request: &TreeRequest,
) -> Result<(), Failure> {
    if !saves(context, request) {
        return Ok(());
    }
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
            write_package_json(Path::new(&folder), &manifest)?;
        }
    }
    if context.options.lock.package_lock {
        write_lockfile(context, files, ideal)?;
    }
    Ok(())
}

fn write_package_json(folder: &Path, manifest: &Arc<Manifest>) -> Result<(), Failure> {
    let mut package_json = read_package_json(folder)?.unwrap_or_default();
    let changes = changed_fields(manifest, &package_json);
    package_json.update_dependencies(&changes);
    let bundled = manifest.bundle_dependencies.as_ref().filter(|names| !names.is_empty());
    match bundled {
        Some(names) => {
            let names = names.iter().map(|name| Value::String(name.clone())).collect();
            package_json.value_mut().insert("bundleDependencies".into(), Value::Array(names));
        }
        None => {
            package_json.value_mut().shift_remove("bundleDependencies");
        }
    }
    if package_json.is_changed() {
        write_atomic(
            &folder.join("package.json"),
            package_json.render().as_bytes(),
            Durability::Synced,
        )?;
    }
    Ok(())
}

/// The dependency fields; one that is neither in the file nor in the manifest is not mentioned.
fn changed_fields(manifest: &Manifest, _before: &PackageJson) -> Map<String, Value> {
    let object = |deps: &Deps| {
        Value::Object(
            deps.iter().map(|(name, spec)| (name.clone(), spec.as_str().into())).collect(),
        )
    };
    Map::from_iter([
        ("dependencies".to_owned(), object(&manifest.dependencies)),
        ("devDependencies".to_owned(), object(&manifest.dev_dependencies)),
        ("optionalDependencies".to_owned(), object(&manifest.optional_dependencies)),
        ("peerDependencies".to_owned(), object(&manifest.peer_dependencies)),
    ])
}

fn lock_writer<'a>(context: &Context, ideal: &'a Ideal) -> LockWriter<'a> {
    LockWriter {
        tree: &ideal.tree,
        root: ideal.root,
        registry_resolved: if context.options.lock.omit_lockfile_registry_resolved {
            RegistryResolved::Omit
        } else {
            RegistryResolved::Record
        },
    }
}

fn write_lockfile(context: &Context, files: &ProjectFiles, ideal: &Ideal) -> Result<(), Failure> {
    let found = files.lock.as_ref().and_then(|lock| lock.shrinkwrap.version);
    let version = match (context.options.lock.lockfile_version, found) {
        (Some(asked), _) => u64::from(asked),
        (None, Some(found)) if found >= 2 => found,
        (None, _) => DEFAULT_LOCKFILE_VERSION,
    };
    if files.lock.is_some() && found.is_some_and(|found| found != version && found >= 2) {
        let line = format!(
            "Converting lock file ({}) from v{} -> v{version}",
            files.lock_name,
            found.unwrap_or_default()
        );
        context.reporter.event(Event::log(Level::Warn, "shrinkwrap", vec![line]));
    }
    let empty = Map::new();
    let header = files.lock.as_ref().map_or(&empty, |lock| &lock.header);
    let text = lock_writer(context, ideal).lockfile(version, header, &lock_format(context, files));
    let path = files.folder.join(files.lock_name);
    if fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    write_atomic(&path, text.as_bytes(), Durability::Synced)?;
    Ok(())
}

/// Layout of the lockfile: package.json's, where it has one, else the old lock's.
fn lock_format(context: &Context, files: &ProjectFiles) -> JsonFormat {
    if !context.options.lock.format_package_lock {
        return JsonFormat { indent: String::new(), newline: String::new() };
    }
    let default = JsonFormat::default();
    let of_project = files.package_json.as_ref().map(PackageJson::format);
    let of_lock = files.lock.as_ref().map(|lock| &lock.format);
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
) -> Result<(), Failure> {
    let folder = files.folder.join("node_modules");
    if !folder.is_dir() {
        return Ok(());
    }
    let header = if saves(context, request) && context.options.lock.package_lock {
        let root = ideal.tree.target_or_self(ideal.root);
        let package = &ideal.tree[root].package;
        HiddenHeader {
            name: package.name.clone().or_else(|| Some(ideal.tree.name(root).to_owned())),
            version: package.version.clone(),
        }
    } else {
        let text = |key: &str| {
            let header = &files.lock.as_ref()?.header;
            header.get(key).and_then(Value::as_str).map(str::to_owned)
        };
        HiddenHeader { name: text("name"), version: text("version") }
    };
    let format = lock_format(context, files);
    let text = lock_writer(context, ideal).hidden(&header, &format);
    let path = folder.join(".package-lock.json");
    if fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    write_atomic(&path, text.as_bytes(), Durability::Volatile)?;
    Ok(())
}
