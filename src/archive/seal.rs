//! [`tend`]: complete files become `.ndjson.zst` and never change again; the oldest may go.
//!
//! The plain file is removed only after the sealed one has been read back from the disk, hashed
//! and listed. At each step a power cut leaves every change readable; [`clean`] removes what a
//! half-done step leaves behind.

use super::layout::{self, LogFile};
use super::manifest::{Deleted, Manifest, Sealed};
use super::medium::{Appending, Disk, Medium};
use super::settings::{Keep, Settings};
use super::{line, recover};
use crate::model::{Seq, Timestamp};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// What [`tend`] did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tended {
    /// Files sealed.
    pub sealed: u64,
    /// Files deleted because the settings say so.
    pub deleted: u64,
}

/// Seals every file but the newest, and deletes sealed files that the settings keep no longer.
/// Runs beside the writer and readers; only the process that has the log open may call it, and
/// only once at a time. Takes up to a second a file.
///
/// # Errors
/// A file cannot be read or written; what was done until then stands, and calling again goes on.
pub fn tend(dir: &Path, settings: &Settings, now: Timestamp) -> io::Result<Tended> {
    tend_on(&Disk, dir, settings, now)
}

/// As [`tend`], on a medium of the caller's.
///
/// # Errors
/// As [`tend`].
pub fn tend_on(
    medium: &dyn Medium,
    dir: &Path,
    settings: &Settings,
    now: Timestamp,
) -> io::Result<Tended> {
    let mut manifest = Manifest::read(dir).unwrap_or_default();
    let mut files = layout::files(dir)?;
    let newest = files.pop();
    let mut done = Tended::default();
    for file in &files {
        if !file.sealed {
            seal(medium, dir, file, settings.level, &mut manifest)?;
            done.sealed += 1;
        }
    }
    for file in files.iter().chain(&newest).filter(|file| file.sealed) {
        if manifest.of(&file.name()).is_none() {
            list(medium, dir, file, &mut manifest)?;
        }
    }
    done.deleted = expire(medium, dir, settings, now, &mut manifest)?;
    Ok(done)
}

/// Turns a plain file into a sealed one.
pub(super) fn seal(
    medium: &dyn Medium,
    dir: &Path,
    plain: &LogFile,
    level: i32,
    manifest: &mut Manifest,
) -> io::Result<()> {
    let sealed = plain.with_sealed(true);
    let (from, to) = (plain.path(dir), sealed.path(dir));
    if recover::scan(&from)?.last.is_none() {
        return medium.remove(&from);
    }
    let fresh = to.with_extension("tmp");
    let hash = compress(medium, &from, &fresh, level)?;
    if hash_of(zstd::Decoder::new(File::open(&fresh)?)?)? != hash {
        return Err(io::Error::other(format!("{} does not read back", fresh.display())));
    }
    medium.rename(&fresh, &to)?;
    let folder = to.parent().unwrap_or(dir);
    medium.sync_folder(folder)?;
    list(medium, dir, &sealed, manifest)?;
    medium.remove(&from)?;
    medium.sync_folder(folder)
}

/// Has the compressed form of a file on the disk; the hash is that of the plain text.
fn compress(medium: &dyn Medium, from: &Path, to: &Path, level: i32) -> io::Result<blake3::Hash> {
    let mut input = File::open(from)?;
    let file = medium.create(to)?;
    medium.cut(&file, 0)?;
    let mut output = zstd::Encoder::new(Appending { medium, file }, level)?;
    output.include_checksum(true)?;
    output.set_pledged_src_size(Some(input.metadata()?.len()))?;
    io::copy(&mut input, &mut output)?;
    medium.sync(&output.finish()?.file)?;
    hash_of(File::open(from)?)
}

pub(super) fn hash_of(input: impl io::Read) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(input)?;
    Ok(hasher.finalize())
}

/// Adds a sealed file to the manifest, by what stands in it.
fn list(
    medium: &dyn Medium,
    dir: &Path,
    file: &LogFile,
    manifest: &mut Manifest,
) -> io::Result<()> {
    let path = file.path(dir);
    let mut entry = Sealed {
        file: file.name(),
        first: file.first,
        last: file.first,
        bytes: fs::metadata(&path)?.len(),
        plain_bytes: 0,
        blake3: hash_of(File::open(&path)?)?.to_string(),
    };
    let mut input = BufReader::new(zstd::Decoder::new(File::open(&path)?)?);
    let mut text = Vec::new();
    while input.read_until(b'\n', &mut text)? > 0 {
        entry.plain_bytes += text.len() as u64;
        if let Some(seq) = text.strip_suffix(b"\n").and_then(line::seq) {
            entry.last = seq;
        }
        text.clear();
    }
    manifest.sealed.retain(|other| other.first != entry.first);
    manifest.sealed.push(entry);
    manifest.sealed.sort_by_key(|entry| entry.first);
    manifest.write(medium, dir)
}

/// Deletes from the beginning of the log what the settings keep no longer; says so first.
fn expire(
    medium: &dyn Medium,
    dir: &Path,
    settings: &Settings,
    now: Timestamp,
    manifest: &mut Manifest,
) -> io::Result<u64> {
    let count = expired(settings, now, manifest);
    let gone: Vec<_> = manifest.sealed.drain(..count).collect();
    let Some(last) = gone.last().map(|entry| entry.last) else { return Ok(0) };
    manifest.deleted = Some(Deleted { last, at: now });
    manifest.write(medium, dir)?;
    for entry in &gone {
        medium.remove(&dir.join(&entry.file))?;
    }
    Ok(count as u64)
}

/// How many of the oldest sealed files the settings keep no longer.
fn expired(settings: &Settings, now: Timestamp, manifest: &Manifest) -> usize {
    let mut size: u64 = manifest.sealed.iter().map(|entry| entry.bytes).sum();
    let too_old = |entry: &Sealed| match (settings.keep, LogFile::parse(&entry.file)) {
        (Keep::For(span), Some(file)) => {
            let kept_from = now.checked_sub(span.get()).unwrap_or(Timestamp::MIN);
            file.day < layout::day(kept_from)
        }
        _ => false,
    };
    let mut goes = |entry: &Sealed| {
        let too_much = settings.keep_size.is_some_and(|most| size > most.get());
        size -= entry.bytes;
        too_much || too_old(entry)
    };
    manifest.sealed.iter().take_while(|entry| goes(entry)).count()
}

/// Removes what a crash left half done: unfinished files, and one of two forms of the same file.
pub(super) fn clean(dir: &Path) -> io::Result<()> {
    let manifest = Manifest::read(dir).unwrap_or_default();
    let deleted: Seq = manifest.deleted.map_or(0, |deleted| deleted.last);
    for name in layout::names(dir)? {
        let path = dir.join(&name);
        let Some(file) = LogFile::parse(&name) else {
            if path.extension().is_some_and(|end| end == "tmp") {
                fs::remove_file(&path)?;
            }
            continue;
        };
        let listed = manifest.of(&file.with_sealed(true).name()).is_some();
        let twice = file.with_sealed(!file.sealed).path(dir).exists();
        let unwanted = if file.sealed { twice && !listed } else { twice && listed };
        if unwanted || (file.sealed && !listed && file.first <= deleted) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
