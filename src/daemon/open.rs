//! Opens archive and store, in the order that makes every crash harmless: the archive is held first;
//! then its torn end is cut off while the index is opened (which is set aside and built anew where it
//! is damaged), then come the changes that the index does not have yet.

use super::tasks::side_by_side;
use crate::archive::{self, Held, Log, Reader};
use crate::model::{Seq, Span};
use crate::observe;
use crate::pipeline::{self, Fault, Ledger, Progress};
use crate::store::{self, Store, Writer};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a lock that somebody holds is tried.
const LOCK_LOOK: Duration = Duration::from_millis(50);

/// The state folder, opened for writing.
pub struct Holdings {
    /// The truth.
    pub log: Log,
    /// Reads the truth.
    pub reader: Reader,
    /// The index, for readers.
    pub store: Store,
    /// The index, for the one writer.
    pub ledger: Ledger,
    /// Where the old index was put, where it was damaged.
    pub set_aside: Option<PathBuf>,
    /// Changes that were applied to the index again.
    pub replayed: u64,
}

/// Why the state folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The archive cannot be opened.
    #[error("the archive cannot be opened: {0}")]
    Archive(#[from] archive::OpenError),
    /// The store cannot be opened, and a new one neither.
    #[error("the store cannot be opened: {0}")]
    Store(#[from] store::OpenError),
    /// The store could not be brought up to the archive.
    #[error("the store could not be brought up to the archive: {0}")]
    Replay(#[from] Fault),
    /// The damaged store cannot be moved away.
    #[error("the damaged store cannot be set aside: {0}")]
    SetAside(std::io::Error),
}

impl OpenFault {
    /// True where another process holds the state folder.
    pub fn is_locked(&self) -> bool {
        match self {
            Self::Archive(error) => matches!(error, archive::OpenError::Locked(_)),
            Self::Store(error) => matches!(error, store::OpenError::Locked(_)),
            Self::Replay(_) | Self::SetAside(_) => false,
        }
    }
}

/// The folder of the archive within the state folder.
pub fn archive_dir(state: &Path) -> PathBuf {
    state.join("archive")
}

/// The folder of the store within the state folder.
pub fn store_dir(state: &Path) -> PathBuf {
    state.join("store")
}

/// The file of the bookmarks within the state folder.
pub fn bookmarks_file(state: &Path) -> PathBuf {
    state.join("bookmarks.json")
}

/// Opens the state folder; articles are compared with those of the last `window`, `progress` hears
/// of a long replay.
///
/// # Errors
/// Another process holds the folder, or it cannot be read or written.
pub fn open(
    state: &Path,
    archive: &archive::Settings,
    store: &store::Settings,
    window: Span,
    progress: impl FnMut(Progress),
) -> Result<Holdings, OpenFault> {
    let held = hold(&archive_dir(state), store.lock_wait.get())?;
    let dir = store_dir(state);
    // Both read much of the disk, and neither needs the other so far.
    let (opened, index) = side_by_side(|| held.open(archive), || store::open(&dir, store));
    let (log, report) = opened?;
    if report.torn_bytes > 0 {
        tracing::warn!(
            bytes = report.torn_bytes,
            "a line that a crash left unfinished was cut off"
        );
    }
    if report.damaged_lines > 0 {
        tracing::error!(
            lines = report.damaged_lines,
            "the newest archive file has damaged lines: the disk may be failing"
        );
    }
    let reader = log.reader();
    let (store, writer, set_aside) = sound_store(index, &dir, store, log.last_seq())?;
    let mut ledger = Ledger::new(writer, window)?;
    let replayed = pipeline::replay(&reader, &mut ledger, log.last_seq(), progress)?;
    if replayed > 0 {
        tracing::info!(changes = replayed, "the store was brought up to the archive");
    }
    Ok(Holdings { log, reader, store, ledger, set_aside, replayed })
}

/// Sets the store aside, so that the next opening computes it anew from the archive; returns where
/// it is. What only the store knew of feeds and their inbox stays.
///
/// # Errors
/// Another process holds the store, or its folder cannot be renamed.
pub fn reset_store(state: &Path, settings: &store::Settings) -> Result<PathBuf, OpenFault> {
    let (_, _, aside) = renew(&store_dir(state), settings, true)?;
    tracing::warn!(aside = %aside.display(), "the store was set aside and is built anew from the archive");
    Ok(aside)
}

/// Holds the log; a verb that does so for a moment is waited for.
fn hold(dir: &Path, patience: Duration) -> Result<Held, archive::OpenError> {
    let began = observe::steady();
    loop {
        match Held::take(dir) {
            Err(archive::OpenError::Locked(_)) if began.elapsed() < patience => {
                std::thread::sleep(LOCK_LOOK);
            }
            result => return result,
        }
    }
}

/// The store as it was opened, or a new one where it is damaged or knows changes that the archive
/// does not.
fn sound_store(
    opened: Result<(Store, Writer), store::OpenError>,
    dir: &Path,
    settings: &store::Settings,
    last: Seq,
) -> Result<(Store, Writer, Option<PathBuf>), OpenFault> {
    let (fault, same_log) = match opened {
        Ok((store, writer)) => match store.applied_seq() {
            Ok(applied) if applied <= last => return Ok((store, writer, None)),
            Ok(applied) => {
                (format!("it has changes up to {applied}, the archive only up to {last}"), false)
            }
            Err(error) => (error.to_string(), true),
        },
        Err(error @ store::OpenError::Damaged(..)) => (error.to_string(), true),
        Err(error) => return Err(error.into()),
    };
    let (store, writer, aside) = renew(dir, settings, same_log)?;
    tracing::error!(fault, aside = %aside.display(), "the store was set aside and is built anew from the archive");
    Ok((store, writer, Some(aside)))
}

/// An empty store in the place of one that is set aside. Feed states and the inbox come over where
/// both belong to the same log: validators of a store that was ahead would hide what the archive
/// does not have.
fn renew(
    dir: &Path,
    settings: &store::Settings,
    same_log: bool,
) -> Result<(Store, Writer, PathBuf), OpenFault> {
    let aside = store::set_aside(dir).map_err(OpenFault::SetAside)?;
    let (store, mut writer) = store::open(dir, settings)?;
    if same_log {
        let records = store::salvage(&aside, settings, &mut writer);
        tracing::info!(records, "feed states and the inbox were taken over");
    }
    Ok((store, writer, aside))
}
