//! Settings of the scheduler and their defaults.

use crate::model::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often feeds are polled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Time between two polls of a feed.
    pub every: Span,
    /// Never polled more often than this, whatever anybody says.
    pub min: Span,
    /// Polled at least this often, unless the server asks for more rest.
    pub max: Span,
}

impl Default for Settings {
    /// A quarter of an hour is what news sites bear; two minutes is the least that is polite.
    fn default() -> Self {
        Self { every: Span::seconds(900), min: Span::seconds(120), max: Span::seconds(43_200) }
    }
}
