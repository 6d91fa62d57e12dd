//! [`Hubs`]: which hubs have promised to push which feeds, and what to make of their calls.
//!
//! Tokens and secrets are computed from a key that stands in the state folder, so that nothing else
//! has to be remembered across a restart but the state of each feed. A promise is renewed by the
//! poll that its end calls for; a hub that refuses or stays silent is asked again a day later.

use crate::fetch::websub::{Intent, Reply, Subscription, renew_at};
use crate::model::{FeedId, FeedState, Link, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A hub that did not confirm is asked again after this time.
const ASK_AGAIN: Duration = Duration::from_hours(24);

/// What is known of all hubs.
#[derive(Debug)]
pub struct Hubs {
    /// Address under which hubs reach us.
    base: Link,
    key: [u8; 32],
    lease: Duration,
    known: Mutex<HashMap<String, Promise>>,
}

/// What a hub was asked for, by the token of its callback.
#[derive(Debug)]
struct Promise {
    feed: FeedId,
    subscription: Subscription,
    asked: Timestamp,
    /// When the promise has to be renewed; `None` while it is not confirmed.
    renew: Option<Timestamp>,
    /// When a genuine push last came.
    pushed: Option<Timestamp>,
}

/// What a push turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// It comes from the hub of this feed.
    Genuine(FeedId),
    /// Its signature is wrong or absent: to be thanked for and thrown away.
    Forged,
    /// Nobody here asked for it.
    Unknown,
}

impl Hubs {
    /// Hubs call under `base`; they are asked to push for `lease`. `key` keeps tokens and secrets.
    pub fn new(base: Link, lease: Duration, key: [u8; 32]) -> Self {
        Self { base, key, lease, known: Mutex::default() }
    }

    /// Expects the calls of a hub whose promise outlived a restart.
    pub fn resume(&self, feed: &FeedId, url: &Link, state: &FeedState) {
        let (Some(renew), Some(_)) = (state.pushed_until, &state.hints.hub) else { return };
        let token = self.token(feed);
        if let Some(subscription) = self.subscription(&token, topic(url, state)) {
            let asked = Timestamp::MIN;
            let pushed = state.last_new;
            let promise =
                Promise { feed: feed.clone(), subscription, asked, renew: Some(renew), pushed };
            self.lock().insert(token, promise);
        }
    }

    /// The hub to ask now, and the form to send; `None` where a promise holds, one was asked for
    /// lately, or the feed names no hub.
    pub fn ask(
        &self,
        feed: &FeedId,
        url: &Link,
        state: &FeedState,
        now: Timestamp,
    ) -> Option<(Link, String)> {
        let hub = state.hints.hub.clone()?;
        let token = self.token(feed);
        let subscription = self.subscription(&token, topic(url, state))?;
        let form = subscription.form(self.lease);
        let mut known = self.lock();
        let before = known.get(&token).filter(|p| p.subscription == subscription);
        let lately = |p: &Promise| now.duration_since(p.asked) < jiff_of(ASK_AGAIN);
        if before
            .is_some_and(|p| p.renew.is_some_and(|at| at > now) || p.renew.is_none() && lately(p))
        {
            return None;
        }
        let pushed = before.and_then(|p| p.pushed);
        let promise = Promise { feed: feed.clone(), subscription, asked: now, renew: None, pushed };
        known.insert(token, promise);
        Some((hub, form))
    }

    /// Adds to a feed's state what its hub has promised and done.
    pub fn note(&self, feed: &FeedId, state: &mut FeedState) {
        if let Some(promise) = self.lock().get(&self.token(feed)) {
            state.pushed_until = promise.renew;
            state.last_new = state.last_new.max(promise.pushed);
        }
    }

    /// The text with which to confirm what a hub asks at the callback `token`; `None` where nobody
    /// asked for that. `jitter`, 0 to 1, keeps promises made together from ending together.
    pub fn confirm<'q>(
        &self,
        token: &str,
        intent: &Intent<'q>,
        now: Timestamp,
        jitter: f64,
    ) -> Option<&'q str> {
        let mut known = self.lock();
        let promise = known.get_mut(token)?;
        match promise.subscription.reply(intent) {
            Reply::Confirm(challenge, lease) => {
                tracing::info!(feed = %promise.feed, lease_seconds = lease.as_secs(), "its hub pushes");
                promise.renew = Some(renew_at(now, lease, jitter));
                Some(challenge)
            }
            Reply::Denied => {
                tracing::info!(feed = %promise.feed, "its hub does not want to push");
                promise.renew = None;
                Some("")
            }
            Reply::Unknown => None,
        }
    }

    /// What a push at the callback `token` is.
    pub fn judge(&self, token: &str, signature: &str, body: &[u8], now: Timestamp) -> Push {
        let mut known = self.lock();
        let Some(promise) = known.get_mut(token) else { return Push::Unknown };
        if !promise.subscription.is_genuine(signature, body) {
            return Push::Forged;
        }
        promise.pushed = Some(now);
        Push::Genuine(promise.feed.clone())
    }

    /// The part of a feed's callback that nobody can guess.
    fn token(&self, feed: &FeedId) -> String {
        self.derived("token", feed.as_str())
    }

    fn derived(&self, what: &str, of: &str) -> String {
        let mut hash = blake3::Hasher::new_keyed(&self.key);
        hash.update(what.as_bytes()).update(&[0]).update(of.as_bytes());
        hash.finalize().to_hex().as_str().to_owned()
    }

    fn subscription(&self, token: &str, topic: Link) -> Option<Subscription> {
        let base = self.base.as_str().trim_end_matches('/');
        let callback = Link::parse(&format!("{base}/{token}"), None)?;
        Subscription::new(topic, callback, self.derived("secret", token))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Promise>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to subscribe to: the feed's address as its publisher gives it, else ours.
fn topic(url: &Link, state: &FeedState) -> Link {
    state.hints.self_link.clone().unwrap_or_else(|| url.clone())
}

fn jiff_of(length: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(length).unwrap_or(jiff::SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://a.example/feed";

    fn link(text: &str) -> Link {
        Link::parse(text, None).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn hubs() -> Hubs {
        Hubs::new(link("https://me.example/push/"), Duration::from_hours(240), [7; 32])
    }

    fn feed() -> FeedId {
        FeedId::new("a").unwrap()
    }

    fn announced() -> FeedState {
        let mut state = FeedState::default();
        state.hints.hub = Some(link("https://hub.example/"));
        state
    }

    fn intent() -> Intent<'static> {
        let (mode, challenge) = ("subscribe", Some("abc"));
        Intent { mode, topic: URL, challenge, lease_seconds: Some(1000) }
    }

    #[test]
    fn a_promise_is_asked_for_confirmed_and_renewed() {
        let (hubs, mut state) = (hubs(), announced());
        let (hub, form) = hubs.ask(&feed(), &link(URL), &state, at(0)).unwrap();
        assert_eq!(hub, link("https://hub.example/"));
        assert!(form.contains("hub.callback=https%3A%2F%2Fme.example%2Fpush%2F"), "{form}");
        assert_eq!(hubs.ask(&feed(), &link(URL), &state, at(60)), None, "asked lately");
        let token = hubs.token(&feed());
        assert_eq!(hubs.confirm("guess", &intent(), at(61), 0.0), None);
        assert_eq!(hubs.confirm(&token, &intent(), at(61), 0.0), Some("abc"));
        hubs.note(&feed(), &mut state);
        assert_eq!(state.pushed_until, Some(at(811)), "three quarters of the lease");
        assert_eq!(hubs.ask(&feed(), &link(URL), &state, at(800)), None, "it holds");
        assert!(hubs.ask(&feed(), &link(URL), &state, at(812)).is_some(), "renewed");
    }

    #[test]
    fn a_silent_hub_is_asked_again_a_day_later() {
        let (hubs, state) = (hubs(), announced());
        assert!(hubs.ask(&feed(), &link(URL), &state, at(0)).is_some());
        assert!(hubs.ask(&feed(), &link(URL), &state, at(80_000)).is_none());
        assert!(hubs.ask(&feed(), &link(URL), &state, at(90_000)).is_some());
        assert!(hubs.ask(&feed(), &link(URL), &FeedState::default(), at(0)).is_none(), "no hub");
    }

    #[test]
    fn promises_outlive_a_restart_and_pushes_are_judged() {
        let state = FeedState { pushed_until: Some(at(900)), ..announced() };
        let hubs = hubs();
        let token = hubs.token(&feed());
        assert_eq!(hubs.judge(&token, "", b"x", at(1)), Push::Unknown);
        hubs.resume(&feed(), &link(URL), &state);
        assert_eq!(hubs.judge(&token, "sha256=00", b"x", at(1)), Push::Forged);
        assert_eq!(hubs.ask(&feed(), &link(URL), &state, at(800)), None);
    }
}
