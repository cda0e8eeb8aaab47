//! What reaches the two streams.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    error::{Code, Explain},
    event::Phase,
};

/// A stream whose text can be read later.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// A stream that fails.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn terminal(options: Options) -> (Terminal, Captured, Captured) {
    let (stdout, stderr) = (Captured::default(), Captured::default());
    let terminal =
        Terminal::with_streams(options, Box::new(stdout.clone()), Box::new(stderr.clone()));
    (terminal, stdout, stderr)
}

fn send_everything(terminal: &Terminal) {
    for level in ["error", "warn", "notice", "http", "info", "verbose", "silly"] {
        let Some(LogLevel::UpTo(level)) = LogLevel::parse(level) else { panic!("no level") };
        terminal.event(Event::log(level, "prefix", vec!["one".into(), String::new()]));
    }
    terminal.event(Event::PhaseStarted(Phase::Fetch));
    terminal.event(Event::PhaseProgress { phase: Phase::Fetch, done: 2, total: 2 });
    terminal.event(Event::PhaseFinished(Phase::Fetch));
    terminal.event(Event::Request {
        method: "GET",
        url: "http://bob:secret@registry.example/a".into(),
        status: 200,
        took: Duration::from_millis(57),
        cached: false,
    });
    terminal.event(Event::ScriptStarted {
        package: "a@1.0.0".into(),
        event: "postinstall".into(),
        command: "node \x1b[31mx.js".into(),
    });
}

#[derive(Debug, thiserror::Error)]
#[error("no \x1b]0;title\x07 luck")]
struct Luckless;

impl Explain for Luckless {
    fn code(&self) -> Code {
        Code::Policy
    }
}

#[test]
fn log_at_info_shows_prefixed_lines() {
    let level = LogLevel::UpTo(Level::Info);
    let (terminal, stdout, stderr) = terminal(Options { level, ..Options::default() });
    send_everything(&terminal);
    insta::assert_snapshot!(stderr.text(), @"
    denpm error prefix one
    denpm error prefix
    denpm warn prefix one
    denpm warn prefix
    denpm notice prefix one
    denpm notice prefix
    denpm http prefix one
    denpm http prefix
    denpm info prefix one
    denpm info prefix
    denpm info phase fetch 2
    denpm http fetch GET 200 http://bob:***@registry.example/a 57ms (cache miss)
    ");
    insta::assert_snapshot!(stdout.text(), @"

    > a@1.0.0 postinstall
    > node [31mx.js
    ");
}

#[test]
fn log_when_silent_shows_nothing() {
    let level = LogLevel::Silent;
    let (terminal, stdout, stderr) = terminal(Options { level, ..Options::default() });
    send_everything(&terminal);
    terminal.summary(&InstallSummary::default());
    assert_eq!(terminal.finish(Some(&Luckless.into())), 4);
    assert_eq!((stdout.text(), stderr.text()), (String::new(), String::new()));
}

#[test]
fn log_in_colour_paints_our_words_only() {
    let stderr_colour = Colour::Always;
    let (terminal, _, stderr) = terminal(Options { stderr_colour, ..Options::default() });
    terminal.event(Event::warn("deprecated", "a@1.0.0: \x1b[31mred\nnpm error forged"));
    assert_eq!(
        stderr.text(),
        "\x1b[1mdenpm\x1b[0m \x1b[33mwarn\x1b[0m \x1b[94mdeprecated\x1b[0m a@1.0.0: [31mred\n\
         \x1b[1mdenpm\x1b[0m \x1b[33mwarn\x1b[0m \x1b[94mdeprecated\x1b[0m npm error forged\n"
    );
}

#[test]
fn notice_repeated_is_shown_once() {
    let (terminal, _, stderr) = terminal(Options::default());
    for _ in 0..2 {
        terminal.event(Event::log(Level::Notice, "", vec!["news".into()]));
    }
    assert_eq!(stderr.text(), "denpm notice news\n");
}

#[test]
fn finish_with_a_failure_merges_it_into_the_json() {
    let temp = tempfile::tempdir().unwrap();
    let started = std::time::UNIX_EPOCH;
    let logs = Some(LogFolder { dir: temp.path().to_owned(), max: 10, started });
    let options = Options { format: OutputFormat::Json, logs, ..Options::default() };
    let (terminal, stdout, stderr) = terminal(options);
    terminal.json(serde_json::json!({"version": "1.0.0"}));
    assert_eq!(terminal.finish(Some(&Luckless.into())), 4);
    insta::assert_snapshot!(stdout.text(), @r#"
    {
      "version": "1.0.0",
      "error": {
        "code": "EPOLICY",
        "summary": "no \u001b]0;title\u0007 luck",
        "detail": ""
      }
    }
    "#);
    let stderr = stderr.text().replace(&temp.path().display().to_string(), "LOGS");
    insta::assert_snapshot!(stderr, @"
    denpm error code EPOLICY
    denpm error no ]0;title luck
    denpm error A complete log of this run can be found in: LOGS/1970-01-01T00_00_00_000Z-debug-0.log
    ");
    let log = temp.path().join("1970-01-01T00_00_00_000Z-debug-0.log");
    insta::assert_snapshot!(std::fs::read_to_string(log).unwrap(), @"
    0 error code EPOLICY
    1 error no ]0;title luck
    ");
}

#[test]
fn finish_after_the_reader_left_is_success() {
    let code = |kind| {
        let stdout = Box::new(Broken(kind));
        let terminal = Terminal::with_streams(Options::default(), stdout, Box::new(io::sink()));
        terminal.result(&Text::from(Line::new().own("result")));
        terminal.finish(None)
    };
    assert_eq!(code(io::ErrorKind::BrokenPipe), 0);
    assert_eq!(code(io::ErrorKind::StorageFull), 1);
}
