//! What can go wrong with the log: which file, what, and whether trying again can help.

use crate::model::Seq;
use std::io;
use std::path::{Path, PathBuf};

/// Why the log cannot be opened for writing.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes this log; trying again later can help.
    #[error("{} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Why a group of changes was not written. Nothing of it is in the log.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The group does not continue the log: a fault of the caller.
    #[error("the log ends with {last}, so that {got} cannot follow")]
    Sequence {
        /// The last change in the log.
        last: Seq,
        /// The change that was to follow.
        got: Seq,
    },
    /// The disk refused; the log is as before, and trying again can help.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file that was written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// An earlier write left it unclear what is on the disk; open the log again.
    #[error("the log takes no more changes until it is opened again: {0}")]
    Closed(String),
}

impl WriteError {
    /// True where the disk has no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}

/// Why some changes cannot be read. A reader goes on behind them.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// These changes were deleted by retention.
    #[error("changes {first} to {last} were deleted: the log starts with {}", .last + 1)]
    Expired {
        /// First change asked for.
        first: Seq,
        /// Last change that is gone.
        last: Seq,
    },
    /// These changes are damaged or absent.
    #[error("changes {first} to {last} are damaged or missing")]
    Missing {
        /// First change concerned.
        first: Seq,
        /// Last change concerned.
        last: Seq,
    },
    /// A file or folder cannot be read.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The error of an operation on `path`.
pub(super) fn open_error(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Io { path, source }
}

/// The error of reading `path`.
pub(super) fn read_error(path: &Path) -> impl FnOnce(io::Error) -> ReadError {
    let path = path.to_owned();
    move |source| ReadError::Io { path, source }
}
