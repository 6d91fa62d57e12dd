//! What can go wrong with the index, and what to do about it.

use super::backend::Fault;
use crate::model::Seq;
use std::io;
use std::path::PathBuf;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open; trying again later can help.
    #[error("{} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// It was written by a newer version of this program; nothing was changed.
    #[error(
        "{} was written by a newer version (layout {}); use that one, or move the folder away: it is computed anew from the archive",
        .0.display(), .1
    )]
    Newer(PathBuf, u32),
    /// It does not open or does not pass its check: set it aside and compute it again.
    #[error("{} is damaged: {}", .0.display(), .1)]
    Damaged(PathBuf, String),
    /// A file or folder cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
}

/// Why something cannot be looked up.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// The engine cannot read.
    #[error("the index cannot be read: {0}")]
    Engine(#[from] Fault),
    /// A record is not as it was written: set the store aside and compute it again.
    #[error("the index is damaged: {0}")]
    Damaged(String),
}

/// Why nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    /// What had to be looked up first cannot be.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The engine refused; the store takes no more until it is opened again.
    #[error("the index cannot be written: {0}")]
    Engine(Fault),
    /// An earlier write failed; open the store again.
    #[error("the index takes no more until it is opened again: {0}")]
    Closed(String),
    /// The change does not follow the last one: a fault of the caller.
    #[error("the index stands at change {applied}, so that {got} cannot follow")]
    Sequence {
        /// The last change in the index.
        applied: Seq,
        /// The change that was to follow.
        got: Seq,
    },
}

impl ReadError {
    /// True where the store has to be set aside and computed again.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }
}

impl WriteError {
    /// True where the store has to be set aside and computed again.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Read(error) if error.is_damage())
    }

    /// True where the disk has no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Engine(fault) if fault.full)
    }
}
