//! npm and denpm side by side: the same registry, the same files, the same commands.
//!
//! With `DENPM_ORACLE_SELF=1` npm is on both sides, which proves the cases themselves.

use super::{
    registry::Registry,
    sandbox::{Output, Sandbox, npm_is_there, variable},
};
use serde_json::{Value, json};

/// Two equal projects.
#[derive(Debug)]
pub(crate) struct Both {
    pub(crate) registry: Registry,
    npm: Sandbox,
    denpm: Sandbox,
}

/// Two empty projects and a registry with `tree` (see [`Registry::tree`]); nothing, after
/// saying so, when there is no npm to compare with.
pub(crate) fn both(tree: &str) -> Option<Both> {
    let registry = Registry::start();
    registry.tree(tree);
    npm_is_there().then(|| Both {
        npm: Sandbox::new(&registry),
        denpm: Sandbox::new(&registry),
        registry,
    })
}

impl Both {
    /// Writes a file in both projects.
    pub(crate) fn file(&self, path: &str, text: &str) -> &Self {
        self.each(|sandbox| {
            sandbox.file(path, text);
        })
    }

    /// Writes bytes in both projects.
    pub(crate) fn bytes(&self, path: &str, content: &[u8]) -> &Self {
        self.each(|sandbox| {
            sandbox.bytes(path, content);
        })
    }

    /// Writes the root's package.json: these fields after name and version.
    pub(crate) fn project(&self, fields: &Value) -> &Self {
        let mut manifest = json!({"name": "project", "version": "1.0.0"});
        manifest.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.each(|sandbox| {
            sandbox.package_json(&manifest);
        })
    }

    /// Writes the root's package.json with these dependencies.
    pub(crate) fn depends(&self, dependencies: &Value) -> &Self {
        self.project(&json!({ "dependencies": dependencies }))
    }

    /// Writes the package.json of a folder.
    pub(crate) fn folder(&self, path: &str, manifest: &Value) -> &Self {
        let text = serde_json::to_string_pretty(manifest).unwrap() + "\n";
        self.file(&format!("{path}/package.json"), &text)
    }

    /// Adds a line to both users' `.npmrc`.
    pub(crate) fn npmrc(&self, line: &str) -> &Self {
        self.each(|sandbox| {
            sandbox.npmrc(line);
        })
    }

    /// Removes a file or a folder of both projects.
    pub(crate) fn remove(&self, path: &str) -> &Self {
        self.each(|sandbox| {
            sandbox.remove(path);
        })
    }

    /// Both succeed and leave the same project.
    #[track_caller]
    pub(crate) fn run<const N: usize>(&self, args: [&str; N]) -> &Self {
        let (npm, denpm) = self.outputs(&args);
        assert_eq!(npm.status, 0, "the case is wrong, npm fails: {npm}");
        self.same(&npm, &denpm)
    }

    /// Both fail with this code and leave the same project.
    #[track_caller]
    pub(crate) fn fail<const N: usize>(&self, args: [&str; N], code: &str) -> &Self {
        let (npm, denpm) = self.outputs(&args);
        assert_ne!(npm.status, 0, "the case is wrong, npm succeeds: {npm}");
        assert_eq!(npm.error_code(), Some(code), "the case is wrong: {npm}");
        self.same(&npm, &denpm)
    }

    /// Both end alike, whichever way, and leave the same project.
    #[track_caller]
    pub(crate) fn same_ending<const N: usize>(&self, args: [&str; N]) -> &Self {
        let (npm, denpm) = self.outputs(&args);
        self.same(&npm, &denpm)
    }

    /// Both end alike and print the same on stdout.
    #[track_caller]
    pub(crate) fn print<const N: usize>(&self, args: [&str; N]) -> &Self {
        let (npm, denpm) = self.outputs(&args);
        same_text(&format!("stdout of `{}`", npm.command), &npm.stdout, &denpm.stdout);
        self.same(&npm, &denpm)
    }

    /// Both warn with this text and leave the same project.
    #[track_caller]
    pub(crate) fn warn<const N: usize>(&self, args: [&str; N], text: &str) -> &Self {
        let (npm, denpm) = self.outputs(&args);
        assert!(npm.stderr.contains(text), "the case is wrong, npm does not say {text:?}: {npm}");
        assert!(denpm.stderr.contains(text), "no {text:?} from denpm: {denpm}");
        self.same(&npm, &denpm)
    }

    /// Both have the same lines with `word` on stderr and leave the same project.
    #[track_caller]
    pub(crate) fn say<const N: usize>(&self, args: [&str; N], word: &str) -> &Self {
        let (npm, denpm) = self.outputs(&args);
        let said = |output: &Output, program: &str| {
            let lines = output.stderr.lines().filter(|line| line.contains(word));
            let lines = lines.map(|line| line.strip_prefix(program).unwrap_or(line));
            lines.collect::<Vec<_>>().join("\n")
        };
        let what = format!("{word} after `{}`", npm.command);
        same_text(&what, &said(&npm, "npm "), said(&denpm, "denpm ").trim_start_matches("npm "));
        self.same(&npm, &denpm)
    }

    /// The case shows what it is named after: npm installed this version there.
    #[track_caller]
    pub(crate) fn has(&self, folder: &str, version: &str) -> &Self {
        let manifest = self.npm.json(&format!("{folder}/package.json"));
        assert_eq!(manifest["version"], version, "{folder} in\n{}", self.npm.tree());
        self
    }

    /// The case shows what it is named after: npm left nothing there.
    #[track_caller]
    pub(crate) fn has_not(&self, path: &str) -> &Self {
        let there = self.npm.project().join(path).symlink_metadata().is_ok();
        assert!(!there, "{path} in\n{}", self.npm.tree());
        self
    }

    /// The case shows what it is named after: npm's lockfile has this text.
    #[track_caller]
    pub(crate) fn lock_has(&self, text: &str) -> &Self {
        let lock = self.npm.read("package-lock.json").unwrap_or_default();
        assert!(lock.contains(text), "no {text:?} in\n{lock}");
        self
    }

    fn each(&self, act: impl Fn(&Sandbox)) -> &Self {
        act(&self.npm);
        act(&self.denpm);
        self
    }

    fn outputs(&self, args: &[&str]) -> (Output, Output) {
        let args: Vec<_> =
            args.iter().map(|arg| arg.replace("${REGISTRY}", &self.registry.url())).collect();
        // What passes after a number of requests passes after as many for each side.
        let misbehaviours = self.registry.misbehaviours();
        let npm = self.npm.npm(&args).unwrap();
        self.registry.misbehave(misbehaviours);
        let itself = variable("DENPM_ORACLE_SELF").is_some_and(|value| value == "1");
        let denpm = if itself { self.denpm.npm(&args).unwrap() } else { self.denpm.denpm(&args) };
        (npm, denpm)
    }

    /// The same ending, the same files.
    #[track_caller]
    fn same(&self, npm: &Output, denpm: &Output) -> &Self {
        let ending = |output: &Output| {
            let Output { status, .. } = output;
            format!("exit {status}\ncode {:?}\n{:?}", output.error_code(), output.summary())
        };
        let command = &npm.command;
        same_text(&format!("ending of `{command}`: {denpm}\n"), &ending(npm), &ending(denpm));
        for path in ["package.json", "package-lock.json", "node_modules/.package-lock.json"] {
            let read = |sandbox: &Sandbox| sandbox.read(path).unwrap_or_default();
            let what = format!("{path} after `{command}`");
            same_text(&what, &read(&self.npm), &read(&self.denpm));
        }
        let list = |sandbox: &Sandbox| {
            let files = sandbox.snapshot_files().into_iter();
            files.map(|(path, entry)| format!("{path} {entry}")).collect::<Vec<_>>().join("\n")
        };
        same_text(&format!("files after `{command}`"), &list(&self.npm), &list(&self.denpm));
        self
    }
}

/// Asserts equality; shows the first difference with the lines around it.
#[track_caller]
fn same_text(what: &str, npm: &str, denpm: &str) {
    if npm == denpm {
        return;
    }
    let (ours, theirs): (Vec<_>, Vec<_>) = (denpm.lines().collect(), npm.lines().collect());
    let same = theirs.iter().zip(&ours).take_while(|(a, b)| a == b).count();
    let around = |lines: &[&str]| {
        let end = lines.len().min(same + 8);
        lines.get(same.saturating_sub(4)..end).unwrap_or_default().join("\n")
    };
    panic!(
        "{what}: first difference in line {}\n--- npm\n{}\n--- denpm\n{}",
        same + 1,
        around(&theirs),
        around(&ours),
    );
}
