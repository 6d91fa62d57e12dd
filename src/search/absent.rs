//! What stands for the index in a program built without it.

use super::{Ask, Fault, Found};
use crate::model::{Change, Seq};
use std::path::Path;

/// Finds nothing.
#[derive(Debug, Clone, Default)]
pub struct Searcher;

/// Writes nothing.
#[derive(Debug)]
pub struct Indexer;

impl Searcher {
    /// Nothing.
    ///
    /// # Errors
    /// Always [`Fault::Absent`].
    pub fn search(&self, _: &Ask, _: usize) -> Result<Found, Fault> {
        Err(Fault::Absent)
    }
}

impl Indexer {
    /// Nothing.
    ///
    /// # Errors
    /// Always [`Fault::Absent`].
    pub fn open(_: &Path, _: &Searcher, _: Seq) -> Result<Self, Fault> {
        Err(Fault::Absent)
    }

    /// Nothing is applied.
    pub fn applied(&self) -> Seq {
        0
    }

    /// Nothing.
    ///
    /// # Errors
    /// Always [`Fault::Absent`].
    pub fn apply(&mut self, _: &[Change], _: Seq) -> Result<(), Fault> {
        Err(Fault::Absent)
    }
}
