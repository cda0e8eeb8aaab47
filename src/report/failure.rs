//! A failure on its way out: npm's `error code` line first, then what, why and the way out.
//!
//! The order and the prefixes are those of npm's `lib/utils/error-message.js`; causes, help
//! and package lines are denpm's additions and come after npm's own.

use std::error::Error;

use serde_json::{Value, json};

use super::{debug_log::LogOutcome, eresolve};
use crate::{
    error::{Code, Explain, Failure},
    explanation::Conflict,
};

/// The longest chain of causes that is printed.
const MAX_CAUSES: usize = 16;
/// The most lines one error may print.
const MAX_LINES: usize = 1000;

/// One line of an error: npm's prefix, which may be empty, and the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorLine {
    /// What stands after `npm error`, for example `notarget`.
    pub prefix: &'static str,
    /// The text; foreign parts are not yet sanitised.
    pub text: String,
}

/// A failure laid out in npm's three parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The code's text; empty where npm has none.
    pub code: String,
    /// What happened.
    pub summary: Vec<ErrorLine>,
    /// Everything else npm says.
    pub detail: Vec<ErrorLine>,
    /// What denpm adds: causes, the package, help.
    pub addition: Vec<ErrorLine>,
}

impl Layout {
    /// Lays out a failure.
    pub fn of(failure: &Failure) -> Self {
        let error = failure.inner();
        let code = error.code_text();
        let prefixes = Prefixes::of(&code);
        let mut summary = Vec::new();
        if error.code() == Code::Usage {
            summary.push(ErrorLine { prefix: "", text: String::new() });
        }
        let message = error.to_string();
        let message = match code.as_str() {
            "E404" => message.strip_prefix("404 ").unwrap_or(&message),
            _ => &message,
        };
        summary.extend(lines(prefixes.summary, message));
        let mut detail = Vec::new();
        if let Some(conflict) = eresolve::find(error) {
            detail.push(ErrorLine { prefix: "", text: String::new() });
            let text = eresolve::error(conflict).plain_lines();
            detail.extend(text.into_iter().map(|text| ErrorLine { prefix: "", text }));
        } else {
            detail.extend(detail_lines(error, &code, &prefixes, &summary));
        }
        let mut addition = additions(error, &summary, &detail);
        if let Some(conflict) = eresolve::find(error) {
            let in_short = eresolve::in_short(conflict).plain_lines();
            let text = std::iter::once(String::new()).chain(in_short);
            addition.splice(0..0, text.map(|text| ErrorLine { prefix: "", text }));
        }
        Self { code, summary, detail, addition }
    }

    /// All lines in the order they are printed.
    pub fn lines(&self) -> impl Iterator<Item = ErrorLine> {
        let code = ErrorLine { prefix: "code", text: self.code.clone() };
        let code = Some(code).filter(|code| !code.text.is_empty());
        let parts = [&self.summary, &self.detail, &self.addition];
        code.into_iter().chain(parts.into_iter().flatten().cloned()).take(MAX_LINES)
    }

    /// npm's object for `--json`: `{"code", "summary", "detail"}`.
    pub fn to_json(&self) -> Value {
        let text = |lines: &[ErrorLine]| {
            let lines: Vec<&str> =
                lines.iter().take(MAX_LINES).map(|line| line.text.as_str()).collect();
            lines.join("\n").trim().to_owned()
        };
        let (summary, detail) = (text(&self.summary), text(&self.detail));
        match self.code.as_str() {
            "" => json!({"summary": summary, "detail": detail}),
            code => json!({"code": code, "summary": summary, "detail": detail}),
        }
    }
}

/// npm's prefixes for one code.
struct Prefixes {
    summary: &'static str,
    detail: &'static str,
}

impl Prefixes {
    fn of(code: &str) -> Self {
        let both = |prefix| Self { summary: prefix, detail: prefix };
        match code {
            "ERESOLVE" => Self { summary: "ERESOLVE", detail: "" },
            "ETARGET" => both("notarget"),
            "E404" => both("404"),
            "E403" => both("403"),
            "EBADPLATFORM" => both("notsup"),
            "EBADENGINE" => Self { summary: "engine", detail: "notsup" },
            "EBADDEVENGINES" => both("EBADDEVENGINES"),
            "EJSONPARSE" => both("JSON.parse"),
            "ENEEDAUTH" => both("need auth"),
            "ECONNRESET" | "ENOTFOUND" | "ETIMEDOUT" | "ERR_SOCKET_TIMEOUT" | "EAI_FAIL" => {
                both("network")
            }
            "ENOSPC" => both("nospc"),
            "EROFS" => both("rofs"),
            "ENOENT" => both("enoent"),
            _ => both(""),
        }
    }
}

fn lines(prefix: &'static str, text: &str) -> Vec<ErrorLine> {
    text.lines().map(|line| ErrorLine { prefix, text: line.to_owned() }).collect()
}

/// The error's own detail, or the advice npm gives for every error of this code.
fn detail_lines(
    error: &dyn Explain,
    code: &str,
    prefixes: &Prefixes,
    summary: &[ErrorLine],
) -> Vec<ErrorLine> {
    let said = |text: &str| summary.iter().any(|line| line.text == text && !text.is_empty());
    let detail = error.detail();
    let own = detail.iter().flat_map(|text| match text.as_str() {
        "" => vec![ErrorLine { prefix: prefixes.detail, text: String::new() }],
        text => lines(prefixes.detail, text),
    });
    let own: Vec<ErrorLine> = own.skip_while(|line| said(&line.text)).collect();
    if !own.is_empty() {
        return own;
    }
    advice(code)
        .iter()
        .flat_map(|text| match *text {
            "" => vec![ErrorLine { prefix: prefixes.detail, text: String::new() }],
            text => lines(prefixes.detail, text),
        })
        .collect()
}

/// npm's advice where it is the same for every error of a code.
fn advice(code: &str) -> &'static [&'static str] {
    const PROXY: &str = "If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'";
    match code {
        "ECONNREFUSED" => &["", PROXY],
        "ECONNRESET" | "ENOTFOUND" | "ETIMEDOUT" | "ERR_SOCKET_TIMEOUT" | "EAI_FAIL" => &[
            "This is a problem related to network connectivity.",
            "In most cases you are behind a proxy or have bad network settings.",
            "",
            PROXY,
        ],
        "ETARGET" => &[
            "In most cases you or one of your dependencies are requesting a package version that doesn't exist.",
        ],
        "E403" => &[
            "In most cases, you or one of your dependencies are requesting a package version that is forbidden by your security policy, or on a server you do not have access to.",
        ],
        "EJSONPARSE" => &[
            "Failed to parse JSON data.",
            "Note: package.json must be actual JSON, not just JavaScript.",
        ],
        "ENEEDAUTH" => &["You need to authorize this machine using `npm adduser`"],
        "EACCES" | "EPERM" => &[
            "",
            "The operation was rejected by your operating system.",
            "Check who owns the file and its folders, and which permissions they have.",
        ],
        "ENOSPC" => &[
            "There appears to be insufficient space on your system to finish.",
            "Clear up some disk space and try again.",
        ],
        "EROFS" => &["The file system is mounted read-only, or does not support symlinks."],
        "ENOENT" => &["This is related to npm not being able to find a file."],
        _ => &[],
    }
}

/// Causes that say something new, the package if it was not named, and the way out.
fn additions(error: &dyn Explain, summary: &[ErrorLine], detail: &[ErrorLine]) -> Vec<ErrorLine> {
    let mut said: Vec<String> =
        summary.iter().chain(detail).map(|line| format!("{} {}", line.prefix, line.text)).collect();
    let mut added = Vec::new();
    // A conflict is already told in full, and comes last in its chain.
    let is_conflict =
        |cause: &(dyn Error + 'static)| cause.is::<Conflict>() || cause.is::<Box<Conflict>>();
    let causes = causes(error).skip(1).take_while(|cause| !is_conflict(*cause));
    for cause in causes {
        for line in lines("cause", &cause.to_string()) {
            // The summary has its status as a prefix.
            let news = line.text.strip_prefix("404 ").unwrap_or(&line.text);
            if !said.iter().any(|text| text.contains(news)) {
                said.push(line.text.clone());
                added.push(line);
            }
        }
    }
    let is_new = |package: &String| !said.iter().any(|text| text.contains(package));
    if let Some(package) = error.package().filter(is_new) {
        added.push(ErrorLine { prefix: "package", text: package });
    }
    if let Some(help) = error.help() {
        added.extend(lines("help", &help));
    }
    added
}

/// An error and what caused it, from the outside in, as far as [`MAX_CAUSES`].
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
    .take(MAX_CAUSES)
}

/// The last lines: where the debug log is, or why there is none.
pub fn log_lines(outcome: &LogOutcome) -> Vec<String> {
    match outcome {
        LogOutcome::Written(path) => {
            vec![format!("A complete log of this run can be found in: {}", path.display())]
        }
        LogOutcome::Disabled => {
            vec!["Log files were not written due to the config logs-max=0".to_owned()]
        }
        LogOutcome::Failed(dir) => vec![
            format!(
                "Log files were not written due to an error writing to the directory: {}",
                dir.display()
            ),
            "You can rerun the command with `--loglevel=verbose` to see the logs in your terminal"
                .to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::eresolve;

    #[derive(Debug, thiserror::Error)]
    #[error("{message}")]
    struct Fault {
        code: Code,
        message: &'static str,
        detail: Vec<&'static str>,
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    }

    impl Explain for Fault {
        fn code(&self) -> Code {
            self.code
        }

        fn detail(&self) -> Vec<String> {
            self.detail.iter().map(ToString::to_string).collect()
        }

        fn package(&self) -> Option<String> {
            Some("lodash@^99".to_owned())
        }

        fn help(&self) -> Option<String> {
            Some("run `npm view lodash versions`".to_owned())
        }
    }

    fn fault(code: Code, message: &'static str, detail: Vec<&'static str>) -> Fault {
        Fault { code, message, detail, source: None }
    }

    fn shown(fault: Fault) -> String {
        let layout = Layout::of(&fault.into());
        let lines = layout.lines().map(|line| {
            let text = format!("{} {}", line.prefix, line.text);
            text.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn layout_without_own_detail_has_npms_advice() {
        let target = fault(Code::Target, "No matching version found for lodash@^99.", Vec::new());
        insta::assert_snapshot!(shown(target), @"
        code ETARGET
        notarget No matching version found for lodash@^99.
        notarget In most cases you or one of your dependencies are requesting a package version that doesn't exist.
        help run `npm view lodash versions`
        ");
    }

    #[test]
    fn layout_of_404_drops_the_number() {
        let missing = fault(
            Code::Notfound,
            "404 Not Found - GET http://registry.example/zz",
            vec!["", " The requested resource 'zz@^9' could not be found."],
        );
        insta::assert_snapshot!(shown(missing), @"
        code E404
        404 Not Found - GET http://registry.example/zz
        404
        404  The requested resource 'zz@^9' could not be found.
        package lodash@^99
        help run `npm view lodash versions`
        ");
    }

    #[test]
    fn layout_of_causes_says_nothing_twice() {
        let mut json = fault(Code::Jsonparse, "Unexpected end of JSON input", Vec::new());
        let inner = fault(Code::Internal, "Unexpected end of JSON input", Vec::new());
        let outer = Fault {
            source: Some(Box::new(inner)),
            ..fault(Code::Internal, "package.json is cut off", Vec::new())
        };
        json.source = Some(Box::new(outer));
        insta::assert_snapshot!(shown(json), @"
        code EJSONPARSE
        JSON.parse Unexpected end of JSON input
        JSON.parse Failed to parse JSON data.
        JSON.parse Note: package.json must be actual JSON, not just JavaScript.
        cause package.json is cut off
        package lodash@^99
        help run `npm view lodash versions`
        ");
    }

    #[test]
    fn layout_of_a_conflict_tells_it() {
        let conflict = Fault {
            source: Some(Box::new(eresolve::tests::conflict())),
            ..fault(Code::Resolve, "unable to resolve dependency tree", Vec::new())
        };
        insta::assert_snapshot!(shown(conflict), @r#"
        code ERESOLVE
        ERESOLVE unable to resolve dependency tree

         While resolving: proj@1.0.0
         Found: react@17.0.2
         node_modules/react
           react@"^17.0.0" from the root project

         Could not resolve dependency:
         peer react@"^18.0.0" from b@1.0.0
         node_modules/b
           b@"^1.0.0" from the root project

         Fix the upstream dependency conflict, or retry this command with --force or --legacy-peer-deps to accept an incorrect (and potentially broken) dependency resolution.

         In short:
           the root project wants react@"^17.0.0", which gave react@17.0.2
           b@1.0.0 wants peer react@"^18.0.0", which it is not
         Shortest change: in package.json ask for "react": "^18.0.0" instead of "^17.0.0"
        package lodash@^99
        help run `npm view lodash versions`
        "#);
    }

    #[test]
    fn json_of_a_failure_is_npms_object() {
        let usage = fault(Code::Usage, "Run it in a project.", vec!["", "denpm ci", ""]);
        insta::assert_snapshot!(Layout::of(&usage.into()).to_json(), @r#"{"code":"EUSAGE","summary":"Run it in a project.","detail":"denpm ci"}"#);
    }
}
