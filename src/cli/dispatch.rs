//! From an understood command line to the operation that does it.

use std::{process::ExitCode, sync::Arc};

use super::{CliError, Invocation, commands::Command, print};
use crate::{
    arborist::Update,
    cli::{completions, man},
    error::Failure,
    event::Silent,
    ops::{Context, build::TreeRequest, install},
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
        Command::Install
        | Command::Ci
        | Command::Update
        | Command::Uninstall
        | Command::Dedupe
        | Command::Prune => change_tree(invocation),
        command => Err(CliError::NotYet { command: super::name_of(command) }.into()),
    }
}

/// The commands that change `node_modules`, in npm's words: what each asks of the tree.
fn tree_request(invocation: &Invocation) -> TreeRequest {
    let words = invocation.positionals.clone();
    let request = TreeRequest::default();
    match invocation.command {
        Command::Install => TreeRequest { add: words, ..request },
        Command::Ci => TreeRequest { frozen: true, ..request },
        Command::Uninstall => TreeRequest { rm: words, ..request },
        Command::Update if words.is_empty() => TreeRequest { update: Update::All, ..request },
        Command::Update => TreeRequest { update: Update::Names(words), ..request },
        _ => request,
    }
}

fn change_tree(invocation: &Invocation) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(|source| CliError::Runtime { source })?;
    runtime.block_on(async {
        let reporter = Arc::new(Silent);
        let context = Context::new(invocation.config.clone(), reporter)?;
        install::install(&context, &tree_request(invocation)).await?;
        Ok(ExitCode::SUCCESS)
    })
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
