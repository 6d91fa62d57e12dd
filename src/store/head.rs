//! The head: one small record that every commit writes anew, so that it and all that it counts
//! are always of the same moment.

use super::error::ReadError;
use super::keys;
use super::view::View;
use crate::model::Seq;
use serde::{Deserialize, Serialize};

/// The layout of keys and records that this version writes.
pub(super) const SCHEMA: u32 = 5;

/// What the store as a whole is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Layout of keys and records.
    pub(super) schema: u32,
    /// The last change of the archive that is in the index.
    pub(super) applied: Seq,
    /// Articles.
    pub(super) articles: u64,
    /// Inbox items.
    pub(super) inbox: u64,
    /// Bytes of all records as encoded: what the engine would need without overhead.
    pub(super) payload: u64,
}

impl Default for Head {
    fn default() -> Self {
        Self { schema: SCHEMA, applied: 0, articles: 0, inbox: 0, payload: 0 }
    }
}

impl Head {
    /// The head of a store; that of an empty one where there is none.
    pub(super) fn of(view: View<'_>) -> Result<Self, ReadError> {
        Ok(view.read(keys::HEAD)?.unwrap_or_default())
    }
}
