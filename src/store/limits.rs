//! How much an archive may cost before it is refused.

/// The most an archive may unpack to, in bytes.
pub const MAX_UNPACKED: u64 = 1 << 30;
/// The largest compressed body, in bytes.
pub const MAX_COMPRESSED: u64 = 512 << 20;
/// The most a body may grow when it is inflated; the largest of 1,055 real packages grew 27 times.
const MAX_RATIO: u64 = 100;
/// What any body may inflate to, whatever the ratio: small bodies compress well honestly.
const RATIO_FLOOR: u64 = 32 << 20;
/// The most entries, extended headers included.
const MAX_ENTRIES: u64 = 100_000;
/// The largest `package.json` that is kept in memory, in bytes.
pub const MAX_PACKAGE_JSON: u64 = 16 << 20;
/// The largest extended header, in bytes (node-tar's `maxMetaEntrySize`).
pub(super) const MAX_EXTENDED_HEADER: u64 = 1 << 20;
/// The most gzip members of one body.
pub(super) const MAX_MEMBERS: u32 = 1024;

/// The bounds for one archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Inflated bytes of the whole archive, headers and padding included.
    pub inflated: u64,
    /// Entries, extended headers included.
    pub entries: u64,
}

impl Limits {
    /// The bounds of an archive of which the packument says `dist.unpackedSize` and `dist.fileCount`, or nothing.
    ///
    /// The hints come from the publisher's client and are not exact for every registry, so
    /// they are allowed to be wrong by a factor of two and a bit, and zero says nothing.
    pub(super) fn hinted(unpacked_size: Option<u64>, file_count: Option<u64>) -> Self {
        let [unpacked_size, file_count] =
            [unpacked_size, file_count].map(|hint| hint.filter(|count| *count > 0));
        // Headers and padding cost at most 1 KiB an entry, an extended header as much again.
        let entries = file_count.map_or(MAX_ENTRIES, |count| {
            count.saturating_mul(4).saturating_add(1000).min(MAX_ENTRIES)
        });
        let inflated = unpacked_size.map_or(MAX_UNPACKED, |size| {
            let headers = entries.saturating_mul(4096);
            size.saturating_mul(2).saturating_add(1 << 20).saturating_add(headers).min(MAX_UNPACKED)
        });
        Self { inflated, entries }
    }

    /// Tightens the bound by the ratio, for a body of `compressed` bytes.
    #[must_use]
    pub(super) fn of_compressed(self, compressed: u64) -> Self {
        let by_ratio = compressed.saturating_mul(MAX_RATIO).max(RATIO_FLOOR);
        Self { inflated: self.inflated.min(by_ratio), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hinted_without_hints_is_the_general_bound() {
        assert_eq!(Limits::hinted(Some(0), Some(0)), Limits::hinted(None, None));
        assert_eq!(
            Limits::hinted(None, None),
            Limits { inflated: MAX_UNPACKED, entries: MAX_ENTRIES }
        );
    }

    #[test]
    fn hinted_small_package_is_tighter_but_never_exact() {
        let limits = Limits::hinted(Some(1000), Some(3));
        assert!(limits.inflated < 16 << 20 && limits.inflated > 2000);
        assert!(limits.entries < 2000 && limits.entries > 6);
    }

    #[test]
    fn hinted_absurd_hints_do_not_lift_the_general_bound() {
        assert_eq!(Limits::hinted(Some(u64::MAX), Some(u64::MAX)), Limits::hinted(None, None));
    }

    #[test]
    fn of_compressed_small_body_has_the_floor_and_large_ones_the_ratio() {
        let limits = Limits::hinted(None, None);
        assert_eq!(limits.of_compressed(10).inflated, RATIO_FLOOR);
        assert_eq!(limits.of_compressed(1 << 20).inflated, 100 << 20);
        assert_eq!(limits.of_compressed(u64::MAX).inflated, MAX_UNPACKED);
    }
}
