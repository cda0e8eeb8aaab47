//! Which functions of a build changed, and whether the source changed alike.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    excess::Pair,
    facts::{Facts, FunctionFacts},
};

/// Functions with fewer words resemble everything.
const LEAST_WORDS: usize = 3;
/// The most changed functions that are compared with each other.
const MAX_COMPARED: usize = 2000;

/// Changed functions of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// All of them.
    pub total: usize,
    /// Those that resemble no changed function of the source: less than half of their words.
    pub unattributed: usize,
}

/// Compares the changes of a build with those of its source.
pub(super) fn changed(new: &Pair<'_>, old: &Pair<'_>) -> Changed {
    let build = new_functions(new.build, old.build);
    let source = new_functions(new.source, old.source);
    let gone = new_functions(old.source, new.source);
    let words: Vec<HashSet<u32>> = source
        .iter()
        .chain(&gone)
        .map(|function| function.words.iter().copied().collect())
        .collect();
    if build.len().saturating_mul(words.len()) > MAX_COMPARED * MAX_COMPARED {
        return Changed { total: build.len(), unattributed: 0 };
    }
    let resembles = |function: &&&FunctionFacts| {
        let shared = |words: &HashSet<u32>| {
            function.words.iter().filter(|word| words.contains(word)).count() * 2
                >= function.words.len()
        };
        words.iter().any(shared)
    };
    let judged: Vec<_> =
        build.iter().filter(|function| function.words.len() >= LEAST_WORDS).collect();
    let attributed = judged.iter().filter(|function| resembles(function)).count();
    Changed { total: build.len(), unattributed: judged.len() - attributed }
}

/// Whether the functions that did not change stand in another order: another tool put them together.
pub(super) fn reordered(new: &Facts, old: &Facts) -> bool {
    let (new_shapes, old_shapes) = (new.shapes(), old.shapes());
    let once = |shape: &u64| new_shapes.get(shape) == Some(&1) && old_shapes.get(shape) == Some(&1);
    let kept = |facts: &Facts| {
        facts.functions.iter().map(|function| function.shape).filter(once).collect::<Vec<_>>()
    };
    kept(new) != kept(old)
}

/// Whether a tool wrote the whole anew, and says nothing new by it: most functions that are as they
/// were have other local names, and those that are not say what the ones in their place said.
///
/// Who changes a build by hand leaves the rest of it letter for letter; another release of a
/// minifier names everything anew, and folds a constant here and there.
pub(super) fn respelled(new: &Facts, old: &Facts) -> bool {
    let spelled: HashSet<(u64, u64)> =
        old.functions.iter().map(|function| (function.shape, function.spelling)).collect();
    let old_shapes = old.shapes();
    let kept: Vec<_> =
        new.functions.iter().filter(|function| old_shapes.contains_key(&function.shape)).collect();
    let verbatim =
        kept.iter().filter(|function| spelled.contains(&(function.shape, function.spelling)));
    let said = |functions: Vec<&FunctionFacts>| -> BTreeMap<u32, usize> {
        let mut said = BTreeMap::new();
        for word in functions.iter().flat_map(|function| &function.words) {
            *said.entry(*word).or_default() += 1;
        }
        said
    };
    // Short functions without local names are spelled alike by every tool.
    verbatim.count() * 4 < kept.len() * 3
        && said(new_functions(new, old)) == said(new_functions(old, new))
}

/// The functions of `new` that `old` does not have, as often.
fn new_functions<'f>(new: &'f Facts, old: &Facts) -> Vec<&'f FunctionFacts> {
    let mut left: HashMap<u64, u32> = old.shapes();
    let is_new = |function: &&FunctionFacts| match left.get_mut(&function.shape) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    new.functions.iter().filter(is_new).collect()
}
