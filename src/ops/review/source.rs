//! `verify-source`: a package's files against its repository at the commit it was made from.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use tempfile::TempDir;

use super::files;
use crate::{
    arborist::{Naming, PackageSource},
    error::{Code, Explain, Failure},
    fs::FsError,
    inspect::{
        minified::{Files, Sources as Readable},
        source::{self, FileState, State},
    },
    ops::{
        Context,
        git::{Git, package_folder},
        manifests::Sources,
        packages::{Packages, git_options},
    },
    report::source::SourceReport,
    spec::Spec,
    store::EntryPath,
};

/// What to verify.
#[derive(Clone, Debug, Default)]
pub struct SourceRequest {
    /// A tarball, a folder, or a package's specifier.
    pub subject: String,
    /// A clone of the repository, or a folder with its files; without one it is cloned.
    pub repository: Option<PathBuf>,
}

/// A package whose source cannot be found.
#[derive(Debug, thiserror::Error)]
enum SourceError {
    #[error("{0} is neither a tarball nor a folder nor a package of a registry")]
    Nothing(String),
    #[error("{0} does not say which repository it comes from")]
    NoRepository(String),
    #[error("{package} says it comes from {url}, which is no repository that can be cloned")]
    NotCloned { package: String, url: String },
    #[error("the repository has neither the commit nor a tag of {0}")]
    NoCommit(String),
    #[error("the repository has no folder of {0}")]
    NoFolder(String),
    #[error("verifying was interrupted")]
    Interrupted,
}

impl Explain for SourceError {
    fn code(&self) -> Code {
        match self {
            Self::Interrupted => Code::Cancelled,
            _ => Code::Noent,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::NoRepository(_) | Self::NotCloned { .. } | Self::NoCommit(_) => {
                Some("name a clone, or a folder with the files: --repo=<folder>".to_owned())
            }
            _ => None,
        }
    }
}

/// A package as it was published.
struct Published {
    files: Files,
    name: String,
    version: String,
    /// What the registry, or package.json, says of repository and commit.
    document: Value,
}

/// A repository's files as they were when the package was made.
struct Checkout {
    folder: PathBuf,
    commit: Option<String>,
    /// How the commit was found.
    by: String,
    _temp: Option<TempDir>,
}

/// Compares a package with its repository.
///
/// # Errors
/// A package or repository that cannot be had, a commit that it does not have.
pub async fn verify(context: &Context, request: &SourceRequest) -> Result<SourceReport, Failure> {
    let sources = Sources::new(context, Arc::new(Packages::new(context)));
    let package = published(&sources, &request.subject).await?;
    context.pool.flush().await;
    let git = Git::new(git_options(context));
    let checkout = checkout(&git, &package, request.repository.as_deref()).await?;
    let work = move || compare(&package, &checkout);
    tokio::task::spawn_blocking(work).await.map_err(|_| SourceError::Interrupted)?
}

async fn published(sources: &Sources, word: &str) -> Result<Published, Failure> {
    let path = PathBuf::from(word);
    if path.exists() {
        let read = move || {
            if path.is_dir() {
                Ok(files::whole_folder(&path)?)
            } else {
                files::whole_tarball(&path)
            }
        };
        let read = tokio::task::spawn_blocking(read).await;
        let files = read.map_err(|_| SourceError::Interrupted)??;
        return Ok(Published::of(files, None, word));
    }
    let nothing = || SourceError::Nothing(word.to_owned());
    let spec = Spec::parse(word, Path::new("/")).map_err(|_| nothing())?;
    if !spec.target().is_registry() {
        return Err(nothing().into());
    }
    let fetched = sources.fetch(&spec).await?;
    let name = fetched.manifest.name.clone().unwrap_or_default();
    let version = fetched.manifest.version.clone().unwrap_or_default();
    let source = PackageSource {
        name: &name,
        package_name: &name,
        version: &version,
        resolved: fetched.resolved.as_deref(),
        integrity: fetched.integrity.as_deref(),
        naming: Naming::Checked,
    };
    let stored = sources.package(&source).await?.package;
    let packument = sources.packument(&name).await?;
    let document = packument.raw_manifest(&version);
    let document = document.and_then(|document| serde_json::from_slice(&document).ok());
    let read = tokio::task::spawn_blocking(move || files::whole_stored(&stored)).await;
    Ok(Published::of(read.map_err(|_| SourceError::Interrupted)?, document, word))
}

impl Published {
    fn of(files: Files, document: Option<Value>, word: &str) -> Self {
        let own = files::manifest(&files).unwrap_or_default();
        let text = |key: &str| own.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            name: text("name").unwrap_or_else(|| word.to_owned()),
            version: text("version").unwrap_or_default(),
            document: document.unwrap_or(own),
            files,
        }
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.document.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn repository(&self) -> Option<&str> {
        self.text("/repository/url").or_else(|| self.text("/repository"))
    }

    /// The commit that the publisher's npm wrote down.
    fn commit(&self) -> Option<&str> {
        let is_hex = |text: &&str| text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
        self.text("/gitHead").filter(is_hex)
    }

    /// The tags that releases of this version usually have.
    fn tags(&self) -> Vec<String> {
        let Self { name, version, .. } = self;
        let base = name.rsplit('/').next().unwrap_or(name);
        let tags = [
            format!("v{version}"),
            version.clone(),
            format!("{name}@{version}"),
            format!("{name}-v{version}"),
            format!("{base}@{version}"),
            format!("{base}-v{version}"),
            format!("{base}/v{version}"),
            format!("release-{version}"),
        ];
        tags.to_vec()
    }
}

/// The repository's files: of the folder that is given as they lie there, unless it is a clone.
async fn checkout(
    git: &Git,
    package: &Published,
    given: Option<&Path>,
) -> Result<Checkout, Failure> {
    let told = || format!("{}@{}", package.name, package.version);
    let url = if let Some(folder) = given {
        let folder = folder.canonicalize().map_err(FsError::io("read", folder))?;
        if !folder.join(".git").exists() && !folder.join("HEAD").is_file() {
            let by = "the folder as it lies there".to_owned();
            return Ok(Checkout { folder, commit: None, by, _temp: None });
        }
        format!("git+file://{}", folder.display())
    } else {
        package.repository().ok_or_else(|| SourceError::NoRepository(told()))?.to_owned()
    };
    let spec = |committish: &str| {
        let spec = Spec::resolve("", &format!("{url}{committish}"), Path::new("/")).ok();
        // What a manifest names must not lie on this machine.
        let is_given = given.is_some() || !url.contains("file:");
        let found = spec.filter(|spec| is_given && spec.git().is_some());
        found.ok_or_else(|| SourceError::NotCloned { package: told(), url: url.clone() })
    };
    let temp = tempfile::tempdir().map_err(FsError::io("create", std::env::temp_dir()))?;
    let mut last = None;
    if let Some(sha) = package.commit() {
        match check_out(git, &spec(&format!("#{sha}"))?, temp.path()).await {
            Ok(()) => return Ok(Checkout::new(temp, sha.to_owned(), "gitHead".to_owned())),
            Err(error) => last = Some(error),
        }
    }
    match git.advertised(&spec("")?, &package.tags()).await? {
        Some((tag, sha)) => {
            files::empty(temp.path())?;
            check_out(git, &spec(&format!("#{tag}"))?, temp.path()).await?;
            Ok(Checkout::new(temp, sha, format!("tag {tag}")))
        }
        None => Err(last.unwrap_or_else(|| SourceError::NoCommit(told()).into())),
    }
}

async fn check_out(git: &Git, spec: &Spec, into: &Path) -> Result<(), Failure> {
    let commit = git.resolve(spec).await?;
    Ok(git.checkout(&commit, into).await?)
}

impl Checkout {
    fn new(temp: TempDir, commit: String, by: String) -> Self {
        Self { folder: temp.path().to_owned(), commit: Some(commit), by, _temp: Some(temp) }
    }
}

fn compare(package: &Published, checkout: &Checkout) -> Result<SourceReport, Failure> {
    let folder = folder_of(package, &checkout.folder)?;
    let own = files::whole_folder(&folder)?;
    let all =
        if folder == checkout.folder { own.clone() } else { files::of_folder(&checkout.folder)? };
    let readable = Readable::of(&all);
    let mut states: Vec<FileState> = Vec::new();
    for (path, bytes) in &package.files.by_path {
        // npm writes the file that a package has under either name.
        let there = own.by_path.get(path).or_else(|| {
            let licence = |name: &str| path.eq_ignore_ascii_case(name);
            let of_root = ["license", "license.md", "readme.md"].into_iter().any(licence);
            all.by_path.get(path).filter(|_| of_root)
        });
        states.push(match there {
            Some(there) => source::both(path, bytes, there),
            None => source::alone(path, &package.files, &all, &readable),
        });
    }
    for (path, size) in &package.files.unread {
        let evidence = vec![format!("not checked: {size} bytes are too many")];
        states.push(FileState { path: path.clone(), state: State::Absent, evidence });
    }
    states.sort_by(|a, b| (a.state, &a.path).cmp(&(b.state, &b.path)));
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for file in &states {
        *counts.entry(file.state.as_str()).or_default() += 1;
    }
    let told = states.into_iter().filter(|file| file.state != State::Same);
    Ok(SourceReport {
        name: package.name.clone(),
        version: package.version.clone(),
        repository: package.repository().map(str::to_owned),
        commit: checkout.commit.clone(),
        by: checkout.by.clone(),
        counts,
        files: told.map(|file| (file.path, file.state.as_str(), file.evidence)).collect(),
    })
}

/// The package's folder: the one its manifest names, else the one of its name.
fn folder_of(package: &Published, root: &Path) -> Result<PathBuf, Failure> {
    if let Some(named) = package.text("/repository/directory")
        && let Ok(path) = EntryPath::parse(named.trim_matches('/'))
    {
        return Ok(package_folder(root, Some(&path))?);
    }
    let found = files::folder_of_package(root, &package.name);
    found.ok_or_else(|| SourceError::NoFolder(package.name.clone()).into())
}
