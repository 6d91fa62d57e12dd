//! Webhooks by the Standard Webhooks specification: what a hook wants to hear, what it is sent and how
//! that is signed, when it is tried again, and the journal of feeds' turns, which no change of an
//! article speaks of.
//!
//! Sending is `fetch`'s work, running `daemon`'s: it walks with each hook through the change log and
//! the journal, one delivery at a time, and keeps how far it has come.

mod board;
mod event;
mod journal;
mod key;
mod message;
mod tries;

pub use board::{Board, Phase, Standing};
pub use event::Event;
pub use journal::{FeedTurn, Journal};
pub use key::Key;
pub use message::Message;
pub use tries::{Verdict, judge, pause};

use crate::model::{Change, FeedId, Link, Span};

/// Most hooks: each is a label in the metrics and a task's share.
pub const HOOKS_MAX: usize = 32;

/// A hook as configured and understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    /// Its name: letters, digits, `.`, `_`, `-`.
    pub id: String,
    /// Where it is. The path may be a secret: only [`Hook::place`] is shown.
    pub url: Link,
    /// What its messages are signed with.
    pub key: Key,
    /// What it wants to hear of.
    pub events: Vec<Event>,
    /// Only articles and feeds that bear one of these, in lower case; all where empty.
    pub tags: Vec<String>,
    /// Only these feeds, and articles that stand in one of them; all where empty.
    pub feeds: Vec<FeedId>,
    /// Longest time until it has answered.
    pub timeout: Span,
    /// Whether articles come with their text.
    pub text: bool,
    /// Whether articles come with their HTML.
    pub html: bool,
}

impl Hook {
    /// Where the hook is, without what may be a secret.
    pub fn place(&self) -> String {
        self.url.url().origin().ascii_serialization()
    }

    /// True where the hook wants to hear of this change. A deletion names the article's id alone, so
    /// that no filter can hold it back.
    pub fn wants(&self, change: &Change) -> bool {
        if !self.events.contains(&Event::of(change.op)) {
            return false;
        }
        let Some(article) = &change.article else { return true };
        let carried = |feed: &FeedId| article.sightings.iter().any(|seen| seen.feed == *feed);
        self.has_tag(&article.tags) && (self.feeds.is_empty() || self.feeds.iter().any(carried))
    }

    /// True where the hook wants to hear of this turn.
    pub fn wants_turn(&self, turn: &FeedTurn) -> bool {
        self.events.contains(&Event::of_turn(turn.turned.to))
            && self.has_tag(&turn.tags)
            && (self.feeds.is_empty() || self.feeds.contains(&turn.feed))
    }

    fn has_tag(&self, tags: &[String]) -> bool {
        let wanted = |tag: &String| self.tags.contains(&tag.to_lowercase());
        self.tags.is_empty() || tags.iter().any(wanted)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{ArticleId, Op, Timestamp, Turn, Turned};

    /// The secret of the specification's own example.
    pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    pub(crate) fn hook(events: &[Event], tags: &[&str], feeds: &[&str]) -> Hook {
        Hook {
            id: "mill".into(),
            url: Link::parse("https://mill.example/in/token", None).unwrap(),
            key: Key::parse(SECRET).unwrap(),
            events: events.to_vec(),
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            feeds: feeds.iter().map(|feed| FeedId::new(feed).unwrap()).collect(),
            timeout: Span::seconds(1),
            text: true,
            html: true,
        }
    }

    /// A change of an article in feed `river` with tag `Boats`.
    pub(crate) fn change(op: Op) -> Change {
        let article = serde_json::json!({
            "id": ArticleId::of("a"), "revision": 1, "url": null, "source_url": null,
            "site": "example.org", "site_name": null, "title": "Locks", "authors": [],
            "language": null, "published": null, "published_source": null, "modified": null,
            "first_seen": "2026-11-27T10:00:00Z", "fetched": "2026-11-27T10:00:00Z",
            "summary": null, "text": "words", "html": "<p>words</p>", "words": 1, "images": [],
            "tags": ["Boats"],
            "extraction": { "from": "page", "confidence": 0.9, "paywalled": false, "dropped": [] },
            "sightings": [{ "feed": "river", "guid": "1", "url": null, "at": "2026-11-27T10:00:00Z" }],
            "story": ArticleId::of("a"), "duplicate_of": null, "relation": null, "similarity": null,
        });
        let article = serde_json::from_value(article).unwrap();
        let article = (op != Op::Deleted).then_some(article);
        let at = "2026-11-27T10:00:01Z".parse().unwrap();
        Change { seq: 7, op, at, id: ArticleId::of("a"), article }
    }

    pub(crate) fn turn(to: Turn) -> FeedTurn {
        let at: Timestamp = "2026-11-27T10:00:00Z".parse().unwrap();
        FeedTurn {
            n: 3,
            feed: FeedId::new("river").unwrap(),
            url: Link::parse("https://river.example/feed", None).unwrap(),
            tags: vec!["Boats".into()],
            turned: Turned { to, at, since: at, failures: 3, error: Some("500".into()) },
        }
    }

    #[test]
    fn a_hook_hears_what_it_wants() {
        let check = |events: &[Event], tags: &[&str], feeds: &[&str], op: Op, expect: bool| {
            let wants = hook(events, tags, feeds).wants(&change(op));
            assert_eq!(wants, expect, "{events:?} {tags:?} {feeds:?} {op:?}");
        };
        check(&[Event::New], &[], &[], Op::New, true);
        check(&[Event::New], &[], &[], Op::Revised, false);
        check(&[Event::New], &["boats", "x"], &["river"], Op::New, true);
        check(&[Event::New], &["x"], &["river"], Op::New, false);
        check(&[Event::New], &["boats"], &["sea"], Op::New, false);
        check(&[Event::Deleted], &["x"], &["sea"], Op::Deleted, true);
    }

    #[test]
    fn turns_are_filtered_like_articles() {
        let check = |events: &[Event], tags: &[&str], feeds: &[&str], expect: bool| {
            assert_eq!(hook(events, tags, feeds).wants_turn(&turn(Turn::Gone)), expect);
        };
        check(&[Event::FeedGone], &[], &[], true);
        check(&[Event::FeedFailing], &[], &[], false);
        check(&[Event::FeedGone], &["boats"], &["river"], true);
        check(&[Event::FeedGone], &["x"], &[], false);
        check(&[Event::FeedGone], &[], &["sea"], false);
    }

    #[test]
    fn neither_the_path_nor_the_secret_is_shown() {
        let hook = hook(&[], &[], &[]);
        assert_eq!(hook.place(), "https://mill.example");
        assert!(!format!("{:?}", hook.key).contains("MfKQ"), "{:?}", hook.key);
    }
}
