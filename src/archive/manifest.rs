//! `manifest.json`: what each sealed file holds and must hash to, and which changes were deleted.
//!
//! Written by [`tend`](super::tend) alone, always as a whole. Were it lost, the files themselves
//! still tell everything but their hashes.

use super::medium::{Medium, replace};
use crate::model::{Seq, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;

const NAME: &str = "manifest.json";

/// The contents of `manifest.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    /// Sealed files in the order of their changes.
    pub(super) sealed: Vec<Sealed>,
    /// Changes that damage took, declared by a repair; in order, none touching the next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<Missing>,
    /// Changes deleted by retention: always the beginning of the log.
    pub(super) deleted: Option<Deleted>,
}

/// A sealed file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sealed {
    /// Path below the log's folder.
    pub(super) file: String,
    /// The first change in it.
    pub(super) first: Seq,
    /// The last change in it.
    pub(super) last: Seq,
    /// Its size.
    pub(super) bytes: u64,
    /// The size of its lines.
    pub(super) plain_bytes: u64,
    /// BLAKE3 of the file, hexadecimal.
    pub(super) blake3: String,
}

/// A declared hole at the beginning of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deleted {
    /// The last change that is gone; so are all before it.
    pub(super) last: Seq,
    /// When it was deleted.
    pub(super) at: Timestamp,
}

/// Changes that damage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Missing {
    /// The first change that is gone.
    pub(super) first: Seq,
    /// The last one.
    pub(super) last: Seq,
}

impl Manifest {
    /// Declares changes as taken by damage.
    pub(super) fn declare(&mut self, first: Seq, last: Seq) {
        self.missing.push(Missing { first, last });
        self.missing.sort_by_key(|gap| gap.first);
        self.missing.dedup_by(|next, gap| {
            let touch = next.first <= gap.last + 1;
            if touch {
                gap.last = gap.last.max(next.last);
            }
            touch
        });
    }

    /// True where all of these changes are declared as taken by damage.
    pub(super) fn declares(&self, first: Seq, last: Seq) -> bool {
        self.missing.iter().any(|gap| gap.first <= first && last <= gap.last)
    }

    /// The manifest of a log; an empty one where there is none.
    ///
    /// # Errors
    /// The file cannot be read, or is no manifest.
    pub(super) fn read(dir: &Path) -> io::Result<Self> {
        match fs::read(dir.join(NAME)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(e),
        }
    }

    /// Has this manifest on the disk.
    pub(super) fn write(&self, medium: &dyn Medium, dir: &Path) -> io::Result<()> {
        replace(medium, &dir.join(NAME), &serde_json::to_vec_pretty(self)?)
    }

    /// The entry of a file.
    pub(super) fn of(&self, file: &str) -> Option<&Sealed> {
        self.sealed.iter().find(|sealed| sealed.file == file)
    }
}
