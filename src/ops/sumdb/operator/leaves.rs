//! Leaves beside records: what became of versions, and the keys of namespaces.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use super::{LogOptions, MAX_FILE, OperatorError, Report, name_and_version};
use crate::{
    error::Failure,
    fs::read_bounded,
    ops::{Context, proofs::Proofs},
    registry::RegistryId,
    sumdb::{
        record::{Leaf, NPM, Namespace, NamespaceKey, PackageKey, State, Status},
        sequencer::{Added, Entry, Profile},
        store::Store,
        view::{View, ViewError},
    },
    verify::signature::KeySet,
};

/// Records that are looked at together.
const TOGETHER: u64 = 64 * 256;

/// Logs what became of a version that is in the log: `unpublished`, `gone`, `malware <advisory>`.
///
/// # Errors
/// Words that say nothing, a version that the log does not have.
pub async fn status(
    context: &Context,
    options: &LogOptions,
    word: &str,
    state: &str,
) -> Result<Report, Failure> {
    let (name, version) = name_and_version(word)?;
    let namespace = options.namespace.as_deref().unwrap_or(NPM);
    let key = PackageKey::new(namespace, name, version);
    let key = key.ok_or_else(|| OperatorError::Word(word.to_owned()))?;
    let state = State::parse(state).ok_or_else(|| OperatorError::Leaf(state.to_owned()))?;
    let mut sequencer = options.sequencer(context).await?;
    let known = sequencer.view().places([&key])?.into_iter().flatten().next();
    let (_, leaf) = known.ok_or_else(|| OperatorError::NotLogged(word.to_owned()))?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let status = Status { key, leaf, time: since.as_secs(), state };
    let entry = Entry::text(Profile::Packages, status.to_string().as_bytes());
    let added = sequencer.add(entry.as_slice()).await?;
    Ok(report(&added, &format!("{word} {}", status.state)))
}

/// Logs new keys of a namespace: a `denpm-ns/v1` leaf in a file, signed with a key that the log
/// knows of that namespace.
///
/// # Errors
/// A file that is no such leaf, keys that no earlier one signed.
pub async fn namespace(
    context: &Context,
    options: &LogOptions,
    file: &Path,
) -> Result<Report, Failure> {
    let path = context.config.sources().cwd.join(file);
    let shown = path.display().to_string();
    let Leaf::Namespace(namespace) = Leaf::parse(&read_bounded(&path, MAX_FILE)?) else {
        return Err(OperatorError::Leaf(shown).into());
    };
    let mut sequencer = options.sequencer(context).await?;
    if !namespace.may_follow(&namespaces(sequencer.view()).await?) {
        return Err(OperatorError::UnsignedKeys { path: shown, label: namespace.label }.into());
    }
    let entry = Entry::text(Profile::Packages, namespace.to_string().as_bytes());
    let added = sequencer.add(entry.as_slice()).await?;
    Ok(report(&added, &format!("keys of {}", namespace.label)))
}

fn report(added: &[Added], what: &str) -> Report {
    let index = added.iter().find_map(|added| match added {
        Added::New(index) => Some(*index),
        Added::Before(_) | Added::Otherwise(_) => None,
    });
    let index = index.unwrap_or_default();
    let json = json!({ "index": index, "leaf": what });
    Report { lines: vec![format!("{index} {what}")], json, remarkable: false }
}

/// All bindings of namespaces in a log, in its order.
async fn namespaces<S: Store>(view: &View<S>) -> Result<Vec<Namespace>, ViewError> {
    let size = view.published().map_or(0, |published| published.tree.size);
    let mut found = Vec::new();
    let mut at = 0;
    while at < size {
        let end = (at + TOGETHER).min(size);
        let places: Vec<u64> = (at..end).collect();
        for text in view.records(&places, size).await?.into_values() {
            if let Leaf::Namespace(namespace) = Leaf::parse(&text) {
                found.push(*namespace);
            }
        }
        at = end;
    }
    Ok(found)
}

/// The first binding of a namespace: npm's to the keys that are pinned, another one to those that
/// its registry hands out. `None` without a label, and for a registry without keys.
pub(super) async fn genesis(
    context: &Context,
    label: Option<&str>,
) -> Result<Option<Namespace>, Failure> {
    let Some(label) = label else { return Ok(None) };
    let keys = if label == NPM {
        KeySet::pinned().clone()
    } else {
        let registry = RegistryId::of(&context.options.network.registry);
        let keys = Proofs::new(context).keys().endpoint(&registry).await;
        keys.map_err(|reason| OperatorError::Keys { registry: registry.to_string(), reason })?
    };
    let bound = |end: Option<i64>, spki: &[u8]| NamespaceKey {
        spki: spki.to_vec(),
        end: end.and_then(|end| u64::try_from(end / 1000).ok()),
    };
    let keys = keys.iter().map(|key| (key.id().to_owned(), bound(key.validity().end, key.spki())));
    let namespace = Namespace { label: label.to_owned(), keys: keys.collect(), by: None };
    Ok((!namespace.keys.is_empty()).then_some(namespace))
}
