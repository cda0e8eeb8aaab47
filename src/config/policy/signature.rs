//! What is demanded of registry signatures: `[signature]`.

use serde::Deserialize;

use super::{Section, pattern::Pattern};

/// What is demanded of registry signatures.
#[derive(Clone, Debug, PartialEq)]
pub struct SignaturePolicy {
    /// Which packages must have one.
    pub require: Require,
    /// How many of a version's signatures must hold.
    pub accept: Accept,
    /// Who is asked for signatures.
    pub sources: Vec<Source>,
    /// Whose word on keys is taken.
    pub keys: Vec<KeySource>,
    /// Whether a registry's word is taken for a namespace of its own, as it is until somebody says
    /// whose word on keys is taken and leaves the registry's out.
    pub own_namespaces: bool,
    /// Packages that may be without one.
    pub unsigned: Vec<Pattern>,
}

impl Default for SignaturePolicy {
    fn default() -> Self {
        Self {
            require: Require::IfKeys,
            accept: Accept::AnyValid,
            sources: vec![Source::Configured, Source::Others],
            keys: vec![KeySource::Pinned, KeySource::Tuf],
            own_namespaces: true,
            unsigned: Vec::new(),
        }
    }
}

/// Which packages must be signed; a later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Require {
    /// None; signatures are not looked at.
    Off,
    /// A signature that is there must hold; that one is missing is told.
    IfKeys,
    /// Each package from a registry.
    Always,
}

/// How many of a version's signatures must hold; a later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accept {
    /// One.
    AnyValid,
    /// Each, as npm asks.
    AllValid,
}

/// Who is asked for signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The registry that serves the package.
    Configured,
    /// The other registries of the pool: a signature proves the same bytes wherever it is from.
    Others,
}

/// Whose word on keys is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// This binary's.
    Pinned,
    /// Sigstore's TUF repository's.
    Tuf,
    /// The registry's own endpoint's: whoever serves the packages vouches for them.
    Endpoint,
}

impl SignaturePolicy {
    /// Whether a package may be without a signature.
    pub fn may_be_unsigned(&self, name: &str) -> bool {
        super::pattern::any_matches(&self.unsigned, name)
    }

    /// Whether this word on keys is taken.
    pub fn trusts(&self, source: KeySource) -> bool {
        self.keys.contains(&source)
    }
}

/// The part as a file writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    require: Option<Require>,
    accept: Option<Accept>,
    sources: Option<Vec<Source>>,
    keys: Option<Vec<KeySource>>,
    unsigned: Option<Vec<Pattern>>,
}

impl Words {
    /// What they say of registries' own namespaces.
    fn own_namespaces(&self) -> Option<bool> {
        self.keys.as_ref().map(|keys| keys.contains(&KeySource::Endpoint))
    }
}

impl Section for SignaturePolicy {
    type Words = Words;

    fn replaced_by(self, words: Words) -> Self {
        Self {
            own_namespaces: words.own_namespaces().unwrap_or(self.own_namespaces),
            require: words.require.unwrap_or(self.require),
            accept: words.accept.unwrap_or(self.accept),
            sources: words.sources.unwrap_or(self.sources),
            keys: words.keys.unwrap_or(self.keys),
            unsigned: words.unsigned.unwrap_or(self.unsigned),
        }
    }

    fn tightened_by(self, words: Words) -> Self {
        Self {
            own_namespaces: self.own_namespaces && words.own_namespaces() != Some(false),
            require: words.require.map_or(self.require, |word| word.max(self.require)),
            accept: words.accept.map_or(self.accept, |word| word.max(self.accept)),
            sources: in_both(self.sources, words.sources.as_deref()),
            keys: in_both(self.keys, words.keys.as_deref()),
            unsigned: in_both(self.unsigned, words.unsigned.as_deref()),
        }
    }
}

/// What was allowed and is allowed still.
fn in_both<T: PartialEq>(allowed: Vec<T>, words: Option<&[T]>) -> Vec<T> {
    match words {
        None => allowed,
        Some(words) => allowed.into_iter().filter(|one| words.contains(one)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};

    fn words(text: &str) -> Words {
        parse(text).unwrap().signature
    }

    #[test]
    fn a_project_can_demand_more_and_never_less() {
        let user = SignaturePolicy::default().replaced_by(words(
            "[signature]\nrequire = \"always\"\nkeys = [\"pinned\"]\nunsigned = [\"@a/*\"]",
        ));
        let project = words(
            "[signature]\nrequire = \"off\"\naccept = \"all-valid\"\n\
             keys = [\"pinned\", \"endpoint\"]\nunsigned = [\"*\"]",
        );
        let policy = user.tightened_by(project);
        assert_eq!(policy.require, Require::Always);
        assert_eq!(policy.accept, Accept::AllValid);
        assert_eq!(policy.keys, [KeySource::Pinned]);
        assert!(!policy.may_be_unsigned("@a/b"));
    }

    #[test]
    fn a_registrys_own_keys_count_until_a_file_says_whose_do() {
        let files = |user: &str, project: &str| {
            let policy = SignaturePolicy::default().replaced_by(words(user));
            policy.tightened_by(words(project)).own_namespaces
        };
        let (pinned, both) = ("keys = [\"pinned\"]", "keys = [\"pinned\", \"endpoint\"]");
        let section = |text: &str| format!("[signature]\n{text}");
        assert!(files("", "") && files("", &section(both)) && files(&section(both), ""));
        for (user, project) in [(pinned, ""), ("", pinned), (pinned, both), (both, pinned)] {
            assert!(!files(&section(user), &section(project)), "{user} {project}");
        }
    }

    #[test]
    fn the_user_can_name_packages_without_signature() {
        let policy = SignaturePolicy::default()
            .replaced_by(words("[signature]\nunsigned = [\"@myorg/*\", \"internal-*\"]"));
        assert!(policy.may_be_unsigned("@myorg/a") && policy.may_be_unsigned("internal-a"));
        assert!(!policy.may_be_unsigned("myorg"));
    }

    #[test]
    fn a_word_nobody_knows_is_an_error() {
        assert!(parse("[signature]\nrequire = \"sometimes\"").is_err());
        assert!(parse("[signature]\nkeys = [\"mirror\"]").is_err());
    }
}
