//! From an understood command line to the operation that does it.

use std::{mem::ManuallyDrop, process::ExitCode, sync::Arc};

use super::{
    CliError, Invocation, audit_signatures, commands::Command, list, policy, print, registries,
    review, sumdb,
};
use crate::{
    cli::{completions, man},
    config::{
        Config, Paths,
        options::{self, OutputOptions},
    },
    error::Failure,
    event::{Level, Reporter},
    ops::{
        Context,
        build::{Saving, TreeRequest, Update},
        dev_engines::check_dev_engines,
        file_threads, install, pin,
        review::unless::Unless,
        terminated,
    },
    report::{
        self, LogLevel, OutputFormat, ProgressMode, Terminal, debug_log::LogFolder, styled::Colour,
    },
};

/// Threads that wait for the network; the work on bytes has threads of its own.
const WORKERS: usize = 2;

/// Runs one command.
///
/// # Errors
/// Whatever the operation refuses or fails with.
pub(super) fn run(invocation: &Invocation) -> Result<ExitCode, Failure> {
    match invocation.command {
        Command::Completions => print_completions(invocation),
        Command::Man => write_man(invocation),
        Command::AuditSignatures => Ok(audit_signatures::run(invocation)),
        Command::Policy => policy::run(invocation),
        Command::Registries => Ok(registries::run(invocation)),
        Command::Install
        | Command::Ci
        | Command::Update
        | Command::Uninstall
        | Command::Dedupe
        | Command::Prune
        | Command::Pin => Ok(change_tree(invocation)),
        Command::Sumdb => Ok(sumdb::run(invocation)),
        command if list::knows(command) => list::run(invocation),
        command if review::knows(command) => Ok(review::run(invocation)),
        command => Err(CliError::NotYet { command: super::name_of(command) }.into()),
    }
}

/// The commands that change `node_modules`, in npm's words: what each asks of the tree.
///
/// # Errors
/// Nothing to remove is named (`lib/commands/uninstall.js`).
fn tree_request(invocation: &Invocation, paths: &Paths) -> Result<TreeRequest, CliError> {
    let words = invocation.positionals.clone();
    let request =
        TreeRequest { command: super::name_of(invocation.command), ..TreeRequest::default() };
    Ok(match invocation.command {
        Command::Install => request.adding(words, paths),
        Command::Ci => {
            TreeRequest { frozen: true, runs_root_scripts: true, saving: Saving::Never, ..request }
        }
        Command::Dedupe => TreeRequest { dedupe: true, saving: Saving::Never, ..request },
        Command::Uninstall if words.is_empty() => {
            return Err(CliError::MissingWord { command: request.command });
        }
        Command::Uninstall => TreeRequest { rm: words, ..request },
        Command::Update => {
            let update = if words.is_empty() { Update::All } else { Update::Names(words) };
            TreeRequest { update, saving: Saving::WhenAsked, ..request }
        }
        _ => request,
    })
}

fn change_tree(invocation: &Invocation) -> ExitCode {
    let terminal = Arc::new(terminal(&invocation.config));
    let result = run_async(async {
        let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(&terminal);
        // The process ends with it: freeing it piece by piece would be work for nobody.
        let mut context = ManuallyDrop::new(Context::new(invocation.config.clone(), reporter)?);
        check_dev_engines(&context.options, context.config.npm_version(), &*terminal)?;
        let unless = Unless::parse(invocation.config.text("unless").unwrap_or_default())?;
        let request = TreeRequest { unless, ..tree_request(invocation, &context.options.paths)? };
        let summary = match invocation.command {
            Command::Pin => pin::pin(&mut context, &request).await?,
            _ => install::install(&context, &request).await?,
        };
        terminal.summary(&summary);
        Ok(())
    });
    ExitCode::from(terminal.finish(result.err().as_ref()))
}

/// Runs an operation on a runtime of its own.
pub(super) fn run_async(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(file_threads())
        .enable_all()
        .build()
        .map_err(|source| CliError::Runtime { source })?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = work => result,
            told = terminated() => Err(told.into()),
        }
    });
    // What must be finished was waited for; the rest need not be.
    runtime.shutdown_background();
    result
}

/// The terminal as the settings want it.
pub(super) fn terminal(config: &Config) -> Terminal {
    let output = OutputOptions::of(config);
    let level = match output.loglevel {
        options::LogLevel::Silent => LogLevel::Silent,
        options::LogLevel::Error => LogLevel::UpTo(Level::Error),
        options::LogLevel::Warn => LogLevel::UpTo(Level::Warn),
        options::LogLevel::Notice => LogLevel::UpTo(Level::Notice),
        options::LogLevel::Http => LogLevel::UpTo(Level::Http),
        options::LogLevel::Info => LogLevel::UpTo(Level::Info),
        options::LogLevel::Verbose => LogLevel::UpTo(Level::Verbose),
        options::LogLevel::Silly => LogLevel::UpTo(Level::Silly),
    };
    let colour = |on| if on { Colour::Always } else { Colour::Never };
    let terminal = Terminal::new(report::Options {
        level,
        format: if output.json { OutputFormat::Json } else { OutputFormat::Text },
        stdout_colour: colour(output.color),
        stderr_colour: colour(output.log_color),
        progress: if output.progress { ProgressMode::Bar } else { ProgressMode::Quiet },
        logs: (output.logs_max > 0).then(|| LogFolder {
            dir: output.logs_dir.clone(),
            max: output.logs_max,
            started: config.sources().now,
        }),
    });
    for message in config.messages() {
        terminal.event(message.clone());
    }
    terminal
}

fn print_completions(invocation: &Invocation) -> Result<ExitCode, Failure> {
    let word = invocation.positionals.first().map(String::as_str).unwrap_or_default();
    let shell = completions::Shell::parse(word)
        .ok_or_else(|| CliError::UnknownShell { word: word.to_owned() })?;
    print::bytes(&completions::generate(shell));
    Ok(ExitCode::SUCCESS)
}

fn write_man(invocation: &Invocation) -> Result<ExitCode, Failure> {
    let folder = invocation.config.text("dir").unwrap_or("man");
    let folder = invocation.config.sources().cwd.join(folder);
    let failed = |source| CliError::Write { path: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    for (name, page) in man::pages().map_err(failed)? {
        std::fs::write(folder.join(name), page).map_err(failed)?;
    }
    Ok(ExitCode::SUCCESS)
}
