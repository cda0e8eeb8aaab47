//! The commands that tell what is unusual: `inspect`, `review`, `diff`, `ack`, `authors`, `risk`,
//! `capabilities`, `verify-source`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use serde_json::{Value, json};

use super::{
    CliError, Invocation,
    commands::Command,
    dispatch::{run_async, terminal},
};
use crate::{
    error::{Code, Failure},
    event::{Finding, Gravity, Reporter},
    ops::{
        Context,
        build::{TreeRequest, Update},
        review::{
            acks::{AckRequest, ack, stale},
            diff,
            inspect::{self, InspectReport, InspectRequest},
            people, plan, powers,
            source::{self, SourceRequest},
        },
    },
    report::{
        OutputFormat, Terminal,
        people::{self as people_told, By, Which},
        review::{self as told, Review},
        source as source_told,
        styled::{Line, Text},
    },
};

/// Whether [`run`] knows the command.
pub(super) fn knows(command: Command) -> bool {
    matches!(
        command,
        Command::Review
            | Command::Inspect
            | Command::Diff
            | Command::Ack
            | Command::Authors
            | Command::Risk
            | Command::Capabilities
            | Command::VerifySource
    )
}

/// Runs one of them; policy's refusal is exit code 4, without being an error.
pub(super) fn run(invocation: &Invocation) -> ExitCode {
    let terminal = Arc::new(terminal(&invocation.config));
    let mut refused = false;
    let result = run_async(async {
        let reporter: Arc<dyn Reporter> = Arc::<Terminal>::clone(&terminal);
        let context = Context::new(invocation.config.clone(), reporter)?;
        refused = command(invocation, &context, &terminal).await?;
        Ok(())
    });
    let code = terminal.finish(result.err().as_ref());
    ExitCode::from(if refused && code == 0 { Code::Policy.exit() } else { code })
}

async fn command(
    invocation: &Invocation,
    context: &Context,
    terminal: &Terminal,
) -> Result<bool, Failure> {
    let words = &invocation.positionals;
    let asked = Asked::of(invocation);
    match invocation.command {
        Command::Inspect => {
            let request =
                InspectRequest { subject: word(invocation, 0)?, baseline: asked.baseline.clone() };
            let report = inspect::inspect(context, &request).await?;
            show_inspection(terminal, &report, asked.least);
            Ok(asked.refuses(&report.findings))
        }
        Command::Diff => {
            let (old, new) =
                (PathBuf::from(word(invocation, 0)?), PathBuf::from(word(invocation, 1)?));
            let review = diff::diff(context, &old, &new).await?;
            show_review(terminal, &review, &asked, &text_of(&new));
            Ok(asked.refuses(&review.findings))
        }
        Command::Ack => acknowledge(invocation, context, terminal, asked.stale).map(|()| false),
        Command::Authors | Command::Risk => {
            show_people(invocation, context, terminal).await.map(|()| false)
        }
        Command::Capabilities => {
            show_capabilities(invocation, context, terminal, asked.baseline.as_deref()).await?;
            Ok(false)
        }
        Command::VerifySource => show_source(invocation, context, terminal, asked.strict).await,
        _ => {
            let update = if words.is_empty() { Update::All } else { Update::None };
            let request = TreeRequest {
                command: "review",
                add: words.clone(),
                update,
                ..TreeRequest::default()
            };
            let review = plan::review(context, &request).await?;
            let lock = text_of(&context.options.paths.prefix.join("package-lock.json"));
            show_review(terminal, &review, &asked, &lock);
            Ok(asked.refuses(&review.findings))
        }
    }
}

fn acknowledge(
    invocation: &Invocation,
    context: &Context,
    terminal: &Terminal,
    only_stale: bool,
) -> Result<(), Failure> {
    if only_stale {
        let lines = stale(context)?;
        match terminal.options().format {
            OutputFormat::Json => terminal.json(json!(lines)),
            OutputFormat::Text => terminal.result(&text(&lines)),
        }
        return Ok(());
    }
    let option = |key: &str| invocation.config.text(key).unwrap_or_default().to_owned();
    let request = AckRequest {
        package: word(invocation, 0)?,
        flag: word(invocation, 1)?,
        evidence: option("evidence"),
        integrity: option("integrity"),
        reason: option("reason"),
        expires: option("until"),
    };
    terminal.result(&text(&[ack(context, &request)?]));
    Ok(())
}

async fn show_people(
    invocation: &Invocation,
    context: &Context,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let json = terminal.options().format == OutputFormat::Json;
    let config = &invocation.config;
    if invocation.command == Command::Authors {
        let by = if config.text("by") == Some("package") { By::Package } else { By::Person };
        let which = if config.is_set("sole") { Which::Sole } else { Which::All };
        let authors = people_told::selected(people::authors(context).await?, which);
        if json {
            terminal.json(people_told::authors_json(&authors, by));
        } else {
            terminal.result(&people_told::authors_text(&authors, by));
        }
        return Ok(());
    }
    let mut review = people::risk(context).await?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count; what is no count is none"
    )]
    let top = config.number("top").unwrap_or_default() as usize;
    if top > 0 {
        review = people::gravest(review, top);
    }
    if json {
        terminal.json(told::to_json(&review, Gravity::Info));
    } else {
        terminal.result(&told::findings_text(&review.findings, Gravity::Info));
    }
    Ok(())
}

/// What the command line asks of every report.
struct Asked {
    least: Gravity,
    strict: bool,
    stale: bool,
    format: String,
    baseline: Option<String>,
}

impl Asked {
    fn of(invocation: &Invocation) -> Self {
        let config = &invocation.config;
        let flag = |key: &str| config.get(key).is_some_and(|value| value.value.is_truthy());
        Self {
            least: if flag("long") { Gravity::Info } else { Gravity::Warn },
            strict: flag("strict"),
            stale: flag("stale"),
            format: config.text("format").unwrap_or("text").to_owned(),
            baseline: config.text("baseline").filter(|text| !text.is_empty()).map(str::to_owned),
        }
    }

    fn refuses(&self, findings: &[Finding]) -> bool {
        let least = if self.strict { Gravity::Warn } else { Gravity::Block };
        findings.iter().any(|finding| finding.gravity >= least)
    }
}

fn word(invocation: &Invocation, at: usize) -> Result<String, Failure> {
    let missing = || CliError::MissingWord { command: super::name_of(invocation.command) };
    Ok(invocation.positionals.get(at).cloned().ok_or_else(missing)?)
}

fn text_of(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn text(lines: &[String]) -> Text {
    let mut text = Text::new();
    for line in lines {
        text.push(Line::new().plain(line));
    }
    text
}

fn show_inspection(terminal: &Terminal, report: &InspectReport, least: Gravity) {
    if terminal.options().format == OutputFormat::Json {
        let unchecked =
            report.unchecked.iter().map(|(file, why)| json!({"file": file, "reason": why}));
        return terminal.json(json!({
            "name": report.name,
            "version": report.version,
            "baseline": report.baseline,
            "findings": told::told(&report.findings, least).map(told::finding_json).collect::<Vec<_>>(),
            "unchecked": unchecked.collect::<Vec<_>>(),
        }));
    }
    let mut shown = told::findings_text(&report.findings, least);
    for (file, why) in &report.unchecked {
        shown.push(Line::new().plain(&format!("not checked: {file}: {why}")));
    }
    let package = format!("{}@{}", report.name, report.version);
    if shown.lines().is_empty() {
        let against = report
            .baseline
            .as_ref()
            .map_or("without a baseline".to_owned(), |old| format!("compared with {old}"));
        shown.push(Line::new().plain(&format!("{package}: nothing unusual, {against}")));
    }
    terminal.result(&shown);
}

fn show_review(terminal: &Terminal, review: &Review, asked: &Asked, lock: &str) {
    let least = asked.least;
    let json = terminal.options().format == OutputFormat::Json;
    match asked.format.as_str() {
        "markdown" => super::print::bytes(told::to_markdown(review, least).as_bytes()),
        "sarif" => print_json(&told::to_sarif(review, least, lock)),
        "github" => {
            terminal.result(&text(&told::to_github(review, least, lock)));
            summarise(&told::to_markdown(review, least));
        }
        "json" => print_json(&told::to_json(review, least)),
        _ if json => terminal.json(told::to_json(review, least)),
        _ => terminal.result(&told::to_text(review, least)),
    }
}

/// A workflow's job summary, where there is one to write to.
fn summarise(markdown: &str) {
    use std::io::Write as _;
    let environment = crate::config::env::Env::from_process();
    let Some(path) = environment.get("GITHUB_STEP_SUMMARY") else { return };
    if let Ok(mut file) = std::fs::OpenOptions::new().append(true).create(true).open(path) {
        let _unwritable = file.write_all(markdown.as_bytes());
    }
}

fn print_json(value: &Value) {
    super::print::bytes(crate::report::json::pretty(value).as_bytes());
}

async fn show_capabilities(
    invocation: &Invocation,
    context: &Context,
    terminal: &Terminal,
    baseline: Option<&str>,
) -> Result<(), Failure> {
    if invocation.positionals.is_empty() {
        return show_powers(invocation, context, terminal).await;
    }
    let powers = inspect::capabilities(context, &word(invocation, 0)?).await?;
    let before = match baseline {
        Some(word) => inspect::capabilities(context, word).await?,
        None => Vec::new(),
    };
    let gained: Vec<String> = powers.into_iter().filter(|power| !before.contains(power)).collect();
    match terminal.options().format {
        OutputFormat::Json => terminal.json(json!({ "capabilities": gained })),
        OutputFormat::Text => terminal.result(&text(&gained)),
    }
    Ok(())
}

/// The powers of the project's packages; with `--diff`, what they gained and lost.
async fn show_powers(
    invocation: &Invocation,
    context: &Context,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let config = &invocation.config;
    let before = config.texts("diff").first().map(PathBuf::from);
    let all = powers::of_project(context, before.as_deref()).await?;
    match (config.text("export"), terminal.options().format) {
        (Some("lavamoat"), _) => print_json(&people_told::powers_lavamoat(&all)),
        (_, OutputFormat::Json) => terminal.json(people_told::powers_json(&all)),
        (_, OutputFormat::Text) => terminal.result(&people_told::powers_text(&all)),
    }
    Ok(())
}

/// Under `--strict`, what the repository does not account for is refused.
async fn show_source(
    invocation: &Invocation,
    context: &Context,
    terminal: &Terminal,
    strict: bool,
) -> Result<bool, Failure> {
    let repository = invocation.config.text("repo").filter(|text| !text.is_empty());
    let request =
        SourceRequest { subject: word(invocation, 0)?, repository: repository.map(PathBuf::from) };
    let report = source::verify(context, &request).await?;
    match terminal.options().format {
        OutputFormat::Json => terminal.json(source_told::source_json(&report)),
        OutputFormat::Text => terminal.result(&source_told::source_text(&report)),
    }
    Ok(strict && !report.is_accounted_for())
}
