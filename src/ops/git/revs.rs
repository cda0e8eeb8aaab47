//! What `git ls-remote` says: branches, tags, pull requests, and the versions among the tags
//! (@npmcli/git `lines-to-revs.js`).

use indexmap::IndexMap;

use super::error::GitError;
use crate::spec::{Range, Version};

/// The commits a repository advertises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Revs {
    refs: Vec<Ref>,
    /// Refs by short and by full name.
    by_name: IndexMap<String, usize>,
    /// Refs of tags that are versions, by the version.
    versions: IndexMap<String, usize>,
}

/// One branch, tag or pull request, or `HEAD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ref {
    pub(super) sha: String,
    /// `main`, `v1.0.0`, `pull/1`, `HEAD`.
    pub(super) name: String,
    /// `refs/heads/main`.
    pub(super) raw: String,
    pub(super) kind: RefKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefKind {
    Tag,
    Branch,
    Pull,
    Head,
    Other,
}

impl Revs {
    /// Reads the lines of `git ls-remote`. What is no commit with a ref is skipped.
    pub(super) fn parse(lines: &str) -> Self {
        let mut revs = Self::default();
        let mut peeled: Vec<(String, String)> = Vec::new();
        for line in lines.lines() {
            let mut words = line.split_whitespace();
            let (Some(sha), Some(raw)) = (words.next(), words.next()) else { continue };
            if !is_sha(sha) || !(raw == "HEAD" || raw.starts_with("refs/")) {
                continue;
            }
            match raw.strip_suffix("^{}") {
                // The commit behind an annotated tag, which is what the tag means.
                Some(tag) => peeled.push((tag.to_owned(), sha.to_owned())),
                None => revs.push(sha, raw),
            }
        }
        for (raw, sha) in peeled {
            let tag = revs.by_name.get(&raw).and_then(|index| revs.refs.get_mut(*index));
            if let Some(tag) = tag {
                tag.sha = sha;
            }
        }
        revs
    }

    fn push(&mut self, sha: &str, raw: &str) {
        let (kind, name) = if let Some(name) = raw.strip_prefix("refs/tags/") {
            (RefKind::Tag, name)
        } else if let Some(name) = raw.strip_prefix("refs/heads/") {
            (RefKind::Branch, name)
        } else if raw.starts_with("refs/pull/") {
            let name = raw.strip_prefix("refs/").unwrap_or(raw);
            (RefKind::Pull, name.strip_suffix("/head").unwrap_or(name))
        } else if raw == "HEAD" {
            (RefKind::Head, raw)
        } else {
            (RefKind::Other, raw)
        };
        let index = self.refs.len();
        if kind == RefKind::Tag
            && let Some(version) = version_in(name)
        {
            self.versions.insert(version, index);
        }
        self.by_name.insert(name.to_owned(), index);
        self.by_name.insert(raw.to_owned(), index);
        let (sha, name, raw) = (sha.to_owned(), name.to_owned(), raw.to_owned());
        self.refs.push(Ref { sha, name, raw, kind });
    }

    /// A ref by its short or full name.
    pub(super) fn get(&self, name: &str) -> Option<&Ref> {
        self.refs.get(*self.by_name.get(name)?)
    }

    /// The ref a full commit is advertised by, the wanted name first.
    pub(super) fn of_sha(&self, sha: &str, name: Option<&str>) -> Option<&Ref> {
        let wanted = name.and_then(|name| self.get(name)).filter(|found| found.sha == sha);
        let head = self.get("HEAD").filter(|head| head.sha == sha);
        wanted.or(head).or_else(|| {
            self.by_name
                .values()
                .filter_map(|index| self.refs.get(*index))
                .find(|found| found.sha == sha)
        })
    }

    /// The tag for a range, version or dist-tag (npm-pick-manifest on the tags; `latest` is the
    /// version that a ref of that name, or else `HEAD`, points at).
    ///
    /// # Errors
    /// [`GitError::NoVersions`], [`GitError::NoMatch`].
    pub(super) fn pick(&self, wanted: &str, package: &str) -> Result<&Ref, GitError> {
        let no_match = || GitError::NoMatch { package: format!("{package}@{wanted}") };
        let named =
            |version: &str| self.versions.get(version).and_then(|index| self.refs.get(*index));
        let latest = self.latest();
        if let Ok(version) = Version::parse_loose(wanted) {
            return named(&without_build(&version)).ok_or_else(no_match);
        }
        let Ok(range) = Range::parse(wanted) else {
            let tagged = match wanted {
                "latest" => latest,
                "HEAD" => self.version_at_head(),
                _ => None,
            };
            return tagged.and_then(|(version, _)| named(version)).ok_or_else(no_match);
        };
        if let Some((text, version)) = latest
            && (wanted == "*" || range.satisfies(&version))
        {
            return named(text).ok_or_else(no_match);
        }
        if self.versions.is_empty() {
            return Err(GitError::NoVersions { package: package.to_owned() });
        }
        let candidates = self.parsed().filter(|(_, version)| range.satisfies(version));
        let best = candidates.max_by(|(_, left), (_, right)| left.cmp(right));
        best.and_then(|(text, _)| named(text)).ok_or_else(no_match)
    }

    fn parsed(&self) -> impl Iterator<Item = (&str, Version)> {
        self.versions
            .keys()
            .filter_map(|text| Some((text.as_str(), Version::parse_loose(text).ok()?)))
    }

    fn version_at(&self, reference: &Ref) -> Option<(&str, Version)> {
        // The last one wins, as in npm.
        self.parsed()
            .filter(|(text, _)| {
                let tag = self.versions.get(*text).and_then(|index| self.refs.get(*index));
                tag.is_some_and(|tag| tag.sha == reference.sha)
            })
            .last()
    }

    fn version_at_head(&self) -> Option<(&str, Version)> {
        let head = self.get("HEAD")?;
        let latest = self.get("latest").filter(|latest| latest.sha == head.sha);
        if latest.is_some() { None } else { self.version_at(head) }
    }

    fn latest(&self) -> Option<(&str, Version)> {
        self.version_at(self.get("latest").or_else(|| self.get("HEAD"))?)
    }
}

/// Whether it is a full commit, in lower case.
pub(super) fn is_sha(text: &str) -> bool {
    (40..=64).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The version at the end of a tag such as `release-v1.2.3`.
fn version_in(tag: &str) -> Option<String> {
    let starts = tag.char_indices().filter(|(_, character)| character.is_ascii_digit());
    let text =
        starts.filter_map(|(start, _)| tag.get(start..)).find(|text| starts_like_version(text))?;
    Version::parse_loose(text).ok().map(|version| without_build(&version))
}

/// Three numbers, then nothing or a prerelease or build.
fn starts_like_version(text: &str) -> bool {
    let mut rest = text;
    for number in 0..3 {
        let behind = rest.trim_start_matches(|character: char| character.is_ascii_digit());
        if behind.len() == rest.len() {
            return false;
        }
        rest = behind;
        if number < 2 {
            let Some(behind) = rest.strip_prefix('.') else { return false };
            rest = behind;
        }
    }
    rest.is_empty() || (rest.len() > 1 && rest.starts_with(['-', '+']))
}

fn without_build(version: &Version) -> String {
    let text = version.to_string();
    text.split('+').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn revs() -> Revs {
        let sha = |digit: &str| digit.repeat(40);
        Revs::parse(&format!(
            "{a}\tHEAD\n{a}\trefs/heads/main\n{b}\trefs/heads/next\n{c}\trefs/pull/7/head\n\
             {d}\trefs/tags/v1.0.0\n{a}\trefs/tags/v1.0.0^{{}}\n{b}\trefs/tags/release-v1.10.0\n\
             {c}\trefs/tags/1.2.0-beta\n{e}\trefs/tags/x1.2.3.4\nwarning: text\n{a}\t--upload-pack=x\n",
            a = sha("a"),
            b = sha("b"),
            c = sha("c"),
            d = sha("d"),
            e = sha("e"),
        ))
    }

    #[test]
    fn parse_peels_tags_and_shortens_names() {
        let revs = revs();
        assert!(revs.get("v1.0.0").unwrap().sha.starts_with('a'));
        assert_eq!(revs.get("pull/7").unwrap().raw, "refs/pull/7/head");
        assert_eq!(revs.get("refs/heads/next").unwrap().name, "next");
        let versions: Vec<&str> = revs.versions.keys().map(String::as_str).collect();
        assert_eq!(versions, ["1.0.0", "1.10.0", "1.2.0-beta", "2.3.4"]);
        assert!(revs.get("--upload-pack=x").is_none());
    }

    #[test]
    fn pick_prefers_the_version_at_head_then_the_highest() {
        let revs = revs();
        let pick = |range| revs.pick(range, "a").map(|found| found.name.clone());
        assert_eq!(pick("^1").unwrap(), "v1.0.0");
        assert_eq!(pick(">1.0.0 <2").unwrap(), "release-v1.10.0");
        assert_eq!(pick("v1.10.0").unwrap(), "release-v1.10.0");
        assert_eq!(pick("1.2.0-beta").unwrap(), "1.2.0-beta");
        assert_eq!(pick("latest").unwrap(), "v1.0.0");
        assert_eq!(pick("^9").unwrap_err().to_string(), "No matching version found for a@^9.");
        assert!(matches!(Revs::default().pick("^1", "a"), Err(GitError::NoVersions { .. })));
    }

    proptest! {
        #[test]
        fn parse_never_panics(tag in "\\PC{0,24}", versionlike in "v?[0-9.+-]{0,12}") {
            for tag in [tag, versionlike] {
                let revs = Revs::parse(&format!("{}\trefs/tags/{tag}", "a".repeat(40)));
                // `*` means any release; a prerelease is asked for by name.
                let is_release = |text: &String| {
                    Version::parse_loose(text).is_ok_and(|version| !version.is_prerelease())
                };
                let any = revs.versions.keys().any(is_release);
                prop_assert_eq!(revs.pick("*", "a").is_ok(), any);
            }
        }
    }
}
