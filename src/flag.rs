//! The risk flags: stable codes and names, as policy files and reports write them.

macro_rules! flags {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal;)*) => {
        /// Something unusual that can be noticed about a package.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Flag { $($(#[$doc])* $variant,)* }

        impl Flag {
            /// Every flag, in the order of the codes.
            pub const ALL: &'static [Flag] = &[$(Flag::$variant,)*];

            /// The stable code, for example `DENPM-R03`.
            pub fn code(self) -> &'static str {
                match self { $(Flag::$variant => $code,)* }
            }

            /// The name, for example `publisher-new`.
            pub fn name(self) -> &'static str {
                match self { $(Flag::$variant => $name,)* }
            }
        }
    };
}

flags! {
    /// On a list of packages known to be malicious.
    KnownMalicious = "DENPM-R01", "known-malicious";
    /// Published by an identity that neither published nor maintained it up to the baseline.
    PublisherNew = "DENPM-R02", "publisher-new";
    /// A new publisher, and another sign beside: long silence, a new dependency, no old maintainer left.
    PublisherUnusual = "DENPM-R03", "publisher-unusual";
    /// A new publisher and a new install script.
    PublisherScript = "DENPM-R04", "publisher-script";
    /// The set of maintainers differs from the baseline's.
    MaintainersChanged = "DENPM-R05", "maintainers-changed";
    /// None of the baseline's maintainers is left.
    MaintainersReplaced = "DENPM-R06", "maintainers-replaced";
    /// The same account publishes with an address of another domain.
    EmailChanged = "DENPM-R07", "email-changed";
    /// Young, and published with weaker evidence than the baseline: trusted or staged publishing before, none now.
    Downgrade = "DENPM-R08", "downgrade";
    /// Published with weaker evidence than the baseline, but long ago, or by less.
    DowngradeSettled = "DENPM-R09", "downgrade-settled";
    /// Trusted publishing from another configuration or repository.
    PublisherMoved = "DENPM-R10", "publisher-moved";
    /// A dependency the baseline does not have.
    NewDep = "DENPM-R11", "new-dep";
    /// A new dependency that is young, shares no maintainer, and has an install script.
    NewDepYoung = "DENPM-R12", "new-dep-young";
    /// A new dependency that is young and shares no maintainer.
    NewDepUnrelated = "DENPM-R13", "new-dep-unrelated";
    /// A new dependency that is not from a registry.
    ExoticDep = "DENPM-R14", "exotic-dep";
    /// An install script the baseline does not have.
    NewScript = "DENPM-R15", "new-script";
    /// An install script that says something else than the baseline's.
    ScriptChanged = "DENPM-R16", "script-changed";
    /// Younger than the policy lets versions be.
    TooYoung = "DENPM-R17", "release-age";
    /// Versions of several release lines were published within an hour.
    Burst = "DENPM-R18", "burst";
    /// The registry does not know the commit, and did at the baseline.
    NoGitHead = "DENPM-R19", "no-git-head";
    /// A minified file has a power that its source and the baseline do not have.
    MinifiedCapability = "DENPM-R20", "minified-capability";
    /// A minified file has names or texts that its source and the baseline do not have.
    MinifiedExcess = "DENPM-R21", "minified-excess";
    /// A minified file changed although its source did not.
    MinifiedAlone = "DENPM-R22", "minified-alone";
    /// One of two sibling builds has a power that the other and the baseline do not have.
    SiblingCapability = "DENPM-R23", "sibling-capability";
    /// One of two sibling builds has names or texts that the other and the baseline do not have.
    SiblingExcess = "DENPM-R24", "sibling-excess";
    /// The package as a whole has a power the baseline does not have.
    NewCapability = "DENPM-R25", "new-capability";
    /// Code names a host that the baseline does not name.
    NewHost = "DENPM-R26", "new-host";
    /// Code requires a file that no honest code requires: of tests, or data.
    OddRequire = "DENPM-R27", "odd-require";
    /// Code that a reader does not see, new since the baseline.
    HiddenCode = "DENPM-R28", "hidden-code";
    /// A new file that cannot be read: a binary, or minified code without a source.
    OpaqueFile = "DENPM-R29", "opaque-file";
    /// Functions of a minified file changed in ways its source did not.
    Unattributed = "DENPM-R30", "unattributed";
    /// A minified file without a baseline has what its source does not explain.
    Unexplained = "DENPM-R31", "unexplained";
    /// A minified file has no source beside it.
    NoSource = "DENPM-R32", "no-source";
    /// A changed file could not be checked, and could at the baseline.
    Unchecked = "DENPM-R33", "unchecked";
}

impl Flag {
    /// The flag of a code or name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|flag| flag.code() == text || flag.name() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_and_lead_back_to_their_flag() {
        let all: BTreeSet<_> =
            Flag::ALL.iter().flat_map(|flag| [flag.code(), flag.name()]).collect();
        assert_eq!(all.len(), 2 * Flag::ALL.len());
        for &flag in Flag::ALL {
            assert_eq!(Flag::parse(flag.code()), Some(flag));
            assert_eq!(Flag::parse(flag.name()), Some(flag));
        }
    }
}
