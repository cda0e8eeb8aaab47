//! Extended headers (POSIX.1-2001 pax): records `<length> <key>=<value>\n`.
//!
//! A record that one reader skips and another obeys makes two archives out of one
//! (CVE-2025-62518), so everything malformed or ambiguous is refused.

use super::archive::Rule;

/// What an extended header says about the next entry, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    /// The path, in place of the header's.
    pub(super) path: Option<Vec<u8>>,
    /// The size, in place of the header's.
    pub(super) size: Option<u64>,
}

impl Pax {
    /// Reads the body of an `x` header.
    pub(super) fn parse_local(body: &[u8]) -> Result<Self, Rule> {
        let mut pax = Self::default();
        for record in Records(body) {
            let (key, value) = record?;
            match key {
                b"path" if pax.path.is_some() => return Err(Rule::Extended("two paths")),
                b"path" if value.is_empty() || value.contains(&0) => {
                    return Err(Rule::Extended("bad path"));
                }
                b"path" => pax.path = Some(value.to_vec()),
                b"size" if pax.size.is_some() => return Err(Rule::Extended("two sizes")),
                b"size" => pax.size = Some(decimal(value).ok_or(Rule::Extended("bad size"))?),
                key => check_other(key)?,
            }
        }
        Ok(pax)
    }

    /// Reads the body of a `g` header, which may carry a comment (git writes one) and nothing that changes entries.
    pub(super) fn check_global(body: &[u8]) -> Result<(), Rule> {
        for record in Records(body) {
            match record?.0 {
                b"path" | b"linkpath" | b"size" => {
                    return Err(Rule::Extended("global header changes entries"));
                }
                key => check_other(key)?,
            }
        }
        Ok(())
    }
}

/// Keys that would change what an entry is; node-tar obeys `type` and `mode`.
fn check_other(key: &[u8]) -> Result<(), Rule> {
    match key {
        b"type" | b"mode" => Err(Rule::Extended("header changes type or mode")),
        key if key.starts_with(b"GNU.sparse.") => Err(Rule::Type(b'S')),
        _ => Ok(()),
    }
}

/// The records of a body, in order.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Rule>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let Some((key, value, rest)) = record(self.0) else {
            self.0 = &[];
            return Some(Err(Rule::Extended("malformed record")));
        };
        self.0 = rest;
        Some(Ok((key, value)))
    }
}

fn record(body: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = body.iter().take(20).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(body.get(..space)?)?).ok()?;
    let (record, rest) = body.split_at_checked(length)?;
    let fields = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = fields.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (fields.get(..equals)?, fields.get(equals + 1..)?);
    (!key.is_empty()).then_some((key, value, rest))
}

/// A number of plain decimal digits.
fn decimal(digits: &[u8]) -> Option<u64> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| str::from_utf8(digits).ok()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_local_reads_path_and_size_and_passes_over_the_rest() {
        let pax = Pax::parse_local(b"16 path=p/a=b\nc\n12 size=1000\n20 mtime=1234567890\n");
        // The first record spans its newline: lengths rule, not line ends.
        assert_eq!(pax.unwrap_err(), Rule::Extended("malformed record"));
        let pax = Pax::parse_local(b"15 path=p/a=bc\n13 size=1000\n19 mtime=123456.78\n").unwrap();
        assert_eq!(pax, Pax { path: Some(b"p/a=bc".to_vec()), size: Some(1000) });
        assert_eq!(Pax::parse_local(b"").unwrap(), Pax::default());
    }

    #[test]
    fn parse_local_malformed_records_are_refused() {
        for body in [
            &b"x"[..],
            b"9 path=a",
            b"99 path=a\n",
            b"0 path=a\n",
            b"+9 path=a\n",
            b"-1 path=a\n",
            b"9 patha\n\n",
            b"5 =a\n",
            b"9 path=ab\n",
            b"18446744073709551616 a=b\n",
            b"9 path=a\n\0",
        ] {
            assert!(Pax::parse_local(body).is_err(), "{:?}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn parse_local_bad_sizes_are_refused() {
        for value in ["-1", "", "1e3", "18446744073709551616", "0x10", " 5"] {
            let length = 3 + 5 + value.len() + 1;
            let length = length - usize::from(length <= 10);
            assert!(
                Pax::parse_local(format!("{length} size={value}\n").as_bytes()).is_err(),
                "{value}"
            );
        }
    }

    #[test]
    fn parse_local_repeated_or_dangerous_keys_are_refused() {
        for body in [
            &b"9 path=a\n9 path=a\n"[..],
            b"9 size=1\n9 size=1\n",
            b"9 type=2\n",
            b"11 mode=77\n",
            b"20 GNU.sparse.map=0\n",
            b"10 path=a\0\n",
        ] {
            assert!(Pax::parse_local(body).is_err(), "{:?}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn check_global_comment_passes_and_paths_do_not() {
        assert_eq!(
            Pax::check_global(b"52 comment=0123456789012345678901234567890123456789\n"),
            Ok(())
        );
        assert!(Pax::check_global(b"9 path=a\n").is_err());
        assert!(Pax::check_global(b"9 size=1\n").is_err());
    }
}
