//! The one decision about names in archives: raw bytes become an [`EntryPath`] or a typed refusal.
//!
//! Every platform gives the same verdict, so a package that installs on Linux also
//! installs on Windows. Nothing is repaired: what needs repair is refused, because two
//! repairs of one name are how readers come to disagree (node-tar's CVE list).

use std::{
    borrow::Borrow,
    fmt,
    path::{Path, PathBuf},
};

/// The longest component, in bytes: the limit of every file system in use.
const MAX_COMPONENT: usize = 255;
/// The longest path below the package, in bytes.
const MAX_PATH: usize = 4096;
/// The most components below the package.
const MAX_DEPTH: usize = 128;

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathRule {
    /// No name at all.
    #[error("the name is empty")]
    Empty,
    /// Not UTF-8.
    #[error("the name is not UTF-8")]
    NotUtf8,
    /// A NUL byte inside the name, or bytes behind the one that ends it.
    #[error("the name contains a NUL byte")]
    Nul,
    /// A control character (C0, DEL, C1).
    #[error("the name contains a control character")]
    Control,
    /// A backslash, which separates components on Windows.
    #[error("the name contains a backslash")]
    Backslash,
    /// Starts at the root of the file system.
    #[error("the path is absolute")]
    Absolute,
    /// A component `..`.
    #[error("the path leads upwards")]
    Parent,
    /// A component `.`, or an empty one (`a//b`).
    #[error("the path has an empty component")]
    NotNormal,
    /// A colon: a drive, or an alternate data stream, on Windows.
    #[error("the name contains a colon")]
    Colon,
    /// A device of Windows (`CON`, `nul.txt`, `com1`).
    #[error("the name is a device name on Windows")]
    Reserved,
    /// A component ends in a dot or a space, which Windows drops.
    #[error("the name ends in a dot or a space")]
    TrailingDotOrSpace,
    /// A component of more than 255 bytes.
    #[error("a component is longer than {MAX_COMPONENT} bytes")]
    ComponentTooLong,
    /// A path of more than 4,096 bytes.
    #[error("the path is longer than {MAX_PATH} bytes")]
    TooLong,
    /// More than 128 components.
    #[error("the path is deeper than {MAX_DEPTH} components")]
    TooDeep,
}

/// A relative path inside a package that is safe to join to a directory on every platform.
///
/// Components are separated by `/`; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath(Box<str>);

impl EntryPath {
    /// Checks a path that has no archive root in front (as an index records it).
    ///
    /// # Errors
    /// The [`PathRule`] that is broken.
    pub fn parse(text: &str) -> Result<Self, PathRule> {
        if text.len() > MAX_PATH {
            return Err(PathRule::TooLong);
        }
        if text.starts_with('/') {
            return Err(PathRule::Absolute);
        }
        for (depth, component) in text.split('/').enumerate() {
            if depth >= MAX_DEPTH {
                return Err(PathRule::TooDeep);
            }
            check_component(component)?;
        }
        Ok(Self(text.into()))
    }

    /// The path with `/` between components.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The components, first to last.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The directory that holds it; `None` at the top of the package.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.into()))
    }

    /// The path of another file in the same directory; `name` must be a safe component.
    ///
    /// # Errors
    /// The [`PathRule`] that is broken.
    pub fn sibling(&self, name: &str) -> Result<Self, PathRule> {
        match self.0.rsplit_once('/') {
            Some((parent, _)) => Self::parse(&format!("{parent}/{name}")),
            None => Self::parse(name),
        }
    }

    /// The path below `directory`.
    pub fn under(&self, directory: &Path) -> PathBuf {
        if std::path::MAIN_SEPARATOR == '/' {
            return directory.join(&*self.0);
        }
        let mut path = directory.to_owned();
        path.extend(self.components());
        path
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for EntryPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for EntryPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A checked name of an archive: its first component, which npm strips, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntryName {
    /// The first component, normally `package`; all entries of one archive must share it.
    pub root: Box<str>,
    /// What is left below the root; `None` for the root itself.
    pub path: Option<EntryPath>,
    /// True when the name ends in `/`, which makes a plain entry a directory.
    pub trailing_slash: bool,
}

impl EntryName {
    /// Decides about the raw name of an archive entry (prefix and name joined, without the bytes that end it).
    ///
    /// The root may be `.` (archives made with `tar c .`), and `.` below it means nothing:
    /// published archives have both.
    ///
    /// # Errors
    /// The [`PathRule`] that is broken.
    pub(super) fn parse(raw: &[u8]) -> Result<Self, PathRule> {
        if raw.is_empty() {
            return Err(PathRule::Empty);
        }
        if raw.len() > MAX_PATH + MAX_COMPONENT {
            return Err(PathRule::TooLong);
        }
        if raw.contains(&0) {
            return Err(PathRule::Nul);
        }
        let name = str::from_utf8(raw).map_err(|_| PathRule::NotUtf8)?;
        if name.starts_with('/') {
            return Err(PathRule::Absolute);
        }
        let (bare, trailing_slash) =
            name.strip_suffix('/').map_or((name, false), |bare| (bare, true));
        let (root, rest) =
            bare.split_once('/').map_or((bare, None), |(root, rest)| (root, Some(rest)));
        if root != "." {
            check_component(root)?;
        }
        let path = match rest {
            Some(rest) if rest.starts_with('/') => return Err(PathRule::NotNormal),
            Some(rest) => below_root(rest)?,
            None => None,
        };
        Ok(Self { root: root.into(), path, trailing_slash })
    }
}

/// The path below the root without its `.` components; `None` when nothing is left.
fn below_root(rest: &str) -> Result<Option<EntryPath>, PathRule> {
    if !rest.split('/').any(|component| component == ".") {
        return EntryPath::parse(rest).map(Some);
    }
    let kept: Vec<&str> = rest.split('/').filter(|component| *component != ".").collect();
    if kept.is_empty() { Ok(None) } else { EntryPath::parse(&kept.join("/")).map(Some) }
}

fn check_component(component: &str) -> Result<(), PathRule> {
    // Most names are of such bytes alone, which are looked at once and not once for each rule.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_odd = !component.bytes().all(is_plain);
    let rule = match component {
        "" | "." => PathRule::NotNormal,
        ".." => PathRule::Parent,
        _ if is_odd && component.contains('\0') => PathRule::Nul,
        _ if is_odd && component.contains('\\') => PathRule::Backslash,
        _ if is_odd && component.contains(':') => PathRule::Colon,
        _ if is_odd && component.contains(char::is_control) => PathRule::Control,
        _ if component.ends_with(['.', ' ']) => PathRule::TrailingDotOrSpace,
        _ if component.len() > MAX_COMPONENT => PathRule::ComponentTooLong,
        _ if is_reserved(component) => PathRule::Reserved,
        _ => return Ok(()),
    };
    Err(rule)
}

/// Windows' device names, with any extension (Microsoft, "Naming Files, Paths, and Namespaces").
fn is_reserved(component: &str) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    // How a device's or a port's name begins.
    let first = component.bytes().next().map(|byte| byte.to_ascii_uppercase());
    if !matches!(first, Some(b'A' | b'C' | b'L' | b'N' | b'P')) {
        return false;
    }
    let stem = component.split_once('.').map_or(component, |(stem, _)| stem).trim_end_matches(' ');
    if DEVICES.iter().any(|device| device.eq_ignore_ascii_case(stem)) {
        return true;
    }
    let Some((port, number)) = stem.split_at_checked(3) else { return false };
    let is_port = port.eq_ignore_ascii_case("COM") || port.eq_ignore_ascii_case("LPT");
    let mut digits = number.chars();
    let digit = digits.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
    is_port && digit && digits.next().is_none()
}

/// A foreign name for a message: escaped, on one line, of bounded length.
pub fn escape_name(raw: &[u8]) -> String {
    let bounded = raw.get(..MAX_COMPONENT * 2).unwrap_or(raw);
    String::from_utf8_lossy(bounded).escape_debug().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(name: &str) -> PathRule {
        EntryName::parse(name.as_bytes()).unwrap_err()
    }

    #[test]
    fn single_dots_below_the_root_mean_nothing() {
        for (raw, path) in [("p/./x", "x"), ("p/a/./b", "a/b"), ("p/a/.", "a")] {
            assert_eq!(EntryName::parse(raw.as_bytes()).unwrap().path.unwrap().as_str(), path);
        }
        assert_eq!(EntryName::parse(b"p/.").unwrap().path, None);
        assert!(EntryName::parse(b"p/./../x").is_err());
    }

    #[test]
    fn parse_plain_names_strips_the_root() {
        let name = EntryName::parse(b"package/lib/index.js").unwrap();
        assert_eq!(&*name.root, "package");
        assert_eq!(name.path.unwrap().as_str(), "lib/index.js");
        assert!(!name.trailing_slash);
    }

    #[test]
    fn parse_root_itself_has_no_path() {
        for raw in ["package", "package/", ".", "./"] {
            let name = EntryName::parse(raw.as_bytes()).unwrap();
            assert_eq!(name.path, None);
            assert_eq!(name.trailing_slash, raw.ends_with('/'));
        }
    }

    #[test]
    fn parse_unusual_but_honest_names_are_kept() {
        for raw in [
            "p/.npmignore",
            "p/..a",
            "p/a..b",
            "p/ä/日本",
            "p/-rf",
            "p/a b",
            "p/console.js",
            "p/com10",
            "p/*?\"<>|",
            "p/lpt",
        ] {
            assert!(EntryName::parse(raw.as_bytes()).is_ok(), "{raw}");
        }
    }

    #[test]
    fn parse_parent_components_are_refused() {
        for raw in
            ["..", "../x", "package/../x", "package/a/..", "package/a/../../../x", "package/.."]
        {
            assert_eq!(rule(raw), PathRule::Parent, "{raw}");
        }
    }

    #[test]
    fn parse_absolute_paths_are_refused() {
        assert_eq!(rule("/etc/passwd"), PathRule::Absolute);
        assert_eq!(rule("package//etc/passwd"), PathRule::NotNormal);
        assert_eq!(rule("//server/share"), PathRule::Absolute);
    }

    #[test]
    fn parse_windows_names_are_refused_everywhere() {
        assert_eq!(rule("package\\..\\x"), PathRule::Backslash);
        assert_eq!(rule("package/a\\b"), PathRule::Backslash);
        assert_eq!(rule("package/C:/x"), PathRule::Colon);
        assert_eq!(rule("C:x"), PathRule::Colon);
        assert_eq!(rule("package/file.txt:stream"), PathRule::Colon);
        for raw in [
            "p/con",
            "p/NUL.txt",
            "p/Aux .js",
            "p/com1",
            "p/LPT9.tar.gz",
            "p/com¹",
            "p/CONIN$",
            "p/prn/x",
        ] {
            assert_eq!(rule(raw), PathRule::Reserved, "{raw}");
        }
        for raw in ["p/a.", "p/a ", "p/.../x", "p/a /b"] {
            assert_eq!(rule(raw), PathRule::TrailingDotOrSpace, "{raw}");
        }
    }

    #[test]
    fn parse_nul_control_and_bad_utf8_are_refused() {
        assert_eq!(rule("package/a\0b"), PathRule::Nul);
        for raw in ["package/a\nb", "package/\u{1b}[2J", "package/\u{7f}", "package/\u{9b}x"] {
            assert_eq!(rule(raw), PathRule::Control, "{raw:?}");
        }
        assert_eq!(EntryName::parse(b"package/\xff").unwrap_err(), PathRule::NotUtf8);
        assert_eq!(EntryName::parse(b"package/\xc0\xaf").unwrap_err(), PathRule::NotUtf8);
    }

    #[test]
    fn parse_lengths_and_depth_are_bounded() {
        assert!(EntryName::parse(format!("p/{}", "a".repeat(255)).as_bytes()).is_ok());
        assert_eq!(rule(&format!("p/{}", "a".repeat(256))), PathRule::ComponentTooLong);
        assert!(EntryName::parse(format!("p/{}", vec!["a"; 128].join("/")).as_bytes()).is_ok());
        assert_eq!(rule(&format!("p/{}", vec!["a"; 129].join("/"))), PathRule::TooDeep);
        assert_eq!(rule(&format!("p/{}", vec!["a".repeat(200); 21].join("/"))), PathRule::TooLong);
        assert_eq!(rule(&"a".repeat(10_000)), PathRule::TooLong);
    }

    #[test]
    fn parse_empty_components_are_refused() {
        assert_eq!(rule(""), PathRule::Empty);
        for raw in ["p/a//b", "p//", "p/x//"] {
            assert_eq!(rule(raw), PathRule::NotNormal, "{raw}");
        }
    }

    #[test]
    fn sibling_and_parent_stay_inside() {
        let path = EntryPath::parse("a/b/.gitignore").unwrap();
        assert_eq!(path.sibling(".npmignore").unwrap().as_str(), "a/b/.npmignore");
        assert_eq!(path.sibling("../x"), Err(PathRule::Parent));
        assert_eq!(path.parent().unwrap().as_str(), "a/b");
        assert_eq!(EntryPath::parse("a").unwrap().parent(), None);
    }

    proptest! {
        #[test]
        fn parse_any_accepted_name_stays_below_its_directory(raw in proptest::collection::vec(prop_oneof![
            Just(b'/'), Just(b'.'), Just(b'a'), Just(b'\\'), Just(b':'), any::<u8>()], 0..24)) {
            if let Ok(EntryName { path: Some(path), .. }) = EntryName::parse(&raw) {
                let joined = path.under(Path::new("/base"));
                prop_assert!(joined.starts_with("/base"));
                let normal = |c| matches!(c, std::path::Component::Normal(_) | std::path::Component::RootDir);
                prop_assert!(joined.components().all(normal));
                prop_assert_eq!(EntryPath::parse(path.as_str()), Ok(path.clone()));
            }
        }
    }
}
