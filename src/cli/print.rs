//! The command line's own few words, before and beside `report`.
#![allow(clippy::print_stderr, reason = "this is where the command line speaks")]

use std::io::Write as _;

use crate::{
    config::{Config, options::LogLevel},
    error::Explain,
    event::{Event, Level},
};

/// Writes a result to standard output; a reader that has gone away is no failure.
pub(super) fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _broken_pipe = out.write_all(bytes).and_then(|()| out.flush());
}

/// Shows what loading the settings had to say, by `loglevel`.
pub(super) fn messages(config: &Config, loglevel: LogLevel) {
    for event in config.messages() {
        if let Event::Log { level, prefix, lines } = event
            && shows(loglevel, *level)
        {
            for line in lines {
                let space = if prefix.is_empty() { "" } else { " " };
                eprintln!("denpm {} {prefix}{space}{line}", name(*level));
            }
        }
    }
}

/// Shows why a command ended.
pub(super) fn error(error: &dyn Explain) {
    eprintln!("denpm error code {}", error.code_text());
    eprintln!("denpm error {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        eprintln!("denpm error   {source}");
        cause = source.source();
    }
    if let Some(help) = error.help() {
        eprintln!("denpm error help: {help}");
    }
}

fn shows(loglevel: LogLevel, level: Level) -> bool {
    loglevel
        >= match level {
            Level::Error => LogLevel::Error,
            Level::Warn => LogLevel::Warn,
            Level::Notice => LogLevel::Notice,
            Level::Http => LogLevel::Http,
            Level::Info => LogLevel::Info,
            Level::Verbose => LogLevel::Verbose,
            Level::Silly => LogLevel::Silly,
        }
}

fn name(level: Level) -> &'static str {
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
