//! Keys of logs and witnesses, and new logs.

use std::{io::Write, path::Path};

use serde_json::json;

use super::{LogOptions, MAX_FILE, OperatorError, Report};
use crate::{
    error::Failure,
    fs::{FsError, read_bounded},
    ops::Context,
    sumdb::{
        note::{KeyKind, SigningKey},
        sequencer::{self, Profile},
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

/// Makes an empty log. `origin` is the name in its checkpoints, by default that of its key.
///
/// # Errors
/// A store that has a log already, or cannot hold one.
pub async fn init(
    context: &Context,
    options: &LogOptions,
    origin: Option<&str>,
    profile: Profile,
) -> Result<Report, Failure> {
    let signers = options.signers(context)?;
    let keys: Vec<_> = signers.iter().map(|signer| signer.verifier().clone()).collect();
    let first = keys.first().ok_or(OperatorError::NoKey)?.name().to_owned();
    let origin = origin.map_or(first, str::to_owned);
    let identity = Identity { origin, profile, keys };
    let note = sequencer::init(&options.store(context)?, &identity, &signers).await?;
    let vkeys: Vec<_> = identity.keys.iter().map(ToString::to_string).collect();
    let mut lines = vec![format!("{} is ready; clients need its key:", identity.origin)];
    lines.extend(vkeys.iter().cloned());
    let json = json!({ "origin": identity.origin, "vkeys": vkeys, "checkpoint": note.to_string() });
    Ok(Report { lines, json, remarkable: false })
}
