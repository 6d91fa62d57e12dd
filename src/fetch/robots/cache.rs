//! [`Robots`]: what is known of each origin's `robots.txt`, for a day at most, in bounded memory.
//!
//! One request at a time asks for an origin's file; the others wait for what it brings.

use super::Rules;
use crate::fetch::Freshness;
use crate::fetch::outcome::{FailureKind, Outcome};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// RFC 9309, 2.4: not longer than a day.
const KEEP: Duration = Duration::from_hours(24);
/// Asked again no sooner, whatever the host's `max-age` says.
const KEEP_MIN: Duration = Duration::from_mins(10);
/// After the first failure to reach the file; doubled with each further one.
const RETRY: Duration = Duration::from_secs(5);
/// The longest time between two tries.
const RETRY_MAX: Duration = Duration::from_hours(1);
/// RFC 9309, 2.3.1.4: a file that nobody could reach for thirty days is no file.
const GIVE_UP: Duration = Duration::from_hours(30 * 24);
/// Origins remembered.
const ORIGINS_MAX: usize = 4096;
/// Bytes of rules remembered.
const WEIGHT_MAX: usize = 16 << 20;

/// What is known of every origin.
#[derive(Default)]
pub(in crate::fetch) struct Robots {
    origins: std::sync::Mutex<Origins>,
}

#[derive(Default)]
struct Origins {
    known: HashMap<String, Arc<Mutex<Option<Known>>>>,
    weight: usize,
}

/// What is known of one origin.
#[derive(Debug, Clone)]
pub(in crate::fetch) struct Known {
    /// The rules of its file; `None` where it could never be reached.
    pub(in crate::fetch) rules: Option<Arc<Rules>>,
    /// What came instead of the file the last time.
    pub(in crate::fetch) trouble: Option<Outcome>,
    /// Asked again from this moment on.
    until: Instant,
    /// Tries without success, and the moment of the first of them.
    failures: u32,
    failing_since: Option<Instant>,
}

impl Robots {
    /// The place for what is known of an origin.
    pub(in crate::fetch) fn of(&self, origin: &str) -> Arc<Mutex<Option<Known>>> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.known.len() >= ORIGINS_MAX || origins.weight > WEIGHT_MAX {
            *origins = Origins::default();
        }
        Arc::clone(origins.known.entry(origin.to_owned()).or_default())
    }

    /// Counts new rules towards the memory that all origins share.
    pub(in crate::fetch) fn weigh(&self, known: &Known) {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.weight += known.rules.as_ref().map_or(0, |rules| rules.weight());
    }
}

impl Known {
    /// True while the file need not be asked for.
    pub(in crate::fetch) fn is_fresh(&self, now: Instant) -> bool {
        now < self.until
    }

    /// What is known after asking for the file brought `outcome`: a file gives its rules, its
    /// absence allows everything, and where neither is certain the old rules hold, or nothing is
    /// allowed yet.
    pub(in crate::fetch) fn after(
        old: Option<&Self>,
        outcome: &Outcome,
        token: &str,
        now: Instant,
    ) -> Self {
        match outcome {
            Outcome::Fetched(file) => {
                Self::certain(Rules::read(&file.body, token), file.freshness, now)
            }
            Outcome::Gone => Self::certain(Rules::default(), Freshness::default(), now),
            Outcome::Failed(failure) => match failure.kind {
                FailureKind::Status(status) if is_absence(status) => {
                    Self::certain(Rules::default(), failure.freshness, now)
                }
                FailureKind::Redirect => Self::certain(Rules::default(), Freshness::default(), now),
                _ => Self::unreachable(old, outcome.clone(), now),
            },
            Outcome::Unchanged(_) | Outcome::Refused(_) => {
                Self::unreachable(old, outcome.clone(), now)
            }
        }
    }

    fn certain(rules: Rules, freshness: Freshness, now: Instant) -> Self {
        let keep = freshness.max_age.unwrap_or(KEEP).clamp(KEEP_MIN, KEEP);
        let rules = Some(Arc::new(rules));
        Self { rules, trouble: None, until: now + keep, failures: 0, failing_since: None }
    }

    fn unreachable(old: Option<&Self>, trouble: Outcome, now: Instant) -> Self {
        let since = old.and_then(|old| old.failing_since).unwrap_or(now);
        if now.duration_since(since) > GIVE_UP {
            return Self::certain(Rules::default(), Freshness::default(), now);
        }
        let failures = old.map_or(0, |old| old.failures);
        let retry = RETRY.saturating_mul(1 << failures.min(16)).min(RETRY_MAX);
        Self {
            rules: old.and_then(|old| old.rules.clone()),
            trouble: Some(trouble),
            until: now + retry,
            failures: failures + 1,
            failing_since: Some(since),
        }
    }
}

/// RFC 9309, 2.3.1.3: the file is "unavailable". 429 is left out: it says that the host is busy,
/// not that it has no rules.
fn is_absence(status: u16) -> bool {
    (400..500).contains(&status) && status != 429
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::Failure;
    use crate::observe::steady;

    fn failed(kind: FailureKind) -> Outcome {
        Outcome::Failed(Box::new(Failure::new(kind, "x")))
    }

    #[track_caller]
    fn check(kind: FailureKind, allowed: bool) {
        let known = Known::after(None, &failed(kind), "wiredesk", steady());
        assert_eq!(known.rules.is_some_and(|rules| rules.allow("/")), allowed, "{kind:?}");
    }

    #[test]
    fn absence_allows_and_doubt_forbids() {
        for status in [400, 401, 403, 404, 451] {
            check(FailureKind::Status(status), true);
        }
        check(FailureKind::Redirect, true);
        for status in [429, 500, 503] {
            check(FailureKind::Status(status), false);
        }
        check(FailureKind::Timeout, false);
        check(FailureKind::Dns, false);
    }

    #[test]
    fn old_rules_outlive_an_outage_and_doubt_ends() {
        let now = steady();
        let there = Known::after(None, &Outcome::Gone, "x", now);
        let out = failed(FailureKind::Status(503));
        let mut known = Known::after(Some(&there), &out, "x", now);
        assert!(known.rules.is_some() && known.trouble.is_some());
        assert!(known.is_fresh(now) && !known.is_fresh(now + RETRY));
        for _ in 0..40 {
            known = Known::after(Some(&known), &out, "x", now);
        }
        assert!(!known.is_fresh(now + RETRY_MAX));
        let never = Known::after(None, &out, "x", now);
        let later = Known::after(Some(&never), &out, "x", now + GIVE_UP + RETRY);
        assert!(later.rules.is_some() && later.trouble.is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let robots = Robots::default();
        for n in 0..3 * ORIGINS_MAX {
            robots.of(&n.to_string());
        }
        assert!(robots.origins.lock().unwrap().known.len() <= ORIGINS_MAX);
    }
}
