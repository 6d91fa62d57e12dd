//! Settings of `store` and their defaults.

use crate::model::{ByteSize, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the index may keep in memory: the working set of a desk with 300,000 articles; the engine
/// takes up to three times as much while it is busy.
const CACHE: ByteSize = ByteSize::mib(32);

/// Texts kept of an article: more revisions than nearly any article ever has, and a bound for
/// those that change at every poll.
const REVISIONS: u32 = 10;

/// A process that was killed may hold its lock for a moment longer.
const LOCK_WAIT: Span = Span::seconds(5);

/// zstd level of records: level 3 costs a third of the time of a commit and saves a tenth more
/// than level 1.
const LEVEL: i32 = 3;

/// How the index is kept. All of it can be computed again from the archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Memory for pages of the index.
    pub cache: ByteSize,
    /// How many revisions of an article can be looked up; the archive has them all.
    pub revisions: u32,
    /// How long to wait for a lock that another process holds.
    pub lock_wait: Span,
    /// zstd level of records, 1 to 19.
    #[schemars(range(min = 1, max = 19))]
    pub level: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { cache: CACHE, revisions: REVISIONS, lock_wait: LOCK_WAIT, level: LEVEL }
    }
}
