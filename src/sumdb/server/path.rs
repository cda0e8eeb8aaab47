//! From a path to what is asked.

use crate::sumdb::{
    escape::unescaped,
    lookup::IndexBucket,
    record::PackageKey,
    sequencer::{GO, Profile},
    tile::{Layout, Resource},
};

/// The longest path that is read, in bytes: three words, escaped.
const MAX_PATH: usize = 8 << 10;

/// What a path asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Supported,
    File(Layout, Resource),
    Lookup(PackageKey),
    Index(u16),
}

/// Reads the path of a URL, still escaped.
pub(super) fn parse(path: &str, profile: Profile) -> Option<Asked> {
    let path = path.strip_prefix('/').filter(|path| path.len() <= MAX_PATH)?;
    if path == "supported" {
        return Some(Asked::Supported);
    }
    if let Some(words) = path.strip_prefix("lookup/") {
        return Some(Asked::Lookup(lookup(words, profile)?));
    }
    if let Some(bucket) = path.strip_prefix("index/") {
        let (high, low) = bucket.split_once('/')?;
        let number = u16::from_str_radix(&format!("{high}{low}"), 16).ok()?;
        return (IndexBucket::path(number) == path).then_some(Asked::Index(number));
    }
    let file = |layout: Layout| Some(Asked::File(layout, layout.parse(path)?));
    file(Layout::C2sp).or_else(|| file(Layout::Go))
}

/// `<namespace>/<name>@<version>`, each escaped or not; `<module>@<version>` in a log of modules.
fn lookup(words: &str, profile: Profile) -> Option<PackageKey> {
    let (head, version) = words.rsplit_once('@')?;
    let version = unescaped(version)?;
    match profile {
        Profile::GoModules => PackageKey::new(GO, unescaped(head)?, version),
        Profile::Packages => {
            let (namespace, name) = head.split_once('/')?;
            PackageKey::new(unescaped(namespace)?, unescaped(name)?, version)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sumdb::tile::Tile;

    fn key(namespace: &str, name: &str, version: &str) -> Option<Asked> {
        PackageKey::new(namespace, name, version).map(Asked::Lookup)
    }

    #[test]
    fn every_path_has_one_meaning() {
        let packages = |path: &str| parse(path, Profile::Packages);
        assert_eq!(packages("/lookup/npm/a@1.0.0"), key("npm", "a", "1.0.0"));
        assert_eq!(packages("/lookup/npm/@s/a@1.0.0"), key("npm", "@s/a", "1.0.0"));
        assert_eq!(packages("/lookup/npm/%40s%2fa@1.0.0%2b1"), key("npm", "@s/a", "1.0.0+1"));
        let url = "url:http://127.0.0.1:1/";
        assert_eq!(packages("/lookup/url%3ahttp%3A%2F%2F127.0.0.1%3A1%2F/a@1"), key(url, "a", "1"));
        let go = parse("/lookup/example.com/m/v2@v2.0.0", Profile::GoModules);
        assert_eq!(go, key("go", "example.com/m/v2", "v2.0.0"));
        assert_eq!(packages("/index/0a/ff"), Some(Asked::Index(0x0aff)));
        assert_eq!(packages("/supported"), Some(Asked::Supported));
        let tile = Resource::Tile(Tile::in_tree(1, 2, 1 << 20).unwrap());
        assert_eq!(packages("/tile/1/002"), Some(Asked::File(Layout::C2sp, tile)));
        assert_eq!(packages("/tile/8/1/002"), Some(Asked::File(Layout::Go, tile)));
        assert_eq!(packages("/latest"), Some(Asked::File(Layout::Go, Resource::Checkpoint)));
    }

    #[test]
    fn other_paths_have_none() {
        for path in [
            "",
            "/",
            "/lookup/a@1",
            "/lookup/npm/a",
            "/lookup/npm/a%0a@1",
            "/lookup/npm/a%2@1",
            "/lookup/npm/%ff@1",
            "/index/a/ff",
            "/index/+a/ff",
            "/index/0A/ff",
            "/tile/0/000.p/0",
            "/tile/8/64/001",
            "/tile/0/../../key",
            "/.state/head",
            "/key",
        ] {
            assert_eq!(parse(path, Profile::Packages), None, "{path}");
        }
    }
}
