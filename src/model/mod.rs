//! Plain values that all stages share: identities, links, entries, articles, changes, feed state.
//!
//! Nothing here decides or does anything; constructors check, and what they return is right ever
//! after. [`Article`] and [`Change`] are the public record, version 1: fields may be added, their
//! meaning never changes. Layer 0: imports no other module.

mod article;
mod change;
mod entry;
mod feed_state;
pub mod figures;
mod id;
mod link;
mod member;
mod rhythm;
mod schema;
pub mod text;
mod units;

pub use article::{Article, DateSource, Extraction, Gist, Image, Relation, Sighting, TextSource};
pub use change::{Change, Op};
pub use entry::{Enclosure, Entry, Person};
pub use feed_state::{
    FeedHints, FeedState, Health, Moved, Moving, Trust, Turn, Turned, Validators,
};
pub use id::{ArticleId, FeedId, InvalidId};
pub use link::Link;
pub use member::Member;
pub use rhythm::Rhythm;
pub use units::{ByteSize, Span};

/// The moment of an event, UTC. Other programs see RFC 3339 with `Z`.
pub use jiff::Timestamp;
pub use schema::Moment;

/// Position in the change log: rises by one a change, starts at 1; 0 means "before the first".
pub type Seq = u64;
