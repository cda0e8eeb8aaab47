//! `audit-signatures`, which `audit signatures` means too.

use std::{process::ExitCode, sync::Arc};

use super::{
    Invocation,
    dispatch::{run_async, terminal},
};
use crate::{
    error::Code,
    event::{Event, Level, Reporter},
    ops::{Context, audit_signatures::audit_signatures, dev_engines::check_dev_engines},
    report::{OutputFormat, Terminal, audit_signatures::SignatureAudit},
};

/// Runs the audit: 0 when all holds, 1 where npm has 1, 3 when only what npm does not look at
/// contradicts the signatures.
pub(super) fn run(invocation: &Invocation) -> ExitCode {
    let terminal = Arc::new(terminal(&invocation.config));
    let mut audit = SignatureAudit::default();
    let result = run_async(async {
        let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(&terminal);
        let context = Context::new(invocation.config.clone(), reporter)?;
        check_dev_engines(&context.options, context.config.npm_version(), &*terminal)?;
        audit = audit_signatures(&context).await?;
        Ok(())
    });
    if result.is_ok() {
        show(&terminal, &audit);
    }
    let code = terminal.finish(result.err().as_ref());
    ExitCode::from(code.max(exit(&audit)))
}

fn show(terminal: &Terminal, audit: &SignatureAudit) {
    match terminal.options().format {
        OutputFormat::Json => terminal.json(audit.to_json()),
        OutputFormat::Text => terminal.result(&audit.text()),
    }
    if let Some(line) = audit.beyond.not_covered_line() {
        terminal.event(Event::log(Level::Notice, "signatures", vec![line]));
    }
}

fn exit(audit: &SignatureAudit) -> u8 {
    match (audit.has_failed(), audit.beyond.contradicts()) {
        (true, _) => 1,
        (false, true) => Code::IntegritySignature.exit(),
        (false, false) => 0,
    }
}
