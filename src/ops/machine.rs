//! The machine and its Node.js: resolution depends on both (spec/npm.md §0, trap 2).

use std::{fs, path::Path, process::Command, time::UNIX_EPOCH};

use crate::{
    arborist::Platform,
    config::env::{arch, platform},
    fs::{Durability, write_atomic},
    pending::PendingText,
};

/// The version of Node.js that npm would run under, for example `v20.1.0`; empty without Node.js.
///
/// Starting Node.js takes longer than a whole install that has nothing to do, so the answer is
/// kept beside the store for as long as the binary does not change, and the first time nobody
/// waits for it before it is needed.
pub(super) fn node_version(node: Option<&Path>, cache: &Path) -> PendingText {
    let Some(node) = node else { return PendingText::default() };
    let Some(stamp) = stamp(node) else { return PendingText::default() };
    let kept = cache.join("node-version");
    if let Some((_, version)) = fs::read_to_string(&kept)
        .ok()
        .as_deref()
        .and_then(|text| text.split_once('\n'))
        .filter(|(of, _)| *of == stamp)
    {
        return version.trim().into();
    }
    let node = node.to_owned();
    PendingText::spawn(move || ask_node(&node, &stamp, &kept))
}

fn ask_node(node: &Path, stamp: &str, kept: &Path) -> String {
    let Ok(output) = Command::new(node).arg("--version").output() else { return String::new() };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !version.is_empty() {
        // Without the cache the next run asks again; that is all. This may be its first file.
        let text = format!("{stamp}\n{version}\n");
        if kept.parent().is_some_and(|cache| fs::create_dir_all(cache).is_ok()) {
            drop(write_atomic(kept, text.as_bytes(), Durability::Volatile));
        }
    }
    version
}

fn stamp(node: &Path) -> Option<String> {
    let meta = fs::metadata(node).ok()?;
    let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", node.display(), meta.len(), modified.as_nanos()))
}

/// The platform in Node.js's words.
pub(super) fn host_platform() -> Platform {
    let os = platform();
    let libc = if os == "linux" { libc_family() } else { None };
    Platform { os: os.to_owned(), cpu: arch().to_owned(), libc }
}

/// The release of the operating system's kernel, as `os.release()` of Node.js; empty where it is
/// not known.
pub(super) fn os_release() -> String {
    #[cfg(unix)]
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let release = String::new();
    release
}

/// `glibc` or `musl`, from the text of `ldd`, else from the loader that is installed.
fn libc_family() -> Option<String> {
    let known = |text: &str| {
        if text.contains("musl") {
            Some("musl".to_owned())
        } else if text.contains("GNU C Library") {
            Some("glibc".to_owned())
        } else {
            None
        }
    };
    if let Ok(ldd) = fs::read("/usr/bin/ldd") {
        return known(&String::from_utf8_lossy(&ldd));
    }
    let has = |folder: &str, prefix: &str| {
        fs::read_dir(folder).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
            })
        })
    };
    if has("/lib", "ld-musl-") {
        Some("musl".to_owned())
    } else if has("/lib64", "ld-linux") || has("/lib", "ld-linux") {
        Some("glibc".to_owned())
    } else {
        None
    }
}

/// What every run has open: streams, the runtime's own, locks, the cache's index.
const ALWAYS_OPEN: u64 = 24;

/// How many files and connections may be open at once beside those that every run has open.
fn spare_descriptors() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit = None;
    let spare = limit.unwrap_or(u64::MAX).saturating_sub(ALWAYS_OPEN);
    usize::try_from(spare).unwrap_or(usize::MAX)
}

/// How many connections to one registry this machine allows, of those that are wanted.
pub(super) fn connections(wanted: usize) -> usize {
    wanted.min((spare_descriptors() / 2).max(2))
}

/// How many threads may work on files at once. Four at least: one resolves, and waits for others.
pub fn file_threads() -> usize {
    (spare_descriptors() / 4).clamp(4, 512)
}

/// The process's file mode mask; npm's default where there is none.
///
/// It can only be read by setting it, so this is called once, before other threads make files.
#[cfg(unix)]
pub(super) fn umask() -> u32 {
    let mask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    rustix::process::umask(mask);
    mask.as_raw_mode()
}

/// The process's file mode mask; npm's default where there is none.
#[cfg(not(unix))]
pub fn umask() -> u32 {
    0o022
}
