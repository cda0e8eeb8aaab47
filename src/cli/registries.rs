//! `denpm registries`: the pool, what is remembered of it, and what it can do.

use std::{process::ExitCode, sync::Arc};

use super::{
    Invocation,
    dispatch::{run_async, terminal},
    list::usage,
};
use crate::{
    error::Failure,
    event::Reporter,
    ops::{
        Context,
        registries::{RegistriesRequest, registries},
    },
    report::{OutputFormat, Terminal, registries as reports},
};

/// Runs the command.
///
/// # Errors
/// Settings that cannot be used.
pub(super) fn run(invocation: &Invocation) -> ExitCode {
    let terminal = Arc::new(terminal(&invocation.config));
    let ended = answer(invocation, &terminal);
    ExitCode::from(terminal.finish(ended.as_ref().err()))
}

fn answer(invocation: &Invocation, terminal: &Arc<Terminal>) -> Result<(), Failure> {
    let request = request(invocation)?;
    let mut found = Vec::new();
    run_async(async {
        let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(terminal);
        let context = Context::new(invocation.config.clone(), reporter)?;
        found = registries(&context, &request).await?;
        Ok(())
    })?;
    match terminal.options().format {
        OutputFormat::Json => terminal.json(reports::to_json(&found)),
        OutputFormat::Text => terminal.result(&reports::render(&found)),
    }
    Ok(())
}

fn request(invocation: &Invocation) -> Result<RegistriesRequest, Failure> {
    let words: Vec<&str> = invocation.positionals.iter().map(String::as_str).collect();
    Ok(match words.as_slice() {
        [] | ["list" | "ls"] => RegistriesRequest::List,
        ["test"] => RegistriesRequest::Test(None),
        ["test", name] => RegistriesRequest::Test(Some((*name).to_owned())),
        ["keys"] => RegistriesRequest::Keys,
        ["forgive", url] => RegistriesRequest::Forgive((*url).to_owned()),
        ["forgive"] => return Err(usage(invocation.command, "say which registry").into()),
        _ => return Err(usage(invocation.command, "that is none of its commands").into()),
    })
}
