//! The registry's answer about attestations, read as far as is needed to choose key and subject;
//! the rest is sigstore's.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// A version has two; more than this are an attempt to keep us busy.
const MAX_ATTESTATIONS: usize = 16;
/// What a media type of a bundle begins with, whatever its version.
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// The versions of the bundle that are understood.
const KNOWN: [&str; 5] = [
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle.v0.3.1+json",
];

/// The answer: all attestations of one version.
#[derive(Debug)]
pub struct Response {
    /// In the registry's order.
    pub attestations: Vec<Attestation>,
}

/// One attestation, not yet checked.
#[derive(Debug)]
pub struct Attestation {
    /// What the registry says it is.
    pub predicate_type: String,
    /// The key it names; empty for one made with a certificate.
    pub keyid: String,
    /// Its signature, as it is written.
    pub sig: String,
    /// The media type of its bundle.
    pub media_type: String,
    /// The statement, in base64.
    pub payload: String,
    /// The bundle's JSON, as it stands.
    pub bundle: Box<RawValue>,
}

/// An answer that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the registry's answer about attestations cannot be understood: {0}")]
pub struct Malformed(pub String);

#[derive(Deserialize)]
struct Body {
    attestations: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "predicateType", default)]
    predicate_type: String,
    bundle: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline {
    #[serde(default)]
    media_type: String,
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
struct Envelope {
    payload: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    keyid: Option<String>,
    #[serde(default)]
    sig: String,
}

impl Response {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`Malformed`] when it is no list of bundles, or a list without end.
    pub fn parse(json: &[u8]) -> Result<Self, Malformed> {
        let malformed = |error: serde_json::Error| Malformed(error.to_string());
        let body: Body = serde_json::from_slice(json).map_err(malformed)?;
        if body.attestations.len() > MAX_ATTESTATIONS {
            return Err(Malformed(format!("more than {MAX_ATTESTATIONS} attestations")));
        }
        let read = |item: Item| {
            let outline: Outline = serde_json::from_str(item.bundle.get()).map_err(malformed)?;
            let signature = outline.dsse_envelope.signatures.into_iter().next();
            let signature = signature.ok_or_else(|| Malformed("an envelope unsigned".into()))?;
            Ok(Attestation {
                predicate_type: item.predicate_type,
                keyid: signature.keyid.unwrap_or_default(),
                sig: signature.sig,
                media_type: outline.media_type,
                payload: outline.dsse_envelope.payload,
                bundle: item.bundle,
            })
        };
        let attestations = body.attestations.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { attestations })
    }
}

impl Attestation {
    /// False for a bundle of a later version: that it cannot be checked here says nothing about it.
    pub fn is_known_format(&self) -> bool {
        !self.media_type.starts_with(BUNDLE) || KNOWN.contains(&self.media_type.as_str())
    }
}

/// What is signed, as far as it is compared here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The name of the first subject.
    pub subject_name: Option<String>,
    /// The SHA-512 of the first subject, in hex.
    pub subject_sha512: Option<String>,
    /// `predicateType`.
    pub predicate_type: String,
}

impl Statement {
    /// Reads the payload of an envelope.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn parse(payload: &str) -> Result<Self, String> {
        let bytes = STANDARD.decode(payload).map_err(|error| format!("its payload: {error}"))?;
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|error| format!("its statement: {error}"))?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let subject = value.pointer("/subject/0");
        Ok(Self {
            subject_name: text(subject.and_then(|subject| subject.get("name"))),
            subject_sha512: text(subject.and_then(|subject| subject.pointer("/digest/sha512"))),
            predicate_type: text(value.get("predicateType")).unwrap_or_default(),
        })
    }
}
