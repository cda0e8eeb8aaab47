//! Progress: one line on a terminal while something is going on, elsewhere nothing.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::event::Phase;

/// Nothing is drawn in the first moments, so that quick commands do not flicker; npm's delay.
const DELAY: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(80);

/// The phases that are going on and how far they are.
#[derive(Clone, Debug, Default)]
pub struct Counts(BTreeMap<Phase, (u64, u64)>);

impl Counts {
    /// Begins a phase.
    pub fn start(&mut self, phase: Phase) {
        self.0.entry(phase).or_default();
    }

    /// Sets how far a phase is.
    pub fn set(&mut self, phase: Phase, done: u64, total: u64) {
        self.0.insert(phase, (done, total));
    }

    /// Ends a phase and returns what it did, as words: `fetch 23`.
    pub fn finish(&mut self, phase: Phase) -> Option<String> {
        let (done, _) = self.0.remove(&phase)?;
        Some(if done == 0 { name(phase).to_owned() } else { format!("{} {done}", name(phase)) })
    }

    /// The phases in one line: `resolve 71 · fetch 40/71`.
    pub fn line(&self) -> String {
        let mut line = String::new();
        for (phase, (done, total)) in &self.0 {
            let separator = if line.is_empty() { "" } else { " · " };
            let _ = write!(line, "{separator}{}", name(*phase));
            let _ = match (done, total) {
                (0, 0) => Ok(()),
                (done, 0) => write!(line, " {done}"),
                (done, total) => write!(line, " {done}/{total}"),
            };
        }
        line
    }
}

/// A phase in one word.
pub fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "resolve",
        Phase::Fetch => "fetch",
        Phase::Link => "link",
        Phase::Scripts => "scripts",
    }
}

/// The line on the terminal, drawn on stderr.
#[derive(Debug)]
pub struct Bar {
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A line that appears with the first news after a short delay.
    pub fn new() -> Self {
        Self { started: Instant::now(), bar: None }
    }

    /// Shows how far the phases are; scripts own the terminal, so nothing is drawn while they run.
    pub fn show(&mut self, counts: &Counts) {
        if counts.0.is_empty() || counts.0.contains_key(&Phase::Scripts) {
            return self.clear();
        }
        if self.bar.is_none() && self.started.elapsed() >= DELAY {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(12));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(TICK);
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_message(counts.line());
        }
    }

    /// Removes the line.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Runs `write` while the line is away.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_shows_the_phases_that_overlap() {
        let mut counts = Counts::default();
        counts.start(Phase::Resolve);
        assert_eq!(counts.line(), "resolve");
        counts.set(Phase::Resolve, 71, 0);
        counts.set(Phase::Fetch, 40, 71);
        assert_eq!(counts.line(), "resolve 71 · fetch 40/71");
        assert_eq!(counts.finish(Phase::Resolve).as_deref(), Some("resolve 71"));
        assert_eq!(counts.line(), "fetch 40/71");
    }
}
