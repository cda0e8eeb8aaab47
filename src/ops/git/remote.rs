//! The URL of a repository, and how to keep its credentials out of what is shown.

use std::fmt;

use url::Url;

use super::error::GitError;

/// Hosts that serve shallow clones well (@npmcli/git `clone.js`).
const SHALLOW_HOSTS: [&str; 5] =
    ["github.com", "gist.github.com", "gitlab.com", "bitbucket.com", "bitbucket.org"];

/// Where a repository is: a URL, or `user@host:path`. May hold credentials, which are never shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Remote(String);

impl Remote {
    /// Checks that git can read the text as nothing but the place of a repository: no option, no
    /// `transport::address`, which runs a program.
    ///
    /// # Errors
    /// [`GitError::Refused`].
    pub fn new(text: &str) -> Result<Self, GitError> {
        let colons = text.find("::");
        let helper = colons.and_then(|colons| text.get(..colons)).is_some_and(|name| {
            name.chars()
                .all(|character| character.is_ascii_alphanumeric() || "+-._".contains(character))
        });
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let is_option =
            text.starts_with('-') || authority.starts_with('-') || host.starts_with('-');
        if text.is_empty() || helper || is_option || text.chars().any(char::is_control) {
            return Err(GitError::refused("URL", text));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text for git.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// Whether the host is known to serve shallow clones.
    pub(super) fn serves_shallow(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| {
            url.port().is_none() && url.host_str().is_some_and(|host| SHALLOW_HOSTS.contains(&host))
        })
    }

    /// Whether it is on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.0.starts_with("file:")
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.0))
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({self})")
    }
}

/// A text with the user info of every URL in it replaced; `git@`, which names nobody, stays.
pub(super) fn redact(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = after
            .find(|character: char| {
                matches!(character, '/' | '\'' | '"') || character.is_whitespace()
            })
            .unwrap_or(after.len());
        let (authority, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        match authority.rsplit_once('@') {
            Some((user, host)) if user != "git" => {
                shown.push_str("***@");
                shown.push_str(host);
            }
            _ => shown.push_str(authority),
        }
        rest = behind;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_refuses_what_git_would_not_read_as_a_url() {
        for text in [
            "",
            "--upload-pack=touch x",
            "-oProxyCommand=x:y",
            "ext::sh -c id",
            "ssh://-oProxyCommand=x/y",
            "ssh://git@-oProxyCommand=x/y",
            "git@-oProxyCommand=x:y",
            "https://registry.example/a\nb",
        ] {
            assert!(Remote::new(text).is_err(), "{text}");
        }
        for text in ["https://git.example/a.git", "git@git.example:a/b.git", "ssh://git@[::1]/a"] {
            assert!(Remote::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let remote = Remote::new("https://user:pa@ss@git.example/a.git").unwrap();
        assert_eq!(format!("{remote} {remote:?}").matches("***@git.example").count(), 2);
        assert!(!format!("{remote:?}").contains("ss@"));
        assert_eq!(
            redact("fatal: 'ssh://git@h/a' and 'https://t@h/b'"),
            "fatal: 'ssh://git@h/a' and 'https://***@h/b'"
        );
    }

    #[test]
    fn serves_shallow_knows_the_hosts() {
        let serves = |text| Remote::new(text).unwrap().serves_shallow();
        assert!(serves("https://github.com/a/b.git") && serves("ssh://git@gitlab.com/a/b.git"));
        assert!(!serves("https://git.example/a") && !serves("git@github.com:a/b"));
    }
}
