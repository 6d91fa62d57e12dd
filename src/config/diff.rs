//! What a reload changes: the difference of two configurations, so that only that is acted on.

use super::{Config, Feed};
use crate::model::FeedId;
use std::collections::HashMap;
use std::fmt;

/// The difference between two configurations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Feeds that only the new one has.
    pub added: Vec<FeedId>,
    /// Feeds that only the old one has.
    pub removed: Vec<FeedId>,
    /// Feeds of both with another address, other headers, tags or settings.
    pub altered: Vec<FeedId>,
    /// Sections that say something else.
    pub sections: Vec<&'static str>,
}

impl Changes {
    /// True where both say the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing changed");
        }
        let (added, removed) = (self.added.len(), self.removed.len());
        write!(f, "feeds: {added} added, {removed} removed, {} altered", self.altered.len())?;
        if !self.sections.is_empty() {
            write!(f, "; changed sections: {}", self.sections.join(", "))?;
        }
        Ok(())
    }
}

/// What `new` changes in `old`; feeds are matched by their ids.
pub fn diff(old: &Config, new: &Config) -> Changes {
    let by_id = |config: &Config| -> HashMap<FeedId, Feed> {
        config.feeds.iter().map(|feed| (feed.id.clone(), feed.clone())).collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let ids = |feeds: &[Feed], keep: &dyn Fn(&Feed) -> bool| -> Vec<FeedId> {
        feeds.iter().filter(|feed| keep(feed)).map(|feed| feed.id.clone()).collect()
    };
    Changes {
        added: ids(&new.feeds, &|feed| !before.contains_key(&feed.id)),
        removed: ids(&old.feeds, &|feed| !after.contains_key(&feed.id)),
        altered: ids(&new.feeds, &|feed| before.get(&feed.id).is_some_and(|b| b != feed)),
        sections: sections(old, new),
    }
}

fn sections(old: &Config, new: &Config) -> Vec<&'static str> {
    [
        ("daemon", old.daemon != new.daemon),
        ("identity", old.identity != new.identity),
        ("log", old.log != new.log),
        ("http", old.http != new.http),
        ("schedule", old.schedule != new.schedule),
        ("fetch", old.fetch != new.fetch),
        ("extract", old.extract != new.extract),
        ("dedup", old.dedup != new.dedup),
        ("websub", old.websub != new.websub),
        ("archive", old.archive != new.archive),
        ("store", old.store != new.store),
        ("webhook", old.webhooks != new.webhooks),
    ]
    .into_iter()
    .filter(|(_, changed)| *changed)
    .map(|(name, _)| name)
    .collect()
}
