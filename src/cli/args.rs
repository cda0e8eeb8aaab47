//! The command line as clap describes it: for help, completions and man pages only.
//!
//! Words are parsed by npm's grammar ([`CommandLine`](crate::config::CommandLine)), which clap
//! cannot express; both sides read the same tables.

use clap::{Arg, ArgAction};

use super::{
    commands::{COMMANDS, COMMON, Command, Description, Stage},
    completions::Shell,
};
use crate::config::{DefaultValue, Definition, Kind, definitions::definition};

const COMMON_HEADING: &str = "Common options";

/// The whole command line, described for help, completions and man pages.
pub fn describe() -> clap::Command {
    let root = clap::Command::new("denpm")
        .version(env!("CARGO_PKG_VERSION"))
        .about("npm's front end that installs only what it can prove")
        .after_help("Every other command is handed to the installed npm unchanged.")
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .short('v')
                .long("version")
                .action(ArgAction::SetTrue)
                .help("Print denpm's version"),
        )
        .subcommand_required(false);
    COMMANDS.iter().fold(root, |root, known| root.subcommand(describe_command(known)))
}

fn describe_command(known: &'static Description) -> clap::Command {
    let (shown, hidden) = known.aliases.split_at(known.shown.min(known.aliases.len()));
    let mut command = clap::Command::new(known.name)
        .about(match known.stage {
            Stage::Ready => known.about.to_owned(),
            Stage::Later => format!("{} (not part of this version yet)", known.about),
        })
        .visible_aliases(shown.iter().copied())
        .aliases(hidden.iter().copied())
        .override_usage(
            format!("denpm {} [options] {}", known.name, known.words).trim().to_owned(),
        );
    if known.command == Command::Completions {
        let shells = Shell::ALL.map(Shell::as_str);
        command = command.arg(Arg::new("shell").value_parser(shells).required(true));
    } else if !known.words.is_empty() {
        command = command.arg(Arg::new("words").value_name("word").num_args(0..).hide(true));
    }
    let mut seen = Vec::new();
    let own = known.settings.iter().copied().flatten().map(|key| (*key, None));
    for (key, heading) in own.chain(COMMON.iter().map(|key| (*key, Some(COMMON_HEADING)))) {
        if let Some(setting) = definition(key).filter(|_| !seen.contains(&key)) {
            seen.push(key);
            command = command.arg(describe_setting(setting).help_heading(heading));
        }
    }
    command.arg(
        Arg::new("silent")
            .short('s')
            .long("silent")
            .action(ArgAction::SetTrue)
            .help("Same as --loglevel=silent; -q is warn, -d info, -dd verbose, -ddd silly")
            .help_heading(COMMON_HEADING),
    )
}

/// One setting as an argument: booleans that are on by default are shown as `--no-…`.
fn describe_setting(setting: &'static Definition) -> Arg {
    let is_on = setting.types == [Kind::Boolean] && setting.default == DefaultValue::Bool(true);
    let arg = Arg::new(setting.key);
    let short = setting.short.first().and_then(|short| short.chars().next());
    let arg = match short {
        Some(short) if !is_on => arg.short(short),
        _ => arg,
    };
    if is_on {
        let negated = format!("no-{}", setting.key);
        return arg
            .long(negated)
            .action(ArgAction::SetTrue)
            .help(format!("Switch off: {}", lower_first(setting.note)));
    }
    let arg = arg.long(setting.key).help(setting.note);
    if setting.allows(Kind::Boolean) && !setting.allows(Kind::String) {
        return arg.action(ArgAction::SetTrue);
    }
    let several = setting.allows(Kind::Array);
    let arg = arg.action(if several { ArgAction::Append } else { ArgAction::Set });
    let words: Vec<_> = setting.words().collect();
    if words.is_empty() || setting.allows(Kind::String) {
        arg.value_name(value_name(setting))
    } else {
        arg.value_name(setting.key).value_parser(words)
    }
}

fn value_name(setting: &Definition) -> &'static str {
    let named =
        [(Kind::Number, "number"), (Kind::Path, "path"), (Kind::Url, "url"), (Kind::Date, "date")];
    let found = named.into_iter().find(|(kind, _)| setting.allows(*kind));
    found.map_or("value", |(_, name)| name)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
