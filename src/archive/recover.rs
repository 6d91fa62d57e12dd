//! What a plain file holds after a crash: whole lines, and perhaps the beginning of a group that
//! nobody was told about.
//!
//! Lines are acknowledged only after they are on the disk. Whatever stands behind the last whole
//! line was never acknowledged and may be cut off; a damaged line with whole ones behind it is a
//! fault of the disk and stays, so that nothing behind it is lost.

use super::line;
use crate::model::Seq;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// What a plain file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Bytes up to the end of the last whole line.
    pub(super) whole: u64,
    /// Bytes behind it.
    pub(super) torn: u64,
    /// The last whole line's change.
    pub(super) last: Option<Seq>,
    /// Damaged lines in front of the last whole one.
    pub(super) damaged: u64,
}

/// Reads a plain file from beginning to end.
///
/// # Errors
/// The file cannot be read.
pub(super) fn scan(path: &Path) -> io::Result<Scan> {
    let mut input = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut found = Scan::default();
    let mut text = Vec::new();
    let mut bad = 0;
    loop {
        text.clear();
        let read = input.read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(found);
        }
        found.torn += read as u64;
        match text.strip_suffix(b"\n").and_then(line::seq) {
            Some(seq) => {
                found.last = Some(seq);
                found.damaged += std::mem::take(&mut bad);
                found.whole += std::mem::take(&mut found.torn);
            }
            None => bad += 1,
        }
    }
}
