//! What `top` knows of a daemon at one moment: its answers, as far as they are shown.

use super::super::exit::Failure;
use crate::model::{Timestamp, text};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// How far back polls are counted for their number a second.
const WINDOW: Duration = Duration::from_secs(15);

/// Everything that is shown. What an answer did not bring anew stays as it was.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    /// `None` until the first answer.
    pub(super) status: Option<Status>,
    pub(super) feeds: Vec<Feed>,
    /// The newest first.
    pub(super) articles: Vec<Article>,
    /// A feed's id and what the daemon says about it at length.
    pub(super) why: Option<(String, String)>,
    /// Set while the daemon does not answer.
    pub(super) waiting: Option<Waiting>,
    /// How many polls there were when, in the last seconds.
    pub(super) polls: VecDeque<(Instant, u64)>,
}

/// The daemon does not answer.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) since: Timestamp,
    pub(super) reason: String,
}

/// `/v1/status`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    pub(super) version: String,
    pub(super) health: Health,
    pub(super) articles: u64,
    pub(super) inbox: u64,
    pub(super) feeds: BTreeMap<String, u32>,
    pub(super) started: Option<Timestamp>,
    pub(super) memory_bytes: Option<u64>,
    pub(super) work: Option<Work>,
}

/// How the daemon is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Health {
    pub(super) state: String,
    pub(super) reason: Option<String>,
}

/// What it did since its start.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Work {
    pub(super) polls: u64,
    pub(super) articles_by_hour: Vec<u64>,
    pub(super) late_half_seconds: Option<f64>,
    pub(super) late_most_seconds: Option<f64>,
}

/// A row of `/v1/feeds`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Feed {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) tags: Vec<String>,
    pub(super) disabled: bool,
    #[serde(deserialize_with = "clean")]
    pub(super) title: Option<String>,
    health: String,
    pub(super) failures: u32,
    #[serde(deserialize_with = "clean")]
    pub(super) last_error: Option<String>,
    pub(super) last_new: Option<Timestamp>,
    pub(super) next_due: Option<Timestamp>,
    pub(super) last_outcome: String,
    pub(super) entries_a_day: Option<f64>,
}

/// An article of `/v1/articles`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Article {
    #[serde(deserialize_with = "clean")]
    pub(super) title: Option<String>,
    pub(super) site: String,
    pub(super) first_seen: Option<Timestamp>,
    pub(super) duplicate_of: Option<String>,
}

/// One look at the daemon.
pub(super) struct Look {
    pub(super) status: Status,
    /// `None` where they were not asked for this time.
    pub(super) feeds: Option<Vec<Feed>>,
    pub(super) articles: Vec<Article>,
    pub(super) why: Option<(String, String)>,
}

impl Feed {
    /// How it does, in one word.
    pub(super) fn health(&self) -> &str {
        if self.disabled { "disabled" } else { &self.health }
    }
}

impl Snapshot {
    /// Takes in what a look brought, or that it brought nothing.
    pub(super) fn take(&mut self, look: Result<Look, Failure>, now: Timestamp, at: Instant) {
        match look {
            Ok(look) => {
                self.waiting = None;
                self.count(look.status.work.as_ref().map_or(0, |work| work.polls), at);
                self.status = Some(look.status);
                self.feeds = look.feeds.unwrap_or(std::mem::take(&mut self.feeds));
                self.articles = look.articles;
                self.why = look.why;
            }
            Err(failure) => {
                let since = self.waiting.as_ref().map_or(now, |waiting| waiting.since);
                let reason = text::line(&failure.to_string());
                self.waiting = Some(Waiting { since, reason });
                self.polls.clear();
            }
        }
    }

    fn count(&mut self, polls: u64, at: Instant) {
        // A daemon that was started anew counts from zero.
        if self.polls.back().is_some_and(|(_, before)| *before > polls) {
            self.polls.clear();
        }
        self.polls.push_back((at, polls));
        while self.polls.front().is_some_and(|(then, _)| at.duration_since(*then) > WINDOW) {
            self.polls.pop_front();
        }
    }

    /// Polls a second in the last seconds; `None` until there are two counts.
    pub(super) fn polls_a_second(&self) -> Option<f64> {
        let ((start, before), (end, after)) = (self.polls.front()?, self.polls.back()?);
        let passed = end.duration_since(*start).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "polls of some seconds are below 2^52")]
        let polls = after.saturating_sub(*before) as f64;
        (passed > 0.0).then(|| polls / passed)
    }
}

/// A stranger's text without what a terminal would obey.
fn clean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|dirty| text::line(&dirty)))
}

#[cfg(test)]
mod tests {
    use super::super::super::exit::Code;
    use super::*;
    use crate::observe::steady;

    fn look(polls: u64) -> Look {
        let work = Some(Work { polls, ..Work::default() });
        let status = Status { work, ..Status::default() };
        Look { status, feeds: None, articles: Vec::new(), why: None }
    }

    #[test]
    fn polls_are_counted_over_the_last_seconds_and_anew_after_a_restart() {
        let (start, now) = (steady(), Timestamp::UNIX_EPOCH);
        let mut snapshot = Snapshot::default();
        let mut check = |look, second, expect: Option<f64>| {
            snapshot.take(look, now, start + Duration::from_secs(second));
            assert_eq!(snapshot.polls_a_second(), expect, "{second}");
        };
        check(Ok(look(100)), 0, None);
        check(Ok(look(110)), 10, Some(1.0));
        check(Ok(look(210)), 20, Some(10.0));
        check(Ok(look(4)), 21, None);
        check(Ok(look(8)), 23, Some(2.0));
        check(Err(Failure::new(Code::Unavailable, "no")), 24, None);
    }

    #[test]
    fn strangers_do_not_write_on_the_terminal() {
        let json = serde_json::json!({ "title": "a\u{1b}[2Jb\u{202e}c" });
        let feed: Feed = serde_json::from_value(json).unwrap();
        assert_eq!(feed.title.as_deref(), Some("a[2Jbc"));
    }
}
