//! What `verify` found, as text and as JSON.

use serde_json::{Value, json};

use super::styled::{Line, Text};

/// What was found; counts, and the places where nothing can be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Packages that are what was verified.
    pub intact: usize,
    /// Those that are proven to be logged.
    pub proven: usize,
    /// Those that `denpm.sum` pins.
    pub pinned: usize,
    /// Those whose registry signature holds.
    pub signed: usize,
    /// Those whose origin was proven.
    pub attested: usize,
    /// Those of which no signature is kept.
    pub unsigned: usize,
    /// Location and reason.
    pub not_covered: Vec<(String, String)>,
    /// Location and file.
    pub changed: Vec<(String, String)>,
}

/// One line of counts, then what is not covered.
pub fn render(found: &Verified) -> Text {
    let Verified { intact, proven, pinned, signed, attested, unsigned, not_covered, .. } = found;
    let counts = [
        Some(format!("{} as verified", super::packages(*intact))),
        (*pinned > 0).then(|| format!("{pinned} pinned")),
        (*proven > 0).then(|| format!("{proven} proven to be logged")),
        (*signed > 0).then(|| format!("{signed} signed")),
        (*attested > 0).then(|| format!("{attested} attested")),
        (*signed > 0 && *unsigned > 0).then(|| format!("{unsigned} without a known signature")),
        (!not_covered.is_empty()).then(|| format!("{} not covered", not_covered.len())),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let mut text = Text::new();
    text.push(Line::new().plain(&counts.join(" · ")));
    for (location, reason) in not_covered {
        text.push(Line::new().plain(&format!("  {location}: {reason}")));
    }
    text
}

/// The same as an object.
pub fn to_json(found: &Verified) -> Value {
    let places = |list: &[(String, String)], key: &str| -> Vec<Value> {
        list.iter().map(|(location, what)| json!({"location": location, key: what})).collect()
    };
    json!({
        "intact": found.intact,
        "pinned": found.pinned,
        "proven": found.proven,
        "signed": found.signed,
        "attested": found.attested,
        "unsigned": found.unsigned,
        "notCovered": places(&found.not_covered, "reason"),
        "changed": places(&found.changed, "file"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn render_counts_and_names_what_is_not_covered() {
        let place = ("node_modules/a".to_owned(), "no integrity".to_owned());
        let found = Verified {
            intact: 3,
            proven: 1,
            pinned: 2,
            signed: 2,
            attested: 1,
            unsigned: 1,
            not_covered: vec![place],
            ..Verified::default()
        };
        insta::assert_snapshot!(render(&found).plain_lines().join("\n"), @"
        3 packages as verified · 2 pinned · 1 proven to be logged · 2 signed · 1 attested · 1 without a known signature · 1 not covered
          node_modules/a: no integrity
        ");
        insta::assert_snapshot!(to_json(&found), @r#"{"intact":3,"pinned":2,"proven":1,"signed":2,"attested":1,"unsigned":1,"notCovered":[{"location":"node_modules/a","reason":"no integrity"}],"changed":[]}"#);
    }
}
