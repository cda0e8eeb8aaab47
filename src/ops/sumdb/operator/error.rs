//! What can be wrong when a log is run.

use crate::{
    error::{Code, Explain},
    sumdb::{note::BadKey, policy::BadPolicy, store::BadLocation},
};

/// What can be wrong when a log is run.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The address of a store.
    #[error(transparent)]
    Location(BadLocation),
    /// No private key was named.
    #[error("no key was given")]
    NoKey,
    /// A key file cannot be used.
    #[error("the key {path} cannot be used")]
    Key {
        /// The file.
        path: String,
        /// Why.
        source: BadKey,
    },
    /// A name that no key can have, or no randomness.
    #[error("no key can be made with the name {0:?}")]
    KeyName(String),
    /// A policy file cannot be used.
    #[error("the policy {path} cannot be used")]
    Policy {
        /// The file.
        path: String,
        /// Why.
        source: BadPolicy,
    },
    /// A word that is no exact version of a package.
    #[error("{0:?} is not <name>@<version>")]
    Word(String),
    /// A name that other registries may not hear of.
    #[error("{0} is private: its registry has its own scope or needs a credential")]
    Private(String),
    /// Nobody said whose packages the registry serves.
    #[error("it is not known whose packages {0} serves")]
    Namespace(String),
    /// Too few registries have the same bytes to ask.
    #[error("{package}: {found} of {wanted} registries could be asked: {reasons}")]
    Sources {
        /// The package.
        package: String,
        /// How many gave a tarball.
        found: usize,
        /// How many must.
        wanted: usize,
        /// What the others said.
        reasons: String,
    },
    /// Registries have different bytes for one version.
    #[error("{package}: registries do not agree about its bytes; nothing was logged")]
    Disagree {
        /// The package.
        package: String,
        /// What each has: registry and integrity.
        digests: Vec<(String, String)>,
    },
    /// The log has another record for the version.
    #[error("{package}: the log has another record of it, at {index}; nothing was logged")]
    Otherwise {
        /// The package.
        package: String,
        /// Where.
        index: u64,
        /// What the registries have now.
        integrity: String,
    },
    /// An address to listen at that cannot be used.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no proof, or a proof that does not hold.
    #[error("{path} proves nothing: {reason}")]
    Proof {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// What is no leaf of the kind that is asked for.
    #[error("{0} is not what can be logged here")]
    Leaf(String),
    /// A version that the log does not have.
    #[error("{0} is not in the log")]
    NotLogged(String),
    /// Keys that nobody signed who may.
    #[error("{path}: no key that the log knows of the namespace {label} signed these keys")]
    UnsignedKeys {
        /// The file.
        path: String,
        /// The namespace.
        label: String,
    },
    /// The keys of a registry cannot be had.
    #[error("the keys of {registry} cannot be had: {reason}")]
    Keys {
        /// The registry.
        registry: String,
        /// Why.
        reason: String,
    },
    /// Something went away while it worked.
    #[error("interrupted")]
    Interrupted,
}

impl Explain for OperatorError {
    fn code(&self) -> Code {
        match self {
            Self::Location(_)
            | Self::NoKey
            | Self::Key { .. }
            | Self::KeyName(_)
            | Self::Policy { .. }
            | Self::Leaf(_)
            | Self::Word(_) => Code::Usage,
            Self::NotLogged(_) => Code::SumdbAbsent,
            Self::UnsignedKeys { .. } => Code::MissingSignatureKey,
            Self::Private(_) | Self::Namespace(_) => Code::Policy,
            Self::Sources { .. } | Self::Keys { .. } => Code::SumdbUnavailable,
            Self::Disagree { .. } => Code::RegistryConflict,
            Self::Otherwise { .. } => Code::SumdbMismatch,
            Self::Listen { .. } => Code::System,
            Self::Proof { .. } => Code::SumdbProof,
            Self::Interrupted => Code::Cancelled,
        }
    }

    fn package(&self) -> Option<String> {
        match self {
            Self::Sources { package, .. }
            | Self::Disagree { package, .. }
            | Self::Otherwise { package, .. } => Some(package.clone()),
            _ => None,
        }
    }

    fn detail(&self) -> Vec<String> {
        match self {
            Self::Disagree { digests, .. } => {
                digests.iter().map(|(registry, digest)| format!("{digest}  {registry}")).collect()
            }
            Self::Otherwise { integrity, .. } => vec![format!("{integrity}  the registries now")],
            _ => Vec::new(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoKey => {
                "--log-key=<file>; `denpm sumdb keygen <name> <file>` makes one".to_owned()
            }
            Self::Namespace(_) => {
                "--log-namespace=<label>, the same for all registries that mirror each other"
                    .to_owned()
            }
            Self::Sources { .. } => "name mirrors with `denpm-registries[]` in your npmrc, or say \
                                     --sources=1 and prove only what one registry serves"
                .to_owned(),
            Self::Disagree { .. } | Self::Otherwise { .. } => {
                "a version's bytes never change: find out which registry is wrong".to_owned()
            }
            _ => return None,
        })
    }
}
