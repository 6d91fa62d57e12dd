//! [`verify`]: reads every byte of the log and says what is not as it was written.

use super::error::{ReadError, read_error};
use super::layout::{self, LogFile};
use super::manifest::Manifest;
use super::reader::Source;
use super::{line, seal};
use crate::model::Seq;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Files read.
    pub files: u64,
    /// Whole changes in them.
    pub changes: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// The first change; 0 in an empty log.
    pub first_seq: Seq,
    /// The last change; 0 in an empty log.
    pub last_seq: Seq,
    /// What is wrong, each with its file; empty where all is well.
    pub problems: Vec<String>,
}

/// Reads the whole log: hashes of sealed files, checksum of each line, order and gaps. Calls
/// `progress` with bytes done and bytes in all after each file. The end of the newest file may be
/// in the middle of being written and is no problem.
///
/// # Errors
/// A folder cannot be listed; a file that cannot be read is a problem in the report.
pub fn verify(dir: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Verified, ReadError> {
    let files = layout::files(dir).map_err(read_error(dir))?;
    let mut found = Verified::default();
    let manifest = Manifest::read(dir).unwrap_or_else(|e| {
        found.problems.push(format!("manifest.json: {e}"));
        Manifest::default()
    });
    let size = |file: &LogFile| fs::metadata(file.path(dir)).map_or(0, |m| m.len());
    let total = files.iter().map(size).sum();
    check_presence(&files, &manifest, &mut found);
    for file in &files {
        let newest = files.last() == Some(file);
        if let Err(e) = check_file(dir, file, newest, &manifest, &mut found) {
            found.problems.push(format!("{}: {e}", file.name()));
        }
        found.files += 1;
        found.bytes += size(file);
        progress(found.bytes, total);
    }
    Ok(found)
}

/// Sealed files that the manifest lists and the folder lacks.
fn check_presence(files: &[LogFile], manifest: &Manifest, found: &mut Verified) {
    let names: Vec<_> = files.iter().map(|file| file.with_sealed(true).name()).collect();
    for entry in manifest.sealed.iter().filter(|entry| !names.contains(&entry.file)) {
        found.problems.push(format!("{}: listed in manifest.json and not there", entry.file));
    }
}

fn check_file(
    dir: &Path,
    file: &LogFile,
    newest: bool,
    manifest: &Manifest,
    found: &mut Verified,
) -> io::Result<()> {
    if file.sealed {
        let hash = seal::hash_of(File::open(file.path(dir))?)?.to_string();
        match manifest.of(&file.name()) {
            Some(entry) if entry.blake3 == hash => {}
            Some(_) => found.problems.push(format!("{}: is not what was sealed", file.name())),
            None => found.problems.push(format!("{}: not in manifest.json", file.name())),
        }
    }
    let mut source = Source::open(dir, file, 0)?;
    let mut damaged = 0;
    while let Some(text) = source.line()? {
        match line::seq(&text) {
            Some(seq) => found.take(file, seq, manifest),
            None => damaged += 1,
        }
    }
    if damaged > 0 {
        found.problems.push(format!("{}: {damaged} damaged lines", file.name()));
    }
    if !newest && !file.sealed && !ends_whole(dir, file)? {
        found.problems.push(format!("{}: ends inside a line", file.name()));
    }
    Ok(())
}

fn ends_whole(dir: &Path, file: &LogFile) -> io::Result<bool> {
    let scan = super::recover::scan(&file.path(dir))?;
    Ok(scan.torn == 0)
}

impl Verified {
    fn take(&mut self, file: &LogFile, seq: Seq, manifest: &Manifest) {
        if self.changes == 0 {
            self.first_seq = seq;
        } else if seq != self.last_seq + 1 && !manifest.declares(self.last_seq + 1, seq - 1) {
            let last = self.last_seq;
            self.problems.push(format!("{}: {seq} follows {last}", file.name()));
        }
        self.changes += 1;
        self.last_seq = seq;
    }
}
