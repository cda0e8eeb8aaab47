//! Keys of logs and witnesses, new logs, and new keys for old logs.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{LogOptions, MAX_FILE, OperatorError, Report, leaves};
use crate::{
    error::Failure,
    fs::{FsError, read_bounded},
    ops::Context,
    sumdb::{
        Checkpoint,
        note::{KeyKind, Note, SigningKey},
        record::Predecessor,
        sequencer::{self, Entry, Profile},
        view::Identity,
    },
};

/// Writes a new private key to a file that must not exist, readable by its owner alone, and says
/// what the public one is.
///
/// # Errors
/// A name that no key can have, and a file that cannot be written.
pub fn keygen(
    context: &Context,
    name: &str,
    file: &Path,
    kind: KeyKind,
) -> Result<Report, Failure> {
    let unusable = || OperatorError::KeyName(name.to_owned());
    let seed = ring::rand::generate::<[u8; 32]>(&ring::rand::SystemRandom::new());
    let seed = seed.map_err(|_| unusable())?.expose();
    let key = SigningKey::from_seed(name, kind, &seed).ok_or_else(unusable)?;
    let path = context.config.sources().cwd.join(file);
    let folder = path.parent().unwrap_or(&path);
    let mut temporary =
        tempfile::NamedTempFile::new_in(folder).map_err(FsError::io("write", &path))?;
    let text = format!("{}\n", key.to_secret_text());
    temporary.write_all(text.as_bytes()).map_err(FsError::io("write", &path))?;
    temporary.as_file().sync_all().map_err(FsError::io("sync", &path))?;
    temporary
        .persist_noclobber(&path)
        .map_err(|error| FsError::io("create", &path)(error.error))?;
    let vkey = key.verifier().to_string();
    Ok(Report { json: json!({ "vkey": vkey }), lines: vec![vkey], remarkable: false })
}

/// Reads a private key.
pub(super) fn read(path: &Path) -> Result<SigningKey, Failure> {
    let text = String::from_utf8(read_bounded(path, MAX_FILE)?).unwrap_or_default();
    let unusable = |source| OperatorError::Key { path: path.display().to_string(), source };
    Ok(SigningKey::parse(text.trim_end()).map_err(unusable)?)
}

/// What a new log is to be.
#[derive(Clone, Debug, Default)]
pub struct NewLog {
    /// The name in its checkpoints, by default that of its key.
    pub origin: Option<String>,
    /// What it holds.
    pub profile: Profile,
    /// The last checkpoint of the log that it continues: a file.
    pub predecessor: Option<PathBuf>,
}

/// Makes a log. It is empty but for a leaf that names its predecessor, where it has one, and one
/// that binds the namespace of the options to the keys of its registry, where it has any.
///
/// # Errors
/// A store that has a log already, or cannot hold one.
pub async fn init(
    context: &Context,
    options: &LogOptions,
    new: &NewLog,
) -> Result<Report, Failure> {
    let signers = options.signers(context)?;
    let keys: Vec<_> = signers.iter().map(|signer| signer.verifier().clone()).collect();
    let first = keys.first().ok_or(OperatorError::NoKey)?.name().to_owned();
    let origin = new.origin.clone().unwrap_or(first);
    let leaves = first_leaves(context, options, new).await?;
    let identity = Identity { origin, profile: new.profile, keys };
    let mut note = sequencer::init(&options.store(context)?, &identity, &signers).await?;
    if !leaves.is_empty() {
        let mut sequencer = options.sequencer(context).await?;
        sequencer.add(&leaves).await?;
        let published = sequencer.view().published();
        note = published.map_or(note, |published| published.note.clone());
    }
    let vkeys: Vec<_> = identity.keys.iter().map(ToString::to_string).collect();
    let mut lines = vec![format!("{} is ready; clients need its key:", identity.origin)];
    lines.extend(vkeys.iter().cloned());
    let json = json!({ "origin": identity.origin, "vkeys": vkeys, "checkpoint": note.to_string() });
    Ok(Report { lines, json, remarkable: false })
}

/// The leaves that a log begins with.
async fn first_leaves(
    context: &Context,
    options: &LogOptions,
    new: &NewLog,
) -> Result<Vec<Entry>, Failure> {
    let mut texts = Vec::new();
    if let Some(path) = &new.predecessor {
        let path = context.config.sources().cwd.join(path);
        let unusable = || OperatorError::Leaf(path.display().to_string());
        let note = Note::parse(&read_bounded(&path, MAX_FILE)?).map_err(|_| unusable())?;
        let Checkpoint { origin, tree, .. } =
            Checkpoint::parse(note.text()).map_err(|_| unusable())?;
        texts.push(Predecessor { origin, tree }.to_string());
    }
    if let Some(namespace) = leaves::genesis(context, options.namespace.as_deref()).await? {
        texts.push(namespace.to_string());
    }
    Ok(texts.iter().filter_map(|text| Entry::text(new.profile, text.as_bytes())).collect())
}

/// Makes the keys of the options those of a log, of which one is already. With the old key and
/// the new one both sign; with the new one alone, once clients know it, the old one is retired.
///
/// # Errors
/// Keys none of which is the log's, a log that cannot be read.
pub async fn rotate(context: &Context, options: &LogOptions) -> Result<Report, Failure> {
    let signers = options.signers(context)?;
    let (identity, note) = sequencer::rotate(&options.store(context)?, &signers).await?;
    let vkeys: Vec<_> = identity.keys.iter().map(ToString::to_string).collect();
    let mut lines = vec![format!("{} is signed by", identity.origin)];
    lines.extend(vkeys.iter().cloned());
    let json = json!({ "origin": identity.origin, "vkeys": vkeys, "checkpoint": note.to_string() });
    Ok(Report { lines, json, remarkable: false })
}
