//! [`survey`]: a quick look at the log: how many files, how much, and which changes are not there.
//! Reads names, the manifest and the ends of plain files; [`verify()`](super::verify()) reads it all.

use super::error::{ReadError, read_error};
use super::layout::{self, LogFile};
use super::manifest::Manifest;
use super::reader::last_in;
use crate::model::Seq;
use std::path::Path;

/// Holes that are listed; more of them are one disaster.
const GAPS_MAX: usize = 20;

/// What a quick look finds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// Files of the log.
    pub files: usize,
    /// Those of them that are complete and compressed.
    pub sealed: usize,
    /// Bytes of all of them.
    pub bytes: u64,
    /// The first change; `None` in an empty log.
    pub first: Option<Seq>,
    /// The last change; 0 in an empty log.
    pub last: Seq,
    /// Changes between files that are in none and were never declared lost, first and last of each
    /// hole; at most 20.
    pub gaps: Vec<(Seq, Seq)>,
}

/// What a quick look at the log in a folder finds. A file whose end is known neither from the
/// manifest nor from itself hides what is missing behind it.
///
/// # Errors
/// The folder cannot be listed, or the manifest not read.
pub fn survey(dir: &Path) -> Result<Survey, ReadError> {
    let files = layout::files(dir).map_err(read_error(dir))?;
    let manifest = Manifest::read(dir).map_err(read_error(dir))?;
    let size = |file: &LogFile| std::fs::metadata(file.path(dir)).map_or(0, |m| m.len());
    let mut survey = Survey {
        files: files.len(),
        sealed: files.iter().filter(|file| file.sealed).count(),
        bytes: files.iter().map(size).sum(),
        first: files.first().map(|file| file.first),
        ..Survey::default()
    };
    for file in &files {
        let expected = survey.last + 1;
        let lost = survey.last > 0 && file.first > expected;
        if lost && !manifest.declares(expected, file.first - 1) && survey.gaps.len() < GAPS_MAX {
            survey.gaps.push((expected, file.first - 1));
        }
        let known = manifest.of(&file.name()).map(|sealed| sealed.last);
        survey.last = known.unwrap_or_else(|| last_in(dir, file)).max(survey.last);
    }
    Ok(survey)
}
