//! The feeds all together: how many do how, and what they fail of. An error's text is never shown,
//! because it holds addresses; its kind is.

use super::facts::{Errors, Feeds};
use crate::config::Config;
use crate::model::{FeedId, FeedState, Timestamp};
use crate::schedule;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Hosts that are named with a kind of error.
const HOSTS_MAX: usize = 10;

/// What feeds at private addresses that nobody allowed fail of.
pub(super) const PRIVATE: &str = "private address refused";

/// Kinds of errors, by what their texts hold; the first that fits counts.
const KINDS: [(&str, &str); 20] = [
    ("is not a public address", PRIVATE),
    ("robots.txt", "robots.txt forbids it"),
    ("not a feed", "no feed"),
    ("without entries where there were some", "no entries any more"),
    ("the feed is gone", "gone (410)"),
    ("lookup address", "name not found"),
    ("has no address", "name not found"),
    ("ertificate", "TLS: certificate"),
    ("handshake", "TLS"),
    ("tls", "TLS"),
    ("Connection refused", "connection refused"),
    ("unreachable", "network unreachable"),
    ("onnection reset", "connection broke"),
    ("onnection closed", "connection broke"),
    ("not done in", "timeout"),
    ("no answer in", "timeout"),
    ("silent", "timeout"),
    ("timed out", "timeout"),
    ("redirect", "redirects that lead nowhere"),
    ("offline", "this machine was offline"),
];

/// A feed as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Seen {
    id: String,
    health: String,
    failures: u64,
    error: Option<String>,
    polled: Option<Timestamp>,
    reason: String,
}

impl Seen {
    /// From a row of `/v1/feeds`.
    pub(super) fn read(row: &Value) -> Self {
        let text =
            |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            id: text("id"),
            health: text("health"),
            failures: row.get("failures").and_then(Value::as_u64).unwrap_or_default(),
            error: Some(text("last_error")).filter(|error| !error.is_empty()),
            polled: text("last_polled").parse().ok(),
            reason: text("due_reason"),
        }
    }

    /// From the store.
    pub(super) fn of(id: &FeedId, state: &FeedState) -> Self {
        let health = serde_json::to_value(state.health).unwrap_or_default();
        Self {
            id: id.to_string(),
            health: health.as_str().unwrap_or_default().to_owned(),
            failures: state.failures.into(),
            error: state.last_error.clone(),
            polled: state.last_polled,
            reason: state.due_reason.clone(),
        }
    }

    fn is_failing(&self) -> bool {
        self.failures > 0 || self.reason.contains(schedule::OFFLINE)
    }
}

/// The configured feeds, by what was seen of them.
pub(super) fn look(config: &Config, seen: &[Seen], hosts: bool) -> Feeds {
    let seen: HashMap<&str, &Seen> = seen.iter().map(|feed| (feed.id.as_str(), feed)).collect();
    let mut facts = Feeds::default();
    let mut errors: BTreeMap<String, Errors> = BTreeMap::new();
    for feed in &config.feeds {
        let known = seen.get(feed.id.as_str());
        let state = match known {
            _ if feed.disabled => "disabled",
            Some(known) => known.health.as_str(),
            None => "new",
        };
        *facts.by_state.entry(state.to_owned()).or_default() += 1;
        let Some(known) = known.filter(|_| !feed.disabled) else { continue };
        facts.polled += usize::from(known.polled.is_some() || known.is_failing());
        facts.failing += usize::from(known.is_failing());
        if let Some(error) = &known.error {
            let kind = kind(error);
            let all = errors.entry(kind.clone()).or_insert(Errors { kind, ..Errors::default() });
            all.feeds += 1;
            all.failures += known.failures;
            all.newest = all.newest.max(known.polled);
            let host = feed.url.host().to_owned();
            if hosts && all.hosts.len() < HOSTS_MAX && !all.hosts.contains(&host) {
                all.hosts.push(host);
            }
        }
    }
    facts.errors = errors.into_values().collect();
    facts.errors.sort_by_key(|kind| std::cmp::Reverse((kind.feeds, kind.newest)));
    facts
}

/// The kind of an error: words of ours, and a status at most.
fn kind(error: &str) -> String {
    if let Some((_, status)) = error.split_once("the server answers ") {
        let digits: String = status.chars().take_while(char::is_ascii_digit).take(3).collect();
        return format!("HTTP {digits}");
    }
    let known = KINDS.iter().find(|(sign, _)| error.contains(sign));
    known.map_or("other", |(_, kind)| kind).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::Reason;

    #[test]
    fn errors_have_kinds() {
        let check = |error: &str, expect: &str| assert_eq!(kind(error), expect, "{error}");
        let private = Reason::PrivateAddress("intranet.example (10.0.0.1)".to_owned());
        check(&private.to_string(), PRIVATE);
        let robots = Reason::Robots("https://a.example/x".to_owned());
        check(&robots.to_string(), "robots.txt forbids it");
        check(&Reason::Offline.to_string(), "this machine was offline");
        check("https://a.example/: the server answers 503 Service Unavailable", "HTTP 503");
        check("https://a.example/: not done in 30s", "timeout");
        check("https://a.example/?key=hunter2: whatever", "other");
        check("not a feed: a web page (\"Sign in\")", "no feed");
        check("https://x/: Connection refused (os error 111)", "connection refused");
    }
}
