//! What is printed, how much, and where the debug logs go.
//!
//! Follows the `flatten` functions of `color`, `progress` and `loglevel` in
//! `@npmcli/config/lib/definitions/definitions.js`.

use std::path::PathBuf;

use super::{Config, Value, options::whole};

/// npm's `loglevel`, quietest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Nothing, not even the result.
    Silent,
    /// Failures.
    Error,
    /// And what is likely wrong.
    Warn,
    /// And what is worth a line.
    #[default]
    Notice,
    /// And requests.
    Http,
    /// And steps.
    Info,
    /// And decisions.
    Verbose,
    /// Everything.
    Silly,
}

/// What is printed.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one of npm's flags")]
pub struct OutputOptions {
    /// Print JSON.
    pub json: bool,
    /// Show more of each package.
    pub long: bool,
    /// Act on all packages.
    pub all: bool,
    /// Print tab-separated lines.
    pub parseable: bool,
    /// List only linked packages.
    pub link: bool,
    /// How deep a listing goes; none is the command's default, infinity everything.
    pub depth: Option<f64>,
    /// Draw with Unicode.
    pub unicode: bool,
    /// Colours on standard output.
    pub color: bool,
    /// Colours on standard error.
    pub log_color: bool,
    /// Show progress.
    pub progress: bool,
    /// How much to say.
    pub loglevel: LogLevel,
    /// How many debug logs are kept; 0 writes none.
    pub logs_max: usize,
    /// Where they are kept.
    pub logs_dir: PathBuf,
    /// Tell of packages that ask for funding.
    pub fund: bool,
    /// The lowest severity that fails an audit.
    pub audit_level: Option<String>,
    /// Print attestation bundles.
    pub include_attestations: bool,
}

impl OutputOptions {
    /// Flattens the settings.
    pub fn of(config: &Config) -> Self {
        let terminal = config.sources().terminal;
        let color = config.get("color").map(|found| found.value);
        let always = color.and_then(Value::as_text) == Some("always");
        let coloured = |on_terminal| always || on_terminal && color.is_some_and(Value::is_truthy);
        let dumb = config.env().get("TERM") == Some("dumb");
        let logs = config.number("logs-max").unwrap_or(10.0);
        Self {
            json: config.is_set("json"),
            long: config.is_set("long"),
            all: config.is_set("all"),
            parseable: config.is_set("parseable"),
            link: config.is_set("link"),
            depth: config.number("depth"),
            unicode: config.is_set("unicode"),
            color: coloured(terminal.stdout),
            log_color: coloured(terminal.stderr),
            progress: config.is_set("progress") && terminal.stdout && terminal.stderr && !dumb,
            loglevel: loglevel(config),
            logs_max: usize::try_from(whole(logs)).unwrap_or(usize::MAX),
            logs_dir: config
                .path("logs-dir")
                .unwrap_or_else(|| config.path("cache").unwrap_or_default().join("_logs")),
            fund: config.is_set("fund"),
            audit_level: config.text("audit-level").map(str::to_owned),
            include_attestations: config.is_set("include-attestations"),
        }
    }
}

fn loglevel(config: &Config) -> LogLevel {
    match config.text("loglevel") {
        Some("silent") => LogLevel::Silent,
        Some("error") => LogLevel::Error,
        Some("warn") => LogLevel::Warn,
        Some("http") => LogLevel::Http,
        Some("info") => LogLevel::Info,
        Some("verbose") => LogLevel::Verbose,
        Some("silly") => LogLevel::Silly,
        _ => LogLevel::Notice,
    }
}
