//! What is promised of bin links, as tests.

use super::*;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

fn bins(pairs: &[(&str, &str)]) -> StringMap {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn plan(path: &Path, pairs: &[(&str, &str)]) -> BinPlan {
    bin_plan([BinPackage { path, bin: &bins(pairs) }])
}

/// A project with one package `a` that has `cli.js`.
fn project(content: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
    let project = tempfile::tempdir().unwrap();
    let package = project.path().join("node_modules/a");
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("cli.js"), content).unwrap();
    fs::set_permissions(package.join("cli.js"), fs::Permissions::from_mode(mode)).unwrap();
    (project, package)
}

#[test]
fn bin_name_is_one_plain_segment() {
    for good in ["tsc", "@s/x", "a.b", "node-gyp", "_x", "c++", "x~1", "$", "COM", "com10"] {
        assert!(BinName::parse(good).is_some(), "{good:?}");
    }
    assert_eq!(BinName::parse("@s/x").unwrap().as_str(), "x");
    for bad in [
        "", ".", "..", "@s/..", "@s/", "@/x", "a/b", "../a", "/a", "a\\b", "c:", "a b", "a\n",
        "a\0", "nul", "CON.txt", "com1", "x.", "@s/a/b", "ü",
    ] {
        assert_eq!(BinName::parse(bad), None, "{bad:?}");
    }
    assert_eq!(BinName::parse(&"x".repeat(256)), None);
}

#[test]
fn bin_plan_points_into_the_package_from_its_own_node_modules() {
    let relative =
        |path: &str, target: &str| plan(Path::new(path), &[("x", target)]).links.first().cloned();
    let scoped = relative("/p/node_modules/@s/a", "./bin/x.js").unwrap();
    assert_eq!(scoped.relative, "../@s/a/bin/x.js");
    assert_eq!(scoped.folder, Path::new("/p/node_modules/.bin"));
    let nested = relative("/p/node_modules/a/node_modules/b", "x").unwrap();
    assert_eq!(nested.path(), Path::new("/p/node_modules/a/node_modules/.bin/x"));
    assert_eq!(
        relative("/p/node_modules/a", "../../../etc/passwd").unwrap().relative,
        "../a/etc/passwd"
    );
    assert_eq!(relative("/p/node_modules/a", "..\\..\\x").unwrap().relative, "../a/x");
    assert_eq!(relative("/p/node_modules/a", "./.."), None);
    assert_eq!(relative("/p/node_modules/a", "c:/x"), None);
}

#[test]
fn bin_plan_gives_a_contested_name_to_the_first_package() {
    let (one, two) = (bins(&[("x", "one.js"), ("../y", "y.js")]), bins(&[("x", "two.js")]));
    let plan = bin_plan([
        BinPackage { path: Path::new("/p/node_modules/a"), bin: &one },
        BinPackage { path: Path::new("/p/node_modules/b"), bin: &two },
    ]);
    assert_eq!(
        plan.links.iter().map(|link| link.relative.as_str()).collect::<Vec<_>>(),
        ["../a/one.js"]
    );
    assert_eq!(
        plan.refused.iter().map(|bin| bin.why).collect::<Vec<_>>(),
        [BinRefusal::Name, BinRefusal::Taken]
    );
}

#[test]
fn link_bin_makes_a_relative_link_and_an_executable() {
    let (project, package) = project("#!/usr/bin/env node\n", 0o644);
    let link = &plan(&package, &[("a", "cli.js")]).links[0];
    assert_eq!(link_bin(link, 0o022).unwrap(), Linked::Made);
    assert_eq!(
        fs::read_link(project.path().join("node_modules/.bin/a")).unwrap(),
        Path::new("../a/cli.js")
    );
    assert_eq!(fs::metadata(package.join("cli.js")).unwrap().mode() & 0o7777, 0o755);
    assert_eq!(link_bin(link, 0o022).unwrap(), Linked::Unchanged);
}

#[test]
fn link_bin_replaces_what_lies_at_its_place() {
    let (_project, package) = project("x", 0o755);
    let link = &plan(&package, &[("a", "cli.js")]).links[0];
    fs::create_dir_all(link.path().join("a folder")).unwrap();
    assert_eq!(link_bin(link, 0o022).unwrap(), Linked::Made);
    fs::remove_file(link.path()).unwrap();
    symlink("../gone/cli.js", link.path()).unwrap();
    assert_eq!(link_bin(link, 0o022).unwrap(), Linked::Made);
    assert_eq!(fs::read_link(link.path()).unwrap(), Path::new("../a/cli.js"));
}

#[test]
fn link_bin_without_a_regular_target_links_nothing() {
    let (_project, package) = project("x", 0o755);
    fs::create_dir(package.join("lib")).unwrap();
    let plan = plan(&package, &[("a", "missing.js"), ("b", "lib"), ("c", "cli.js/x")]);
    let made: Vec<_> = plan.links.iter().map(|link| link_bin(link, 0o022).unwrap()).collect();
    assert_eq!(made, [Linked::MissingTarget, Linked::NotAFile, Linked::MissingTarget]);
    assert!(plan.links.iter().all(|link| fs::symlink_metadata(link.path()).is_err()));
}

#[test]
fn link_bin_never_changes_the_store() {
    for content in ["#!/usr/bin/env node\r\nx\r\n", "#!/usr/bin/env node\nx\n"] {
        let (project, package) = project(content, 0o644);
        let stored = project.path().join("stored.js");
        fs::hard_link(package.join("cli.js"), &stored).unwrap();
        link_bin(&plan(&package, &[("a", "cli.js")]).links[0], 0o022).unwrap();
        assert_eq!(fs::read_to_string(&stored).unwrap(), content);
        assert_eq!(fs::metadata(&stored).unwrap().mode() & 0o7777, 0o644);
        let placed = fs::metadata(package.join("cli.js")).unwrap();
        assert_eq!((placed.mode() & 0o7777, placed.nlink()), (0o755, 1));
        let fixed = content.replacen("node\r\n", "node\n", 1);
        assert_eq!(fs::read_to_string(package.join("cli.js")).unwrap(), fixed);
        assert_eq!(fs::read_dir(&package).unwrap().count(), 1, "no temporary file is left");
    }
}

#[test]
fn link_bin_keeps_a_shared_file_that_is_right_already() {
    let (project, package) = project("#!/usr/bin/env node\n", 0o755);
    fs::hard_link(package.join("cli.js"), project.path().join("stored.js")).unwrap();
    link_bin(&plan(&package, &[("a", "cli.js")]).links[0], 0o022).unwrap();
    assert_eq!(fs::metadata(package.join("cli.js")).unwrap().nlink(), 2);
}

#[test]
fn unlink_bin_leaves_the_link_of_another_package() {
    let (_project, package) = project("x", 0o755);
    let link = &plan(&package, &[("a", "cli.js")]).links[0];
    link_bin(link, 0o022).unwrap();
    assert!(!unlink_bin(link, &package.with_file_name("b")).unwrap());
    assert!(unlink_bin(link, &package).unwrap());
    assert!(!unlink_bin(link, &package).unwrap());
    assert!(fs::symlink_metadata(link.path()).is_err());
}

#[test]
fn bin_name_of_a_system_tool_is_noticed() {
    assert!(BinName::parse("node").unwrap().shadows_system_tool());
    assert!(!BinName::parse("tsc").unwrap().shadows_system_tool());
}

proptest::proptest! {
    #[test]
    fn bin_plan_never_leaves_the_package_nor_its_bin_folder(key in "\\PC{0,12}", value in "[./\\\\a-c:\u{0}]{0,24}") {
        let package = Path::new("/p/node_modules/@s/a");
        for link in plan(package, &[(&key, &value)]).links {
            assert!(link.target.starts_with(package) && link.target != package);
            assert_eq!(lexically_normal(&link.target), link.target);
            assert_eq!(lexically_normal(&link.folder.join(&link.relative)), link.target);
            assert_eq!(link.path().parent(), Some(Path::new("/p/node_modules/.bin")));
        }
    }
}
