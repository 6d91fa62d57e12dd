//! Full-text search: an index of words beside the store, fed from the change feed, computed anew
//! from the archive whenever it is missing, damaged or of another version. The only user of tantivy.
//!
//! [`Indexer`] writes and has its own position in the log; [`Searcher`] is a cheap handle for
//! readers. Words are stemmed by the language of the article that they stand in, scripts without
//! spaces are cut into pairs of characters (`words`). Nothing here is the only copy of anything.
//!
//! Without the feature `search` both are there and say that they can do nothing (`absent`).

#[cfg(not(feature = "search"))]
mod absent;
#[cfg(feature = "search")]
mod fields;
#[cfg(feature = "search")]
mod index;
#[cfg(feature = "search")]
mod query;
#[cfg(feature = "search")]
mod words;

#[cfg(not(feature = "search"))]
pub use absent::{Batch, Indexer, Searcher};
#[cfg(feature = "search")]
pub use index::{Batch, Indexer};
#[cfg(feature = "search")]
pub use query::Searcher;

use crate::model::{ArticleId, Timestamp};

/// What is searched for. The default matches nothing: `text` is to be set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Words, all of which must occur; `"a phrase"`, `title:word`, `author:word`, `-word`, `a OR b`,
    /// `published:[2026-11-01T00:00:00Z TO *]`.
    pub text: String,
    /// Carried by this feed.
    pub feed: Option<String>,
    /// Bears this tag, in upper or lower case.
    pub tag: Option<String>,
    /// In this language; `en` also finds `en-GB`.
    pub language: Option<String>,
    /// From this site.
    pub site: Option<String>,
    /// Published at or after this moment.
    pub published_after: Option<Timestamp>,
    /// Published before this moment.
    pub published_before: Option<Timestamp>,
    /// Leaves out copies of other articles.
    pub originals_only: bool,
    /// What comes first.
    pub order: Order,
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What came in last; goes on behind this place of an earlier answer.
    #[default]
    Newest,
    /// The same, behind this place of an earlier answer.
    After(u64),
    /// What fits best (BM25); there is one page only.
    Best,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The articles in the order asked for.
    pub ids: Vec<ArticleId>,
    /// Where the next page begins; `None` at the end, and where the best come first.
    pub next: Option<u64>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The text is too long.
    #[error("{0}")]
    Query(String),
    /// The index is being computed.
    #[error("the search index is being computed from the archive; ask again later")]
    NotReady,
    /// This program was built without it.
    #[error("this wiredesk was built without the feature `search`")]
    Absent,
    /// The index cannot be read or written.
    #[error("the search index: {0}")]
    Broken(String),
}
