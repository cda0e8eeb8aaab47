//! Real packages with their real signatures and attestations (`fixtures/signed`), and packages
//! signed with a key of the test.

use super::{registry::Registry, sandbox::repository, tarball::Tarball};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer},
    pkcs8::EncodePublicKey,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use std::fs;

/// Where the attestations of tuf-js are served.
pub(crate) const ATTESTATIONS: &str = "-/npm/v1/attestations/tuf-js@1.0.0";

/// The user's policy for them: tuf-js is served without its dependencies, which its package.json
/// has, so that nothing more than it has to be served.
pub(crate) const POLICY: &str = "[sumdb]\nmanifest = \"off\"\n";

/// The packages: their file name, their packument's, and where the registry keeps the tarball.
const PACKAGES: [(&str, &str, &str); 3] = [
    (
        "has-package-exports",
        "has-package-exports",
        "has-package-exports/-/has-package-exports-1.3.0.tgz",
    ),
    (
        "@ljharb/has-package-exports-patterns",
        "ljharb-has-package-exports-patterns",
        "@ljharb/has-package-exports-patterns/-/has-package-exports-patterns-0.0.2.tgz",
    ),
    ("tuf-js", "tuf-js", "tuf-js/-/tuf-js-1.0.0.tgz"),
];

fn read(file: &str) -> Vec<u8> {
    fs::read(repository().join("fixtures/signed").join(file)).unwrap()
}

/// A tarball of the fixtures.
pub(crate) fn tarball(file: &str) -> Vec<u8> {
    read(file)
}

/// Serves the packages; `alter` sees each packument before it goes out.
pub(crate) fn publish(registry: &Registry, alter: impl Fn(&str, &mut Value)) {
    for (name, file, path) in PACKAGES {
        let text = String::from_utf8(read(&format!("{file}.json"))).unwrap();
        // Hosts are not signed; the bytes are the same wherever they are from.
        let text = text.replace("https://registry.example/", &registry.url());
        let mut packument: Value = serde_json::from_str(&text).unwrap();
        alter(name, &mut packument);
        registry.serve(name, "application/json", packument.to_string().into_bytes());
        let version = path.rsplit_once('-').unwrap().1;
        let bytes = read(&format!("{file}-{version}"));
        registry.serve(path, "application/octet-stream", bytes);
    }
    let path = "tuf-js/-/tuf-js-1.0.1.tgz";
    registry.serve(path, "application/octet-stream", read("tuf-js-1.0.0.tgz"));
    serve_attestations(registry, &attestations());
}

/// The registry's answer about the attestations of tuf-js.
pub(crate) fn attestations() -> Value {
    serde_json::from_slice(&read("tuf-js-1.0.0.attestations.json")).unwrap()
}

/// Serves an answer about the attestations of tuf-js.
pub(crate) fn serve_attestations(registry: &Registry, response: &Value) {
    registry.serve(ATTESTATIONS, "application/json", response.to_string().into_bytes());
}

/// A tarball that calls itself tuf-js 1.0.0 and is not.
pub(crate) fn forged() -> Vec<u8> {
    let manifest = r#"{"name":"tuf-js","version":"1.0.0"}"#;
    Tarball::new()
        .file("package.json", 0o644, manifest.as_bytes())
        .file("evil.js", 0o644, b"1")
        .gzip()
}

/// The integrity of bytes.
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(bytes)))
}

/// A registry's own key.
pub(crate) struct OwnKey(SigningKey);

impl OwnKey {
    pub(crate) fn new() -> Self {
        Self(SigningKey::from_slice(&[7; 32]).unwrap())
    }

    pub(crate) fn other() -> Self {
        Self(SigningKey::from_slice(&[8; 32]).unwrap())
    }

    /// `SHA256:` and OpenSSH's fingerprint.
    pub(crate) fn id(&self) -> String {
        let point = self.0.verifying_key().to_sec1_point(false);
        let mut wire = Vec::new();
        for part in [b"ecdsa-sha2-nistp256".as_slice(), b"nistp256", point.as_bytes()] {
            wire.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            wire.extend(part);
        }
        format!("SHA256:{}", BASE64_STANDARD_NO_PAD.encode(Sha256::digest(wire)))
    }

    /// An element of `dist.signatures`.
    pub(crate) fn sign(&self, name: &str, version: &str, integrity: &str) -> Value {
        let message = format!("{name}@{version}:{integrity}");
        let signature: Signature = self.0.sign(message.as_bytes());
        json!({"keyid": self.id(), "sig": BASE64_STANDARD.encode(signature.to_der().as_bytes())})
    }

    /// The signature of a text, in base64.
    pub(crate) fn sign_text(&self, text: &str) -> String {
        let signature: Signature = self.0.sign(text.as_bytes());
        BASE64_STANDARD.encode(signature.to_der().as_bytes())
    }

    /// Publishes a version that is signed with it.
    pub(crate) fn publish(&self, registry: &Registry, name: &str, version: &str) {
        registry.package(name, version).publish();
        let signature = self.sign(name, version, &registry.integrity(name, version));
        registry.package(name, version).dist("signatures", json!([signature])).publish();
    }

    /// Serves it as the registry's only key.
    pub(crate) fn serve(&self, registry: &Registry) {
        let spki = self.0.verifying_key().to_public_key_der().unwrap();
        let keys = json!({"keys": [{
            "expires": null,
            "keyid": self.id(),
            "keytype": "ecdsa-sha2-nistp256",
            "scheme": "ecdsa-sha2-nistp256",
            "key": BASE64_STANDARD.encode(spki.as_bytes()),
        }]});
        registry.serve("-/npm/v1/keys", "application/json", keys.to_string().into_bytes());
    }
}
