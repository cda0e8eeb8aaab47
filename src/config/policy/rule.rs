//! Who may have built which packages: `[[rule]]`.
//!
//! Every rule that means a package must hold for it, so that a further rule is always stricter.

use serde::Deserialize;

use super::{
    Section,
    pattern::{Pattern, Versions, any_matches},
};

/// Demands on the provenance of some packages; an empty text demands nothing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The packages it is about.
    pub packages: Vec<Pattern>,
    /// The versions it is about; all when it is not said.
    pub versions: Option<Versions>,
    /// The repository's URL.
    pub source_repository: String,
    /// The host's number of the repository, which survives renames and is never given twice.
    pub source_repository_id: String,
    /// The ref that was built.
    pub source_ref: Option<Pattern>,
    /// The workflow's path in the repository.
    pub workflow: String,
    /// The URL of the workflow that signs, without its ref or with it: for shared builders.
    pub signer_workflow: String,
    /// Who vouches for the build's identity.
    pub issuer: String,
    /// `github-hosted` or `self-hosted`.
    pub runner: String,
    /// What may have started the build; anything when there are none.
    pub triggers: Vec<String>,
    /// The deployment environment.
    pub environment: String,
    /// Attestations of these types must be there.
    pub predicate_types: Vec<String>,
    /// The registry must have attested that it accepted the package.
    pub publish_attestation: bool,
    /// People or organisations must have countersigned.
    pub countersign: Option<Countersign>,
}

/// `threshold` of `keys` must have countersigned `name@version:integrity`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countersign {
    /// How many.
    pub threshold: u32,
    /// The names of their keys.
    pub keys: Vec<String>,
}

/// What is proven about a package's origin.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names are those of a rule")]
pub struct Claims<'a> {
    pub source_repository: Option<&'a str>,
    pub source_repository_id: Option<&'a str>,
    pub source_ref: Option<&'a str>,
    pub workflow: Option<&'a str>,
    pub signer_workflow: Option<&'a str>,
    pub issuer: Option<&'a str>,
    pub runner: Option<&'a str>,
    pub trigger: Option<&'a str>,
    pub environment: Option<&'a str>,
    pub predicate_types: &'a [String],
    pub publish_attestation: bool,
}

impl Rule {
    /// Whether it is about a version of a package.
    pub fn is_about(&self, name: &str, version: &str) -> bool {
        any_matches(&self.packages, name)
            && self.versions.as_ref().is_none_or(|versions| versions.contains(version))
    }

    /// What it demands and the claims do not fulfil, one a line.
    pub fn unfulfilled(&self, claims: &Claims<'_>) -> Vec<String> {
        let equal = |wanted: &str, found: Option<&str>| {
            wanted.is_empty() || found.is_some_and(|found| found == wanted)
        };
        let signer = claims.signer_workflow.map(|signer| {
            let bare = signer.split_once('@').map_or(signer, |(bare, _)| bare);
            if self.signer_workflow.contains('@') { signer } else { bare }
        });
        let named = [
            ("source_repository", &self.source_repository, claims.source_repository),
            ("source_repository_id", &self.source_repository_id, claims.source_repository_id),
            ("workflow", &self.workflow, claims.workflow),
            ("signer_workflow", &self.signer_workflow, signer),
            ("issuer", &self.issuer, claims.issuer),
            ("runner", &self.runner, claims.runner),
            ("environment", &self.environment, claims.environment),
        ];
        let wrong = named.iter().filter(|(_, wanted, found)| !equal(wanted, *found));
        let mut lines: Vec<String> =
            wrong.map(|(claim, wanted, found)| line(claim, wanted, *found)).collect();
        if let Some(wanted) = &self.source_ref
            && !claims.source_ref.is_some_and(|found| wanted.matches(found))
        {
            lines.push(line("source_ref", wanted.as_str(), claims.source_ref));
        }
        if !self.triggers.is_empty()
            && !claims.trigger.is_some_and(|found| self.triggers.iter().any(|one| one == found))
        {
            lines.push(line("triggers", &self.triggers.join(", "), claims.trigger));
        }
        let missing = |wanted: &&String| !claims.predicate_types.contains(wanted);
        lines.extend(
            self.predicate_types.iter().filter(missing).map(|w| line("predicate_types", w, None)),
        );
        if self.publish_attestation && !claims.publish_attestation {
            lines.push(line("publish_attestation", "true", None));
        }
        if self.countersign.is_some() {
            lines.push("countersign: countersignatures cannot be checked by this version".into());
        }
        lines
    }
}

fn line(claim: &str, wanted: &str, found: Option<&str>) -> String {
    format!("{claim}: {wanted} is demanded, {} is proven", found.unwrap_or("nothing"))
}

/// All rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(pub Vec<Rule>);

impl Rules {
    /// Those that are about a version of a package.
    pub fn about<'a>(
        &'a self,
        name: &'a str,
        version: &'a str,
    ) -> impl Iterator<Item = &'a Rule> + 'a {
        self.0.iter().filter(move |rule| rule.is_about(name, version))
    }
}

impl Section for Rules {
    type Words = Vec<Rule>;

    fn replaced_by(self, words: Vec<Rule>) -> Self {
        if words.is_empty() { self } else { Self(words) }
    }

    fn tightened_by(mut self, words: Vec<Rule>) -> Self {
        self.0.extend(words);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};

    const TEXT: &str = r#"
        [[rule]]
        packages = ["@babel/*"]
        versions = ">=7.27.0"
        source_repository = "https://host.example/babel/babel"
        source_ref = "refs/tags/*"
        signer_workflow = ""
        triggers = ["push", "release"]
        publish_attestation = true
    "#;

    fn rules(text: &str) -> Rules {
        Rules::default().replaced_by(parse(text).unwrap().rule)
    }

    #[test]
    fn a_rule_is_about_its_packages_and_versions() {
        let rules = rules(TEXT);
        assert_eq!(rules.about("@babel/core", "7.27.1").count(), 1);
        assert_eq!(rules.about("@babel/core", "7.26.0").count(), 0);
        assert_eq!(rules.about("babel", "7.27.1").count(), 0);
        assert_eq!(rules.about("@babel/core", "8.0.0-beta.1").count(), 1);
    }

    #[test]
    fn every_demand_must_be_fulfilled() {
        let rules = rules(TEXT);
        let rule = &rules.0[0];
        let good = Claims {
            source_repository: Some("https://host.example/babel/babel"),
            source_ref: Some("refs/tags/v7.27.0"),
            trigger: Some("release"),
            publish_attestation: true,
            ..Claims::default()
        };
        assert_eq!(rule.unfulfilled(&good), Vec::<String>::new());
        let bad = Claims {
            source_repository: Some("https://host.example/babel/babel-fork"),
            source_ref: Some("refs/heads/main"),
            ..good
        };
        insta::assert_snapshot!(rule.unfulfilled(&bad).join("\n"), @r"
        source_repository: https://host.example/babel/babel is demanded, https://host.example/babel/babel-fork is proven
        source_ref: refs/tags/* is demanded, refs/heads/main is proven
        ");
        assert_eq!(rule.unfulfilled(&Claims::default()).len(), 4);
    }

    #[test]
    fn a_shared_builder_is_named_with_its_ref_or_without() {
        let claims = Claims {
            signer_workflow: Some("https://host.example/o/b/.github/workflows/x.yml@refs/tags/v2"),
            ..Claims::default()
        };
        let signer = |text: &str| Rule { signer_workflow: text.to_owned(), ..Rule::default() };
        let bare = signer("https://host.example/o/b/.github/workflows/x.yml");
        assert!(bare.unfulfilled(&claims).is_empty());
        let other = signer("https://host.example/o/b/.github/workflows/x.yml@refs/tags/v1");
        assert_eq!(other.unfulfilled(&claims).len(), 1);
    }

    #[test]
    fn a_demand_that_cannot_be_checked_is_not_fulfilled() {
        let rules = rules(
            "[[rule]]\npackages = [\"*\"]\n[rule.countersign]\nthreshold = 1\nkeys = [\"a\"]",
        );
        assert_eq!(rules.0[0].unfulfilled(&Claims::default()).len(), 1);
    }

    #[test]
    fn a_project_adds_rules_and_removes_none() {
        let both = rules(TEXT).tightened_by(rules("[[rule]]\npackages = [\"a\"]").0);
        assert_eq!(both.0.len(), 2);
        assert!(parse("[[rule]]\npackage = \"a\"").is_err());
    }
}
