//! [`Change`]: one line of the archive and one item of the change feed.

use super::{Article, ArticleId, Seq, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something happened to an article. The latest change of an id holds its present state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Position in the log: one more than the change before, no gap, no repeat.
    pub seq: Seq,
    /// What happened.
    pub op: Op,
    /// When it was written.
    #[schemars(with = "super::Moment")]
    pub at: Timestamp,
    /// The article concerned.
    pub id: ArticleId,
    /// The article after the change; `None` for a deletion.
    pub article: Option<Article>,
}

/// What happened to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// Seen for the first time, also as a copy of another.
    New,
    /// The same article with another text, or with its place in a story changed.
    Revised,
    /// Seen again, in this or another feed; the text is as before.
    Sighted,
    /// Removed by retention or by hand.
    Deleted,
}

impl Op {
    /// The word that other programs see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Revised => "revised",
            Self::Sighted => "sighted",
            Self::Deleted => "deleted",
        }
    }
}
