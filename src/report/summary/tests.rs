//! Compared with the summaries of npm 11.19.1.

use super::*;

fn package(name: &str) -> PackageAt {
    PackageAt {
        name: name.into(),
        version: Some("1.0.0".into()),
        path: format!("/p/node_modules/{name}"),
    }
}

fn line(added: usize, removed: usize, changed: usize, audited: usize) -> String {
    changed_line(Counts { added, removed, changed, audited }, Duration::from_millis(873))
}

#[test]
fn changed_line_of_each_mixture_is_npms() {
    for (counts, expected) in [
        ((0, 0, 0, 0), "up to date in 873ms"),
        ((0, 0, 0, 1), "up to date, audited 1 package in 873ms"),
        ((1, 0, 0, 0), "added 1 package in 873ms"),
        ((2, 0, 0, 3), "added 2 packages, and audited 3 packages in 873ms"),
        ((2, 1, 0, 0), "added 2 packages, and removed 1 package in 873ms"),
        ((0, 1, 2, 0), "removed 1 package, and changed 2 packages in 873ms"),
        ((2, 1, 3, 0), "added 2 packages, removed 1 package, and changed 3 packages in 873ms"),
        (
            (2, 1, 3, 4),
            "added 2 packages, removed 1 package, changed 3 packages, and audited 4 packages in 873ms",
        ),
    ] {
        let (added, removed, changed, audited) = counts;
        assert_eq!(line(added, removed, changed, audited), expected);
    }
}

#[test]
fn duration_is_rounded_as_ms_does() {
    for (millis, expected) in [
        (0, "0ms"),
        (999, "999ms"),
        (1499, "1s"),
        (1500, "2s"),
        (59_999, "60s"),
        (60_000, "1m"),
        (5_400_000, "2h"),
        (86_400_000, "1d"),
    ] {
        assert_eq!(duration(Duration::from_millis(millis)), expected);
    }
}

fn full() -> InstallSummary {
    InstallSummary {
        changes: vec![
            Change::Add(package("a"), Counted::Yes),
            Change::Remove(PackageAt { version: None, ..package("b") }),
            Change::Change {
                from: package("c"),
                to: PackageAt { version: Some("2.0.0".into()), ..package("c") },
            },
        ],
        detail: Detail::Long,
        audit: Some(Audit {
            audited: 5,
            found: Vulnerabilities { low: 1, high: 2, total: 3, ..Vulnerabilities::default() },
            fixes: Fixes { easy: true, forced: Some(ForcedFix::Major), none: false },
            metadata: json!({"vulnerabilities": {"total": 3}}),
        }),
        funding: 1,
        took: Duration::from_secs(3),
        trust: TrustSummary {
            verified_integrity: 4,
            without_integrity: 1,
            from_store: 3,
            downloaded: 2,
            registries: 2,
            logged: 4,
            first_seen: 2,
            ..TrustSummary::default()
        },
        unreviewed: vec![UnreviewedScripts {
            package: package("a"),
            scripts: vec![("postinstall".into(), "node x.js".into())],
        }],
        target: Target::Project,
    }
}

#[test]
fn text_with_everything() {
    insta::assert_snapshot!(full().text().plain_lines().join("\n"), @"
    add a 1.0.0
    remove b undefined
    change c 1.0.0 => 2.0.0

    added 1 package, removed 1 package, changed 1 package, and audited 5 packages in 3s
    verified the integrity of 4 packages · 1 package without integrity, not verified · 3 from the store · 2 downloaded from 2 registries · 4 proven to be logged · 2 first seen here

    1 package is looking for funding
      run `npm fund` for details

    3 vulnerabilities (1 low, 2 high)

    To address issues that do not require attention, run:
      npm audit fix

    To address all issues (including breaking changes), run:
      npm audit fix --force

    Run `npm audit` for details.
    ");
}

#[test]
fn text_of_a_quiet_install() {
    let summary = InstallSummary {
        audit: Some(Audit { audited: 1, ..Audit::default() }),
        trust: TrustSummary { verified_integrity: 1, from_store: 1, ..TrustSummary::default() },
        ..InstallSummary::default()
    };
    insta::assert_snapshot!(summary.text().plain_lines().join("\n"), @"

    up to date, audited 1 package in 0ms
    verified the integrity of 1 package · 1 from the store

    found 0 vulnerabilities
    ");
}

#[test]
fn json_is_npms_object() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&full().to_json()).unwrap(), @r#"
    {
      "add": [
        {
          "name": "a",
          "version": "1.0.0",
          "path": "/p/node_modules/a"
        }
      ],
      "added": 1,
      "audited": 5,
      "change": [
        {
          "from": {
            "name": "c",
            "version": "1.0.0",
            "path": "/p/node_modules/c"
          },
          "to": {
            "name": "c",
            "version": "2.0.0",
            "path": "/p/node_modules/c"
          }
        }
      ],
      "changed": 1,
      "funding": 1,
      "remove": [
        {
          "name": "b",
          "path": "/p/node_modules/b"
        }
      ],
      "removed": 1,
      "audit": {
        "vulnerabilities": {
          "total": 3
        }
      },
      "unreviewedScripts": [
        {
          "name": "a",
          "version": "1.0.0",
          "path": "/p/node_modules/a",
          "scripts": {
            "postinstall": "node x.js"
          }
        }
      ]
    }
    "#);
}

#[test]
fn unreviewed_scripts_name_the_way_out() {
    insta::assert_snapshot!(unreviewed_lines(&full().unreviewed, Target::Project).join("\n"), @"
    1 package has install scripts not yet covered by allowScripts; its scripts did not run:
      a@1.0.0 (postinstall: node x.js)

    Run `denpm approve-scripts a` to allow them, then `denpm rebuild a` to run them.
    Run `denpm install-scripts ls` to review them first.
    ");
    insta::assert_snapshot!(unreviewed_lines(&full().unreviewed, Target::Global).join("\n"), @"
    1 package has install scripts not yet covered by allowScripts; its scripts did not run:
      a@1.0.0 (postinstall: node x.js)

    Run `denpm install -g --allow-scripts=a` to allow these scripts once, or `npm config set allow-scripts=a --location=user` to allow them for all global installs.
    ");
}

#[test]
fn unreviewed_scripts_of_a_hostile_name_give_no_command_to_copy() {
    let hostile = UnreviewedScripts { package: package("a;rm"), scripts: Vec::new() };
    assert_eq!(approvable_names(&[hostile]), None);
}
