//! One segment of a glob: `*`, `?`, `[…]`, `@(…|…)` and its like (minimatch's `ast.js`).

use super::glob::fold;

/// Deepest nesting of `@(…)`; what is deeper is taken literally. Each level multiplies the cost
/// of a match by the length of the name.
const MAX_DEPTH: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Character(char),
    AnyCharacter,
    Star,
    Class(Class),
    Group(GroupKind, Vec<Vec<Token>>),
    /// An invalid class, which matches nothing.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum GroupKind {
    Once,
    Optional,
    OneOrMore,
    Any,
    Not,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
    posix: Vec<Posix>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Posix {
    Alnum,
    Alpha,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

impl Token {
    /// Reads a segment; whatever is no magic stands for itself.
    pub(super) fn parse(text: &str) -> Vec<Self> {
        let characters: Vec<char> = text.chars().collect();
        Parser { text: &characters }.sequence(0, characters.len(), 0)
    }

    /// The character it stands for, folded, if it stands for one only.
    pub(super) fn literal(&self) -> Option<char> {
        if let Self::Character(character) = self { Some(*character) } else { None }
    }

    /// Whether the tokens match the whole of a folded name.
    pub(super) fn match_all(tokens: &[Self], name: &[char]) -> bool {
        let mut start = vec![false; name.len() + 1];
        if let Some(first) = start.first_mut() {
            *first = true;
        }
        reach(tokens, name, start).last().copied().unwrap_or(false)
    }
}

/// All positions at which the tokens can end, given those at which they can start.
fn reach(tokens: &[Token], name: &[char], mut at: Vec<bool>) -> Vec<bool> {
    for (index, token) in tokens.iter().enumerate() {
        at = match token {
            Token::Never => vec![false; at.len()],
            Token::Character(wanted) => step(&at, name, |character| character == *wanted),
            Token::AnyCharacter => step(&at, name, |_| true),
            Token::Class(class) => step(&at, name, |character| class.contains(character)),
            Token::Star => onward(&at),
            Token::Group(GroupKind::Not, choices) => {
                let rest = tokens.get(index + 1..).unwrap_or_default();
                not_reach(choices, rest, name, &at)
            }
            Token::Group(kind, choices) => group_reach(*kind, choices, name, &at),
        };
    }
    at
}

fn step(at: &[bool], name: &[char], accepts: impl Fn(char) -> bool) -> Vec<bool> {
    let moved = at.iter().zip(name).map(|(here, character)| *here && accepts(*character));
    std::iter::once(false).chain(moved).collect()
}

/// Every position at or behind a reached one.
fn onward(at: &[bool]) -> Vec<bool> {
    let mut reached = false;
    at.iter()
        .map(|here| {
            reached |= here;
            reached
        })
        .collect()
}

fn either(left: &[bool], right: &[bool]) -> Vec<bool> {
    left.iter().zip(right).map(|(left, right)| *left || *right).collect()
}

fn group_reach(kind: GroupKind, choices: &[Vec<Token>], name: &[char], at: &[bool]) -> Vec<bool> {
    let once = |from: &[bool]| {
        choices.iter().fold(vec![false; from.len()], |ends, choice| {
            either(&ends, &reach(choice, name, from.to_vec()))
        })
    };
    let first = once(at);
    match kind {
        GroupKind::Once | GroupKind::Not => first,
        GroupKind::Optional => either(at, &first),
        GroupKind::OneOrMore | GroupKind::Any => {
            let mut ends = first;
            loop {
                let more = either(&ends, &once(&ends));
                if more == ends {
                    break;
                }
                ends = more;
            }
            if kind == GroupKind::Any { either(at, &ends) } else { ends }
        }
    }
}

/// `!(a)rest`: from a start where `a` and the rest would match to the end, nothing is reached;
/// from any other, every position.
fn not_reach(choices: &[Vec<Token>], rest: &[Token], name: &[char], at: &[bool]) -> Vec<bool> {
    let allowed: Vec<bool> = at
        .iter()
        .enumerate()
        .map(|(index, here)| {
            let start: Vec<bool> = (0..at.len()).map(|position| position == index).collect();
            *here && {
                let ends = group_reach(GroupKind::Once, choices, name, &start);
                !reach(rest, name, ends).last().copied().unwrap_or(false)
            }
        })
        .collect();
    onward(&allowed)
}

struct Parser<'a> {
    text: &'a [char],
}

impl Parser<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.text.get(index).copied()
    }

    fn sequence(&self, mut index: usize, end: usize, depth: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(character) = self.at(index).filter(|_| index < end) {
            if let Some((group, next)) = self.group(index, end, depth) {
                tokens.push(group);
                index = next;
                continue;
            }
            index += 1;
            match character {
                '\\' if index < end => {
                    tokens.extend(self.at(index).map(|escaped| Token::Character(fold(escaped))));
                    index += 1;
                }
                '?' => tokens.push(Token::AnyCharacter),
                '*' if tokens.last() == Some(&Token::Star) => {}
                '*' => tokens.push(Token::Star),
                '[' => match self.class(index, end) {
                    Some((class, next)) => {
                        tokens.push(class);
                        index = next;
                    }
                    None => tokens.push(Token::Character('[')),
                },
                other => tokens.push(Token::Character(fold(other))),
            }
        }
        tokens
    }

    /// `@(a|b)` and its like, and the index behind it.
    fn group(&self, index: usize, end: usize, depth: usize) -> Option<(Token, usize)> {
        let kind = match self.at(index)? {
            '@' => GroupKind::Once,
            '?' => GroupKind::Optional,
            '+' => GroupKind::OneOrMore,
            '*' => GroupKind::Any,
            '!' => GroupKind::Not,
            _ => return None,
        };
        if self.at(index + 1) != Some('(') || depth >= MAX_DEPTH {
            return None;
        }
        let (mut nested, mut start, mut here) = (0_usize, index + 2, index + 2);
        let mut bounds = Vec::new();
        while here < end {
            match self.at(here)? {
                '\\' => here += 1,
                '[' => {
                    if let Some((_, next)) = self.class(here + 1, end) {
                        here = next - 1;
                    }
                }
                '(' => nested += 1,
                ')' if nested > 0 => nested -= 1,
                mark @ (')' | '|') if nested == 0 => {
                    bounds.push((start, here));
                    start = here + 1;
                    if mark == ')' {
                        let choices = bounds
                            .iter()
                            .map(|(from, to)| self.sequence(*from, *to, depth + 1))
                            .collect();
                        return Some((Token::Group(kind, choices), here + 1));
                    }
                }
                _ => {}
            }
            here += 1;
        }
        None
    }

    /// The class behind a `[`, and the index behind its `]`; `None` without one.
    fn class(&self, start: usize, end: usize) -> Option<(Token, usize)> {
        let mut class = Class::default();
        let mut index = start;
        if matches!(self.at(index), Some('!' | '^')) {
            class.negated = true;
            index += 1;
        }
        let first = index;
        let mut range_start: Option<char> = None;
        loop {
            let mut character = self.at(index).filter(|_| index < end)?;
            if character == ']' && index > first {
                break;
            }
            if character == '['
                && let Some((posix, length)) = self.posix(index)
            {
                if range_start.is_some() {
                    return Some((Token::Never, end));
                }
                class.posix.push(posix);
                index += length;
                continue;
            }
            if character == '\\' {
                index += 1;
                character = self.at(index).filter(|_| index < end)?;
            }
            index += 1;
            let dash = self.at(index) == Some('-');
            if let Some(from) = range_start.take() {
                class.ranges.push((from, character));
            } else if dash && self.at(index + 1) == Some(']') {
                class.ranges.extend([(character, character), ('-', '-')]);
                index += 1;
            } else if dash {
                range_start = Some(character);
                index += 1;
            } else {
                class.ranges.push((character, character));
            }
        }
        // A range from high to low is no range.
        class.ranges.retain(|(from, to)| from <= to);
        let token = if class.ranges.is_empty() && class.posix.is_empty() {
            Token::Never
        } else {
            Token::Class(class)
        };
        Some((token, index + 1))
    }

    fn posix(&self, index: usize) -> Option<(Posix, usize)> {
        POSIX.iter().find_map(|(name, posix)| {
            let wanted = format!("[:{name}:]");
            let length = wanted.len();
            let found = self.text.get(index..index + length)?;
            found.iter().copied().eq(wanted.chars()).then_some((*posix, length))
        })
    }
}

const POSIX: [(&str, Posix); 14] = [
    ("alnum", Posix::Alnum),
    ("alpha", Posix::Alpha),
    ("ascii", Posix::Ascii),
    ("blank", Posix::Blank),
    ("cntrl", Posix::Cntrl),
    ("digit", Posix::Digit),
    ("graph", Posix::Graph),
    ("lower", Posix::Lower),
    ("print", Posix::Print),
    ("punct", Posix::Punct),
    ("space", Posix::Space),
    ("upper", Posix::Upper),
    ("word", Posix::Word),
    ("xdigit", Posix::Xdigit),
];

impl Class {
    /// Whether it has the character in either case.
    fn contains(&self, character: char) -> bool {
        let lower = character.to_lowercase().next().unwrap_or(character);
        let has = |character: char| {
            let within = |(from, to): &(char, char)| (*from..=*to).contains(&character);
            self.ranges.iter().any(within)
                || self.posix.iter().any(|posix| posix.contains(character))
        };
        (has(character) || has(lower)) != self.negated
    }
}

impl Posix {
    fn contains(self, character: char) -> bool {
        match self {
            Self::Alnum => character.is_alphanumeric(),
            Self::Alpha => character.is_alphabetic(),
            Self::Ascii => character.is_ascii(),
            Self::Blank => matches!(character, ' ' | '\t'),
            Self::Cntrl => character.is_control(),
            Self::Digit => character.is_numeric(),
            Self::Graph => !character.is_whitespace() && !character.is_control(),
            Self::Lower | Self::Upper => character.is_lowercase() || character.is_uppercase(),
            Self::Print => !character.is_control(),
            Self::Punct => character.is_ascii_punctuation(),
            Self::Space => character.is_whitespace(),
            Self::Word => character.is_alphanumeric() || character == '_',
            Self::Xdigit => character.is_ascii_hexdigit(),
        }
    }
}
