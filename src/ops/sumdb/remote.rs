//! The logs of the policy, asked at once.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use futures_util::future::join_all;

use super::{
    error::{Logged, Refused},
    warn,
};
use crate::{
    config::policy::{LogEntry, SumdbMode},
    error::{Explain, Failure},
    ops::context::{Context, pool_options},
    registry::{FetchError, Site},
    sumdb::{
        client::{Client, ClientError, ClientOptions, HeadFile, Remote, RemoteError},
        lookup::{Answer, MAX_BATCH},
        note::{Note, VerifierKey},
        policy::Policy,
        record::{PackageKey, Record},
        tile::Layout,
    },
};

/// What the logs have of packages.
#[derive(Debug, Default)]
pub(in crate::ops) struct Learnt {
    /// By package: log, place, record.
    found: BTreeMap<PackageKey, Vec<(String, u64, Record)>>,
    quorum: usize,
}

impl Learnt {
    /// The proven records of a package, with their logs and places.
    pub(super) fn records_of(
        &self,
        key: &PackageKey,
    ) -> impl Iterator<Item = (&str, u64, &Record)> {
        let found = self.found.get(key).into_iter().flatten();
        found.map(|(log, index, record)| (log.as_str(), *index, record))
    }

    /// All of them.
    pub(super) fn records(&self) -> BTreeMap<PackageKey, Vec<(Logged, Record)>> {
        let logged = |(log, index, record): &(String, u64, Record)| {
            (Logged { log: log.clone(), index: Some(*index) }, record.clone())
        };
        let all = self.found.iter();
        all.map(|(key, found)| (key.clone(), found.iter().map(logged).collect())).collect()
    }

    /// Whether enough logs have a record.
    pub(super) fn is_proven(&self, key: &PackageKey) -> bool {
        self.quorum > 0 && self.found.get(key).is_some_and(|found| found.len() >= self.quorum)
    }
}

/// Asks every log of the policy about packages.
///
/// # Errors
/// A contradiction always; too few records where the policy says so.
pub(super) async fn ask(
    context: &Context,
    keys: &[PackageKey],
    heads: &[Note],
) -> Result<Learnt, Failure> {
    let policy = &context.policy.sumdb;
    let clients: Vec<_> = policy
        .logs
        .iter()
        .map(|log| client(context, log, heads.to_vec()))
        .collect::<Result<_, _>>()?;
    let answers = join_all(clients.iter().map(|client| ask_one(client, keys))).await;
    let mut learnt = Learnt { quorum: policy.quorum, ..Learnt::default() };
    let mut unreachable = Vec::new();
    for (client, answers) in clients.iter().zip(answers) {
        match answers {
            Ok(answers) => {
                for (key, index, record) in answers {
                    let found = learnt.found.entry(key).or_default();
                    found.push((client.origin().to_owned(), index, record));
                }
            }
            Err(error) if error.is_contradiction() => return Err(error.into()),
            Err(error) => unreachable.push(error),
        }
    }
    let missing: Vec<_> = keys.iter().filter(|key| !learnt.is_proven(key)).cloned().collect();
    if missing.is_empty() {
        return Ok(learnt);
    }
    let logs = clients.iter().map(|client| client.origin().to_owned()).collect();
    let refused = match unreachable.into_iter().next() {
        Some(error) if policy.mode == SumdbMode::Enforce => return Err(error.into()),
        Some(error) => Refused::Unasked { reason: error.to_string(), code: error.code() },
        None => Refused::Absent { packages: missing, logs, quorum: policy.quorum },
    };
    if policy.mode == SumdbMode::Enforce {
        return Err(refused.into());
    }
    warn(context, &refused);
    Ok(learnt)
}

async fn ask_one(
    client: &Client<Log>,
    keys: &[PackageKey],
) -> Result<Vec<(PackageKey, u64, Record)>, ClientError> {
    let mut found = Vec::new();
    for part in keys.chunks(MAX_BATCH) {
        let learnt = client.lookup(part).await?;
        for (key, answer) in part.iter().zip(learnt.answers) {
            if let Answer::Found { index, record } = answer {
                found.push((key.clone(), index, *record));
            }
        }
    }
    Ok(found)
}

/// A client of one log over HTTP.
pub(super) type LogClient = Client<Log>;

/// Which checkpoints of a log are believed.
///
/// # Errors
/// An entry of the policy that cannot be used.
pub(super) fn policy(context: &Context, entry: &LogEntry) -> Result<Policy, Failure> {
    let wrong = |reason: String| Refused::Log { url: entry.url.clone(), reason };
    let mut policy = match (&entry.vkey, &entry.policy) {
        (Some(vkey), None) => {
            let key = VerifierKey::parse(vkey).map_err(|error| wrong(error.to_string()))?;
            Policy::of_log(key, Some(entry.url.clone()))
        }
        (None, Some(file)) => {
            read_policy(&context.options.paths.config.join(file)).map_err(wrong)?
        }
        _ => return Err(wrong("either vkey or policy, not both".to_owned()).into()),
    };
    let name = policy.logs().first().map(|log| log.key.name().to_owned());
    let name = name.ok_or_else(|| wrong("its policy names no log".to_owned()))?;
    if let Some(origin) = &entry.origin {
        policy = policy.with_origin(name.clone(), origin);
    }
    Ok(policy)
}

/// A client of a log that must continue `heads`, as far as they are its own.
///
/// # Errors
/// An entry of the policy that cannot be used.
pub(super) fn client(
    context: &Context,
    entry: &LogEntry,
    heads: Vec<Note>,
) -> Result<LogClient, Failure> {
    let policy = policy(context, entry)?;
    let origin = policy.logs().first().map(|log| policy.origin_of(log).to_owned());
    let folder = HeadFile::folder_name(&origin.unwrap_or_default());
    let paths = &context.options.paths;
    let options = pool_options(&context.options, &context.config, &context.machine);
    let site = Site::new(&entry.url, &options, Arc::clone(&context.reporter))?;
    let pinned = heads.into_iter().filter(|head| policy.accept(head).is_ok()).collect();
    let options = ClientOptions {
        policy,
        state: paths.data.join("sumdb").join(&folder),
        cache: paths.cache.join("sumdb").join(&folder),
        layout: Layout::C2sp,
        pinned,
    };
    Ok(Client::new(Log(site), options))
}

fn read_policy(file: &Path) -> Result<Policy, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Policy::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// A log's URL, over HTTP.
pub(super) struct Log(Site);

impl Remote for Log {
    async fn get(&self, path: &str, limit: u64) -> Result<Vec<u8>, RemoteError> {
        self.0.get(path, limit).await.map(Vec::from).map_err(|error| failed(&error))
    }

    async fn post(&self, path: &str, body: Vec<u8>, limit: u64) -> Result<Vec<u8>, RemoteError> {
        self.0.post(path, body.into(), limit).await.map(Vec::from).map_err(|error| failed(&error))
    }
}

fn failed(error: &FetchError) -> RemoteError {
    match error.status() {
        Some(404 | 405 | 410 | 501) => RemoteError::NotFound,
        _ => RemoteError::Unreachable(error.to_string()),
    }
}
