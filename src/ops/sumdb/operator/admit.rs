//! Admission: the log hashes bytes it fetched itself, from several registries that agree.

use std::sync::Arc;

use serde_json::json;
use url::Url;

use super::{LogOptions, OperatorError, Report, name_and_version};
use crate::{
    error::Failure,
    ops::{
        Context,
        sumdb::{Namespaces, record::record_of},
    },
    registry::{Body, Privacy, RegistryId, TarballRequest},
    store::{ImportContext, Store, StoredPackage},
    sumdb::{
        record::{PackageKey, Record},
        sequencer::{Added, Entry},
    },
};

/// Fetches tarballs from several registries and computes their records.
pub struct Fetched {
    context: Arc<Context>,
    sources: usize,
    namespace: Option<String>,
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

    /// The record of a version, from as many registries as must agree.
    ///
    /// # Errors
    /// Too few registries have it, or they disagree about its bytes.
    pub async fn record(&self, name: &str, version: &str) -> Result<Record, Failure> {
        let package = format!("{name}@{version}");
        let namespace = self.namespace(name)?;
        let key = PackageKey::new(namespace, name, version)
            .ok_or_else(|| OperatorError::Word(package.clone()))?;
        let registries = self.context.pool.registry_for(name).registries;
        let mut found: Vec<(RegistryId, Record)> = Vec::new();
        let mut reasons = Vec::new();
        for registry in &registries {
            if found.len() == self.sources {
                break;
            }
            match self.from(registry, &registries, &key).await {
                Ok(record) => found.push((registry.clone(), record)),
                Err(error) => reasons.push(format!("{registry}: {error}")),
            }
        }
        if found.windows(2).any(|pair| matches!(pair, [(_, one), (_, two)] if one != two)) {
            let digests = found.iter().map(|(id, record)| (id.to_string(), record.integrity()));
            return Err(OperatorError::Disagree { package, digests: digests.collect() }.into());
        }
        let count = found.len();
        match found.pop() {
            Some((_, record)) if count == self.sources => Ok(record),
            _ => Err(OperatorError::Sources {
                package,
                found: count,
                wanted: self.sources,
                reasons: reasons.join("; "),
            }
            .into()),
        }
    }

    /// The record of what one registry serves.
    async fn from(
        &self,
        registry: &RegistryId,
        all: &[RegistryId],
        key: &PackageKey,
    ) -> Result<Record, Failure> {
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
        let store = Arc::clone(&self.store);
        let key = key.clone();
        let computed = tokio::task::spawn_blocking(move || compute(&store, tarball.body, key));
        computed.await.map_err(|_| OperatorError::Interrupted)?
    }
}

fn compute(store: &Store, body: Body, key: PackageKey) -> Result<Record, Failure> {
    let context = ImportContext {
        package: format!("{}@{}", key.name(), key.version()),
        ..ImportContext::default()
    };
    let stored: StoredPackage = store.import(body, None, &context)?;
    let record = record_of(key, &stored);
    store.remove(&stored)?;
    Ok(record?)
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
    let mut records = Vec::new();
    for word in words {
        let (name, version) = name_and_version(word)?;
        records.push(fetched.record(&name, &version).await?);
    }
    let mut sequencer = options.sequencer(context).await?;
    let entries: Vec<_> = records.iter().map(Entry::package).collect();
    let added = sequencer.add(&entries).await?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (record, added) in records.iter().zip(added) {
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
