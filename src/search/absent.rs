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

/// There is none.
#[derive(Debug)]
pub enum Batch {}

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

    /// Nothing.
    ///
    /// # Errors
    /// Always [`Fault::Absent`].
    pub fn begin(&mut self) -> Result<Batch, Fault> {
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

impl Batch {
    /// Never called.
    ///
    /// # Errors
    /// None.
    pub fn add(&mut self, _: &Change) -> Result<(), Fault> {
        match *self {}
    }

    /// Never called.
    ///
    /// # Errors
    /// None.
    pub fn commit(self, _: Seq) -> Result<(), Fault> {
        match self {}
    }
}
