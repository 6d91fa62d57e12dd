//! `wiredesk export parquet DIR`: the change log as Parquet files in Hive's layout, a folder for
//! each day on which changes were written: `dt=2026-11-24/part-FIRST-LAST.parquet`.
//!
//! Reads the archive's files themselves, which any program may do while the daemon runs. A file
//! appears as a whole or not at all; the next export goes on behind the last one's changes, and a
//! day to which nothing can be added any more has a file `_SUCCESS`.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use crate::archive::{Lines, ReadError, Reader};
use crate::columns::Part;
use crate::daemon;
use crate::model::{Change, Seq};
use crate::observe;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Changes of a group of rows: bounds the memory.
const GROUP: usize = 1000;

/// Changes of a file at most.
const PART: usize = 50_000;

/// Marks a day that is complete.
const COMPLETE: &str = "_SUCCESS";

/// A day is complete once it is over for so long: what was written in it has been announced.
const CLOSED: Duration = Duration::from_mins(5);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Folder for the files; made where it does not exist
    dir: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let reader = Reader::new(&daemon::archive_dir(&config.daemon.state_dir));
    fs::create_dir_all(&args.dir)?;
    let since = exported(&args.dir)?;
    let mut export = Export { dir: &args.dir, lines: reader.lines(since), ahead: None };
    let (mut files, mut last) = (0_u32, since);
    while let Some(done) = export.part()? {
        (files, last) = (files + 1, done);
    }
    let closed = observe::now() - CLOSED;
    close(&args.dir, &closed.to_string())?;
    out::note(&format!("{files} files written; the export is at change {last}"));
    Ok(())
}

/// The last change in the files that are there; 0 for none.
fn exported(dir: &Path) -> Result<Seq, Failure> {
    let mut last = 0;
    for day in days(dir)? {
        for file in fs::read_dir(dir.join(day))? {
            let name = file?.file_name().to_string_lossy().into_owned();
            let range = name.strip_prefix("part-").and_then(|n| n.strip_suffix(".parquet"));
            let end = range.and_then(|range| range.split_once('-')?.1.parse().ok());
            last = last.max(end.unwrap_or(0));
        }
    }
    Ok(last)
}

/// The folders of days.
fn days(dir: &Path) -> Result<BTreeSet<String>, Failure> {
    let mut days = BTreeSet::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with("dt=") {
            days.insert(name);
        }
    }
    Ok(days)
}

/// Marks the days before that of `closed` as complete.
fn close(dir: &Path, closed: &str) -> Result<(), Failure> {
    let open = format!("dt={}", closed.get(..10).unwrap_or_default());
    for day in days(dir)?.into_iter().filter(|day| *day < open) {
        File::create(dir.join(day).join(COMPLETE))?.sync_all()?;
    }
    Ok(())
}

/// An export under way.
struct Export<'a> {
    dir: &'a Path,
    lines: Lines,
    /// A change that belongs into the next file.
    ahead: Option<Change>,
}

impl Export<'_> {
    /// Writes the next file; its last change, or `None` at the end of the log.
    fn part(&mut self) -> Result<Option<Seq>, Failure> {
        let Some(first) = self.next()? else { return Ok(None) };
        let day = day(&first);
        let folder = self.dir.join(format!("dt={day}"));
        fs::create_dir_all(&folder)?;
        let fresh = folder.join(".part.tmp");
        let mut part = Part::create(&fresh)?;
        let (mut group, mut count) = (vec![first], 1);
        while count < PART {
            let Some(change) = self.next()? else { break };
            if self::day(&change) != day {
                self.ahead = Some(change);
                break;
            }
            group.push(change);
            count += 1;
            if group.len() >= GROUP {
                part.write(&group).map_err(unwritten)?;
                group.clear();
            }
        }
        part.write(&group).map_err(unwritten)?;
        let Some((first, last)) = part.finish().map_err(unwritten)? else { return Ok(None) };
        fs::rename(&fresh, folder.join(format!("part-{first}-{last}.parquet")))?;
        File::open(&folder)?.sync_all()?;
        Ok(Some(last))
    }

    /// The next change that can be read; a hole is named.
    fn next(&mut self) -> Result<Option<Change>, Failure> {
        if let Some(change) = self.ahead.take() {
            return Ok(Some(change));
        }
        loop {
            match self.lines.next() {
                None => return Ok(None),
                Some(Ok(line)) => {
                    let change = serde_json::from_slice(&line.json);
                    let faulty = |e| Failure::new(Code::Data, format!("change {}: {e}", line.seq));
                    return change.map(Some).map_err(faulty);
                }
                Some(Err(hole @ (ReadError::Expired { .. } | ReadError::Missing { .. }))) => {
                    out::note(&format!("left out: {hole}"));
                }
                Some(Err(fault)) => return Err(Failure::new(Code::Io, fault.to_string())),
            }
        }
    }
}

/// The day, UTC, on which a change was written.
fn day(change: &Change) -> String {
    change.at.to_string().get(..10).unwrap_or_default().to_owned()
}

fn unwritten(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Io, format!("the Parquet file cannot be written: {error}"))
}
