//! Error codes, exit codes, and what every error must be able to say about itself.
//!
//! npm's own codes are kept where npm has one, because scripts and people grep for
//! `error code EXXX`. Exit codes: 1 as npm, 3 when a verification refused, 4 when a
//! policy refused; system errors keep npm's `errno & 0xff`.

use std::{error::Error, fmt, sync::Arc};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $exit:literal;)*) => {
        /// A stable error code: what scripts match on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the text of each code is its documentation")]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, for tables and self-tests.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The code as it is printed, for example `ETARGET`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// The process's exit code when this error ends a command.
            pub fn exit(self) -> u8 {
                match self { $(Code::$variant => $exit,)* }
            }
        }
    };
}

codes! {
    Allowdirectory = "EALLOWDIRECTORY", 1;
    Allowfile = "EALLOWFILE", 1;
    Allowgit = "EALLOWGIT", 1;
    Allowremote = "EALLOWREMOTE", 1;
    Allowscripts = "EALLOWSCRIPTS", 1;
    AttestationSubject = "EATTESTATIONSUBJECT", 3;
    AttestationVerify = "EATTESTATIONVERIFY", 3;
    Auditglobal = "EAUDITGLOBAL", 1;
    Badarchive = "EBADARCHIVE", 3;
    Baddevengines = "EBADDEVENGINES", 1;
    Badengine = "EBADENGINE", 1;
    Badname = "EINVALIDPACKAGENAME", 1;
    Badplatform = "EBADPLATFORM", 1;
    Badsemver = "EBADSEMVER", 1;
    Badspec = "EBADSPEC", 1;
    Badsize = "EBADSIZE", 1;
    Cancelled = "ECANCELLED", 130;
    /// Something installed is not what was verified.
    Changed = "ECHANGED", 3;
    Cert = "ECERT", 1;
    Ciglobal = "ECIGLOBAL", 1;
    Config = "ECONFIG", 1;
    /// A private name in a public registry.
    Confusion = "EDEPENDENCYCONFUSION", 3;
    Connection = "ECONNECTION", 1;
    Connrefused = "ECONNREFUSED", 1;
    Connreset = "ECONNRESET", 1;
    /// The host name has no address (DNS).
    Dnsnotfound = "ENOTFOUND", 1;
    Duplicateworkspace = "EDUPLICATEWORKSPACE", 1;
    ExpiredSignatureKey = "EEXPIREDSIGNATUREKEY", 3;
    Forbidden = "E403", 1;
    Git = "EGIT", 1;
    Gitcheckout = "EGITCHECKOUT", 1;
    Http = "EHTTP", 1;
    Integrity = "EINTEGRITY", 1;
    IntegritySignature = "EINTEGRITYSIGNATURE", 3;
    Internal = "EINTERNAL", 1;
    InvalidAuth = "ERR_INVALID_AUTH", 1;
    InvalidPackageName = "EINVALIDNAME", 1;
    InvalidResponse = "EINVALIDRESPONSE", 1;
    InvalidTagName = "EINVALIDTAGNAME", 1;
    Jsonparse = "EJSONPARSE", 1;
    Lifecycle = "ELIFECYCLE", 1;
    Lockparse = "ELOCKPARSE", 1;
    Lsproblems = "ELSPROBLEMS", 1;
    ManifestMismatch = "EMANIFESTMISMATCH", 3;
    MissingSignatureKey = "EMISSINGSIGNATUREKEY", 3;
    MissingTarget = "EMISSINGTARGET", 1;
    Needauth = "ENEEDAUTH", 1;
    Noent = "ENOENT", 254;
    Nolock = "ENOLOCK", 1;
    Nogit = "ENOGIT", 1;
    Nomatch = "ENOMATCH", 1;
    Notcached = "ENOTCACHED", 1;
    Notfound = "E404", 1;
    Notnpm = "ENONPM", 127;
    Noversions = "ENOVERSIONS", 1;
    Override = "EOVERRIDE", 1;
    Policy = "EPOLICY", 4;
    RegistryConflict = "EREGISTRYCONFLICT", 3;
    Resolve = "ERESOLVE", 1;
    /// Install scripts cannot be confined as the policy wants.
    Sandbox = "ESANDBOX", 4;
    ServerError = "E500", 1;
    /// The log contradicts itself.
    SumdbFork = "ESUMDBFORK", 3;
    /// A package is not the one that was logged.
    SumdbMismatch = "ESUMDBMISMATCH", 3;
    /// A log has no record of a package.
    SumdbAbsent = "ESUMDBABSENT", 3;
    /// A signature, proof or tile of a log does not hold.
    SumdbProof = "ESUMDBPROOF", 3;
    /// A log is behind what is known of it.
    SumdbStale = "ESUMDBSTALE", 3;
    /// What is kept about a log on this machine is damaged.
    SumdbState = "ESUMDBSTATE", 3;
    /// A log cannot be asked.
    SumdbUnavailable = "ESUMDBUNAVAILABLE", 3;
    Strictallowscripts = "ESTRICTALLOWSCRIPTS", 1;
    System = "ESYSTEM", 1;
    Target = "ETARGET", 1;
    Timeout = "ETIMEDOUT", 1;
    TooLarge = "ETOOLARGE", 1;
    Unauthorized = "E401", 1;
    Unavailable = "EUNAVAILABLE", 1;
    UnsupportedProtocol = "EUNSUPPORTEDPROTOCOL", 1;
    Updateargs = "EUPDATEARGS", 1;
    Usage = "EUSAGE", 1;
    Workspacesconfig = "EWORKSPACESCONFIG", 1;
    Workspacesglobal = "EWORKSPACESGLOBAL", 1;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error that can be shown to a person and matched by a script.
///
/// `Display` is one sentence that says what happened; `source()` is the chain of causes.
pub trait Explain: Error + Send + Sync + 'static {
    /// The stable code.
    fn code(&self) -> Code;

    /// The code's text where it is not one of the table's (an HTTP status, an errno name).
    fn code_text(&self) -> String {
        self.code().as_str().to_owned()
    }

    /// `name@version` or `name@spec` the error is about.
    fn package(&self) -> Option<String> {
        None
    }

    /// npm's own text for this code, line by line, where npm has one; else empty.
    fn detail(&self) -> Vec<String> {
        Vec::new()
    }

    /// One thing the reader can do next.
    fn help(&self) -> Option<String> {
        None
    }

    /// The exit code of the process (a failed script passes its own).
    fn exit(&self) -> u8 {
        self.code().exit()
    }
}

/// Any explained error on its way to the command line.
#[derive(Debug)]
pub struct Failure(Box<dyn Explain>);

impl Failure {
    /// The error itself.
    pub fn inner(&self) -> &dyn Explain {
        self.0.as_ref()
    }

    /// The error, to be kept in several places.
    pub fn into_shared(self) -> Arc<dyn Explain> {
        Arc::from(self.0)
    }
}

impl<E: Explain> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
    }

    #[test]
    fn no_failure_exits_with_success() {
        assert!(Code::ALL.iter().all(|code| code.exit() != 0));
    }
}
