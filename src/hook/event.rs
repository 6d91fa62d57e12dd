//! [`Event`]: what a hook can hear of, as it is written in the configuration and in a message.

use crate::model::{Op, Turn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a hook can hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Event {
    /// An article was seen for the first time.
    #[serde(rename = "new")]
    New,
    /// An article has another text, or another place in its story.
    #[serde(rename = "revised")]
    Revised,
    /// An article was seen again, the text as before.
    #[serde(rename = "sighted")]
    Sighted,
    /// An article was removed.
    #[serde(rename = "deleted")]
    Deleted,
    /// A feed has failed for a long time.
    #[serde(rename = "feed.failing")]
    FeedFailing,
    /// A feed is gone for good.
    #[serde(rename = "feed.gone")]
    FeedGone,
    /// A feed answers again after one of these.
    #[serde(rename = "feed.recovered")]
    FeedRecovered,
}

impl Event {
    /// The event of a change's operation.
    pub fn of(op: Op) -> Self {
        match op {
            Op::New => Self::New,
            Op::Revised => Self::Revised,
            Op::Sighted => Self::Sighted,
            Op::Deleted => Self::Deleted,
        }
    }

    /// The event of a feed's turn.
    pub fn of_turn(turn: Turn) -> Self {
        match turn {
            Turn::Failing => Self::FeedFailing,
            Turn::Gone => Self::FeedGone,
            Turn::Recovered => Self::FeedRecovered,
        }
    }

    /// The `type` of its messages: names with dots, as the specification wants them.
    pub fn kind(self) -> &'static str {
        match self {
            Self::New => "article.new",
            Self::Revised => "article.revised",
            Self::Sighted => "article.sighted",
            Self::Deleted => "article.deleted",
            Self::FeedFailing => "feed.failing",
            Self::FeedGone => "feed.gone",
            Self::FeedRecovered => "feed.recovered",
        }
    }
}
