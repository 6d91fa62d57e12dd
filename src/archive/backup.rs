//! [`backup`] and [`restore`]: copies of the log, made while the daemon runs.
//!
//! Sealed files never change, so that a backup takes each only once: as a hard link where both
//! folders lie on one file system, else as a copy. The index is not part of a backup: it is
//! computed from the log.

use super::layout::{self, LogFile};
use super::line;
use super::manifest::Manifest;
use super::medium::{Disk, Medium, replace};
use super::reader::Source;
use super::recover;
use crate::model::{Seq, Timestamp};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Files written anew; those that were there already are not counted.
    pub files: u64,
    /// The last change in the copy; 0 in an empty one.
    pub last_seq: Seq,
}

/// Where [`restore`] ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// With this change.
    Seq(Seq),
    /// With the last change written at or before this moment.
    Time(Timestamp),
}

/// Brings the copy of a log in `to` up to date. What the log has deleted since stays in the copy.
/// The log may grow and be tended meanwhile.
///
/// # Errors
/// A file cannot be read or written; calling again goes on.
pub fn backup(from: &Path, to: &Path) -> io::Result<Copied> {
    let mut copied = Copied::default();
    for file in layout::files(from)? {
        copied.files += u64::from(copy_current(from, to, &file)?);
    }
    let mut manifest = Manifest::read(from)?;
    let old = Manifest::read(to).unwrap_or_default();
    manifest.deleted = old.deleted;
    manifest.sealed.retain(|entry| to.join(&entry.file).exists());
    for entry in old.sealed {
        if manifest.of(&entry.file).is_none() {
            manifest.sealed.push(entry);
        }
    }
    manifest.sealed.sort_by_key(|entry| entry.first);
    manifest.write(&Disk, to)?;
    copied.last_seq = last_seq(to)?;
    Ok(copied)
}

/// Copies a file in whichever form it has by now; true where there was something to copy.
fn copy_current(from: &Path, to: &Path, file: &LogFile) -> io::Result<bool> {
    match copy_file(from, to, file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound && !file.sealed => {
            copy_file(from, to, &file.with_sealed(true))
        }
        done => done,
    }
}

fn copy_file(from: &Path, to: &Path, file: &LogFile) -> io::Result<bool> {
    let (source, target) = (file.path(from), file.path(to));
    let folder = target.parent().unwrap_or(to);
    if file.sealed && target.exists() {
        return Ok(false);
    }
    fs::create_dir_all(folder)?;
    if !file.sealed {
        copy_lines(&source, &target)?;
        return Ok(true);
    }
    if fs::hard_link(&source, &target).is_err() {
        let mut bytes = Vec::new();
        File::open(&source)?.read_to_end(&mut bytes)?;
        replace(&Disk, &target, &bytes)?;
    }
    match fs::remove_file(file.with_sealed(false).path(to)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => Disk.sync_folder(folder)?,
    }
    Ok(true)
}

/// Copies the whole lines of a file that is being written.
fn copy_lines(source: &Path, target: &Path) -> io::Result<()> {
    let whole = recover::scan(source)?.whole;
    let mut bytes = Vec::new();
    File::open(source)?.take(whole).read_to_end(&mut bytes)?;
    replace(&Disk, target, &bytes)
}

fn last_seq(dir: &Path) -> io::Result<Seq> {
    let newest = layout::files(dir)?.pop();
    Ok(newest.map_or(0, |file| super::reader::last_in(dir, &file)))
}

/// Makes a log in `to` out of a backup, as a whole or up to a point.
///
/// # Errors
/// `to` holds a log already, or a file cannot be read or written.
pub fn restore(from: &Path, to: &Path, until: Option<Until>) -> io::Result<Copied> {
    if !layout::files(to)?.is_empty() {
        let text = format!("{} holds a log already", to.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    fs::create_dir_all(to)?;
    let mut copied = Copied::default();
    let files = layout::files(from)?;
    for (n, file) in files.iter().enumerate() {
        let last = files.get(n + 1).map(|next| next.first - 1);
        copied.files += 1;
        if is_whole(file, last, until) {
            copy_file(from, to, file)?;
        } else if !restore_part(from, to, file, until)? {
            break;
        }
    }
    let mut manifest = Manifest::read(from)?;
    manifest.sealed.retain(|entry| to.join(&entry.file).exists());
    manifest.write(&Disk, to)?;
    copied.last_seq = last_seq(to)?;
    Ok(copied)
}

/// True where every change of the file stands before the end.
fn is_whole(file: &LogFile, last: Option<Seq>, until: Option<Until>) -> bool {
    match until {
        None => true,
        Some(Until::Seq(seq)) => last.is_some_and(|last| last <= seq),
        Some(Until::Time(at)) => file.day < layout::day(at),
    }
}

/// Restores the beginning of a file as a plain one; false where the end was in it.
fn restore_part(from: &Path, to: &Path, file: &LogFile, until: Option<Until>) -> io::Result<bool> {
    let mut source = Source::open(from, file, 0)?;
    let mut bytes = Vec::new();
    let mut all = true;
    while let Some(text) = source.line()? {
        all = is_before(&text, until);
        if !all {
            break;
        }
        bytes.write_all(&text)?;
        bytes.push(b'\n');
    }
    if !bytes.is_empty() {
        let target = file.with_sealed(false).path(to);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        replace(&Disk, &target, &bytes)?;
    }
    Ok(all)
}

fn is_before(text: &[u8], until: Option<Until>) -> bool {
    match until {
        None => true,
        Some(Until::Seq(seq)) => line::seq(text).is_some_and(|found| found <= seq),
        Some(Until::Time(at)) => line::decode(text).is_ok_and(|change| change.at <= at),
    }
}
