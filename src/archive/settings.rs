//! Settings of `archive` and their defaults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of `archive`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}
