//! Git hosts npm knows by name: `user/repo`, `gitlab:a/b`, `https://github.com/a/b.git`.
//!
//! Follows hosted-git-info 9: `parse-url.js` repairs what people write into a URL, `from-url.js`
//! reads host, user, project and committish from it, `hosts.js` prints them back.

use super::uri;
use std::{fmt, ops::Not};
use url::Url;

/// A git host with its own URL forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GitHost {
    /// github.com
    Github,
    /// bitbucket.org
    Bitbucket,
    /// gitlab.com
    Gitlab,
    /// gist.github.com; a project may have no user.
    Gist,
    /// git.sr.ht
    Sourcehut,
}

/// How a repository was written, and so how npm writes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Representation {
    /// `github:a/b` or `a/b`.
    Shortcut,
    /// `git+ssh:` or `ssh:`.
    Sshurl,
    /// `git+https:` or `https:`.
    Https,
    /// `git:`.
    Git,
    /// `http:`; printed as ssh, because npm has no such form.
    Http,
}

/// Which parts of a URL are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `git+https://host/a/b.git#committish`.
    Full,
    /// Without `#committish`.
    NoCommittish,
    /// Without `git+`.
    NoGitPlus,
    /// Without both: what git itself is given.
    Bare,
}

/// A repository on a known host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hosted {
    /// The host.
    pub host: GitHost,
    /// Owner, group path or `~user`; absent for an anonymous gist.
    pub user: Option<String>,
    /// `user` or `user:password` from an https or git URL. A secret.
    pub auth: Option<String>,
    /// Repository name without `.git`.
    pub project: String,
    /// What stood behind `#`, percent-decoded.
    pub committish: Option<String>,
    /// How it was written.
    pub default: Representation,
}

impl GitHost {
    const ALL: [Self; 5] =
        [Self::Github, Self::Bitbucket, Self::Gitlab, Self::Gist, Self::Sourcehut];

    /// The name used in shortcuts, for example `github`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Bitbucket => "bitbucket",
            Self::Gitlab => "gitlab",
            Self::Gist => "gist",
            Self::Sourcehut => "sourcehut",
        }
    }

    /// The host name.
    pub fn domain(self) -> &'static str {
        match self {
            Self::Github => "github.com",
            Self::Bitbucket => "bitbucket.org",
            Self::Gitlab => "gitlab.com",
            Self::Gist => "gist.github.com",
            Self::Sourcehut => "git.sr.ht",
        }
    }

    fn by_shortcut(scheme: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == scheme)
    }

    fn by_domain(domain: &str) -> Option<Self> {
        let domain = domain.strip_prefix("www.").unwrap_or(domain);
        Self::ALL.into_iter().find(|host| host.domain() == domain)
    }

    fn speaks(self, scheme: &str) -> bool {
        match scheme {
            "git+ssh" | "https" => true,
            "ssh" | "git+https" => self != Self::Sourcehut,
            "git" => matches!(self, Self::Github | Self::Gist),
            "http" => self == Self::Github,
            _ => false,
        }
    }

    /// User, project and committish of a web or git URL, still percent-encoded.
    fn extract(self, url: &Url) -> Option<(Option<&str>, &str, &str)> {
        let path = url.path().strip_prefix('/').unwrap_or(url.path());
        let hash = url.fragment().unwrap_or_default();
        let mut segments = path.split('/');
        let first = segments.next().and_then(filled);
        let second = segments.next().and_then(filled);
        let third = segments.next().and_then(filled);
        match self {
            Self::Github => {
                let committish = match third {
                    None => hash,
                    // JavaScript decodes a missing segment to this word.
                    Some("tree") => segments.next().unwrap_or("undefined"),
                    Some(_) => return None,
                };
                Some((Some(first?), filled(without_git(second?))?, committish))
            }
            Self::Bitbucket if third == Some("get") => None,
            Self::Sourcehut if third == Some("archive") => None,
            Self::Bitbucket | Self::Sourcehut => {
                Some((Some(first?), filled(without_git(second?))?, hash))
            }
            Self::Gist if third == Some("raw") => None,
            Self::Gist => match second {
                Some(project) => Some((first, without_git(project), hash)),
                None => Some((None, without_git(first?), hash)),
            },
            Self::Gitlab => {
                if path.contains("/-/") || path.contains("/archive.tar.gz") {
                    return None;
                }
                let (user, project) = path.rsplit_once('/')?;
                Some((Some(filled(user)?), filled(without_git(project))?, hash))
            }
        }
    }
}

impl Form {
    fn has_committish(self) -> bool {
        matches!(self, Self::Full | Self::NoGitPlus)
    }

    fn has_git_plus(self) -> bool {
        matches!(self, Self::Full | Self::NoCommittish)
    }
}

impl Hosted {
    /// Reads a shortcut or URL; `None` if it names no known host.
    pub fn from_url(text: &str) -> Option<Self> {
        // A range or a tag, as most are.
        if !text.contains(['/', ':', '@']) {
            return None;
        }
        let shortcut;
        let text = if is_github_shorthand(text) {
            shortcut = format!("github:{text}");
            &shortcut
        } else {
            text
        };
        let url = parse_url(text)?;
        match GitHost::by_shortcut(url.scheme()) {
            Some(host) => Self::from_shortcut(host, &url),
            None => Self::from_domain(GitHost::by_domain(url.host_str()?)?, &url),
        }
    }

    fn from_shortcut(host: GitHost, url: &Url) -> Option<Self> {
        let path = url.path().strip_prefix('/').unwrap_or(url.path());
        // Credentials mean nothing in a shortcut.
        let path = path.split_once('@').map_or(path, |(_, path)| path);
        let (user, project) = match path.rsplit_once('/') {
            Some((user, project)) => (filled(user).map(uri::decode), project),
            None => (None, path),
        };
        Some(Self {
            host,
            user: user.map_or(Some(None), |user| user.map(Some))?,
            auth: None,
            project: without_git(&uri::decode(project)?).to_owned(),
            committish: committish(url.fragment().unwrap_or_default())?,
            default: Representation::Shortcut,
        })
    }

    fn from_domain(host: GitHost, url: &Url) -> Option<Self> {
        let scheme = url.scheme();
        if !host.speaks(scheme) {
            return None;
        }
        let (user, project, hash) = host.extract(url)?;
        Some(Self {
            host,
            user: match user {
                Some(user) => Some(uri::decode(user)?),
                None => None,
            },
            auth: auth(url),
            project: uri::decode(project)?,
            committish: committish(hash)?,
            default: match scheme {
                "git+ssh" | "ssh" => Representation::Sshurl,
                "git" => Representation::Git,
                "http" => Representation::Http,
                _ => Representation::Https,
            },
        })
    }

    /// `git@host:user/project.git`.
    pub fn ssh(&self, form: Form) -> String {
        format!("git@{}:{}.git{}", self.host.domain(), self.repository(), self.hash(form))
    }

    /// `git+ssh://git@host/user/project.git`.
    pub fn sshurl(&self, form: Form) -> String {
        let plus = git_plus(form);
        format!(
            "{plus}ssh://git@{}/{}.git{}",
            self.host.domain(),
            self.repository(),
            self.hash(form)
        )
    }

    /// `git+https://auth@host/user/project.git`.
    pub fn https(&self, form: Form) -> String {
        let (domain, repository, hash) = (self.host.domain(), self.repository(), self.hash(form));
        match self.host {
            GitHost::Sourcehut => format!("https://{domain}/{repository}{hash}"),
            GitHost::Gist => format!("{}https://{domain}/{repository}.git{hash}", git_plus(form)),
            _ => format!(
                "{}https://{}{domain}/{repository}.git{hash}",
                git_plus(form),
                self.credentials()
            ),
        }
    }

    /// `git://host/user/project.git`; only GitHub and its gists speak it.
    pub fn git(&self, form: Form) -> Option<String> {
        let credentials = match self.host {
            GitHost::Github => self.credentials(),
            GitHost::Gist => String::new(),
            _ => return None,
        };
        Some(format!(
            "git://{credentials}{}/{}.git{}",
            self.host.domain(),
            self.repository(),
            self.hash(form)
        ))
    }

    /// `github:user/project`.
    pub fn shortcut(&self, form: Form) -> String {
        format!("{}:{}{}", self.host.name(), self.repository(), self.hash(form))
    }

    /// The URL of a gzipped tarball of the committish, or of `HEAD`.
    pub fn tarball(&self) -> String {
        let domain = self.host.domain();
        let user = self.user.as_deref().unwrap_or("null");
        let project = &self.project;
        let reference = uri::encode(self.committish.as_deref().unwrap_or("HEAD"));
        match self.host {
            GitHost::Github => {
                format!("https://codeload.{domain}/{user}/{project}/tar.gz/{reference}")
            }
            GitHost::Bitbucket => {
                format!("https://{domain}/{user}/{project}/get/{reference}.tar.gz")
            }
            GitHost::Gitlab => format!(
                "https://{domain}/api/v4/projects/{}/repository/archive.tar.gz?sha={reference}",
                uri::encode(&format!("{user}/{project}"))
            ),
            GitHost::Gist => {
                format!("https://codeload.github.com/gist/{project}/tar.gz/{reference}")
            }
            GitHost::Sourcehut => {
                format!("https://{domain}/{user}/{project}/archive/{reference}.tar.gz")
            }
        }
    }

    /// As it was written: hosted-git-info's `toString`.
    pub fn url(&self, form: Form) -> String {
        match self.default {
            Representation::Shortcut => self.shortcut(form),
            Representation::Https => self.https(form),
            Representation::Git => self.git(form).unwrap_or_else(|| self.sshurl(form)),
            Representation::Sshurl | Representation::Http => self.sshurl(form),
        }
    }

    /// `user/project`, or just the project of a gist. A missing user prints as JavaScript's `null`.
    fn repository(&self) -> String {
        match self.host {
            GitHost::Gist => self.project.clone(),
            _ => format!("{}/{}", self.user.as_deref().unwrap_or("null"), self.project),
        }
    }

    fn credentials(&self) -> String {
        self.auth.as_ref().map(|auth| format!("{auth}@")).unwrap_or_default()
    }

    fn hash(&self, form: Form) -> String {
        match &self.committish {
            Some(committish) if form.has_committish() => format!("#{committish}"),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Hosted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url(Form::Full))
    }
}

fn git_plus(form: Form) -> &'static str {
    if form.has_git_plus() { "git+" } else { "" }
}

fn filled(text: &str) -> Option<&str> {
    text.is_empty().not().then_some(text)
}

fn without_git(project: &str) -> &str {
    project.strip_suffix(".git").unwrap_or(project)
}

/// `Some(None)` without one; `None` if it does not decode.
#[allow(
    clippy::option_option,
    reason = "absent and undecodable are different answers, and the caller's `?` takes one of them"
)]
fn committish(hash: &str) -> Option<Option<String>> {
    Some(Some(uri::decode(hash)?).filter(|text| !text.is_empty()))
}

/// Credentials, in the URL's own encoding, where the protocol uses them.
fn auth(url: &Url) -> Option<String> {
    let carries = matches!(url.scheme(), "git+https" | "git" | "http" | "https" | "git+http");
    let (user, password) = (url.username(), url.password().and_then(filled));
    if !carries || (user.is_empty() && password.is_none()) {
        return None;
    }
    Some(password.map_or_else(|| user.to_owned(), |password| format!("{user}:{password}")))
}

/// `user/project#committish`: a slash, but not two, and no colon, `@` or space before the hash.
/// npm also counts a slash behind the hash.
fn is_github_shorthand(text: &str) -> bool {
    let head = text.split_once('#').map_or(text, |(head, _)| head);
    text.contains('/')
        && head.bytes().filter(|byte| *byte == b'/').count() < 2
        && !text.starts_with(['/', '.'])
        && !head.ends_with('/')
        && !head.contains(['@', ':'])
        && !head.contains(super::version::is_space)
}

/// A URL, repaired if necessary.
fn parse_url(text: &str) -> Option<Url> {
    let text = with_protocol(text);
    Url::parse(&text).ok().or_else(|| Url::parse(&without_scp_colon(&text)).ok())
}

/// `git:host/path` → `git://host/path`, `user:pass@host` → an ssh URL.
fn with_protocol(text: &str) -> String {
    const KNOWN: [&str; 7] = ["git+ssh", "ssh", "git+https", "git", "http", "https", "git+http"];
    let colon = text.find(':');
    let (protocol, rest) = text.split_once(':').unwrap_or(("", text));
    let known =
        colon.is_some() && (KNOWN.contains(&protocol) || GitHost::by_shortcut(protocol).is_some());
    if known || (colon.is_some() && rest.starts_with("//")) {
        return text.to_owned();
    }
    match (text.find('@'), colon) {
        (Some(at), Some(colon)) if at < colon => text.to_owned(),
        (Some(_), _) => format!("git+ssh://{text}"),
        (None, Some(_)) => format!("{protocol}://{rest}"),
        (None, None) => format!("//{text}"),
    }
}

/// `git@host:user/repo` → `git+ssh://git@host/user/repo`.
fn without_scp_colon(text: &str) -> String {
    let head = text.find('#').and_then(|hash| text.get(..hash)).unwrap_or(text);
    let mut repaired = text.to_owned();
    if let Some(colon) = head.rfind(':')
        && head.rfind('@').is_none_or(|at| at < colon)
    {
        repaired.replace_range(colon..=colon, "/");
    }
    let head = repaired.split('#').next().unwrap_or_default();
    if !head.contains(':') && !repaired.contains("//") {
        repaired.insert_str(0, "git+ssh://");
    }
    repaired
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_a_shortcut() {
        let hosted = Hosted::from_url("npm/cli#v1").unwrap();
        assert_eq!(hosted.to_string(), "github:npm/cli#v1");
        assert_eq!(hosted.ssh(Form::NoCommittish), "git@github.com:npm/cli.git");
        assert_eq!(hosted.sshurl(Form::Full), "git+ssh://git@github.com/npm/cli.git#v1");
        assert_eq!(hosted.https(Form::Bare), "https://github.com/npm/cli.git");
        assert_eq!(hosted.tarball(), "https://codeload.github.com/npm/cli/tar.gz/v1");
    }

    #[test]
    fn auth_stays_in_https_only() {
        let hosted = Hosted::from_url("git+https://user:pass@gitlab.com/a/b.git").unwrap();
        assert_eq!(hosted.https(Form::Full), "git+https://user:pass@gitlab.com/a/b.git");
        assert_eq!(hosted.sshurl(Form::Full), "git+ssh://git@gitlab.com/a/b.git");
    }

    #[test]
    fn unknown_hosts_are_none() {
        for text in [
            "",
            "foo",
            "./a/b",
            "git+https://example.com/a/b",
            "a/b/c",
            "@a/b",
            "https://github.com/a",
        ] {
            assert_eq!(Hosted::from_url(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn from_url_never_panics(text in "(git[+]?(ssh|https)?:(//)?)?[a-z@:/#.%~]{0,24}", any in "\\PC{0,16}") {
            for text in [text, any] {
                if let Some(hosted) = Hosted::from_url(&text) {
                    prop_assert!(!hosted.to_string().is_empty());
                }
            }
        }
    }
}
