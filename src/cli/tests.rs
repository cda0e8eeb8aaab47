//! What is promised of cli, as tests.

use super::{
    Command::{AuditSignatures, Ci, Dedupe, Install, Ls},
    *,
};
use crate::config::CommandLine;

/// What a command line is taken for: the command, its words, and `key=value` of each flag.
fn parsed(words: &str) -> (Option<Command>, Vec<String>, Vec<String>) {
    let line = CommandLine::parse(words.split_whitespace());
    let flags = line.values.iter().map(|(key, value)| format!("{key}={value:?}").replace('"', ""));
    let (command, rest) = match commands::command_of(&line.remain) {
        Some((command, rest)) => (Some(command), rest.to_vec()),
        None => (None, line.remain.clone()),
    };
    (command, rest, flags.collect())
}

/// Words, and what they mean: the command (none: npm's), its words, its flags.
type Case = (&'static str, Option<Command>, &'static str, &'static str);

const IN_THE_WILD: &[Case] = &[
    (
        "ci --no-audit --no-fund --loglevel=error",
        Some(Ci),
        "",
        "audit=false fund=false loglevel=error",
    ),
    ("ci --silent", Some(Ci), "", "loglevel=silent"),
    ("ci --omit=dev", Some(Ci), "", "omit=[dev]"),
    ("ci --only=production", Some(Ci), "", "only=production"),
    ("ci --ignore-scripts", Some(Ci), "", "ignore-scripts=true"),
    ("ci --cache ../.offline-cache", Some(Ci), "", "cache=../.offline-cache"),
    ("ci --prefix DIR", Some(Ci), "", "prefix=DIR"),
    ("--prefix portal ci", Some(Ci), "", "prefix=portal"),
    (
        "ci --foreground-scripts --legacy-peer-deps",
        Some(Ci),
        "",
        "foreground-scripts=true legacy-peer-deps=true",
    ),
    (
        "ci --prefix d --include=dev --include=optional --ignore-scripts --no-audit --no-fund",
        Some(Ci),
        "",
        "prefix=d include=[dev,optional] ignore-scripts=true audit=false fund=false",
    ),
    ("install --production", Some(Install), "", "production=true"),
    ("install --only=prod --unsafe-perm", Some(Install), "", "only=prod unsafe-perm=true"),
    (
        "install --production --no-save prisma@^6.15.0",
        Some(Install),
        "prisma@^6.15.0",
        "production=true save=false",
    ),
    ("install --prefix e2e", Some(Install), "", "prefix=e2e"),
    (
        "install --omit=dev --no-audit --no-fund",
        Some(Install),
        "",
        "omit=[dev] audit=false fund=false",
    ),
    ("cache clean --force", None, "cache clean", "force=true"),
    ("install --package-lock-only", Some(Install), "", "package-lock-only=true"),
    (
        "install --package-lock-only --foreground-scripts --legacy-peer-deps --engine-strict --progress=false",
        Some(Install),
        "",
        "package-lock-only=true foreground-scripts=true legacy-peer-deps=true engine-strict=true progress=false",
    ),
    ("i --package-lock-only --silent", Some(Install), "", "package-lock-only=true loglevel=silent"),
    (
        "install --package-lock-only --no-audit --ignore-scripts --workspace=a x@1.2.3",
        Some(Install),
        "x@1.2.3",
        "package-lock-only=true audit=false ignore-scripts=true workspace=[a]",
    ),
    (
        "install x@7.0.5 --force --dry-run false --ignore-scripts --package-lock-only",
        Some(Install),
        "x@7.0.5",
        "force=true dry-run=false ignore-scripts=true package-lock-only=true",
    ),
    (
        "install --fetch-retries 100 --fetch-retry-maxtimeout 600000",
        Some(Install),
        "",
        "fetch-retries=100 fetch-retry-maxtimeout=600000",
    ),
    ("install -g npm@^11.10.0", Some(Install), "npm@^11.10.0", "global=true"),
    ("isntall", Some(Install), "", ""),
    ("instal", Some(Install), "", ""),
    ("add a", Some(Install), "a", ""),
    ("ic", Some(Ci), "", ""),
    ("clean-install", Some(Ci), "", ""),
    ("dedupe", Some(Dedupe), "", ""),
    ("audit signatures", Some(AuditSignatures), "", ""),
    (
        "audit signatures --registry=http://r.example/",
        Some(AuditSignatures),
        "",
        "registry=http://r.example/",
    ),
    (
        "audit signatures --json --include-attestations",
        Some(AuditSignatures),
        "",
        "json=true include-attestations=true",
    ),
    ("audit --audit-level=high", None, "audit", "audit-level=high"),
    ("audit --omit=dev --audit-level=low", None, "audit", "omit=[dev] audit-level=low"),
    ("config get cache", None, "config get cache", ""),
    ("list --package-lock-only --depth 9", Some(Ls), "", "package-lock-only=true depth=9"),
    ("view x@v --json", None, "view x@v", "json=true"),
    (
        "exec --package=@stdy/cli@0.22.1 -- steady --version",
        None,
        "exec steady --version",
        "package=[@stdy/cli@0.22.1]",
    ),
    // Short forms, clusters, and words after flags.
    ("i -DE a", Some(Install), "a", "save-dev=true save-exact=true"),
    ("i -w a -w b c", Some(Install), "c", "workspace=[a,b]"),
    ("i -ws -iwr", Some(Install), "", "workspaces=true include-workspace-root=true"),
    ("ls -gl --depth=0", Some(Ls), "", "global=true long=true depth=0"),
    ("i -q", Some(Install), "", "loglevel=warn"),
    ("i -dd a", Some(Install), "a", "loglevel=verbose"),
    (
        "i -C sub -O -P -B -S -f",
        Some(Install),
        "",
        "prefix=sub save-optional=true save-prod=true save-bundle=true save=true force=true",
    ),
    ("i --no-no-save", Some(Install), "", "save=true"),
    ("i --color always x", Some(Install), "x", "color=always"),
    ("i --color x", Some(Install), "x", "color=true"),
    ("i --tag --json", Some(Install), "", "tag= json=true"),
    ("run build -- --watch", None, "run build --watch", ""),
    ("test", None, "test", ""),
];

#[test]
fn command_lines_found_in_the_wild_mean_what_npm_takes_them_for() {
    for (words, command, positionals, flags) in IN_THE_WILD {
        let (found, rest, values) = parsed(words);
        assert_eq!(found, *command, "{words}");
        assert_eq!(rest.join(" "), *positionals, "{words}");
        assert_eq!(values.join(" ").replace(", ", ","), *flags, "{words}");
    }
}

#[test]
fn abbreviated_flags_are_expanded_with_a_warning() {
    let line = CommandLine::parse(["ci", "--ignore-scr", "--save-ex"]);
    assert_eq!(line.values.keys().collect::<Vec<_>>(), ["ignore-scripts", "save-exact"]);
    assert_eq!(line.warnings.len(), 2);
}

#[test]
fn words_after_an_unknown_flag_are_words() {
    let line = CommandLine::parse(["i", "--nonsense", "a", "--other=b"]);
    assert_eq!(line.remain, ["i", "a"]);
    assert_eq!(line.values["other"], Value::from("b"));
    assert_eq!(line.warnings.len(), 1);
}

#[test]
fn names_of_commands_are_unique() {
    let mut names: Vec<_> = commands::COMMANDS
        .iter()
        .flat_map(|known| std::iter::once(known.name).chain(known.aliases.iter().copied()))
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn abbreviated_and_camel_case_commands_are_npms() {
    let of = |word: &str| commands::command_of(&[word.to_owned()]).map(|(command, _)| command);
    assert_eq!(of("unins"), Some(Command::Uninstall));
    assert_eq!(of("outd"), Some(Command::Outdated));
    assert_eq!(of("cleanInstall"), Some(Ci));
    assert_eq!(of("inst"), Some(Install));
    assert_eq!(of("pub"), None);
    assert_eq!(of("p"), None);
}

#[test]
fn described_command_line_is_consistent() {
    args::describe().debug_assert();
}

#[test]
fn every_described_setting_exists_and_has_a_note() {
    for known in commands::COMMANDS {
        for key in known.settings.iter().copied().flatten().chain(commands::COMMON) {
            let setting = crate::config::definitions::definition(key).expect(key);
            assert!(!setting.note.is_empty(), "{key}");
        }
    }
}
