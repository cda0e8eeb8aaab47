//! What resolution asks a registry: a name and what is wanted of it, as the key of what is known.

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap, IndexSet};

/// A question that was asked before.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    pub(super) name: Box<str>,
    spec: Box<str>,
}

/// A question as it is asked: to look one up takes no copy.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) spec: &'a str,
}

impl Asked<'_> {
    /// The question to remember.
    pub(super) fn to_question(self) -> Question {
        Question { name: self.name.into(), spec: self.spec.into() }
    }
}

impl Equivalent<Question> for Asked<'_> {
    fn equivalent(&self, known: &Question) -> bool {
        *self.name == *known.name && *self.spec == *known.spec
    }
}

/// Questions that were asked.
pub(super) type Questions = IndexSet<Question, RandomState>;

/// Questions with what is known for each.
pub(super) type Answers<T> = IndexMap<Question, T, RandomState>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_found_by_what_it_was_made_of_and_by_nothing_else() {
        let asked = |name, spec| Asked { name, spec };
        let mut known = Questions::default();
        known.insert(asked("a", "b@1").to_question());
        assert!(known.contains(&asked("a", "b@1")));
        assert!(!known.contains(&asked("a@b", "1")));
        assert!(!known.contains(&asked("a", "b@")));
    }
}
