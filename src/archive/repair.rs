//! [`repair`]: a log that can be verified again after damage.
//!
//! What a damaged file still holds is written into a file in its place; the damaged one stays beside
//! it under the ending `.damaged`, because a person may get more out of it. Changes that are gone are declared
//! in the manifest: readers were told of the hole before, and are told the same afterwards.

use super::layout::{self, LogFile};
use super::line;
use super::manifest::Manifest;
use super::medium::{Disk, Medium, replace};
use super::reader::Source;
use super::seal;
use super::settings::Settings;
use crate::model::Seq;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What [`repair`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repaired {
    /// Files written anew from their whole lines.
    pub files: u64,
    /// Changes that are gone, those declared before not counted.
    pub lost: u64,
}

/// Writes damaged complete files anew from their whole lines, lists every file in the manifest, and
/// declares what is missing. Only the process that has the log open may call it. The newest file is
/// not touched: opening the log has cut its end.
///
/// # Errors
/// A file or folder cannot be read or written; calling again goes on.
pub fn repair(dir: &Path, settings: &Settings) -> io::Result<Repaired> {
    let mut manifest = Manifest::read(dir).unwrap_or_default();
    let files = layout::files(dir)?;
    let names: Vec<_> = files.iter().map(|file| file.with_sealed(true).name()).collect();
    manifest.sealed.retain(|entry| names.contains(&entry.file));
    let mut done = Repaired::default();
    let mut next = files.first().map_or(1, |file| file.first);
    for (n, file) in files.iter().enumerate() {
        let newest = n + 1 == files.len() && !file.sealed;
        let found = look(dir, file)?;
        if !newest && (found.damaged || !is_as_sealed(dir, file, &manifest)?) {
            renew(dir, file, settings, &found, &mut manifest)?;
            done.files += 1;
        }
        for (first, last) in holes(next, &found.seqs) {
            if !manifest.declares(first, last) {
                manifest.declare(first, last);
                done.lost += last + 1 - first;
            }
        }
        next = found.seqs.last().map_or(next, |last| last + 1);
    }
    manifest.write(&Disk, dir)?;
    Ok(done)
}

/// What a file holds.
struct Found {
    /// Its whole lines, with line ends.
    text: Vec<u8>,
    /// The changes on them.
    seqs: Vec<Seq>,
    /// There is more in it than whole lines.
    damaged: bool,
}

fn look(dir: &Path, file: &LogFile) -> io::Result<Found> {
    let mut found = Found { text: Vec::new(), seqs: Vec::new(), damaged: false };
    let mut source = Source::open(dir, file, 0)?;
    loop {
        match source.line() {
            Ok(Some(text)) => match line::seq(&text) {
                Some(seq) => {
                    found.text.extend_from_slice(&text);
                    found.text.push(b'\n');
                    found.seqs.push(seq);
                }
                None => found.damaged = true,
            },
            Ok(None) => return Ok(found),
            // A compressed file cannot be read past the first damage.
            Err(_) => {
                found.damaged = true;
                return Ok(found);
            }
        }
    }
}

/// True for a plain file, and for a sealed one with the bytes that it was sealed with.
fn is_as_sealed(dir: &Path, file: &LogFile, manifest: &Manifest) -> io::Result<bool> {
    if !file.sealed {
        return Ok(true);
    }
    let Some(entry) = manifest.of(&file.name()) else { return Ok(false) };
    Ok(entry.blake3 == seal::hash_of(File::open(file.path(dir))?)?.to_string())
}

/// Puts what was found in a file in its place, sealed; keeps the damaged file beside it.
fn renew(
    dir: &Path,
    file: &LogFile,
    settings: &Settings,
    found: &Found,
    manifest: &mut Manifest,
) -> io::Result<()> {
    let path = file.path(dir);
    let mut kept = path.clone().into_os_string();
    kept.push(".damaged");
    manifest.sealed.retain(|entry| entry.file != file.with_sealed(true).name());
    if found.damaged {
        fs::rename(&path, kept)?;
    }
    let plain = file.with_sealed(false);
    if !found.text.is_empty() {
        replace(&Disk, &plain.path(dir), &found.text)?;
        seal::seal(&Disk, dir, &plain, settings.level, manifest)?;
    }
    Disk.sync_folder(path.parent().unwrap_or(dir))
}

/// The holes before and between rising `seqs`, of which `next` should be the first.
fn holes(mut next: Seq, seqs: &[Seq]) -> Vec<(Seq, Seq)> {
    let mut holes = Vec::new();
    for seq in seqs {
        if *seq > next {
            holes.push((next, seq - 1));
        }
        next = seq + 1;
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(next: Seq, seqs: &[Seq], expect: &[(Seq, Seq)]) {
        assert_eq!(holes(next, seqs), expect);
    }

    #[test]
    fn holes_are_found() {
        check(1, &[1, 2, 3], &[]);
        check(1, &[2, 3, 7], &[(1, 1), (4, 6)]);
        check(4, &[], &[]);
    }
}
