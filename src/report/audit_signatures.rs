//! The end of `audit-signatures`: npm's words and npm's object (`lib/utils/verify-signatures.js`),
//! and beside the object what npm has no word for.

use std::{cmp::Ordering, time::Duration};

use serde_json::{Map, Value, json};

use super::styled::{Line, Style, Text};

/// A package that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditedPackage {
    /// The name at the registry.
    pub name: String,
    /// The installed version.
    pub version: String,
    /// Its path from the project.
    pub location: String,
    /// The registry's URL.
    pub registry: String,
    /// `dist.tarball`.
    pub resolved: Option<String>,
    /// `dist.integrity`.
    pub integrity: Option<String>,
}

/// A package whose signature or attestation does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPackage {
    /// The package.
    pub package: AuditedPackage,
    /// Which of the two.
    pub kind: InvalidKind,
    /// npm's sentence.
    pub message: String,
    /// The key that is named, or nothing.
    pub keyid: Option<String>,
    /// The signature as it is written.
    pub signature: Option<String>,
    /// The dependency field that asks for the package.
    pub field: &'static str,
}

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidKind {
    /// The registry signature.
    Signature,
    /// An attestation of this predicate type.
    Attestation(String),
}

impl InvalidKind {
    fn code(&self) -> &'static str {
        match self {
            Self::Signature => "EINTEGRITYSIGNATURE",
            Self::Attestation(_) => "EATTESTATIONVERIFY",
        }
    }
}

/// A package with attestations that hold.
#[derive(Clone, Debug, PartialEq)]
pub struct AttestedPackage {
    /// The package.
    pub package: AuditedPackage,
    /// `dist.attestations`.
    pub attestations: Value,
    /// The registry's answer: its list of bundles.
    pub bundles: Value,
}

/// What npm does not look at: beside its object, under a key of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beyond {
    /// What contradicts a signature, as objects.
    pub findings: Vec<Value>,
    /// How many packages were not covered, by reason.
    pub not_covered: Vec<(&'static str, usize)>,
}

impl Beyond {
    /// Whether something contradicts what was signed, and not only may.
    pub fn contradicts(&self) -> bool {
        self.findings.iter().any(|finding| finding["level"] == "block")
    }

    /// One line about what was not covered.
    pub fn not_covered_line(&self) -> Option<String> {
        let parts: Vec<String> =
            self.not_covered.iter().map(|(why, count)| format!("{count} {}", words(why))).collect();
        (!parts.is_empty()).then(|| format!("not covered by signatures: {}", parts.join(", ")))
    }
}

fn words(reason: &str) -> &str {
    match reason {
        "bundled" => "bundled in other packages (not looked up by name)",
        "noRegistry" => "from a repository, URL or file",
        "workspace" => "of the project's own workspaces",
        "omitted" => "left out by --omit",
        other => other,
    }
}

/// Everything the end of the audit says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignatureAudit {
    /// Packages whose registry has keys.
    pub audited: usize,
    /// Packages with a signature that holds.
    pub signatures: usize,
    /// Packages with attestations that hold.
    pub attestations: usize,
    /// Packages without signature, though their registry has keys.
    pub missing: Vec<AuditedPackage>,
    /// Packages whose signature or attestation does not hold.
    pub invalid: Vec<InvalidPackage>,
    /// Packages with attestations, where they are asked for.
    pub attested: Option<Vec<AttestedPackage>>,
    /// What npm does not look at.
    pub beyond: Beyond,
    /// Time taken.
    pub took: Duration,
}

impl SignatureAudit {
    /// Sorts as npm: by name. `collate` is `spec::collate`.
    pub fn sort(&mut self, collate: fn(&str, &str) -> Ordering) {
        self.missing.sort_by(|a, b| collate(&a.name, &b.name));
        self.invalid.sort_by(|a, b| collate(&a.package.name, &b.package.name));
    }

    /// Whether npm would end with exit code 1.
    pub fn has_failed(&self) -> bool {
        !self.missing.is_empty() || !self.invalid.is_empty()
    }

    /// npm's text for stdout.
    pub fn text(&self) -> Text {
        let mut text = Text::new();
        let plural = if self.audited > 1 { "s" } else { "" };
        let seconds = self.took.as_secs();
        text.push(
            Line::new().plain(&format!("audited {} package{plural} in {seconds}s", self.audited)),
        );
        text.push(Line::new());
        text.extend(self.verified_lines());
        text.extend(self.missing_lines());
        text.extend(self.invalid_lines());
        text
    }

    fn verified_lines(&self) -> Text {
        let mut text = Text::new();
        let line = |count: usize, one: &'static str, many: &'static str| {
            let (verb, noun) =
                if count == 1 { (" package has a ", one) } else { (" packages have ", many) };
            Line::new()
                .plain(&count.to_string())
                .own(verb)
                .styled(Style::Bold, "verified")
                .own(noun)
        };
        if self.signatures > 0 {
            text.push(line(self.signatures, " registry signature", " registry signatures"));
            text.push(Line::new());
        }
        if self.attestations > 0 {
            text.push(line(self.attestations, " attestation", " attestations"));
            if self.attested.is_none() {
                text.push_own("(use --json --include-attestations to view attestation details)");
            }
            text.push(Line::new());
        }
        text
    }

    fn missing_lines(&self) -> Text {
        let mut text = Text::new();
        let count = self.missing.len();
        if count == 0 {
            return text;
        }
        let (verb, noun) = if count == 1 {
            (" package has a ", " registry signature but the registry is providing signing keys:")
        } else {
            (" packages have ", " registry signatures but the registry is providing signing keys:")
        };
        let line = Line::new().plain(&count.to_string()).own(verb);
        text.push(line.styled(Style::BoldRed, "missing").own(noun));
        text.push(Line::new());
        text.extend(self.missing.iter().map(package_line).collect());
        text
    }

    fn invalid_lines(&self) -> Text {
        let mut text = Text::new();
        if self.invalid.is_empty() {
            return text;
        }
        if !self.missing.is_empty() {
            text.push(Line::new());
        }
        for (code, one, many) in [
            ("EINTEGRITYSIGNATURE", " registry signature:", " registry signatures:"),
            ("EATTESTATIONVERIFY", " attestation:", " attestations:"),
        ] {
            let of_kind = || self.invalid.iter().filter(|invalid| invalid.kind.code() == code);
            let count = of_kind().count();
            if count == 0 {
                continue;
            }
            let (verb, noun) =
                if count == 1 { (" package has an ", one) } else { (" packages have ", many) };
            let line = Line::new().plain(&count.to_string()).own(verb);
            text.push(line.styled(Style::BoldRed, "invalid").own(noun));
            text.push(Line::new());
            text.extend(of_kind().map(|invalid| package_line(&invalid.package)).collect());
            text.push(Line::new());
        }
        text.push_own(if self.invalid.len() == 1 {
            "Someone might have tampered with this package since it was published on the registry!"
        } else {
            "Someone might have tampered with these packages since they were published on the registry!"
        });
        text.push(Line::new());
        text
    }

    /// npm's object; where there is more to say, under `denpm`.
    pub fn to_json(&self) -> Value {
        let mut object = json!({
            "invalid": self.invalid.iter().map(invalid_json).collect::<Value>(),
            "missing": self.missing.iter().map(missing_json).collect::<Value>(),
        });
        if let Some(attested) = &self.attested {
            let attested = attested.iter().map(attested_json).collect();
            super::json::set(&mut object, "verified", Value::Array(attested));
        }
        let beyond = &self.beyond;
        if *beyond != Beyond::default() {
            let counts: Map<String, Value> =
                beyond.not_covered.iter().map(|(why, n)| ((*why).to_owned(), json!(n))).collect();
            let denpm = json!({ "findings": beyond.findings, "notCovered": counts });
            super::json::set(&mut object, "denpm", denpm);
        }
        object
    }
}

fn package_line(package: &AuditedPackage) -> Line {
    Line::new()
        .styled(Style::Red, &format!("{}@{}", package.name, package.version))
        .plain(&format!(" ({})", package.registry))
}

/// An object without the members that have no value, as `JSON.stringify` writes it.
fn object<const N: usize>(members: [(&str, Option<&str>); N]) -> Value {
    let known =
        members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into())));
    Value::Object(known.collect())
}

fn missing_json(package: &AuditedPackage) -> Value {
    object([
        ("integrity", package.integrity.as_deref()),
        ("location", Some(&package.location)),
        ("name", Some(&package.name)),
        ("registry", Some(&package.registry)),
        ("resolved", package.resolved.as_deref()),
        ("version", Some(&package.version)),
    ])
}

fn invalid_json(invalid: &InvalidPackage) -> Value {
    let package = &invalid.package;
    let predicate = match &invalid.kind {
        InvalidKind::Signature => None,
        InvalidKind::Attestation(predicate) => Some(predicate.as_str()),
    };
    object([
        ("code", Some(invalid.kind.code())),
        ("message", Some(&invalid.message)),
        ("integrity", package.integrity.as_deref()),
        ("keyid", invalid.keyid.as_deref()),
        ("location", Some(&package.location)),
        ("name", Some(&package.name)),
        ("registry", Some(&package.registry)),
        ("resolved", package.resolved.as_deref()),
        ("signature", invalid.signature.as_deref()),
        ("predicateType", predicate),
        ("type", Some(invalid.field)),
        ("version", Some(&package.version)),
    ])
}

fn attested_json(attested: &AttestedPackage) -> Value {
    let package = &attested.package;
    json!({
        "name": package.name,
        "version": package.version,
        "location": package.location,
        "registry": package.registry,
        "attestations": attested.attestations,
        "attestationBundles": attested.bundles,
    })
}
