//! [`Message`]: what is sent, and the headers that prove where it comes from.

use super::{Event, FeedTurn, Hook, Key};
use crate::model::{Change, FeedId, Link, Timestamp};
use serde::Serialize;

/// A message, ready to be sent as often as it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `webhook-id`: the same for the same event, whoever sends it when, so that a receiver can drop
    /// what it has already.
    pub id: String,
    /// What happened.
    pub kind: &'static str,
    /// The JSON text.
    pub body: Vec<u8>,
}

/// A message's text: what the specification calls its payload.
#[derive(Serialize)]
struct Payload<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// When it happened, which may be long ago.
    timestamp: Timestamp,
    data: &'a T,
}

/// What is told of a feed's turn.
#[derive(Serialize)]
struct Told<'a> {
    feed: &'a FeedId,
    url: &'a Link,
    tags: &'a [String],
    since: Timestamp,
    failures: u32,
    error: Option<&'a str>,
}

/// What a test message says.
#[derive(Serialize)]
struct Test<'a> {
    webhook: &'a str,
    text: &'static str,
}

impl Message {
    /// What `hook` is told of a change; `None` where it does not want to hear of it.
    pub fn of(hook: &Hook, mut change: Change) -> Option<Self> {
        if !hook.wants(&change) {
            return None;
        }
        if let Some(article) = &mut change.article {
            if !hook.text {
                article.text.clear();
            }
            if !hook.html {
                article.html.clear();
            }
        }
        let id = name(&[&change.id.to_string(), &change.at.to_string(), &change.seq.to_string()]);
        Self::new(id, Event::of(change.op).kind(), change.at, &change)
    }

    /// What `hook` is told of a feed's turn; `None` where it does not want to hear of it.
    pub fn of_turn(hook: &Hook, turn: &FeedTurn) -> Option<Self> {
        let FeedTurn { feed, url, tags, turned, .. } = turn;
        let (since, failures, error) = (turned.since, turned.failures, turned.error.as_deref());
        let told = Told { feed, url, tags, since, failures, error };
        let id = name(&[feed.as_str(), turned.to.as_str(), &turned.at.to_string()]);
        let kind = Event::of_turn(turned.to).kind();
        hook.wants_turn(turn).then(|| Self::new(id, kind, turned.at, &told))?
    }

    /// A message by which a person sees that it arrives.
    pub fn test(hook: &Hook, now: Timestamp) -> Option<Self> {
        let test = Test { webhook: &hook.id, text: "a test by hand: nothing has happened" };
        Self::new(name(&["test", &now.to_string()]), "webhook.test", now, &test)
    }

    /// `None` where it cannot be written as JSON, which no such value can.
    fn new(id: String, kind: &'static str, at: Timestamp, data: &impl Serialize) -> Option<Self> {
        let body = serde_json::to_vec(&Payload { kind, timestamp: at, data }).ok()?;
        Some(Self { id, kind, body })
    }

    /// The headers for an attempt at `now`, in the order of the specification.
    pub fn headers(&self, key: &Key, now: Timestamp) -> Vec<(&'static str, String)> {
        vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", now.as_second().to_string()),
            ("webhook-signature", key.sign(&self.id, now, &self.body)),
        ]
    }
}

/// A name that follows from what happened alone.
fn name(parts: &[&str]) -> String {
    let hash = blake3::hash(parts.join("\n").as_bytes()).to_hex();
    format!("msg_{}", hash.get(..32).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SECRET, change, hook, turn};
    use super::*;
    use crate::model::{Op, Turn};

    fn json(message: &Message) -> serde_json::Value {
        serde_json::from_slice(&message.body).unwrap()
    }

    #[test]
    fn a_change_is_told_as_it_stands_in_the_log() {
        let all = hook(&[Event::New, Event::Deleted], &[], &[]);
        let message = Message::of(&all, change(Op::New)).unwrap();
        let told = json(&message);
        assert_eq!(
            (&told["type"], &told["timestamp"]),
            (&"article.new".into(), &"2026-11-27T10:00:01Z".into())
        );
        let line = serde_json::to_string(&change(Op::New)).unwrap();
        assert_eq!(told["data"], serde_json::from_str::<serde_json::Value>(&line).unwrap());
        assert_eq!(Message::of(&all, change(Op::Revised)), None);
        let gone = json(&Message::of(&all, change(Op::Deleted)).unwrap());
        assert_eq!(gone["data"]["article"], serde_json::Value::Null);
        let bare = Hook { text: false, html: false, ..all };
        let bare = json(&Message::of(&bare, change(Op::New)).unwrap());
        assert_eq!(bare["data"]["article"]["text"], "");
        assert_eq!(bare["data"]["article"]["html"], "");
        assert_eq!(bare["data"]["article"]["title"], "Locks");
    }

    #[test]
    fn an_event_keeps_its_name() {
        let hook = hook(&[Event::New, Event::FeedGone], &[], &[]);
        let id = |change: Change| Message::of(&hook, change).unwrap().id;
        assert_eq!(id(change(Op::New)), id(change(Op::New)));
        assert_ne!(id(change(Op::New)), id(Change { seq: 8, ..change(Op::New) }));
        let told = Message::of_turn(&hook, &turn(Turn::Gone)).unwrap();
        let again = FeedTurn { n: 9, ..turn(Turn::Gone) };
        assert_eq!(told, Message::of_turn(&hook, &again).unwrap());
        assert_eq!(json(&told)["data"]["feed"], "river");
        assert_eq!(json(&told)["type"], "feed.gone");
        assert_eq!(Message::of_turn(&hook, &turn(Turn::Failing)), None);
    }

    #[test]
    fn each_attempt_is_signed_anew() {
        let message = Message::of(&hook(&[Event::New], &[], &[]), change(Op::New)).unwrap();
        let key = Key::parse(SECRET).unwrap();
        let at = |second| message.headers(&key, Timestamp::from_second(second).unwrap());
        let (first, second) = (at(100), at(200));
        assert_eq!((&first[1], &first[2].1), (&second[1], &"100".to_owned()));
        assert_ne!(first[3], second[3]);
        assert!(first[3].1.starts_with("v1,"));
    }
}
