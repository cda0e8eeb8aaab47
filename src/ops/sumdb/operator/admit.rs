//! Admission: the log hashes bytes it fetched itself, from several registries that agree, and
//! that none of them contradicts by its own signature.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::json;
use tokio::sync::OnceCell;
use url::Url;

use super::{LogOptions, OperatorError, Report, name_and_version};
use crate::{
    arborist::Naming,
    error::Failure,
    manifest::Packument,
    ops::{
        Context,
        proofs::{Proofs, Question, Served},
        sumdb::{Namespaces, record::record_of},
    },
    registry::{Body, Privacy, RegistryId, TarballRequest},
    store::{ImportContext, Store, StoredPackage},
    sumdb::{
        Hash,
        record::{Evidence, PackageKey, Record},
        sequencer::{Added, Entry},
    },
};

/// Packuments that are held for the versions that come next.
const PACKUMENTS: usize = 32;

/// Fetches tarballs from several registries and computes their records.
pub struct Fetched {
    context: Arc<Context>,
    sources: usize,
    namespace: Option<String>,
    proofs: Arc<Proofs>,
    packuments: Mutex<VecDeque<Fetching>>,
    /// Unpacked only for their hashes; gone when this is dropped.
    store: Arc<Store>,
    _folder: tempfile::TempDir,
}

impl Fetched {
    /// `sources` registries, at least one, have to agree; `namespace` is theirs, unless the
    /// policy or the registry itself says.
    ///
    /// # Errors
    /// No folder can be made to unpack in.
    pub fn new(context: Arc<Context>, options: &LogOptions) -> Result<Self, Failure> {
        let cache = &context.options.paths.cache;
        std::fs::create_dir_all(cache).map_err(crate::fs::FsError::io("create", cache))?;
        let folder =
            tempfile::tempdir_in(cache).map_err(crate::fs::FsError::io("create", cache))?;
        Ok(Self {
            sources: options.sources.max(1),
            namespace: options.namespace.clone(),
            proofs: Arc::new(Proofs::new(&context)),
            packuments: Mutex::default(),
            store: Arc::new(Store::open(folder.path())?),
            _folder: folder,
            context,
        })
    }

    /// The namespace of a name.
    ///
    /// # Errors
    /// A private name, and a registry of which nobody said whose packages it serves.
    pub fn namespace(&self, name: &str) -> Result<String, Failure> {
        let assignment = self.context.pool.registry_for(name);
        if assignment.privacy == Privacy::Private
            || self.context.policy.sumdb.private_names().is_match(name)
        {
            return Err(OperatorError::Private(name.to_owned()).into());
        }
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let namespaces = Namespaces::of(&self.context)?;
        if namespaces.is_unnamed() {
            let registry = assignment.registries.first().map(ToString::to_string);
            return Err(OperatorError::Namespace(registry.unwrap_or_default()).into());
        }
        Ok(namespaces.name(&assignment.registries))
    }

    /// The record of a version and what stands for it, from as many registries as must agree.
    ///
    /// # Errors
    /// Too few registries have it, they disagree about its bytes, or one of them has signed
    /// other bytes than it serves.
    pub async fn entry(&self, name: &str, version: &str) -> Result<Logged, Failure> {
        let package = format!("{name}@{version}");
        let namespace = self.namespace(name)?;
        let key = PackageKey::new(namespace, name, version)
            .ok_or_else(|| OperatorError::Word(package.clone()))?;
        let registries = self.context.pool.registry_for(name).registries;
        let mut found: Vec<(RegistryId, Record, Served)> = Vec::new();
        let mut reasons = Vec::new();
        for registry in &registries {
            if found.len() == self.sources {
                break;
            }
            match self.from(registry, &registries, &key).await {
                Ok((record, served)) => found.push((registry.clone(), record, served)),
                Err(error) => reasons.push(format!("{registry}: {error}")),
            }
        }
        if found.windows(2).any(|pair| matches!(pair, [(_, one, _), (_, two, _)] if one != two)) {
            let digests = found.iter().map(|(id, record, _)| (id.to_string(), record.integrity()));
            return Err(OperatorError::Disagree { package, digests: digests.collect() }.into());
        }
        if let Some(refusal) = found.iter().find_map(|(_, _, served)| served.refusal.clone()) {
            return Err(refusal.into());
        }
        let count = found.len();
        match found.first() {
            Some((_, record, _)) if count == self.sources => {
                let record = record.clone();
                Ok(Logged { evidence: evidence(&record, &found), record })
            }
            _ => Err(OperatorError::Sources {
                package,
                found: count,
                wanted: self.sources,
                reasons: reasons.join("; "),
            }
            .into()),
        }
    }

    /// The record of what one registry serves, and what it tells of it.
    async fn from(
        &self,
        registry: &RegistryId,
        all: &[RegistryId],
        key: &PackageKey,
    ) -> Result<(Record, Served), Failure> {
        let (name, version) = (key.name(), key.version());
        let first = all.first().unwrap_or(registry);
        let unscoped = name.rsplit('/').next().unwrap_or(name);
        let url = format!("{first}{name}/-/{unscoped}-{version}.tgz");
        let url = Url::parse(&url).map_err(|_| OperatorError::Word(key.to_string()))?;
        let request = TarballRequest {
            name: name.to_owned(),
            version: version.to_owned(),
            url,
            privacy: Privacy::Public,
            avoid: all.iter().filter(|other| *other != registry).cloned().collect(),
        };
        let tarball = self.context.pool.tarball(&request).await?;
        let question = Question {
            name: name.to_owned(),
            version: version.to_owned(),
            integrity: None,
            naming: Naming::Checked,
        };
        let store = Arc::clone(&self.store);
        let key = key.clone();
        let computed = tokio::task::spawn_blocking(move || compute(&store, tarball.body, key));
        let (record, stored) = computed.await.map_err(|_| OperatorError::Interrupted)??;
        let packument = self.packument(registry, &question.name).await;
        let served = self.proofs.prove_served(&question, &stored, packument.as_deref()).await;
        Ok((record, served))
    }

    /// The packument of a name at one registry; its versions come one after the other.
    async fn packument(&self, registry: &RegistryId, name: &str) -> Option<Arc<Packument>> {
        let place = (registry.clone(), name.to_owned());
        let cell = {
            let mut held = self.packuments.lock().unwrap_or_else(PoisonError::into_inner);
            let known = held.iter().find(|(known, _)| *known == place);
            if let Some((_, cell)) = known {
                Arc::clone(cell)
            } else {
                let cell = Arc::default();
                held.push_back((place, Arc::clone(&cell)));
                if held.len() > PACKUMENTS {
                    held.pop_front();
                }
                cell
            }
        };
        cell.get_or_init(|| self.proofs.packument_of(registry, name)).await.clone()
    }
}

/// A packument that is fetched, or was.
type Fetching = ((RegistryId, String), Arc<OnceCell<Option<Arc<Packument>>>>);

/// What is logged of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its record.
    pub record: Record,
    /// What stands for it.
    pub evidence: Evidence,
}

impl Logged {
    /// The same as it is appended.
    pub fn to_entry(&self) -> Entry {
        Entry::proven_package(&self.record, &self.evidence)
    }
}

/// What all sources of a version tell together.
fn evidence(record: &Record, found: &[(RegistryId, Record, Served)]) -> Evidence {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let signatures = found.iter().filter_map(|(.., served)| served.signature.clone());
    let hash = |of: fn(&Served) -> Option<[u8; 32]>| {
        found.iter().find_map(|(.., served)| of(served)).map(Hash)
    };
    let sources = found.iter().map(|(id, ..)| (id.to_string(), since.as_secs()));
    Evidence {
        key: record.key.clone(),
        leaf: record.leaf(),
        signatures: signatures.collect(),
        attestations: hash(|served| served.attestations),
        maintainers: hash(|served| served.maintainers),
        sources: sources.collect::<BTreeMap<_, _>>(),
    }
}

fn compute(store: &Store, body: Body, key: PackageKey) -> Result<(Record, StoredPackage), Failure> {
    let context = ImportContext {
        package: format!("{}@{}", key.name(), key.version()),
        ..ImportContext::default()
    };
    let stored: StoredPackage = store.import(body, None, &context)?;
    let record = record_of(key, &stored);
    store.remove(&stored)?;
    Ok((record?, stored))
}

/// Adds versions to a log; those that are there already are told, not added again.
///
/// # Errors
/// The first version that cannot be admitted. Those before it are in the log.
pub async fn add(
    context: &Arc<Context>,
    options: &LogOptions,
    words: &[String],
) -> Result<Report, Failure> {
    let fetched = Fetched::new(Arc::clone(context), options)?;
    let mut logged = Vec::new();
    for word in words {
        let (name, version) = name_and_version(word)?;
        logged.push(fetched.entry(&name, &version).await?);
    }
    let mut sequencer = options.sequencer(context).await?;
    let entries: Vec<_> = logged.iter().map(Logged::to_entry).collect();
    let added = sequencer.add(&entries).await?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (Logged { record, .. }, added) in logged.iter().zip(added) {
        let package = format!("{}@{}", record.key.name(), record.key.version());
        let (index, word) = match added {
            Added::New(index) => (index, "added"),
            Added::Before(index) => (index, "there already"),
            Added::Otherwise(index) => {
                let integrity = record.integrity();
                return Err(OperatorError::Otherwise { package, index, integrity }.into());
            }
        };
        report.lines.push(format!("{index} {package} {word}"));
        rows.push(json!({ "index": index, "package": package, "new": word == "added" }));
    }
    report.json = json!(rows);
    Ok(report)
}
