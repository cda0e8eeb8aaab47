//! What is promised of tests, as tests.

use super::*;
use flate2::read::GzDecoder;
use std::io::Read as _;

mod shapes;

use shapes::{SHAPES, Shape};

/// Makes the files of a shape; a content of `->target` is a link.
fn make(shape: &Shape) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in shape.files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match content.strip_prefix("->") {
            #[cfg(unix)]
            Some(target) => std::os::unix::fs::symlink(target, path).unwrap(),
            _ => fs::write(path, content).unwrap(),
        }
    }
    folder
}

fn manifest_of(folder: &Path) -> Manifest {
    Manifest::from_object(&read_package_json(folder).unwrap())
}

fn list(shape: &Shape) -> Result<Vec<String>, PackError> {
    let folder = make(shape);
    pack_list(folder.path(), &manifest_of(folder.path()))
}

#[cfg(unix)]
#[test]
fn pack_list_is_npm_s_for_every_shape() {
    let mut wrong = Vec::new();
    for shape in SHAPES {
        let packed = list(shape).unwrap();
        if packed != shape.packed {
            wrong.push(format!("{}\n  npm   {:?}\n  denpm {packed:?}", shape.name, shape.packed));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn shape(files: &'static [(&'static str, &'static str)]) -> Shape {
    Shape { name: "own", files, packed: &[] }
}

#[cfg(unix)]
#[test]
fn pack_list_of_a_bundled_link_out_of_the_package_is_refused() {
    let outside = shape(&[
        ("package.json", r#"{"dependencies":{"b":"1"},"bundleDependencies":["b"]}"#),
        ("node_modules/b", "->/usr"),
    ]);
    assert!(matches!(list(&outside), Err(PackError::OutsideLink(_))));
}

#[test]
fn pack_list_of_a_broken_manifest_is_a_json_error() {
    let folder = make(&shape(&[("package.json", "{")]));
    let error = pack_list(folder.path(), &Manifest::default()).unwrap_err();
    assert_eq!(error.code(), Code::Jsonparse);
}

#[test]
fn pack_list_never_looks_outside_for_files() {
    let above = shape(&[
        ("package.json", r#"{"files":["../../etc","/../x","a"],"main":"../x"}"#),
        ("a", ""),
        ("b", ""),
    ]);
    assert_eq!(list(&above).unwrap(), ["a", "package.json"]);
}

#[test]
fn pack_folder_is_deterministic_and_portable() {
    let shape = shape(&[
        ("package.json", r#"{"name":"a","version":"1.0.0","bin":"bin/cli.js"}"#),
        ("bin/cli.js", "#!/usr/bin/env node\n"),
        ("lib/index.js", "1"),
    ]);
    let pack = || {
        let folder = make(&shape);
        pack_folder(folder.path(), &manifest_of(folder.path())).unwrap()
    };
    let (first, second) = (pack(), pack());
    assert_eq!(first, second);
    let mut archive = tar::Archive::new(GzDecoder::new(first.as_slice()));
    let entries: Vec<(String, u32, u64, String)> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let header = (entry.header().mode().unwrap(), entry.header().mtime().unwrap());
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            (name, header.0, header.1, content)
        })
        .collect();
    let names: Vec<(&str, u32)> = entries.iter().map(|entry| (entry.0.as_str(), entry.1)).collect();
    let expected = [
        ("package/bin/cli.js", 0o755),
        ("package/lib/index.js", 0o644),
        ("package/package.json", 0o644),
    ];
    assert_eq!(names, expected);
    assert!(entries.iter().all(|entry| entry.2 == MTIME));
    assert_eq!(entries[1].3, "1");
}

#[test]
fn pack_folder_takes_paths_longer_than_a_header() {
    let long = "d/".repeat(100) + "file.js";
    let folder = make(&shape(&[("package.json", "{}")]));
    fs::create_dir_all(folder.path().join("d/".repeat(100))).unwrap();
    fs::write(folder.path().join(&long), "x").unwrap();
    let bytes = pack_folder(folder.path(), &Manifest::default()).unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
    let names: Vec<String> = archive
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().display().to_string())
        .collect();
    assert_eq!(names, [format!("package/{long}"), "package/package.json".to_owned()]);
}
