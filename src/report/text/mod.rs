//! The terminal: two streams, log levels, and the order in which things are written
//! (npm's `lib/utils/display.js`).

#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::{
    debug_log::{DebugLog, LogFolder},
    eresolve,
    failure::{self, ErrorLine, Layout},
    finding, json,
    progress::{self, Bar, Counts},
    styled::{Colour, ColourChoice, Line, Stream, Style, Text},
    summary::InstallSummary,
};
use crate::{
    error::Failure,
    event::{Event, Level, Reporter},
};

/// The word before every line of the log, in place of `npm`.
const HEADING: &str = "denpm";

/// What is shown of the log; npm's `loglevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing at all, not even errors.
    Silent,
    /// Messages of this level and those that matter more.
    UpTo(Level),
}

impl LogLevel {
    /// Reads npm's `loglevel` config; `None` for a word npm does not know.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self::UpTo(match text {
            "silent" => return Some(Self::Silent),
            "error" => Level::Error,
            "warn" => Level::Warn,
            "notice" => Level::Notice,
            "http" => Level::Http,
            "info" => Level::Info,
            "verbose" => Level::Verbose,
            "silly" => Level::Silly,
            _ => return None,
        }))
    }

    /// Whether a message of `level` is shown.
    pub fn shows(self, level: Level) -> bool {
        matches!(self, Self::UpTo(most) if level <= most)
    }
}

/// npm's word for a level.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Notice => "notice",
        Level::Http => "http",
        Level::Info => "info",
        Level::Verbose => "verbose",
        Level::Silly => "silly",
    }
}

fn level_style(level: Level) -> Style {
    match level {
        Level::Error => Style::Red,
        Level::Warn => Style::Yellow,
        Level::Notice => Style::BrightCyan,
        Level::Http => Style::Green,
        Level::Info => Style::Cyan,
        Level::Verbose => Style::Blue,
        Level::Silly => Style::DimBlue,
    }
}

/// What goes to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// Text for people.
    #[default]
    Text,
    /// One JSON value at the end: `--json`.
    Json,
}

/// Whether progress is drawn; [`Options::attached`] draws it on a terminal only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProgressMode {
    /// A line per finished phase at loglevel `info`, else nothing.
    #[default]
    Quiet,
    /// One line that is rewritten.
    Bar,
}

/// How a [`Terminal`] behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is shown of the log.
    pub level: LogLevel,
    /// Text or JSON on stdout.
    pub format: OutputFormat,
    /// Colours on stdout.
    pub stdout_colour: Colour,
    /// Colours on stderr.
    pub stderr_colour: Colour,
    /// Progress on stderr.
    pub progress: ProgressMode,
    /// Where the debug log goes; `None` before the config is read.
    pub logs: Option<LogFolder>,
}

impl Options {
    /// The options applied to the process's own streams: colours as `choice` says, progress
    /// only when stderr is a terminal.
    #[must_use]
    pub fn attached(self, choice: ColourChoice) -> Self {
        let (stdout, stderr) = (Stream::of(&io::stdout()), Stream::of(&io::stderr()));
        Self {
            stdout_colour: choice.on(stdout),
            stderr_colour: choice.on(stderr),
            progress: match stderr {
                Stream::Terminal => self.progress,
                Stream::Pipe => ProgressMode::Quiet,
            },
            ..self
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            level: LogLevel::UpTo(Level::Notice),
            format: OutputFormat::Text,
            stdout_colour: Colour::Never,
            stderr_colour: Colour::Never,
            progress: ProgressMode::Quiet,
            logs: None,
        }
    }
}

/// A stream that may close before we are done: a reader that has seen enough is no error.
struct Sink {
    stream: Box<dyn Write + Send>,
    open: bool,
    error: Option<io::Error>,
}

impl Sink {
    fn new(stream: Box<dyn Write + Send>) -> Self {
        Self { stream, open: true, error: None }
    }

    fn write(&mut self, text: &str) {
        if !self.open {
            return;
        }
        if let Err(error) =
            self.stream.write_all(text.as_bytes()).and_then(|()| self.stream.flush())
        {
            self.open = false;
            self.error = Some(error).filter(|error| error.kind() != io::ErrorKind::BrokenPipe);
        }
    }
}

/// All that changes while a command runs.
struct State {
    stdout: Sink,
    stderr: Sink,
    counts: Counts,
    bar: Option<Bar>,
    log: DebugLog,
    notices: BTreeSet<String>,
    result: Option<Value>,
}

/// Writes results to stdout and all else to stderr; receives events from any thread.
pub struct Terminal {
    options: Options,
    state: Mutex<State>,
}

impl Terminal {
    /// A terminal on the process's own streams.
    pub fn new(options: Options) -> Self {
        Self::with_streams(options, Box::new(io::stdout()), Box::new(io::stderr()))
    }

    /// A terminal on any streams.
    pub fn with_streams(
        options: Options,
        stdout: Box<dyn Write + Send>,
        stderr: Box<dyn Write + Send>,
    ) -> Self {
        let shown = options.progress == ProgressMode::Bar && options.level != LogLevel::Silent;
        let state = State {
            stdout: Sink::new(stdout),
            stderr: Sink::new(stderr),
            counts: Counts::default(),
            bar: shown.then(Bar::new),
            log: DebugLog::default(),
            notices: BTreeSet::new(),
            result: None,
        };
        Self { options, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not silence the error message.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked for at creation.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Writes text to stdout.
    pub fn result(&self, text: &Text) {
        self.state().stdout(&text.render(self.options.stdout_colour));
    }

    /// Keeps the JSON that [`Terminal::finish`] writes to stdout, with the error if there is one.
    pub fn json(&self, value: Value) {
        self.state().result = Some(value);
    }

    /// The end of an install; nothing when silent.
    pub fn summary(&self, summary: &InstallSummary) {
        if self.options.level == LogLevel::Silent {
            return;
        }
        if self.options.format == OutputFormat::Json {
            return self.json(summary.to_json());
        }
        self.result(&summary.text());
        if let Some(warning) = summary.unreviewed_warning() {
            self.event(warning);
        }
    }

    /// Ends a command: writes the failure, the debug log and the JSON. Returns the exit code.
    pub fn finish(&self, failure: Option<&Failure>) -> u8 {
        if let Some(bar) = &mut self.state().bar {
            bar.clear();
        }
        let error = failure.map(|failure| self.fail(failure));
        let mut state = self.state();
        if self.options.format == OutputFormat::Json {
            let result = state.result.take();
            if let Some(value) = json::merge(result, error) {
                state.stdout(&json::pretty(&value));
            }
        }
        match (failure, &state.stdout.error) {
            (Some(failure), _) => failure.inner().exit(),
            // The result was lost (a full disk behind the redirection): that is a failure.
            (None, Some(_)) => 1,
            (None, None) => 0,
        }
    }

    /// Prints a failure and returns npm's JSON object for it.
    fn fail(&self, failure: &Failure) -> Value {
        let mut layout = Layout::of(failure);
        if let Some(path) = self.write_conflict_report(failure) {
            let blank = String::new;
            let lines = [blank(), blank(), "For a full report see:".to_owned(), path];
            layout.detail.extend(lines.map(|text| ErrorLine { prefix: "", text }));
        }
        for line in layout.lines() {
            self.log(Level::Error, line.prefix.into(), vec![line.text]);
        }
        if let Some(folder) = &self.options.logs {
            let outcome = self.state().log.write(folder);
            self.log(Level::Error, "".into(), failure::log_lines(&outcome));
        }
        layout.to_json()
    }

    /// Writes npm's `eresolve-report.txt`, if the failure is a conflict.
    fn write_conflict_report(&self, failure: &Failure) -> Option<String> {
        let folder = self.options.logs.as_ref().filter(|folder| folder.max > 0)?;
        let report = eresolve::report(eresolve::find(failure.inner())?).render(Colour::Never);
        let path = folder.file("eresolve-report.txt");
        match std::fs::create_dir_all(&folder.dir).and_then(|()| std::fs::write(&path, report)) {
            Ok(()) => Some(path.display().to_string()),
            Err(error) => {
                let line = format!("Could not write eresolve-report.txt: {error}");
                self.log(Level::Warn, "".into(), vec![line]);
                None
            }
        }
    }

    fn log(&self, level: Level, prefix: Cow<'static, str>, lines: Vec<String>) {
        let mut state = self.state();
        if self.options.level.shows(level)
            && !state.is_repeated(&self.options, level, &prefix, &lines)
        {
            let text: Text = lines
                .iter()
                .flat_map(|line| split(line))
                .map(|line| prefixed(level, &prefix, line))
                .collect();
            state.stderr(&text.render(self.options.stderr_colour));
        }
        state.log.record(level_name(level), prefix, lines);
    }

    /// npm's banner of a script that is about to run; stdout belongs to the JSON when there is one.
    fn banner(&self, package: &str, event: &str, command: &str) {
        let mut state = self.state();
        let line = format!("{package} {event}: {command}");
        state.log.record("info", "run".into(), vec![line]);
        if self.options.level == LogLevel::Silent {
            return;
        }
        let mut text = Text::from(Line::new());
        text.push(Line::new().plain(&format!("> {package} {event}")));
        text.extend(split(command).map(|line| Line::new().own("> ").plain(line)).collect());
        text.push(Line::new());
        match self.options.format {
            OutputFormat::Text => state.stdout(&text.render(self.options.stdout_colour)),
            OutputFormat::Json => state.stderr(&text.render(self.options.stderr_colour)),
        }
    }
}

/// The lines of a text; a text without any is one empty line.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// `denpm warn deprecated x@1: …`
fn prefixed(level: Level, prefix: &str, line: &str) -> Line {
    let start = Line::new()
        .styled(Style::Bold, HEADING)
        .own(" ")
        .styled(level_style(level), level_name(level));
    let start =
        if prefix.is_empty() { start } else { start.own(" ").styled(Style::BrightBlue, prefix) };
    match line {
        "" => start,
        line if level == Level::Notice => start.own(" ").notice(line),
        line => start.own(" ").plain(line),
    }
}

impl State {
    fn stdout(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.stdout.write(text)),
            None => self.stdout.write(text),
        }
    }

    fn stderr(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.stderr.write(text)),
            None => self.stderr.write(text),
        }
    }

    /// npm shows the same notice once, unless everything is to be seen.
    fn is_repeated(
        &mut self,
        options: &Options,
        level: Level,
        prefix: &str,
        lines: &[String],
    ) -> bool {
        const MAX_NOTICES: usize = 1000;
        level == Level::Notice
            && !options.level.shows(Level::Verbose)
            && self.notices.len() < MAX_NOTICES
            && !self.notices.insert(format!("{prefix}\n{}", lines.join("\n")))
    }

    fn show_progress(&mut self) {
        if let Some(bar) = &mut self.bar {
            bar.show(&self.counts);
        }
    }
}

impl Reporter for Terminal {
    fn event(&self, event: Event) {
        match event {
            Event::Log { level, prefix, lines } => self.log(level, prefix.into(), lines),
            Event::Finding(finding) => {
                self.log(
                    finding::log_level(finding.gravity),
                    finding.code.into(),
                    finding::lines(&finding),
                );
            }
            Event::PeerConflict(conflict) => {
                for event in eresolve::warning(&conflict) {
                    self.event(event);
                }
            }
            Event::Request { method, url, status, took, cached } => {
                let cache = if cached { "hit" } else { "miss" };
                let millis = took.as_millis();
                let line = format!("{method} {status} {url} {millis}ms (cache {cache})");
                self.log(Level::Http, "fetch".into(), vec![line]);
            }
            Event::ScriptStarted { package, event, command } => {
                self.banner(&package, &event, &command);
            }
            Event::PhaseStarted(phase) => {
                let mut state = self.state();
                state.counts.start(phase);
                state.show_progress();
            }
            Event::PhaseProgress { phase, done, total } => {
                let mut state = self.state();
                state.counts.set(phase, done, total);
                state.show_progress();
            }
            Event::PhaseFinished(phase) => {
                let mut state = self.state();
                let did = state.counts.finish(phase);
                state.show_progress();
                drop(state);
                let line = did.unwrap_or_else(|| progress::name(phase).to_owned());
                self.log(Level::Info, "phase".into(), vec![line]);
            }
        }
    }
}
