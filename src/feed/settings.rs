//! Settings of the reader: how much of a stranger's document is taken in.

use crate::model::ByteSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits on what one feed document may bring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Entries read from one document, counted from its top; the rest is left out with a warning.
    pub max_entries: usize,
    /// Longest summary or content of an entry; what is longer is cut between two characters.
    pub max_text: ByteSize,
}

impl Default for Settings {
    /// The largest feeds met in the wild hold a few thousand entries; no article has a megabyte
    /// of text, but pictures pasted into the markup as `data:` come near it.
    fn default() -> Self {
        Self { max_entries: 10_000, max_text: ByteSize::mib(1) }
    }
}
