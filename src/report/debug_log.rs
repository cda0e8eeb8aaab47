//! The debug log: what happened, written to npm's log folder when a command fails.
//!
//! npm writes a log for every run; denpm keeps the newest events in memory and writes them
//! only on failure. File names and the number kept (`logs-max`) are npm's
//! (`lib/utils/log-file.js`), so both clean up behind each other.

use std::{
    borrow::Cow,
    collections::VecDeque,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::display;

/// The most entries kept; npm starts a new file after this many.
const MAX_ENTRIES: usize = 50_000;
/// The most memory used, in bytes.
const MAX_BYTES: usize = 8 << 20;

/// Where a debug log goes.
#[derive(Clone, Debug)]
pub struct LogFolder {
    /// npm's `logs-dir`, by default `<cache>/_logs`.
    pub dir: PathBuf,
    /// npm's `logs-max`: how many logs stay beside the new one; 0 = none is written.
    pub max: usize,
    /// When the command started; the file is named after it.
    pub started: SystemTime,
}

impl LogFolder {
    /// The path of a file of this run: `<dir>/<time>-<suffix>`.
    pub fn file(&self, suffix: &str) -> PathBuf {
        self.dir.join(format!("{}-{suffix}", timestamp(self.started).replace([':', '.'], "_")))
    }

    fn remove_old_logs(&self, current: &Path) -> io::Result<()> {
        let mut logs: Vec<PathBuf> = fs::read_dir(&self.dir)?
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .filter(|entry| entry.file_name().to_str().is_some_and(is_log_name))
            .map(|entry| entry.path())
            .filter(|path| path != current)
            .collect();
        // Names begin with the time, so the order of names is the order of time.
        logs.sort();
        for log in logs.iter().take(logs.len().saturating_sub(self.max)) {
            fs::remove_file(log)?;
        }
        Ok(())
    }
}

/// What became of the debug log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogOutcome {
    /// It was written here.
    Written(PathBuf),
    /// `logs-max` is 0.
    Disabled,
    /// It could not be written to this folder.
    Failed(PathBuf),
}

/// One message as it came; it is sanitised only if the log is written.
#[derive(Debug)]
struct Entry {
    number: u64,
    level: &'static str,
    prefix: Cow<'static, str>,
    lines: Vec<String>,
}

impl Entry {
    fn bytes(&self) -> usize {
        let text = self.lines.iter().map(String::len).sum::<usize>();
        size_of::<Self>() + self.prefix.len() + text + self.lines.len() * size_of::<String>()
    }

    /// `7 http fetch GET 200 …`, the number on every line of the message.
    fn write_to(&self, out: &mut String) {
        for line in &self.lines {
            let _ = write!(out, "{} {}", self.number, self.level);
            for part in [&*self.prefix, line].into_iter().filter(|part| !part.is_empty()) {
                let _ = write!(out, " {}", display::line(part));
            }
            out.push('\n');
        }
    }
}

/// The newest events of a run.
#[derive(Debug, Default)]
pub struct DebugLog {
    entries: VecDeque<Entry>,
    bytes: usize,
    count: u64,
}

impl DebugLog {
    /// Adds one message; the oldest ones make room for it.
    pub fn record(&mut self, level: &'static str, prefix: Cow<'static, str>, lines: Vec<String>) {
        let entry = Entry { number: self.count, level, prefix, lines };
        self.count += 1;
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }

    /// Writes the log and removes old ones; a folder that cannot be written is no failure of the command.
    pub fn write(&self, folder: &LogFolder) -> LogOutcome {
        if folder.max == 0 {
            return LogOutcome::Disabled;
        }
        let path = folder.file("debug-0.log");
        let mut text = String::new();
        for entry in &self.entries {
            entry.write_to(&mut text);
        }
        let written = fs::create_dir_all(&folder.dir).and_then(|()| fs::write(&path, text));
        if written.is_err() {
            return LogOutcome::Failed(folder.dir.clone());
        }
        // A log that stays too long harms nobody; npm ignores this failure too.
        drop(folder.remove_old_logs(&path));
        LogOutcome::Written(path)
    }
}

/// `2026-01-02T03_04_05_678Z-debug-0.log`, and npm's older names without a counter.
fn is_log_name(name: &str) -> bool {
    let generic: String = name.chars().map(|c| if c.is_ascii_digit() { 'd' } else { c }).collect();
    generic
        .strip_prefix("dddd-dd-ddTdd_dd_dd_dddZ-debug")
        .is_some_and(|counter| matches!(counter, ".log" | "-d.log"))
}

/// A time as JavaScript's `toISOString`: `2026-01-02T03:04:05.678Z`.
pub fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil_date(days);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    let (second, milli) = (second % 60, since.subsec_millis());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Year, month and day of a day counted from 1970-01-01 (Hinnant, "chrono-compatible
/// low-level date algorithms", `civil_from_days`, here for dates after 1970 only).
fn civil_date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(dir: &Path, max: usize) -> LogFolder {
        let started = UNIX_EPOCH + Duration::from_millis(1_767_323_045_678);
        LogFolder { dir: dir.join("_logs"), max, started }
    }

    #[test]
    fn timestamp_of_known_moments_is_javascripts() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
        ] {
            assert_eq!(timestamp(UNIX_EPOCH + Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn write_keeps_the_newest_logs_and_foreign_files() {
        let temp = tempfile::tempdir().unwrap();
        let folder = folder(temp.path(), 1);
        fs::create_dir(&folder.dir).unwrap();
        for name in [
            "2024-01-01T00_00_00_000Z-debug-0.log",
            "2025-01-01T00_00_00_000Z-debug-0.log",
            "notes.log",
        ] {
            fs::write(folder.dir.join(name), "").unwrap();
        }
        let mut log = DebugLog::default();
        log.record("warn", "deprecated".into(), vec!["a@1: \x1b[31mno".into(), String::new()]);
        let LogOutcome::Written(path) = log.write(&folder) else { panic!("not written") };
        insta::assert_snapshot!(fs::read_to_string(path).unwrap(), @"
        0 warn deprecated a@1: [31mno
        0 warn deprecated
        ");
        let mut names: Vec<_> =
            fs::read_dir(&folder.dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "2025-01-01T00_00_00_000Z-debug-0.log",
                "2026-01-02T03_04_05_678Z-debug-0.log",
                "notes.log"
            ]
        );
    }

    #[test]
    fn write_with_logs_max_zero_writes_nothing() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(DebugLog::default().write(&folder(temp.path(), 0)), LogOutcome::Disabled);
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    #[test]
    fn record_of_endless_events_stays_bounded() {
        let mut log = DebugLog::default();
        for _ in 0..=MAX_ENTRIES {
            log.record("silly", "".into(), vec!["x".repeat(400)]);
        }
        assert!(log.bytes <= MAX_BYTES && log.entries.len() <= MAX_ENTRIES);
    }
}
