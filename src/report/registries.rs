//! `denpm registries`: one block for each registry, or JSON.

use serde_json::{Value, json};

use super::styled::{Line, Style, Text};

/// One registry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegistryReport {
    /// Its URL, without credentials.
    pub url: String,
    /// `configured`, `mirror`, or the scopes it serves.
    pub role: String,
    /// Whether it is asked, and if not, why.
    pub state: String,
    /// Whether something is wrong with it.
    pub is_suspect: bool,
    /// What is known or was found out: a word for the fact, and the fact.
    pub facts: Vec<(&'static str, String)>,
    /// What it lacks, for `test`; none elsewhere.
    pub lacks: Vec<String>,
}

/// The blocks.
pub fn render(registries: &[RegistryReport]) -> Text {
    let mut text = Text::new();
    for registry in registries {
        let style = if registry.is_suspect { Style::Red } else { Style::Cyan };
        let head = Line::new().styled(style, &registry.url).own("  ").plain(&registry.role);
        text.push(head);
        let mut row = |word: &str, fact: &str| {
            text.push(Line::new().exact(&format!("  {word:<10}")).plain(fact));
        };
        row("state", &registry.state);
        for (word, fact) in &registry.facts {
            row(word, fact);
        }
        for lack in &registry.lacks {
            row("lacks", lack);
        }
    }
    text
}

/// `--json`: an array with one object for each.
pub fn to_json(registries: &[RegistryReport]) -> Value {
    let each = registries.iter().map(|registry| {
        let facts: serde_json::Map<_, _> =
            registry.facts.iter().map(|(word, fact)| ((*word).to_owned(), json!(fact))).collect();
        json!({
            "url": registry.url, "role": registry.role, "state": registry.state,
            "facts": facts, "lacks": registry.lacks,
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_read_as_blocks() {
        let registries = [
            RegistryReport {
                url: "https://registry.example/".into(),
                role: "configured".into(),
                state: "asked".into(),
                facts: vec![("latency", "12 ms".into()), ("share", "50 %".into())],
                ..RegistryReport::default()
            },
            RegistryReport {
                url: "https://mirror.example/".into(),
                role: "mirror".into(),
                state: "not asked: it lied".into(),
                is_suspect: true,
                facts: vec![("lie", "a@1.0.0".into())],
                lacks: vec!["publication times".into()],
            },
        ];
        insta::assert_snapshot!(render(&registries).plain_lines().join("\n"), @r"
        https://registry.example/  configured
          state     asked
          latency   12 ms
          share     50 %
        https://mirror.example/  mirror
          state     not asked: it lied
          lie       a@1.0.0
          lacks     publication times
        ");
    }
}
