//! `denpm sumdb …`: what whoever runs a log does with it.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use super::{
    CliError, Invocation,
    dispatch::{run_async, terminal},
};
use crate::{
    error::Failure,
    event::Reporter,
    ops::{
        Context,
        sumdb::operator::{
            KeyKind, LogOptions, NewLog, Profile, Report, add, doctor, export, fsck, import, init,
            keygen, lookup, monitor, namespace, rotate, serve, serve_witness, status, verify,
        },
    },
    report::{
        OutputFormat, Terminal,
        styled::{Line, Text},
    },
};

/// Where a server listens unless told otherwise.
const LISTEN: &str = "127.0.0.1:8080";

/// How the words go.
const USAGE: &str = "\
keygen <name> <file> [--cosigner]
init <store> --log-key=<file> [--origin=<name>] [--predecessor=<checkpoint>]
rotate <store> --log-key=<old file> --log-key=<new file>
add <store> <name>@<version>... --log-key=<file>
import <store> <list> --log-key=<file>
status <store> <name>@<version> <unpublished|gone|malware <advisory>> --log-key=<file>
namespace <store> <leaf file> --log-key=<file>
serve <store> [--listen=<address>] [--log-key=<file>]
export <store> <folder>
fsck <store>
monitor <store> [<name>...] [--from=<index>]
lookup <url> <vkey or policy file> <name>@<version>...
verify <proof file> <record file> <vkey or policy file>
doctor <url>
witness serve <folder> <policy file> --log-key=<file> [--listen=<address>]";

/// Runs one of the commands.
pub(super) fn run(invocation: &Invocation) -> ExitCode {
    let terminal = Arc::new(terminal(&invocation.config));
    let mut remarkable = false;
    let ended = run_async(async {
        let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(&terminal);
        let context = Arc::new(Context::new(invocation.config.clone(), reporter)?);
        if let Some(report) = command(&context, invocation).await? {
            remarkable = report.remarkable;
            show(&terminal, report);
        }
        Ok(())
    });
    let code = terminal.finish(ended.as_ref().err());
    ExitCode::from(if remarkable { code.max(1) } else { code })
}

fn show(terminal: &Terminal, report: Report) {
    match terminal.options().format {
        OutputFormat::Json => terminal.json(report.json),
        OutputFormat::Text => {
            let lines = report.lines.iter().flat_map(|line| line.lines());
            terminal.result(&lines.map(|line| Line::new().exact(line)).collect::<Text>());
        }
    }
}

async fn command(
    context: &Arc<Context>,
    invocation: &Invocation,
) -> Result<Option<Report>, Failure> {
    let config = &invocation.config;
    let words: Vec<&str> = invocation.positionals.iter().map(String::as_str).collect();
    let listen = config.text("listen").unwrap_or(LISTEN);
    let options = |store: &str| LogOptions { store: store.to_owned(), ..options(invocation) };
    let rest = |from: usize| invocation.positionals.get(from..).unwrap_or_default();
    Ok(Some(match words.as_slice() {
        ["keygen", name, file] => {
            let cosigner = config.is_set("cosigner");
            let kind = if cosigner { KeyKind::Cosignature } else { KeyKind::Note };
            keygen(context, name, Path::new(file), kind)?
        }
        ["init", store] => {
            let profile = Profile::parse(config.text("log-profile").unwrap_or("packages"));
            let profile = profile.ok_or_else(usage)?;
            let new = NewLog {
                origin: config.text("origin").map(str::to_owned),
                profile,
                predecessor: config.path("predecessor"),
            };
            init(context, &options(store), &new).await?
        }
        ["rotate", store] => rotate(context, &options(store)).await?,
        ["status", store, word, state @ ..] if !state.is_empty() => {
            status(context, &options(store), word, &state.join(" ")).await?
        }
        ["namespace", store, file] => namespace(context, &options(store), Path::new(file)).await?,
        ["add", store, _, ..] => add(context, &options(store), rest(2)).await?,
        ["import", store, list] => import(context, &options(store), Path::new(list)).await?,
        ["serve", store] => {
            serve(context, &options(store), listen).await?;
            return Ok(None);
        }
        ["export", store, folder] => export(context, &options(store), Path::new(folder)).await?,
        ["fsck", store] => fsck(context, &options(store)).await?,
        ["monitor", store, ..] => {
            let from = config.text("from").map_or(Ok(0), str::parse).map_err(|_| usage())?;
            let all = ["*".to_owned()];
            let names = if rest(2).is_empty() { &all } else { rest(2) };
            monitor(context, &options(store), names, from).await?
        }
        ["lookup", url, key, _, ..] => lookup(context, &options(url), key, rest(3)).await?,
        ["verify", proof, record, key] => {
            verify(context, Path::new(proof), Path::new(record), key)?
        }
        ["doctor", url] => doctor(context, url).await?,
        ["witness", "serve", folder, logs] => {
            let key = config.texts("log-key").into_iter().next().ok_or_else(usage)?;
            let (folder, key, logs) = (Path::new(folder), Path::new(&key), Path::new(logs));
            serve_witness(context, folder, key, logs, listen).await?;
            return Ok(None);
        }
        _ => return Err(usage().into()),
    }))
}

fn options(invocation: &Invocation) -> LogOptions {
    let config = &invocation.config;
    let sources = config.text("sources").and_then(|number| number.parse().ok());
    LogOptions {
        store: String::new(),
        keys: config.texts("log-key").into_iter().map(PathBuf::from).collect(),
        witnesses: config.path("witness-policy"),
        index: config.path("log-index"),
        sources: sources.unwrap_or(2),
        namespace: config.text("log-namespace").map(str::to_owned),
    }
}

fn usage() -> CliError {
    CliError::Sumdb { usage: USAGE }
}
