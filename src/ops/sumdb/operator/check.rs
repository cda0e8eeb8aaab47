//! Asking a log as a client, checking a proof file, examining a server.

use std::{path::Path, sync::Arc};

use serde_json::json;

use super::{
    LogOptions, MAX_FILE, OperatorError, Report, name_and_version, read_policy, transport::HttpLog,
};
use crate::{
    error::Failure,
    fs::read_bounded,
    ops::Context,
    sumdb::{
        client::{Client, ClientOptions, HeadFile},
        lookup::{Answer, BatchRequest},
        note::{MAX_NOTE, Note, VerifierKey},
        policy::Policy,
        proof::TlogProof,
        record::{NPM, PackageKey},
        tile::{Layout, Resource, Tile},
        tlog::leaf_hash,
    },
};

/// A key, or a policy file, as a policy.
fn policy(context: &Context, word: &str) -> Result<Policy, Failure> {
    match VerifierKey::parse(word) {
        Ok(key) => Ok(Policy::of_log(key, None)),
        Err(_) => read_policy(&context.config.sources().cwd.join(word)),
    }
}

/// Asks the log at a URL about versions, believing what `key` (a vkey or a policy file) allows.
///
/// # Errors
/// What a client finds wrong with the log; versions that are absent are told.
pub async fn lookup(
    context: &Arc<Context>,
    options: &LogOptions,
    key: &str,
    words: &[String],
) -> Result<Report, Failure> {
    let policy = policy(context, key)?;
    let log = policy.logs().first().map(|log| policy.origin_of(log).to_owned());
    let folder = HeadFile::folder_name(&log.unwrap_or_default());
    let paths = &context.options.paths;
    let client = ClientOptions {
        policy,
        state: paths.data.join("sumdb").join(&folder),
        cache: paths.cache.join("sumdb").join(&folder),
        layout: Layout::C2sp,
        pinned: Vec::new(),
    };
    let client = Client::new(HttpLog::new(context, &options.store)?, client);
    let namespace = options.namespace.as_deref().unwrap_or(NPM);
    let mut keys = Vec::new();
    for word in words {
        let (name, version) = name_and_version(word)?;
        let key = PackageKey::new(namespace, name, version);
        keys.push(key.ok_or_else(|| OperatorError::Word(word.clone()))?);
    }
    let learnt = client.lookup(&keys).await?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (key, answer) in keys.iter().zip(&learnt.answers) {
        match answer {
            Answer::Found { index, record } => {
                report.lines.push(format!("{index}\n{record}"));
                rows.push(json!({ "index": index, "record": record.to_string() }));
            }
            Answer::Absent | Answer::Pending => {
                let word = if *answer == Answer::Absent { "absent" } else { "pending" };
                report.lines.push(format!("{}@{} {word}", key.name(), key.version()));
                rows.push(json!({ "package": key.to_string(), "state": word }));
                report.remarkable = true;
            }
        }
    }
    report.json = json!(rows);
    Ok(report)
}

/// Checks a `.tlog-proof` file: that the record in another file is in a tree that `key` (a vkey
/// or a policy file) accepts.
///
/// # Errors
/// Files that cannot be read, a proof that does not hold.
pub fn verify(
    context: &Context,
    proof: &Path,
    record: &Path,
    key: &str,
) -> Result<Report, Failure> {
    let cwd = &context.config.sources().cwd;
    let policy = policy(context, key)?;
    let shown = proof.display().to_string();
    let wrong = |reason: String| OperatorError::Proof { path: shown.clone(), reason };
    let text = String::from_utf8_lossy(&read_bounded(&cwd.join(proof), 3 * MAX_FILE)?).into_owned();
    let record = read_bounded(&cwd.join(record), MAX_FILE)?;
    let proof = TlogProof::parse(&text).map_err(|error| wrong(error.to_string()))?;
    let accepted = policy.accept(&proof.checkpoint).map_err(|error| wrong(error.to_string()))?;
    let held = proof.verify(leaf_hash(&record), &accepted.checkpoint);
    held.map_err(|error| wrong(error.to_string()))?;
    let tree = accepted.checkpoint.tree;
    let origin = accepted.checkpoint.origin;
    Ok(Report {
        lines: vec![format!("record {} of the {} of {origin}", proof.index, tree.size)],
        json: json!({ "index": proof.index, "size": tree.size, "origin": origin }),
        remarkable: false,
    })
}

/// Examines the server of a log, or a proxy in front of one: what it serves, and that it serves
/// nothing beyond.
///
/// # Errors
/// A URL that cannot be used; what is wrong with the server is told.
pub async fn doctor(context: &Arc<Context>, url: &str) -> Result<Report, Failure> {
    let log = HttpLog::new(context, url)?;
    let mut findings: Vec<(&str, Result<String, String>)> = Vec::new();
    let head = log.ask("checkpoint", None, MAX_NOTE as u64).await;
    let tree = head.as_ref().ok().filter(|reply| reply.status == 200).and_then(|reply| {
        let note = Note::parse(&reply.body).ok()?;
        crate::sumdb::Checkpoint::parse(note.text()).ok()
    });
    findings.push((
        "checkpoint",
        match (&head, &tree) {
            (_, Some(checkpoint)) => {
                Ok(format!("{} has {} records", checkpoint.origin, checkpoint.tree.size))
            }
            (Ok(reply), None) => Err(format!("no checkpoint; status {}", reply.status)),
            (Err(reason), None) => Err(reason.clone()),
        },
    ));
    findings.push(("supported", expect(&log, "supported", None, &[200]).await));
    let size = tree.map_or(0, |checkpoint| checkpoint.tree.size);
    if let Some(tile) = Tile::edge(size).next() {
        let path = Layout::C2sp.path(Resource::Tile(tile));
        findings.push(("tiles", expect(&log, &path, None, &[200]).await));
    }
    let beyond = Tile::in_tree(0, size / 256 + 1000, u64::MAX);
    if let Some(tile) = beyond {
        let path = Layout::C2sp.path(Resource::Tile(tile));
        findings.push(("nothing beyond the tree", expect(&log, &path, None, &[404]).await));
    }
    let nobody = PackageKey::new("npm", "denpm-doctor-asks", "0.0.0-none");
    let request = nobody.and_then(|key| BatchRequest::new(vec![key]).ok());
    if let Some(request) = request {
        let body = Some(request.to_string().into_bytes());
        findings.push(("batch", expect(&log, "batch", body, &[200]).await));
        let path = "lookup/npm/denpm-doctor-asks@0.0.0-none";
        findings.push(("lookup", expect(&log, path, None, &[404, 202]).await));
    }
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (what, found) in findings {
        let (sign, text) = match &found {
            Ok(text) => ("ok", text),
            Err(text) => ("wrong", text),
        };
        report.remarkable |= found.is_err();
        report.lines.push(format!("{sign:5} {what}: {text}"));
        rows.push(json!({ "what": what, "ok": found.is_ok(), "said": text }));
    }
    report.json = json!(rows);
    Ok(report)
}

async fn expect(
    log: &HttpLog,
    path: &str,
    body: Option<Vec<u8>>,
    statuses: &[u16],
) -> Result<String, String> {
    let status = log.ask(path, body, 64 << 20).await?.status;
    let said = format!("/{path} answers {status}");
    if statuses.contains(&status) {
        Ok(said)
    } else {
        Err(format!("{said}, expected {statuses:?}"))
    }
}
