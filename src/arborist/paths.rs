//! Paths inside the tree: absolute, `/`-separated text, as npm's locations are.
//!
//! Arborist computes with locations relative to the root (`relpath.js`); keeping all
//! paths in one textual form makes that a matter of prefixes.

/// `path.resolve(base, path)` on `/`-separated text; `base` is absolute.
pub fn resolve(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = is_absolute(path);
    let (prefix, base_rest) = split_prefix(if absolute { path } else { base });
    for part in base_rest.split('/').chain(if absolute { "" } else { path }.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut out = String::with_capacity(base.len() + path.len() + 1);
    out.push_str(prefix);
    out.push('/');
    out.push_str(&parts.join("/"));
    out
}

/// Where a package of that name lies in a folder's own `node_modules`; `folder` is absolute and
/// normalised.
pub fn in_node_modules(folder: &str, name: &str) -> String {
    let is_plain = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if is_plain && !folder.ends_with('/') {
        format!("{folder}/node_modules/{name}")
    } else {
        resolve(folder, &format!("node_modules/{name}"))
    }
}

/// True for `/x` and for a drive path (`C:/x`).
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || !split_prefix(path).0.is_empty()
}

fn split_prefix(path: &str) -> (&str, &str) {
    let bytes = path.as_bytes();
    match bytes {
        [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic() => path.split_at(2),
        _ => ("", path),
    }
}

/// `path.relative(from, to)` with `/` (`relpath.js`); both absolute and normalised.
pub fn relative(from: &str, to: &str) -> String {
    if from == to {
        return String::new();
    }
    if let Some(rest) = to.strip_prefix(from) {
        if let Some(rest) = rest.strip_prefix('/') {
            return rest.to_owned();
        }
        if from.ends_with('/') {
            return rest.to_owned();
        }
    }
    if split_prefix(from).0 != split_prefix(to).0 {
        return to.to_owned();
    }
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    up.chain(to.into_iter().skip(common)).collect::<Vec<_>>().join("/")
}

/// `path.dirname`: the folder a path lies in (`/` for the root itself).
pub fn dirname(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(index) => path.get(..index).unwrap_or("/"),
    }
}

/// `path.basename`.
pub fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path itself and every folder above it, innermost first (`walk-up-path`).
pub fn walk_up(path: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(path);
    std::iter::from_fn(move || {
        let current = next?;
        let up = dirname(current);
        next = (up != current).then_some(up);
        Some(current)
    })
}

/// The package name that a path under `node_modules` stands for: `…/node_modules/@s/x` → `@s/x`.
pub fn name_in_node_modules(path: &str) -> Option<&str> {
    let at = path.rfind("node_modules/")?;
    if at > 0 && !path.get(..at)?.ends_with('/') {
        return None;
    }
    let name = path.get(at + "node_modules/".len()..)?;
    let slashes = name.matches('/').count();
    let scoped = name.starts_with('@');
    (!name.is_empty() && (slashes == 0 || (slashes == 1 && scoped))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolve_follows_dots_and_absolute_paths() {
        assert_eq!(resolve("/a/b", "../c/./d"), "/a/c/d");
        assert_eq!(resolve("/a/b", "/x"), "/x");
        assert_eq!(resolve("/", ".."), "/");
        assert_eq!(resolve("/a", ""), "/a");
    }

    #[test]
    fn in_node_modules_is_what_resolve_says() {
        for folder in ["/", "/p", "/p/node_modules/a", "C:/p"] {
            for name in ["a", "@s/a", ".", "..", "../a", "@s/..", "a//b", "/a", ""] {
                let expected = resolve(folder, &format!("node_modules/{name}"));
                assert_eq!(in_node_modules(folder, name), expected, "{folder} {name}");
            }
        }
    }

    #[test]
    fn relative_goes_up_and_down() {
        assert_eq!(relative("/a/b", "/a/b"), "");
        assert_eq!(relative("/a/b", "/a/b/c"), "c");
        assert_eq!(relative("/a/b", "/a/bc"), "../bc");
        assert_eq!(relative("/a/b/c", "/a/x"), "../../x");
        assert_eq!(relative("/", "/a"), "a");
    }

    #[test]
    fn walk_up_ends_at_the_root() {
        assert_eq!(walk_up("/a/b").collect::<Vec<_>>(), ["/a/b", "/a", "/"]);
    }

    #[test]
    fn name_in_node_modules_keeps_scopes_and_rejects_files() {
        assert_eq!(name_in_node_modules("/p/node_modules/@s/x"), Some("@s/x"));
        assert_eq!(name_in_node_modules("/p/node_modules/x"), Some("x"));
        assert_eq!(name_in_node_modules("/p/node_modules/x/lib"), None);
        assert_eq!(name_in_node_modules("/p/lib"), None);
    }
}
