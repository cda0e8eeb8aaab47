//! Registries that disagree about one version, and who of them lied.

use std::sync::Arc;

use super::{
    claim::{Claim, Difference},
    view::liars,
};
use crate::{
    error::{Code, Explain},
    registry::{Lie, Pool, RegistryId},
};

/// Two registries say different things about one version. Nothing of it is installed.
#[derive(Debug, thiserror::Error)]
#[error("registries disagree about {package}: {field}")]
pub(in crate::ops) struct RegistryConflict {
    package: String,
    field: &'static str,
    /// Who says what.
    claims: Vec<(String, String)>,
    /// Who was found lying.
    liars: Vec<String>,
}

impl Explain for RegistryConflict {
    fn code(&self) -> Code {
        Code::RegistryConflict
    }

    fn package(&self) -> Option<String> {
        Some(self.package.clone())
    }

    fn detail(&self) -> Vec<String> {
        let of = |(who, what): &(String, String)| format!("{who} says {what}");
        self.claims.iter().map(of).collect()
    }

    fn help(&self) -> Option<String> {
        Some(if self.liars.is_empty() {
            "nothing was installed; remove one of the two from the pool, and report it".to_owned()
        } else {
            format!(
                "nothing was installed; {} is not asked again until `denpm registries forgive <url>`",
                self.liars.join(", ")
            )
        })
    }
}

/// Decides who lied about `package`, has it remembered, and says what happened.
///
/// `claims` are at least two, in any order; `difference` is between two of them.
pub(super) fn convict(
    pool: &Arc<Pool>,
    package: &str,
    difference: &Difference,
    claims: &[(RegistryId, Claim)],
) -> RegistryConflict {
    let mut sides: Vec<usize> = Vec::new();
    for (index, (_, claim)) in claims.iter().enumerate() {
        let same = claims.iter().take(index).position(|(_, c)| c.differs_from(claim).is_none());
        sides.push(same.and_then(|first| sides.get(first).copied()).unwrap_or(index));
    }
    let authority = pool.authority();
    let authority = claims.iter().position(|(id, _)| Some(id) == authority.as_ref());
    let guilty = liars(&sides, authority);
    let text = |claim: &Claim| match difference.field {
        "integrity" => claim.to_string(),
        field => claim.text_of(field),
    };
    let honest = (0..claims.len()).find(|index| !guilty.contains(index));
    let others = honest.and_then(|index| claims.get(index)).map(|(_, claim)| text(claim));
    let mut named = Vec::new();
    for (id, claim) in guilty.iter().filter_map(|index| claims.get(*index)) {
        let lie = Lie::now(package, text(claim), others.clone().unwrap_or_default());
        pool.report_lie(id, lie);
        named.push(id.to_string());
    }
    RegistryConflict {
        package: package.to_owned(),
        field: difference.field,
        claims: claims.iter().map(|(id, claim)| (id.to_string(), text(claim))).collect(),
        liars: named,
    }
}
