//! Hosts in texts.

/// Hosts that name vocabularies, not places.
const VOCABULARIES: &[&str] =
    &["www.w3.org", "w3.org", "schema.org", "json-schema.org", "ns.adobe.com"];
/// The most hosts that are taken from one text.
const MAX_HOSTS: usize = 32;

/// The hosts of all URLs in a text, lower-case, without those of vocabularies.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("//") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let begins = at == 0 || text.as_bytes().get(at - 1) == Some(&b':');
        if !begins || found.len() >= MAX_HOSTS {
            continue;
        }
        let authority: String = rest
            .chars()
            .take(254)
            .take_while(|c| !matches!(c, '/' | '?' | '#' | '\\' | '"' | '\'' | ' ' | '<'))
            .collect();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if is_host(&host) && !VOCABULARIES.contains(&host.as_str()) {
            found.push(host);
        }
    }
    found
}

fn is_host(text: &str) -> bool {
    let mut labels = text.split('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.contains('.') && labels.all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_with_scheme_without_it_and_behind_user_info() {
        assert_eq!(
            of("see https://A.example/x and wss://u:p@b.example:8080"),
            ["a.example", "b.example"]
        );
        assert_eq!(of("//cdn.example/a.js"), ["cdn.example"]);
        assert_eq!(of("http://127.0.0.1:80/"), ["127.0.0.1"]);
    }

    #[test]
    fn comments_vocabularies_and_paths_are_no_hosts() {
        assert!(of("http://www.w3.org/2000/svg a//b.c file:///tmp").is_empty());
    }
}
