//! Settings of `fetch` and their defaults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of `fetch`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}
