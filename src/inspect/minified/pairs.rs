//! Pairs of files that should say the same, compared with what they said before.

use std::sync::Arc;

use super::{
    Inspection,
    excess::{Item, MAX_ITEMS, Pair, excess},
    explain::{RawTexts, Source},
    facts::Facts,
    files::{self, Files},
    functions,
    reader::Reader,
    sandbox::Unchecked,
};
use crate::{flag::Flag, inspect::Sign};

/// More functions than this are changed by another minifier, not by hand.
const MOST_ALONE: usize = 10;

/// Facts of a build, its source, and the same of the baseline.
struct Four {
    build: Arc<Facts>,
    source: Option<Arc<Facts>>,
    old_build: Option<Arc<Facts>>,
    old_source: Option<Arc<Facts>>,
}

/// Every minified file against its source.
pub(super) fn minified(
    new: &Files,
    old: Option<&Files>,
    reader: &mut Reader,
    out: &mut Inspection,
) {
    let mut wider: Option<RawTexts> = None;
    for path in new.unread.keys().filter(|path| files::is_script(path, b"")) {
        unchecked(old, path, Unchecked::TooLarge, reader, out);
    }
    for (path, bytes) in new.scripts() {
        if !files::is_minified(path, bytes) {
            continue;
        }
        let old_path = old.and_then(|old| old.counterpart(path));
        let old_bytes = old.zip(old_path).and_then(|(old, path)| old.get(path));
        if old_bytes.is_some_and(|old| old == bytes) {
            continue;
        }
        let source = new.source_of(path);
        match read_four(new, old, (path, source, old_path), reader) {
            Ok(four) => {
                let wider = wider.get_or_insert_with(|| {
                    let mut texts = readable_texts(new);
                    texts.extend(old.into_iter().flat_map(minified_texts));
                    RawTexts::new(texts)
                });
                let baseline = if old.is_some() { Baseline::Present } else { Baseline::Absent };
                out.signs.extend(build_signs(path, source, &four, wider, baseline));
            }
            Err(reason) => unchecked(old, path, reason, reader, out),
        }
    }
}

fn read_four(
    new: &Files,
    old: Option<&Files>,
    (path, source, old_path): (&str, Option<&str>, Option<&str>),
    reader: &mut Reader,
) -> Result<Four, Unchecked> {
    let build = reader.facts(new, path)?;
    // Without its source a build cannot be told from a payload.
    let mut source = source.map(|source| reader.facts(new, source)).transpose()?;
    let old_build = old.zip(old_path).and_then(|(old, path)| reader.facts(old, path).ok());
    let old_source = old.zip(old_path).and_then(|(old, path)| {
        let source = old.source_of(path)?;
        reader.facts(old, source).ok()
    });
    // A source that was taken away still tells what the build was made of.
    if source.is_none() {
        source.clone_from(&old_source);
    }
    Ok(Four { build, source, old_build, old_source })
}

/// The readable files of a package, as texts to search.
pub(super) fn readable_texts(files: &Files) -> Vec<String> {
    let is_readable = |path: &str, bytes: &[u8]| {
        !files::is_aside(path)
            && (files::is_script(path, bytes) && !files::is_minified(path, bytes)
                || files::is_explaining_text(path))
    };
    let readable = files.by_path.iter().filter(|(path, bytes)| is_readable(path, bytes));
    readable
        .filter_map(|(_, bytes)| str::from_utf8(bytes).ok())
        .map(|text| super::reader::without_version(text, &files.version))
        .collect()
}

/// The builds of the baseline: what a file that is new has from them is not new.
fn minified_texts(files: &Files) -> Vec<String> {
    let builds = files.scripts().filter(|(path, bytes)| files::is_minified(path, bytes));
    let texts = builds.filter_map(|(_, bytes)| str::from_utf8(bytes).ok());
    texts.map(|text| super::reader::without_version(text, &files.version)).collect()
}

/// Whether there is a version to compare with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Baseline {
    Present,
    Absent,
}

/// A file that cannot be checked although it could at the baseline hides something, or may.
fn unchecked(
    old: Option<&Files>,
    path: &str,
    reason: Unchecked,
    reader: &mut Reader,
    out: &mut Inspection,
) {
    let before =
        old.map(|old| old.counterpart(path).map(|path| reader.facts(old, path).map(|_| ())));
    let is_new = match &before {
        // Without a baseline there is nothing to compare with.
        None => false,
        Some(None) => matches!(
            reason,
            Unchecked::TooDeep | Unchecked::TooSlow | Unchecked::Failed | Unchecked::Syntax
        ),
        Some(Some(before)) => before.is_ok(),
    };
    if is_new {
        let message = format!("{path} could not be checked: it {}", worded(&reason));
        out.signs.push(Sign::new(Flag::Unchecked, message, vec![reason.to_string()]).in_file(path));
    }
    out.unchecked.push((path.to_owned(), reason));
}

fn worded(reason: &Unchecked) -> String {
    match reason {
        Unchecked::TooLarge => "is too large".to_owned(),
        Unchecked::Failed => "made the parser fail".to_owned(),
        Unchecked::OverBudget => "is one file too many".to_owned(),
        other => other.to_string(),
    }
}

fn build_signs(
    path: &str,
    source_path: Option<&str>,
    four: &Four,
    wider: &RawTexts,
    baseline: Baseline,
) -> Vec<Sign> {
    let nothing = Facts::default();
    let new = Pair { build: &four.build, source: four.source.as_deref().unwrap_or(&nothing) };
    let old_source = four.old_source.as_deref().unwrap_or(&nothing);
    let old = four.old_build.as_deref().map(|build| Pair { build, source: old_source });
    let wider = Source::default().with_raw(wider);
    let items = excess(&new, old.as_ref(), &wider);
    let against = source_path.unwrap_or("the readable files of the package");
    let mut signs = Vec::new();
    let has_source = four.source.is_some();
    if let Some(flag) = flag_of(&items, baseline, has_source) {
        let what = if flag == Flag::MinifiedCapability { "powers" } else { "names or texts" };
        let message =
            format!("{path} has {what} that neither {against} nor the baseline accounts for");
        signs.push(Sign::new(flag, message, told(&items)).in_file(path));
    }
    if let Some(old) = &old
        && has_source
    {
        signs.extend(change_signs(path, against, &new, old, four));
    }
    signs
}

fn flag_of(items: &[Item], baseline: Baseline, has_source: bool) -> Option<Flag> {
    if items.is_empty() {
        return None;
    }
    Some(match (baseline == Baseline::Present, has_source) {
        (true, true) if items.iter().any(Item::is_capability) => Flag::MinifiedCapability,
        (true, true) => Flag::MinifiedExcess,
        (true, false) => Flag::NoSource,
        (false, _) => Flag::Unexplained,
    })
}

/// Whether build and source changed together.
fn change_signs(
    path: &str,
    source_path: &str,
    new: &Pair<'_>,
    old: &Pair<'_>,
    four: &Four,
) -> Vec<Sign> {
    let build_changed = new.build.shape != old.build.shape;
    let source_changed = new.source.shape != old.source.shape || four.old_source.is_none();
    if !build_changed {
        return Vec::new();
    }
    let changed = functions::changed(new, old);
    // Much of it built anew tells of another minifier; the development build of React is no source
    // of the production build in this sense.
    let rebuilt = changed.total > MOST_ALONE
        || functions::reordered(new.build, old.build)
        || functions::respelled(new.build, old.build);
    if !source_changed && !rebuilt && !source_path.contains(".development.") {
        let message = format!("{path} changed although {source_path} did not");
        let evidence = vec![format!("{} of its functions changed", changed.total)];
        return vec![Sign::new(Flag::MinifiedAlone, message, evidence).in_file(path)];
    }
    if !source_changed || changed.unattributed == 0 {
        return Vec::new();
    }
    let message = format!("{path} changed in ways that {source_path} did not");
    let evidence = vec![format!(
        "{} of {} changed functions resemble no change of the source",
        changed.unattributed, changed.total
    )];
    vec![Sign::new(Flag::Unattributed, message, evidence).in_file(path)]
}

/// The items, powers first, as lines.
fn told(items: &[Item]) -> Vec<String> {
    let (powers, names): (Vec<&Item>, Vec<&Item>) =
        items.iter().partition(|item| item.is_capability());
    let mut lines: Vec<String> =
        powers.into_iter().chain(names).take(MAX_ITEMS).map(ToString::to_string).collect();
    if items.len() > MAX_ITEMS {
        lines.push(format!("and {} more", items.len() - MAX_ITEMS));
    }
    lines
}

/// Two builds of one thing: what one of them gained, the other should have gained, too.
pub(super) fn siblings(new: &Files, old: &Files, reader: &mut Reader, out: &mut Inspection) {
    let mut wider: Option<RawTexts> = None;
    for (first, second) in files::siblings(new) {
        let unchanged = |path: &str| old.get(path) == new.get(path);
        if unchanged(first) && unchanged(second)
            || old.get(first).is_none()
            || old.get(second).is_none()
        {
            continue;
        }
        for (one, other) in [(first, second), (second, first)] {
            if unchanged(one) {
                continue;
            }
            let read = |reader: &mut Reader| -> Result<_, Unchecked> {
                Ok([
                    reader.facts(new, one)?,
                    reader.facts(new, other)?,
                    reader.facts(old, one)?,
                    reader.facts(old, other)?,
                ])
            };
            let Ok([build, source, old_build, old_source]) = read(reader) else { continue };
            let wider = wider.get_or_insert_with(|| RawTexts::new(readable_texts_but(new, one)));
            let wider = Source::default().with_raw(wider);
            let pair = Pair { build: &build, source: &source };
            let before = Pair { build: &old_build, source: &old_source };
            let mut items = excess(&pair, Some(&before), &wider);
            // Development builds keep comments, each in its own way.
            items.retain(|item| !matches!(item, Item::Comment(_)));
            if items.is_empty() {
                continue;
            }
            let flag = if items.iter().any(Item::is_power) {
                Flag::SiblingCapability
            } else {
                Flag::SiblingExcess
            };
            let message = format!("{one} gained what its sibling {other} did not");
            out.signs.push(Sign::new(flag, message, told(&items)).in_file(one));
        }
    }
}

fn readable_texts_but(files: &Files, path: &str) -> Vec<String> {
    let mut others = files.clone();
    others.by_path.remove(path);
    readable_texts(&others)
}
