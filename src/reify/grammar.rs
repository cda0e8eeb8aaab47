//! npm's grammar of specs, as the script policy asks for it: the [`Grammar`] of real runs.

use std::path::PathBuf;

use super::script_policy::{GitKey, Grammar, PolicyKey, Wanted};
use crate::spec::{Form, Spec, SpecKind, Version, satisfies};

/// [`Grammar`] on top of [`crate::spec`].
#[derive(Clone, Debug)]
pub struct NpmGrammar {
    /// The project's folder: relative paths in policy keys start here.
    pub project: PathBuf,
}

impl Grammar for NpmGrammar {
    fn key(&self, text: &str) -> Option<PolicyKey> {
        let spec = Spec::parse(text, &self.project).ok()?;
        let registry = |wanted| {
            Some(PolicyKey::Registry { name: spec.name.clone().unwrap_or_default(), wanted })
        };
        match &spec.kind {
            SpecKind::Range if spec.raw_spec.trim() == "*" => registry(Wanted::Any),
            SpecKind::Version => registry(Wanted::Version(spec.fetch_spec.clone())),
            SpecKind::Range => registry(Wanted::Range(spec.fetch_spec.clone())),
            SpecKind::Tag => registry(Wanted::Tag),
            SpecKind::Git(git) => Some(PolicyKey::Git(GitKey {
                ssh: git.hosted.as_ref().map(|hosted| hosted.ssh(Form::NoCommittish)),
                shortcut: git.hosted.as_ref().map(|hosted| hosted.shortcut(Form::NoCommittish)),
                fetch_spec: Some(spec.fetch_spec.clone()).filter(|url| !url.is_empty()),
                committish: git.committish.clone(),
            })),
            SpecKind::Remote | SpecKind::File | SpecKind::Directory => Some(PolicyKey::Source {
                fetch_spec: spec.fetch_spec.clone(),
                save_spec: spec.save_spec.clone(),
            }),
            SpecKind::Alias(_) => Some(PolicyKey::Other),
        }
    }

    fn registry_name(&self, name: &str, spec: &str) -> Option<String> {
        let spec = Spec::resolve(name, spec, &self.project).ok()?;
        if spec.is_registry() { spec.target().name.clone() } else { None }
    }

    fn version(&self, text: &str) -> Option<String> {
        Version::parse(text).ok().map(|version| version.to_string())
    }

    fn satisfies(&self, version: &str, range: &str) -> bool {
        satisfies(version, range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_table_of_what_policies_may_hold() {
        let grammar = NpmGrammar { project: "/p".into() };
        let registry =
            |name: &str, wanted| Some(PolicyKey::Registry { name: name.to_owned(), wanted });
        for (text, expected) in [
            ("a", registry("a", Wanted::Any)),
            ("@s/a@*", registry("@s/a", Wanted::Any)),
            ("a@1.2.3", registry("a", Wanted::Version("1.2.3".into()))),
            ("a@1.0.0 || 2.0.0", registry("a", Wanted::Range("1.0.0 || 2.0.0".into()))),
            ("a@latest", registry("a", Wanted::Tag)),
            ("x@npm:a@1.0.0", Some(PolicyKey::Other)),
        ] {
            assert_eq!(grammar.key(text), expected, "{text}");
        }
        assert!(matches!(
            grammar.key("github:o/r#abc"),
            Some(PolicyKey::Git(GitKey { ssh: Some(_), .. }))
        ));
        assert!(matches!(
            grammar.key("file:lib"),
            Some(PolicyKey::Source { fetch_spec, .. }) if fetch_spec == "/p/lib"
        ));
    }

    #[test]
    fn registry_name_of_an_alias_is_the_target() {
        let grammar = NpmGrammar { project: "/p".into() };
        assert_eq!(grammar.registry_name("x", "npm:real@1").as_deref(), Some("real"));
        assert_eq!(grammar.registry_name("x", "^1").as_deref(), Some("x"));
        assert_eq!(grammar.registry_name("x", "file:lib"), None);
    }
}
