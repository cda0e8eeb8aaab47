//! `policy init`.

use std::{process::ExitCode, sync::Arc};

use serde_json::json;

use super::{CliError, Invocation, dispatch::terminal};
use crate::{
    error::Failure,
    event::Reporter,
    ops::{
        Context,
        policy_init::{GeneratedPolicy, policy_init},
    },
    report::{
        OutputFormat, Terminal,
        styled::{Line, Text},
    },
};

/// Runs `policy init`.
///
/// # Errors
/// A subcommand that does not exist.
pub(super) fn run(invocation: &Invocation) -> Result<ExitCode, Failure> {
    if invocation.positionals != ["init"] {
        let word = invocation.positionals.join(" ");
        return Err(CliError::Subcommand { command: "policy", word, known: "init" }.into());
    }
    let terminal = Arc::new(terminal(&invocation.config));
    let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(&terminal);
    let generated =
        Context::new(invocation.config.clone(), reporter).and_then(|context| policy_init(&context));
    if let Ok(generated) = &generated {
        show(&terminal, generated);
    }
    Ok(ExitCode::from(terminal.finish(generated.err().as_ref())))
}

fn show(terminal: &Terminal, generated: &GeneratedPolicy) {
    let GeneratedPolicy { text, written, packages, without } = generated;
    if terminal.options().format == OutputFormat::Json {
        let path = written.as_ref().map(|path| path.display().to_string());
        return terminal.json(json!({
            "written": path, "packages": packages, "withoutProvenance": without, "policy": text,
        }));
    }
    let mut lines = Text::new();
    match written {
        Some(path) => {
            lines.push(Line::new().plain(&format!(
                "wrote rules for {packages} packages to {}; of {without} no origin is proven",
                path.display()
            )));
        }
        // What is there is not overwritten; what would be written is shown.
        None => text.lines().for_each(|line| lines.push(Line::new().exact(line))),
    }
    terminal.result(&lines);
}
