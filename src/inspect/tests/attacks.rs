//! Each row of the table: the flag that had to fire and its level; then what must stay silent.

use super::*;

fn history(versions: Vec<VersionFacts>) -> History {
    History::new(versions, None)
}

fn script(document: Value, event: &str) -> Value {
    with(document, "scripts", json!({event: "node setup.js"}))
}

/// The stolen account publishes with a script: eslint-scope, ua-parser-js, Nx, Shai-Hulud, SAP.
#[test]
fn a_stolen_account_with_a_script_is_told_by_script_and_age() {
    for event in ["preinstall", "install", "postinstall"] {
        let found = judged(
            &history(vec![
                version("3.7.1", 90, &by("eve")),
                version("3.7.2", 0, &script(by("eve"), event)),
            ]),
            "3.7.1",
            "3.7.2",
            &[],
        );
        assert_eq!(levels_of(&found, Flag::NewScript), Some(Level::Warn), "{event}");
        assert_eq!(levels_of(&found, Flag::TooYoung), Some(Level::Warn), "{event}");
    }
}

#[test]
fn event_stream_is_told_by_publisher_silence_and_dependency() {
    let revived = with(by("right"), "dependencies", json!({"flatmap-stream": "^0.1.0"}));
    let own = history(vec![version("3.3.5", 900, &by("dominic")), version("3.3.6", 10, &revived)]);
    let flatmap = history(vec![version("0.1.0", 12, &by("flat"))]);
    let found = judged(&own, "3.3.5", "3.3.6", &[("flatmap-stream", &flatmap)]);
    assert_eq!(levels_of(&found, Flag::PublisherUnusual), Some(Level::Warn));
    assert_eq!(levels_of(&found, Flag::NewDepUnrelated), Some(Level::Warn));
    assert_eq!(levels_of(&found, Flag::MaintainersReplaced), Some(Level::Warn));
}

/// An acknowledgement is bound to the evidence.
#[test]
fn what_is_told_of_the_young_is_the_same_fact_the_next_day() {
    let with_flatmap = with(by("dominic"), "dependencies", json!({"flatmap-stream": "^0.1.0"}));
    let own =
        history(vec![version("3.3.5", 900, &by("dominic")), version("3.3.6", 0, &with_flatmap)]);
    let flatmap = history(vec![version("0.1.0", 12, &by("flat"))]);
    let brought = [("flatmap-stream", &flatmap)];
    let facts = |now_ms| -> Vec<(Flag, Vec<String>)> {
        let signs = signs_at(now_ms, &own, Some("3.3.5"), "3.3.6", Anchor::Locked, &brought);
        signs.into_iter().map(|sign| (sign.flag, sign.evidence)).collect()
    };
    let today = facts(NOW);
    for flag in [Flag::TooYoung, Flag::NewDepUnrelated] {
        assert!(today.iter().any(|(known, _)| *known == flag), "{flag:?}");
    }
    assert_eq!(facts(NOW + DAY_MS), today);
}

#[test]
fn ua_parser_and_coa_are_told_by_several_lines_at_once() {
    let versions = vec![
        version("0.7.28", 100, &by("f")),
        version("0.7.29", 0, &script(by("f"), "preinstall")),
        version("0.8.0", 0, &script(by("f"), "preinstall")),
        version("1.0.0", 0, &script(by("f"), "preinstall")),
    ];
    let found = judged(&history(versions), "0.7.28", "0.7.29", &[]);
    assert_eq!(levels_of(&found, Flag::Burst), Some(Level::Info));
    assert_eq!(levels_of(&found, Flag::NewScript), Some(Level::Warn));
}

#[test]
fn an_owner_who_turns_is_told_by_age_alone() {
    let found = judged(
        &history(vec![version("1.4.0", 700, &by("m")), version("1.4.1", 0, &by("m"))]),
        "1.4.0",
        "1.4.1",
        &[],
    );
    assert_eq!(found, [(Flag::TooYoung, Level::Warn)]);
}

#[test]
fn a_release_without_its_commit_is_noted() {
    let mut stolen = by("s");
    stolen["gitHead"] = Value::Null;
    let found = judged(
        &history(vec![version("1.95.4", 9, &by("s")), version("1.95.6", 0, &stolen)]),
        "1.95.4",
        "1.95.6",
        &[],
    );
    assert_eq!(levels_of(&found, Flag::NoGitHead), Some(Level::Info));
}

#[test]
fn axios_is_refused_by_lost_trust_and_its_dependency() {
    let fake = json!({
        "_npmUser": {"name": "jason", "email": "jason@proton.example"},
        "maintainers": [{"name": "jason"}],
        "dependencies": {"plain-crypto": "^4.2.1"},
    });
    let earlier = with(by("jason"), "gitHead", json!("abc"));
    let own = history(vec![
        version("1.13.0", 200, &earlier),
        version("1.14.0", 40, &by_workflow("oidc:a", "jason")),
        version("1.14.1", 0, &fake),
    ]);
    let crypto = history(vec![version("4.2.1", 0, &script(by("stranger"), "postinstall"))]);
    let found = judged(&own, "1.14.0", "1.14.1", &[("plain-crypto", &crypto)]);
    assert_eq!(levels_of(&found, Flag::Downgrade), Some(Level::Block));
    assert_eq!(levels_of(&found, Flag::NewDepYoung), Some(Level::Block));
    assert_eq!(levels_of(&found, Flag::EmailChanged), Some(Level::Warn));
    assert_eq!(levels_of(&found, Flag::NoGitHead), Some(Level::Info));
}

#[test]
fn mastra_is_refused_by_a_young_dependency_with_a_script() {
    let own = history(vec![
        version("0.1.0", 50, &by("m")),
        version("0.1.1", 0, &with(by("m"), "dependencies", json!({"dayjs-like": "*"}))),
    ]);
    let look_alike = history(vec![
        version("1.0.0", 1, &by("x")),
        version("1.0.1", 0, &script(by("x"), "postinstall")),
    ]);
    let found = judged(&own, "0.1.0", "0.1.1", &[("dayjs-like", &look_alike)]);
    assert_eq!(levels_of(&found, Flag::NewDepYoung), Some(Level::Block));
}

#[test]
fn a_new_publisher_with_a_script_is_refused() {
    let old = with(by("a"), "maintainers", json!([{"name": "a"}]));
    let found = judged(
        &history(vec![
            version("1.0.0", 50, &old),
            version("1.0.1", 5, &script(by("b"), "install")),
        ]),
        "1.0.0",
        "1.0.1",
        &[],
    );
    assert_eq!(levels_of(&found, Flag::PublisherScript), Some(Level::Block));
}

/// `TanStack`, Red Hat: published by the trusted workflow itself.
#[test]
fn a_hijacked_workflow_is_told_by_age_and_another_configuration_by_name() {
    let own = history(vec![
        version("1.0.0", 50, &by_workflow("oidc:a", "t")),
        version("1.0.1", 0, &by_workflow("oidc:a", "t")),
        version("1.0.2", 0, &by_workflow("oidc:b", "t")),
    ]);
    assert_eq!(judged(&own, "1.0.0", "1.0.1", &[]), [(Flag::TooYoung, Level::Warn)]);
    assert_eq!(
        levels_of(&judged(&own, "1.0.0", "1.0.2", &[]), Flag::PublisherMoved),
        Some(Level::Warn)
    );
}

#[test]
fn a_dependency_past_the_registries_is_told() {
    for spec in
        ["github:x/y", "git+https://x.example/y.git", "https://x.example/y.tgz", "file:../y"]
    {
        let own = history(vec![
            version("1.0.0", 50, &by("a")),
            version("1.0.1", 9, &with(by("a"), "dependencies", json!({"y": spec}))),
        ]);
        assert_eq!(
            levels_of(&judged(&own, "1.0.0", "1.0.1", &[]), Flag::ExoticDep),
            Some(Level::Warn),
            "{spec}"
        );
    }
}

#[test]
fn semver_after_a_newer_major_with_better_evidence_is_silent() {
    let own = history(vec![
        version("6.3.0", 1200, &by("npm")),
        version("7.5.0", 300, &by_workflow("oidc:a", "npm")),
        version("6.3.1", 200, &by("npm")),
    ]);
    assert_eq!(worst(&judged(&own, "6.3.0", "6.3.1", &[])), Level::Off);
    assert!(signs(&own, None, "6.3.1", Anchor::Settled, &[]).is_empty());
}

#[test]
fn chokidar_which_lost_provenance_long_ago_warns_when_fresh_and_is_silent_when_locked() {
    let proven =
        with(by("p"), "dist", json!({"attestations": {"provenance": {"predicateType": "x"}}}));
    let own = history(vec![
        version("4.0.1", 400, &proven),
        version("4.0.2", 380, &by("p")),
        version("4.0.3", 370, &by("p")),
    ]);
    assert!(judged(&own, "4.0.2", "4.0.3", &[]).is_empty());
    let fresh = signs(
        &history(vec![version("4.0.1", 400, &proven), version("4.0.3", 370, &by("p"))]),
        None,
        "4.0.3",
        Anchor::Settled,
        &[],
    );
    assert_eq!(fresh.iter().map(|sign| sign.flag).collect::<Vec<_>>(), [Flag::DowngradeSettled]);
}

#[test]
fn a_workflow_is_no_maintainer_and_no_stranger() {
    let own = history(vec![
        version("1.0.0", 50, &by_workflow("oidc:a", "m")),
        version("1.0.1", 9, &by_workflow("oidc:a", "m")),
    ]);
    assert!(judged(&own, "1.0.0", "1.0.1", &[]).is_empty());
}

#[test]
fn from_a_token_to_a_workflow_is_progress() {
    let own = history(vec![
        version("1.0.0", 50, &by("m")),
        version("1.0.1", 9, &by_workflow("oidc:a", "m")),
    ]);
    assert!(judged(&own, "1.0.0", "1.0.1", &[]).is_empty());
}

#[test]
fn a_mirror_that_strips_fields_makes_unknown_and_never_changed() {
    let stripped = json!({"name": "x"});
    let own = history(vec![version("1.0.0", 50, &by("m")), version("1.0.1", 9, &stripped)]);
    let found = judged(
        &history(vec![version("1.0.0", 50, &stripped), version("1.0.1", 9, &stripped)]),
        "1.0.0",
        "1.0.1",
        &[],
    );
    assert!(found.is_empty());
    assert_eq!(levels_of(&judged(&own, "1.0.0", "1.0.1", &[]), Flag::PublisherNew), None);
}

#[test]
fn an_approver_is_who_stands_behind_a_staged_publish() {
    let staged = with(by("m"), "_npmUser", json!({"name": "bot", "approver": {"name": "m"}}));
    let own = history(vec![version("1.0.0", 50, &by("m")), version("1.0.1", 9, &staged)]);
    assert_eq!(levels_of(&judged(&own, "1.0.0", "1.0.1", &[]), Flag::PublisherNew), None);
}

/// Name, age in days, the new version, what it brings along, what must be told.
type Row = (&'static str, i64, Value, Option<History>, Vec<(Flag, Level)>);

/// What each row of the table shows of people, scripts, dependencies and release: the package as it
/// was and as it became, and what has to be told of it at which level. What shows in code is told
/// by the comparison of code, whose tests have the same payloads.
#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn every_attack_of_the_table_is_told_at_its_level() {
    let bare = |mut document: Value| {
        document["gitHead"] = Value::Null;
        document
    };
    let depends = |document: Value, name: &str| with(document, "dependencies", json!({name: "*"}));
    let stranger = |document: Value| History::new(vec![version("1.0.0", 1, &document)], None);
    let (block, warn, info) = (Level::Block, Level::Warn, Level::Info);
    let rows: Vec<Row> = vec![
        (
            "eslint-scope",
            0,
            script(by("o"), "postinstall"),
            None,
            vec![(Flag::NewScript, warn), (Flag::TooYoung, warn)],
        ),
        (
            "coa, rc: revived, with a script",
            0,
            script(by("o"), "preinstall"),
            None,
            vec![(Flag::NewScript, warn), (Flag::TooYoung, warn)],
        ),
        ("colors: the owner", 0, by("o"), None, vec![(Flag::TooYoung, warn)]),
        (
            "node-ipc: the owner, and a package of his own",
            0,
            depends(by("o"), "mine"),
            Some(stranger(by("o"))),
            vec![(Flag::NewDep, info), (Flag::TooYoung, warn)],
        ),
        (
            "web3.js: no commit",
            0,
            bare(by("o")),
            None,
            vec![(Flag::NoGitHead, info), (Flag::TooYoung, warn)],
        ),
        (
            "rand-user-agent: no commit",
            0,
            bare(by("o")),
            None,
            vec![(Flag::NoGitHead, info), (Flag::TooYoung, warn)],
        ),
        (
            "Nx, Shai-Hulud, SAP: a script",
            0,
            script(by("o"), "preinstall"),
            None,
            vec![(Flag::NewScript, warn), (Flag::TooYoung, warn)],
        ),
        (
            "chalk, debug",
            0,
            bare(by("o")),
            None,
            vec![(Flag::NoGitHead, info), (Flag::TooYoung, warn)],
        ),
        (
            "axios: a stranger's young package with a script",
            0,
            bare(depends(by("o"), "s")),
            Some(stranger(script(by("s"), "postinstall"))),
            vec![(Flag::NewDepYoung, block), (Flag::NoGitHead, info), (Flag::TooYoung, warn)],
        ),
        (
            "a stranger's young package",
            5,
            depends(by("o"), "s"),
            Some(stranger(by("s"))),
            vec![(Flag::NewDepUnrelated, warn)],
        ),
        (
            "node-ipc 2026: no commit, old account",
            0,
            bare(by("o")),
            None,
            vec![(Flag::NoGitHead, info), (Flag::TooYoung, warn)],
        ),
        (
            "mastra: by somebody new",
            0,
            depends(by("x"), "s"),
            Some(stranger(script(by("x"), "postinstall"))),
            vec![
                (Flag::PublisherUnusual, warn),
                (Flag::NewDepYoung, block),
                (Flag::TooYoung, warn),
            ],
        ),
        (
            "somebody new with a script",
            5,
            script(by("x"), "install"),
            None,
            vec![(Flag::PublisherScript, block), (Flag::NewScript, warn)],
        ),
    ];
    for (name, age, new, brought, expected) in rows {
        let own = history(vec![version("1.0.0", 700, &by("o")), version("1.0.1", age, &new)]);
        let brought: Vec<(&str, &History)> = brought.iter().map(|it| ("s", it)).collect();
        let found = judged(&own, "1.0.0", "1.0.1", &brought);
        for (flag, level) in expected {
            assert_eq!(levels_of(&found, flag), Some(level), "{name}: {flag:?} in {found:?}");
        }
    }
}
