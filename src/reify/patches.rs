//! Packages that a project patches after they are installed.
//!
//! patch-package writes into `node_modules` as it finds it. Where that is a hard link, every other
//! project would be patched with it, and the store would be wrong; so what a project has a patch
//! for is placed as its own copy.
//!
//! Source: patch-package's `PackageDetails.ts` (`getPackageDetailsFromPatchFilename`).

/// Where patch-package keeps patches unless it is told otherwise, relative to the project.
pub const FOLDER: &str = "patches";

/// The folders of `node_modules` whose files a patch of this file name changes: the package's own,
/// and those it is nested in, which may have brought it in their tarball.
///
/// `name+1.0.0.patch`, with a scope `@scope+name+1.0.0.patch`; after `++` what is nested in the
/// package before; at the end there may be a number, a title and `.dev`. None for any other file.
pub fn patched_packages(file_name: &str) -> Vec<String> {
    let Some(path) = file_name.strip_suffix(".patch").and_then(without_version) else {
        return Vec::new();
    };
    path.split("++").map(|name| name.replacen('+', "/", 1)).collect()
}

/// What is before the version; `None` where there is none.
fn without_version(stem: &str) -> Option<&str> {
    let innermost = stem.rfind("++").map_or(0, |at| at + 2);
    let (outer, name) = stem.split_at_checked(innermost)?;
    let scope = if name.starts_with('@') { name.find('+')? + 1 } else { 0 };
    let end = scope + name.get(scope..)?.find('+').filter(|&length| length > 0)?;
    name.get(end + 1..).filter(|version| !version.is_empty())?;
    stem.get(..outer.len() + end)
}

#[cfg(test)]
mod tests {
    use super::patched_packages;

    #[test]
    fn file_name_of_a_patch_tells_the_packages() {
        for (file, packages) in [
            ("a+1.0.0.patch", &["a"][..]),
            ("a+1.0.0-beta.1+build.patch", &["a"]),
            ("@scope+a+1.0.0.patch", &["@scope/a"]),
            ("a++b+2.0.0.patch", &["a", "b"]),
            ("@scope+a++@other+b+2.0.0.patch", &["@scope/a", "@other/b"]),
            ("a+1.0.0+001+what-it-does.patch", &["a"]),
            ("a+1.0.0.dev.patch", &["a"]),
            ("a.patch", &[]),
            ("a+.patch", &[]),
            ("+1.0.0.patch", &[]),
            ("@scope+1.0.0.patch", &[]),
            ("README.md", &[]),
            (".patch", &[]),
            ("++.patch", &[]),
        ] {
            assert_eq!(patched_packages(file), packages, "{file}");
        }
    }
}
