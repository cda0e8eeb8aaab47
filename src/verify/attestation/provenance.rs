//! Who built a package, from the certificate that Sigstore issued to the build.

use serde::{Deserialize, Serialize};
use sigstore_verify::crypto::CertificateInfo;

/// The issuer of GitHub's builds; the older of their certificates name repositories without host.
const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";
const GITHUB: &str = "https://github.com/";

/// The claims of a build's certificate; what the certificate does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provenance {
    /// The repository's URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository: Option<String>,
    /// The host's number of it, which survives a rename and is never given twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_id: Option<String>,
    /// The ref that was built, for example `refs/tags/v1.0.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<String>,
    /// The commit that was built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_commit: Option<String>,
    /// The path of the workflow in the repository, for example `.github/workflows/release.yml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// The URL, with ref, of the workflow that signed: another one where the builder is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer_workflow: Option<String>,
    /// Who vouched for the build's identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// `github-hosted` or `self-hosted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner: Option<String>,
    /// What started the build, for example `push`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// The deployment environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

impl Provenance {
    /// The claims of a certificate.
    pub(super) fn of(certificate: &CertificateInfo) -> Self {
        let claims = &certificate.ci_claims;
        let old = &claims.deprecated_github;
        let identity = certificate.identity.as_ref().map(|identity| identity.as_str().to_owned());
        let is_github = certificate.issuer.as_deref() == Some(GITHUB_ISSUER);
        let old_repository = old.workflow_repository.as_ref().filter(|_| is_github);
        let repository = claims
            .source_repository_uri
            .clone()
            .or_else(|| old_repository.map(|repository| format!("{GITHUB}{repository}")));
        let config = claims.build_config_uri.clone().or_else(|| identity.clone());
        Self {
            workflow: config.zip(repository.as_deref()).and_then(|(uri, of)| path_in(&uri, of)),
            source_repository: repository,
            source_repository_id: claims.source_repository_identifier.clone(),
            source_ref: claims.source_repository_ref.clone().or_else(|| old.workflow_ref.clone()),
            source_commit: claims
                .source_repository_digest
                .clone()
                .or_else(|| old.workflow_sha.clone()),
            signer_workflow: claims.build_signer_uri.clone().or(identity),
            issuer: certificate.issuer.clone(),
            runner: claims.runner_environment.clone(),
            trigger: claims.build_trigger.clone().or_else(|| old.workflow_trigger.clone()),
            environment: claims.deployment_environment.clone(),
        }
    }
}

/// `https://host/o/r/.github/workflows/x.yml@refs/…` in `https://host/o/r` is the path.
fn path_in(uri: &str, repository: &str) -> Option<String> {
    let path = uri.strip_prefix(repository)?.strip_prefix('/')?;
    Some(path.split_once('@').map_or(path, |(path, _)| path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_in_is_the_workflow_without_host_and_ref() {
        let uri = "https://host.example/o/r/.github/workflows/x.yml@refs/tags/v1";
        let path = path_in(uri, "https://host.example/o/r");
        assert_eq!(path.as_deref(), Some(".github/workflows/x.yml"));
        assert_eq!(path_in(uri, "https://host.example/o/other"), None);
        assert_eq!(
            path_in(uri, "https://host.example/o"),
            Some("r/.github/workflows/x.yml".into())
        );
    }
}
