//! The files of a package, and which of them belong together.

use std::{collections::BTreeMap, mem, sync::Arc};

/// The files of one version, by path below the package's root.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// `version` of its `package.json`; it is not part of any comparison.
    pub version: String,
    /// Content by path, with `/` between components.
    pub by_path: BTreeMap<String, Arc<[u8]>>,
    /// Paths of files that were not read: too large, or of no interest.
    pub unread: BTreeMap<String, u64>,
}

/// The largest file that is looked into, in bytes.
pub const MAX_FILE: usize = super::sandbox::MAX_FILE;

/// Files of average lines longer than this, in bytes, are not written by people.
const LONG_LINES: usize = 400;
/// Shorter files are not judged by their lines.
const LEAST_SIZE: usize = 600;

impl Files {
    /// The content of a file.
    pub(super) fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.by_path.get(path)
    }

    /// Whether a file of this name is worth reading.
    pub fn wants(path: &str) -> bool {
        path == "package.json"
            || !split(path).1.contains('.')
            || is_script(path, b"")
            || is_explaining_text(path)
    }

    /// Whether there is such a file, read or not.
    pub(super) fn has(&self, path: &str) -> bool {
        self.by_path.contains_key(path) || self.unread.contains_key(path)
    }

    /// The JavaScript files.
    pub(super) fn scripts(&self) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        self.by_path
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes))
            .filter(|(path, bytes)| is_script(path, bytes))
    }

    /// The source that a minified file is built from, as far as names tell.
    pub(super) fn source_of(&self, path: &str) -> Option<&str> {
        let readable = |candidate: &str| {
            let (found, bytes) = self.by_path.get_key_value(candidate)?;
            (found != path && !is_minified(found, bytes)).then_some(found.as_str())
        };
        let names = source_names(path);
        if let Some(found) = names.iter().find_map(|name| readable(name)) {
            return Some(found);
        }
        // Some sources are as dense as their builds; what their names say counts.
        if has_minified_name(path)
            && let Some((found, _)) = names.iter().find_map(|name| self.by_path.get_key_value(name))
        {
            return Some(found);
        }
        // The same file name elsewhere, nearest first.
        let (_, base) = split(path);
        let stems = source_stems(base);
        let from_anywhere = has_minified_name(path);
        let mut others: Vec<&str> = self
            .scripts()
            .map(|(other, _)| other)
            .filter(|other| {
                *other != path
                    && !is_aside(other)
                    && stems.iter().any(|stem| split(other).1 == stem)
            })
            .filter(|other| from_anywhere || is_source_folder(other))
            .filter_map(readable)
            .collect();
        others.sort_by_key(|other| (distance(path, other), *other));
        others.first().copied()
    }

    /// The file that `path` was in this version: itself, else the only one of its name.
    pub(super) fn counterpart(&self, path: &str) -> Option<&str> {
        if let Some((found, _)) = self.by_path.get_key_value(path) {
            return Some(found);
        }
        let base = split(path).1;
        let mut same = self.by_path.keys().filter(|other| split(other).1 == base);
        same.next().filter(|_| same.next().is_none()).map(String::as_str)
    }
}

/// Where people write, and builds come from.
fn is_source_folder(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "src" | "source" | "sources"))
}

/// How many components two paths do not share.
fn distance(a: &str, b: &str) -> usize {
    let shared = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count();
    a.split('/').count() + b.split('/').count() - 2 * shared
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A file that node or a browser would run: by its ending, or by its first line.
pub(super) fn is_script(path: &str, bytes: &[u8]) -> bool {
    let base = split(path).1;
    match base.rsplit_once('.') {
        Some((_, "js" | "cjs" | "mjs" | "jsx" | "es" | "es6" | "iife")) => true,
        Some(_) => false,
        None => {
            bytes.starts_with(b"#!")
                && bytes
                    .split(|b| *b == b'\n')
                    .next()
                    .is_some_and(|line| line.windows(4).any(|w| w == b"node"))
        }
    }
}

/// A text that may explain a build: sources that are not parsed, data, styles.
pub(super) fn is_explaining_text(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    matches!(
        ending,
        "json"
            | "css"
            | "scss"
            | "sass"
            | "less"
            | "html"
            | "htm"
            | "ts"
            | "tsx"
            | "mts"
            | "cts"
            | "vue"
            | "svelte"
            | "coffee"
            | "svg"
            | "hbs"
            | "ejs"
            | "pug"
            | "glsl"
            | "xml"
            | "yml"
            | "yaml"
            | "styl"
            | "flow"
            | "ls"
            | "peg"
            | "pegjs"
    )
}

/// Tests, examples, documentation, tools: nothing that is loaded by whoever uses the package.
pub(super) fn is_aside(path: &str) -> bool {
    path.split('/').any(|part| {
        let part = part.to_ascii_lowercase();
        matches!(
            part.as_str(),
            "test"
                | "tests"
                | "__tests__"
                | "spec"
                | "specs"
                | "fixtures"
                | "__mocks__"
                | "examples"
                | "example"
                | "docs"
                | "doc"
                | "demo"
                | "demos"
                | "benchmark"
                | "benchmarks"
                | "bench"
                | "coverage"
                | "node_modules"
                | "website"
                | "site"
                | "perf"
                | "tools"
                | "scripts"
                | "tasks"
                | "samples"
                | "sample"
        ) || part.contains(".test.")
            || part.contains(".spec.")
            || matches!(
                part.as_str(),
                "gruntfile.js"
                    | "gulpfile.js"
                    | "karma.conf.js"
                    | "rollup.config.js"
                    | "webpack.config.js"
            )
    })
}

/// Whether a script may load what lies aside: such a name stands behind a slash in it.
pub(super) fn mentions_aside(script: &[u8]) -> bool {
    const LONGEST: usize = 64;
    let behind = |slash: usize| script.get(slash + 1..).unwrap_or_default();
    memchr::memchr_iter(b'/', script).any(|slash| {
        let mut name = behind(slash).iter().take(LONGEST);
        let length = name.position(|byte| b"/\"'`".contains(byte)).unwrap_or_default();
        let name = behind(slash).get(..length).and_then(|name| str::from_utf8(name).ok());
        name.is_some_and(is_aside)
    })
}

/// A file that no editor shows: machine code, byte code, archives, scripts of shells.
pub(super) fn is_opaque(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        ending.as_str(),
        "node"
            | "wasm"
            | "exe"
            | "dll"
            | "so"
            | "dylib"
            | "bin"
            | "jar"
            | "class"
            | "pyc"
            | "bat"
            | "cmd"
            | "ps1"
            | "sh"
            | "vbs"
            | "jsc"
            | "elf"
            | "msi"
            | "deb"
            | "apk"
    )
}

/// Whether a file is minified: its name says so, or its lines do.
pub(super) fn is_minified(path: &str, bytes: &[u8]) -> bool {
    has_minified_name(path) || has_long_lines(bytes)
}

fn has_minified_name(path: &str) -> bool {
    let base = split(path).1.to_ascii_lowercase();
    base.contains(".min.")
        || base.contains("-min.")
        || base.contains("_min.")
        || base.contains(".prod.")
        || base.contains(".production.")
}

/// Comments aside: a minified file keeps its licence in lines as they were.
fn has_long_lines(bytes: &[u8]) -> bool {
    if bytes.len() < LEAST_SIZE {
        return false;
    }
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    let lines = ends.scan(0, |start, end| Some(end - mem::replace(start, end + 1)));
    let long: usize = lines.filter(|length| *length > LONG_LINES).sum();
    long * 5 > bytes.len() * 4
}

/// The paths at which the source of a minified file may lie, the likeliest first.
fn source_names(path: &str) -> Vec<String> {
    let (folder, base) = split(path);
    let mut folders = vec![folder.to_owned()];
    if let Some((above, last)) =
        folder.rsplit_once('/').or((!folder.is_empty()).then_some(("", folder)))
    {
        if matches!(
            last,
            "min" | "minified" | "dist" | "build" | "prod" | "production" | "umd" | "bundles"
        ) {
            folders.push(above.to_owned());
        }
        for instead in ["src", "lib", "source"] {
            folders.push(join(above, instead));
        }
    }
    let stems = source_stems(base);
    folders
        .iter()
        .flat_map(|folder| stems.iter().map(|stem| join(folder, stem)))
        .filter(|name| name != path)
        .collect()
}

fn join(folder: &str, base: &str) -> String {
    if folder.is_empty() { base.to_owned() } else { format!("{folder}/{base}") }
}

/// `x.min.js` comes from `x.js`, `x.production.min.js` from `x.development.js`.
fn source_stems(base: &str) -> Vec<String> {
    let mut stems = Vec::new();
    for (mark, instead) in [
        (".production.min.", ".development."),
        (".prod.min.", ".dev."),
        (".production.", ".development."),
        (".prod.", ".dev."),
        (".min.", "."),
        ("-min.", "."),
        ("_min.", "."),
        (".production.min.", "."),
        (".prod.", "."),
        (".production.", "."),
    ] {
        if base.contains(mark) {
            stems.push(base.replacen(mark, instead, 1));
        }
    }
    if stems.is_empty() {
        return vec![base.to_owned()];
    }
    let other_endings = stems.iter().filter_map(|stem| {
        let (name, ending) = stem.rsplit_once('.')?;
        Some(
            ["js", "mjs", "cjs"]
                .into_iter()
                .filter(move |other| *other != ending)
                .map(move |other| format!("{name}.{other}")),
        )
    });
    let others: Vec<_> = other_endings.flatten().collect();
    stems.extend(others);
    stems
}

/// What a minified file's specifier is beside the source: `./a.min.js` for `./a.js`; nothing where it
/// does not say that it is minified.
pub(super) fn unminified(specifier: &str) -> Vec<String> {
    let (folder, base) = split(specifier);
    if !specifier.starts_with('.') || !has_minified_name(specifier) {
        return Vec::new();
    }
    source_stems(base).iter().map(|stem| join(folder, stem)).collect()
}

/// Pairs of builds of the same thing: `CommonJS` beside ES module, neither minified.
pub(super) fn siblings(files: &Files) -> Vec<(&str, &str)> {
    let mut by_stem: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (path, bytes) in files.scripts() {
        if !is_aside(path) && !is_minified(path, bytes) {
            by_stem.entry(sibling_stem(path)).or_default().push(path);
        }
    }
    let mut pairs = Vec::new();
    for paths in by_stem.into_values() {
        for (at, first) in paths.iter().enumerate() {
            pairs.extend(paths.iter().skip(at + 1).take(3).map(|second| (*first, *second)));
        }
    }
    pairs
}

/// The path without what tells module systems apart.
fn sibling_stem(path: &str) -> String {
    let is_format = |part: &str| {
        matches!(
            part,
            "cjs"
                | "esm"
                | "es"
                | "mjs"
                | "umd"
                | "module"
                | "modules"
                | "commonjs"
                | "common"
                | "es6"
                | "es5"
                | "esm5"
                | "esm2015"
                | "esnext"
                | "node"
                | "browser"
                | "bundler"
                | "iife"
                | "es2015"
                | "legacy"
                | "modern"
        )
    };
    let (folder, base) = split(path);
    let folders: Vec<&str> = folder
        .split('/')
        .filter(|part| !is_format(part) && *part != "dist" && *part != "lib" && *part != "build")
        .collect();
    let name: Vec<&str> =
        base.split('.').filter(|part| !is_format(part) && *part != "js").collect();
    format!("{}/{}", folders.join("/"), name.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[(&str, &str)]) -> Files {
        let by_path = paths
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())))
            .collect();
        Files { version: "1.0.0".to_owned(), by_path, ..Files::default() }
    }

    #[test]
    fn a_source_is_found_beside_above_and_by_name() {
        let beside = files(&[("dist/a.min.js", ""), ("dist/a.js", ""), ("src/a.js", "")]);
        assert_eq!(beside.source_of("dist/a.min.js"), Some("dist/a.js"));
        let above = files(&[("min/a.js", ""), ("a.js", "")]);
        assert_eq!(above.source_of("min/a.js"), Some("a.js"));
        let far = files(&[("dist/a.min.js", ""), ("packages/x/a.js", "")]);
        assert_eq!(far.source_of("dist/a.min.js"), Some("packages/x/a.js"));
        let none = files(&[("dist/a.min.js", ""), ("test/a.js", "")]);
        assert_eq!(none.source_of("dist/a.min.js"), None);
    }

    #[test]
    fn siblings_differ_in_module_system_only() {
        let found = files(&[
            ("dist/cjs/a.js", ""),
            ("dist/esm/a.js", ""),
            ("dist/b.cjs", ""),
            ("dist/b.mjs", ""),
            ("c.js", ""),
        ]);
        assert_eq!(
            siblings(&found),
            [("dist/cjs/a.js", "dist/esm/a.js"), ("dist/b.cjs", "dist/b.mjs")]
        );
    }

    #[test]
    fn long_lines_are_minified_whatever_the_name() {
        assert!(is_minified("a.js", "a();".repeat(400).as_bytes()));
        assert!(!is_minified("a.js", "a();\n".repeat(400).as_bytes()));
        assert!(is_minified("a.min.js", b"a()"));
    }
}
