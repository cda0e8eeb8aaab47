//! The commands that read the tree: `ls`, `ll`, `explain`, `outdated`, `verify`; and those that decide about
//! install scripts.

use std::{process::ExitCode, sync::Arc};

use super::{
    Invocation,
    commands::{self, Command},
    dispatch::{run_async, terminal},
};
use crate::{
    config::Options,
    error::{Code, Explain, Failure},
    event::Reporter,
    ops::{
        Context,
        dev_engines::check_dev_engines,
        explain::explain,
        ls::ls,
        outdated::outdated,
        scripts::{Decided, ScriptsRequest, Verb, scripts},
        verify::{VerifyReport, verify},
    },
    report::{
        Detail, OutputFormat, Terminal, explain as explanations,
        ls::ListOutput,
        outdated as table,
        styled::{Line, Text},
        verify::{self as reports, Verified},
    },
};

/// Words that a command does not understand.
#[derive(Debug, thiserror::Error)]
#[error("{problem}\n\nUsage:\ndenpm {usage}")]
pub(super) struct UsageError {
    problem: String,
    usage: String,
}

impl Explain for UsageError {
    fn code(&self) -> Code {
        Code::Usage
    }
}

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Exit code 0.
    Fine,
    /// Exit code 1 without an error: nothing found, or something outdated.
    Remarkable,
}

/// Runs a reading command.
///
/// # Errors
/// Settings that cannot be used.
pub(super) fn run(invocation: &Invocation) -> Result<ExitCode, Failure> {
    let options = Options::from_config(&invocation.config)?;
    let terminal = Arc::new(terminal(&invocation.config));
    let ended = run_known(invocation, &options, &terminal);
    let code = terminal.finish(ended.as_ref().err());
    let remarkable = matches!(ended, Ok(Verdict::Remarkable));
    Ok(ExitCode::from(if remarkable { code.max(1) } else { code }))
}

fn run_known(
    invocation: &Invocation,
    options: &Options,
    terminal: &Arc<Terminal>,
) -> Result<Verdict, Failure> {
    let command = invocation.command;
    // As in npm, where those about install scripts and `verify` look at no `devEngines`.
    if matches!(command, Command::Ls | Command::Ll | Command::Explain | Command::Outdated) {
        check_dev_engines(options, invocation.config.npm_version(), &**terminal)?;
    }
    match command {
        Command::Ls | Command::Ll => run_ls(invocation, options, terminal),
        Command::Explain => run_explain(invocation, options, terminal),
        Command::Outdated => run_outdated(invocation, options, terminal),
        Command::Verify => run_verify(invocation, terminal),
        _ => run_scripts(invocation, options, terminal),
    }
}

/// Whether [`run`] knows the command.
pub(super) fn knows(command: Command) -> bool {
    matches!(
        command,
        Command::Ls
            | Command::Ll
            | Command::Explain
            | Command::Outdated
            | Command::Verify
            | Command::ApproveScripts
            | Command::DenyScripts
            | Command::InstallScripts
    )
}

fn detail(options: &Options) -> Detail {
    if options.output.long { Detail::Long } else { Detail::Short }
}

fn run_ls(
    invocation: &Invocation,
    options: &Options,
    terminal: &Terminal,
) -> Result<Verdict, Failure> {
    let detail = if invocation.command == Command::Ll { Detail::Long } else { detail(options) };
    let report = ls(options, terminal, &invocation.positionals, detail)?;
    match report.listed.output {
        ListOutput::Text(text) => terminal.result(&text),
        ListOutput::Json(value) => terminal.json(value),
    }
    match report.failure {
        Some(failure) => Err(failure),
        None if report.listed.matched => Ok(Verdict::Fine),
        None => Ok(Verdict::Remarkable),
    }
}

fn run_explain(
    invocation: &Invocation,
    options: &Options,
    terminal: &Terminal,
) -> Result<Verdict, Failure> {
    if invocation.positionals.is_empty() {
        return Err(usage(invocation.command, "nothing to explain").into());
    }
    let found = explain(options, terminal, &invocation.positionals)?;
    match terminal.options().format {
        OutputFormat::Json => terminal.json(explanations::to_json(&found)),
        OutputFormat::Text => terminal.result(&explanations::render(&found)),
    }
    Ok(Verdict::Fine)
}

fn run_verify(invocation: &Invocation, terminal: &Arc<Terminal>) -> Result<Verdict, Failure> {
    let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(terminal);
    let context = Context::new(invocation.config.clone(), reporter)?;
    let mut report = VerifyReport::default();
    run_async(async {
        report = verify(&context).await?;
        Ok(())
    })?;
    let changed = report.changed.iter().map(|(at, file)| (at.clone(), file.display().to_string()));
    let not_covered = report.not_covered.iter().map(|(at, why)| (at.clone(), (*why).to_owned()));
    let found = Verified {
        intact: report.intact,
        proven: report.proven,
        pinned: report.pinned,
        signed: report.signed,
        attested: report.attested,
        unsigned: report.unsigned,
        not_covered: not_covered.collect(),
        changed: changed.collect(),
    };
    match terminal.options().format {
        OutputFormat::Json => terminal.json(reports::to_json(&found)),
        OutputFormat::Text => terminal.result(&reports::render(&found)),
    }
    report.failure().map_or(Ok(Verdict::Fine), Err)
}

fn run_outdated(
    invocation: &Invocation,
    options: &Options,
    terminal: &Arc<Terminal>,
) -> Result<Verdict, Failure> {
    let mut rows = Vec::new();
    run_async(async {
        let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(terminal);
        let context = Context::new(invocation.config.clone(), reporter)?;
        rows = outdated(&context, &invocation.positionals).await?;
        Ok(())
    })?;
    let detail = detail(options);
    match terminal.options().format {
        OutputFormat::Json => terminal.json(table::to_json(&rows, detail)),
        OutputFormat::Text if options.output.parseable => {
            terminal.result(&table::parseable(&rows, detail));
        }
        OutputFormat::Text => terminal.result(&table::table(&rows, detail)),
    }
    Ok(if rows.is_empty() { Verdict::Fine } else { Verdict::Remarkable })
}

fn run_scripts(
    invocation: &Invocation,
    options: &Options,
    terminal: &Terminal,
) -> Result<Verdict, Failure> {
    let report = scripts(options, terminal, &scripts_request(invocation, options)?)?;
    match terminal.options().format {
        OutputFormat::Json => terminal.json(report.json),
        OutputFormat::Text => {
            let lines = report.lines.iter().map(|line| Line::new().exact(line));
            terminal.result(&lines.collect::<Text>());
        }
    }
    Ok(Verdict::Fine)
}

/// The request in npm's words: `approve-scripts x`, or `install-scripts approve x`.
fn scripts_request(
    invocation: &Invocation,
    options: &Options,
) -> Result<ScriptsRequest, UsageError> {
    let command = invocation.command;
    let refused = |problem: &str| usage(command, problem);
    let pending = options.scripts.allow_scripts_pending && command != Command::InstallScripts;
    let all = options.output.all;
    let (word, names) = match (command, invocation.positionals.as_slice()) {
        (Command::ApproveScripts, names) => ("approve", names),
        (Command::DenyScripts, names) => ("deny", names),
        (_, [word, names @ ..]) => (word.as_str(), names),
        (_, []) => return Err(refused("say which packages, or --all")),
    };
    let verb = match word {
        "approve" => Verb::Approve,
        "deny" => Verb::Deny,
        "ls" | "list" | "prune" if all || !names.is_empty() => {
            let shown = if word == "prune" { "prune" } else { "ls" };
            let what = format!(
                "`denpm install-scripts {shown}` cannot be combined with positional arguments or `--all`."
            );
            return Err(refused(&what));
        }
        "ls" | "list" => return Ok(ScriptsRequest::List),
        "prune" => return Ok(ScriptsRequest::Prune),
        _ => return Err(refused(&format!("`{word}` is not a recognized subcommand."))),
    };
    match (pending, all, names) {
        (true, true, _) | (true, _, [_, ..]) => Err(refused(
            "`--allow-scripts-pending` cannot be combined with positional arguments or `--all`.",
        )),
        (true, false, []) if verb == Verb::Approve => Ok(ScriptsRequest::List),
        (true, false, []) => Err(refused(
            "`denpm deny-scripts --allow-scripts-pending` is not supported; \
             run `denpm install-scripts ls` to list unreviewed packages.",
        )),
        (false, true, _) => Ok(ScriptsRequest::Decide(verb, Decided::Unreviewed)),
        (false, false, []) => Err(refused("say which packages, or --all")),
        (false, false, names) => Ok(ScriptsRequest::Decide(verb, Decided::Named(names.to_vec()))),
    }
}

/// The error for words that a command does not understand.
pub(super) fn usage(command: Command, problem: &str) -> UsageError {
    let known = commands::description(command);
    let usage = known.map(|known| format!("{} {}", known.name, known.words)).unwrap_or_default();
    UsageError { problem: problem.to_owned(), usage }
}
