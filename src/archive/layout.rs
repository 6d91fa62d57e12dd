//! Names of the log's files: which file holds which changes can be told from the listing alone.

use crate::model::{Seq, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::cmp::Reverse;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogFile {
    /// The first change in it.
    pub(super) first: Seq,
    /// The day (UTC) on which its changes were written.
    pub(super) day: Date,
    /// True for `.ndjson.zst`.
    pub(super) sealed: bool,
}

impl LogFile {
    /// Its path below the log's folder.
    pub(super) fn name(&self) -> String {
        let end = if self.sealed { "ndjson.zst" } else { "ndjson" };
        format!("dt={}/{:020}.{end}", self.day, self.first)
    }

    /// Its path.
    pub(super) fn path(&self, dir: &Path) -> PathBuf {
        dir.join(self.name())
    }

    /// The same changes in the other form.
    pub(super) fn with_sealed(&self, sealed: bool) -> Self {
        Self { sealed, ..self.clone() }
    }

    /// The file of a path below the log's folder; `None` where it is none of the log's.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (folder, file) = name.split_once('/')?;
        let day = folder.strip_prefix("dt=")?.parse().ok()?;
        let (digits, end) = file.split_once('.')?;
        let sealed = match end {
            "ndjson" => false,
            "ndjson.zst" => true,
            _ => return None,
        };
        let first = (digits.len() == 20).then(|| digits.parse().ok())??;
        (first > 0).then_some(Self { first, day, sealed })
    }
}

/// The day of a moment, UTC.
pub(super) fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// Every file of the log in the order of its changes. Where a file stands in both forms, because
/// it is being sealed, the plain one counts; where one was begun on two days, because its first
/// line was refused on the first, the later.
///
/// # Errors
/// A folder cannot be listed. A log that does not exist is an empty one.
pub(super) fn files(dir: &Path) -> io::Result<Vec<LogFile>> {
    let mut files: Vec<_> = names(dir)?.iter().filter_map(|name| LogFile::parse(name)).collect();
    files.sort_by_key(|file| (file.first, Reverse(file.day), file.sealed));
    files.dedup_by_key(|file| file.first);
    Ok(files)
}

/// The paths, below the log's folder, of everything in its day folders.
pub(super) fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in list(dir)? {
        if folder.starts_with("dt=") {
            for file in list(&dir.join(&folder))? {
                names.push(format!("{folder}/{file}"));
            }
        }
    }
    Ok(names)
}

fn list(dir: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expect: Option<(Seq, bool)>) {
        let file = LogFile::parse(name);
        assert_eq!(file.as_ref().map(|f| (f.first, f.sealed)), expect, "{name}");
        if let Some(file) = file {
            assert_eq!(file.name(), name);
        }
    }

    #[test]
    fn names_tell_what_is_inside() {
        check("dt=2026-11-24/00000000000000000001.ndjson", Some((1, false)));
        check("dt=2026-11-24/00000000000000001812.ndjson.zst", Some((1812, true)));
        for other in ["manifest.json", "dt=2026-11-24/1.ndjson", "dt=x/00000000000000000001.ndjson"]
        {
            check(other, None);
        }
        check("dt=2026-11-24/00000000000000000001.tmp", None);
    }
}
