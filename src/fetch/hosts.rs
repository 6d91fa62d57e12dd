//! Politeness: every request, for whatever purpose, takes its host's turn first.
//!
//! A host is asked by few requests at once and not more often than its interval, counted from
//! start to start; it rests when it says so. Requests wait in the order in which they came, each
//! behind its own host only: the places that all hosts share are taken last, so that nobody who
//! waits for a slow host holds one. Both limits are learned from what a host bears ([`Bearing`]):
//! one that pushes back or is slow has a turn withheld, one that bears requests gets it back.
//! [`Pace`] is the arithmetic, without a clock of its own.

use super::{Settings, guard};
use crate::model::Link;
use crate::observe::steady;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hosts remembered before those that nobody asks are forgotten.
const REMEMBERED: usize = 4096;
/// A host's rest never blocks its other feeds longer than this; the feed that was told to wait
/// keeps its own, longer date.
const REST_MAX: Duration = Duration::from_hours(1);
/// The rest of a host that says 429 or 503 without a length.
const REST: Duration = Duration::from_secs(30);
/// Bounds of a learned interval: shorter ones are not worth learning, longer ones starve a host's
/// other feeds.
const LEARNED_MIN: Duration = Duration::from_millis(500);
const LEARNED_MAX: Duration = Duration::from_mins(2);
/// Answers in a row without any trouble after which a host gets a withheld turn back.
const GOOD_ANSWERS: u32 = 20;
/// "Forbidden" so many times in a row is a rate limit that lacks the words.
const FORBIDDEN: u32 = 2;
/// A request that would have to wait longer for the end of a rest is sent away instead.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands out the turns of all hosts. A cheap handle: clones share everything.
#[derive(Clone)]
pub struct Hosts {
    shared: Arc<Shared>,
}

struct Shared {
    places: Arc<Semaphore>,
    at_once: usize,
    interval: Duration,
    hosts: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    hosts: HashMap<String, Host>,
    /// Number of hosts at which those that nobody asks are next forgotten.
    sweep_at: usize,
}

struct Host {
    turns: Arc<Semaphore>,
    /// Turns that the host does not bear at present; never all of them.
    withheld: Vec<OwnedSemaphorePermit>,
    pace: Pace,
}

/// The right to send one request; given back by dropping it.
pub struct Permit {
    turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// How a host bore a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearing {
    /// It answered, whatever that was, in good time.
    Well,
    /// It needed long, or did not come to an end.
    Slowly,
    /// It said 429 or 503, perhaps with the time after which to come again.
    Not(Option<Duration>),
    /// It said 403: perhaps to this request, perhaps to all.
    Forbidden,
}

impl Hosts {
    /// Nobody waits yet.
    pub fn new(settings: &Settings) -> Self {
        let shared = Shared {
            places: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            at_once: settings.per_host_concurrency.max(1),
            interval: settings.per_host_interval.get(),
            hosts: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// These hosts, or strangers where `new` sets other limits than `old`.
    pub(super) fn renewed(&self, old: &Settings, new: &Settings) -> Self {
        let limits = |s: &Settings| (s.concurrency, s.per_host_concurrency, s.per_host_interval);
        if limits(old) == limits(new) { self.clone() } else { Self::new(new) }
    }

    /// The right to ask `url`, as soon as it is its host's turn.
    ///
    /// # Errors
    /// The length of the host's rest, where it asked for one that lasts for some time yet.
    pub async fn admit(&self, url: &Link) -> Result<Permit, Duration> {
        let key = key(url);
        let turns = self.shared.turns(&key);
        let Ok(turn) = turns.acquire_owned().await else { return Err(REST_MAX) };
        let start = self.shared.with(&key, |pace| pace.reserve(steady()))?;
        tokio::time::sleep_until(start.into()).await;
        let places = Arc::clone(&self.shared.places);
        let Ok(place) = places.acquire_owned().await else { return Err(REST_MAX) };
        self.shared.with(&key, |pace| pace.started(steady()));
        Ok(Permit { turn, _place: place })
    }

    /// How long a request to `url` would wait for its host, by its interval and rest alone.
    pub fn wait(&self, url: &Link) -> Duration {
        self.shared.with(&key(url), |pace| pace.wait(steady()))
    }

    /// Asks the host of `url` no more often than its `Crawl-delay` wishes.
    pub(super) fn slow_down(&self, url: &Link, interval: Duration) {
        self.shared.with(&key(url), |pace| pace.at_least(interval));
    }

    /// Gives a turn back and learns from how the host of `url` bore the request.
    ///
    /// One that pushed back is asked by nobody for the time that it names, at most an hour, and
    /// after that half as often as before, by one fewer at once. A host that is not public serves
    /// many sites behind one address: there only the feed that was told so has to wait.
    pub(super) fn done(&self, url: &Link, permit: Permit, bearing: Bearing) {
        let (key, at_once) = (key(url), self.shared.at_once);
        let mut table = self.shared.lock();
        let host = self.shared.host(&mut table, &key);
        match bearing {
            Bearing::Well => host.bore(),
            Bearing::Slowly => host.withhold(permit, at_once),
            Bearing::Forbidden if !host.pace.forbade() => {}
            Bearing::Forbidden | Bearing::Not(_) if !is_public(url) => {}
            Bearing::Forbidden => host.push_back(permit, at_once, None),
            Bearing::Not(rest) => {
                host.push_back(permit, at_once, rest.map(|rest| rest.min(REST_MAX)));
            }
        }
    }
}

impl Host {
    fn bore(&mut self) {
        if self.pace.bore() {
            self.withheld.pop();
        }
    }

    fn push_back(&mut self, permit: Permit, at_once: usize, rest: Option<Duration>) {
        self.pace.pushed_back(steady(), rest);
        self.withhold(permit, at_once);
    }

    /// Keeps the turn, unless it is the last one.
    fn withhold(&mut self, permit: Permit, at_once: usize) {
        self.pace.good_answers = 0;
        if self.withheld.len() + 1 < at_once {
            self.withheld.push(permit.turn);
        }
    }

    /// True while somebody is asking it or waits for a turn.
    fn is_busy(&self) -> bool {
        Arc::strong_count(&self.turns) > 1 + self.withheld.len()
    }
}

impl Shared {
    fn turns(&self, key: &str) -> Arc<Semaphore> {
        Arc::clone(&self.host(&mut self.lock(), key).turns)
    }

    fn with<T>(&self, key: &str, act: impl FnOnce(&mut Pace) -> T) -> T {
        act(&mut self.host(&mut self.lock(), key).pace)
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn host<'t>(&self, table: &'t mut Table, key: &str) -> &'t mut Host {
        if table.hosts.len() >= table.sweep_at && !table.hosts.contains_key(key) {
            table.sweep();
        }
        table.hosts.entry(key.to_owned()).or_insert_with(|| Host {
            turns: Arc::new(Semaphore::new(self.at_once)),
            withheld: Vec::new(),
            pace: Pace::new(self.interval),
        })
    }
}

impl Table {
    /// Forgets hosts that nobody asks; the next time at twice as many as are left, so that the
    /// work stays small for each host that comes.
    fn sweep(&mut self) {
        let now = steady();
        self.hosts.retain(|_, host| host.is_busy() || host.pace.matters(now));
        self.sweep_at = REMEMBERED.max(2 * self.hosts.len());
    }
}

/// What shares one politeness: the registrable domain, or the address, and the port.
fn key(url: &Link) -> String {
    let port = url.url().port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.site())
}

/// False for a literal address of a private network and for this machine.
fn is_public(url: &Link) -> bool {
    guard::literal(url.url()).is_none_or(guard::is_public) && url.host() != "localhost"
}

/// When a host may be asked next. All moments are the caller's.
#[derive(Debug)]
struct Pace {
    /// Least time from start to start: what the settings and the host's `robots.txt` say.
    base: Duration,
    /// The same as learned from what the host bears; never less than `base`.
    interval: Duration,
    /// No request starts before.
    next: Option<Instant>,
    /// The end of the rest that the host asked for.
    rest_until: Option<Instant>,
    /// Answers in a row without any trouble, as far as they were counted.
    good_answers: u32,
    /// "Forbidden" in a row.
    forbidden: u32,
}

impl Pace {
    fn new(base: Duration) -> Self {
        let (next, rest_until) = (None, None);
        Self { base, interval: base, next, rest_until, good_answers: 0, forbidden: 0 }
    }

    /// The moment at which a request that comes at `now` may start; the one after it starts an
    /// interval later. An error is the length of a rest that is not worth waiting for.
    fn reserve(&mut self, now: Instant) -> Result<Instant, Duration> {
        let rest = self.rest_until.map_or(Duration::ZERO, |end| end.duration_since(now));
        if rest > PATIENCE {
            return Err(rest);
        }
        let start = now + self.wait(now);
        self.next = Some(start + self.interval);
        Ok(start)
    }

    /// A request started at `now`, perhaps later than its reserved moment.
    fn started(&mut self, now: Instant) {
        self.next = self.next.max(Some(now + self.interval));
    }

    fn wait(&self, now: Instant) -> Duration {
        self.next.max(self.rest_until).map_or(Duration::ZERO, |at| at.duration_since(now))
    }

    fn at_least(&mut self, interval: Duration) {
        self.base = self.base.max(interval);
        self.interval = self.interval.max(self.base);
    }

    /// Rests for as long as the host says, or twice the interval that was too short for it, and
    /// doubles the interval.
    fn pushed_back(&mut self, now: Instant, rest: Option<Duration>) {
        self.interval = (self.interval * 2).clamp(LEARNED_MIN, LEARNED_MAX).max(self.base);
        let rest = rest.unwrap_or(REST.max(self.interval));
        self.rest_until = self.rest_until.max(Some(now + rest));
    }

    /// A twentieth of the way back to `base`; true where a withheld turn may be given back.
    fn bore(&mut self) -> bool {
        self.forbidden = 0;
        self.interval = self.base + self.interval.saturating_sub(self.base) * 19 / 20;
        self.good_answers = (self.good_answers + 1) % GOOD_ANSWERS;
        self.good_answers == 0
    }

    /// Counts a "forbidden"; true where it is a rate limit by now.
    fn forbade(&mut self) -> bool {
        self.forbidden = self.forbidden.saturating_add(1);
        self.forbidden >= FORBIDDEN
    }

    /// True while forgetting would lose something.
    fn matters(&self, now: Instant) -> bool {
        let learned = self.interval > self.base + LEARNED_MIN;
        self.wait(now) > Duration::ZERO
            || learned && self.next.is_some_and(|next| next + REST_MAX > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn link(text: &str) -> Link {
        Link::parse(text, None).unwrap()
    }

    #[test]
    fn starts_keep_their_distance() {
        let now = steady();
        let mut pace = Pace::new(SECOND);
        let starts: Vec<_> = (0..4).map(|_| pace.reserve(now).unwrap() - now).collect();
        assert_eq!(starts, [Duration::ZERO, SECOND, SECOND * 2, SECOND * 3]);
        pace.started(now + SECOND * 9);
        assert_eq!(pace.wait(now), SECOND * 10);
        assert_eq!(pace.wait(now + SECOND * 20), Duration::ZERO);
    }

    #[test]
    fn a_rest_is_kept() {
        let now = steady();
        let mut pace = Pace::new(SECOND);
        pace.pushed_back(now, Some(SECOND * 60));
        pace.pushed_back(now, Some(SECOND * 2));
        assert_eq!(pace.reserve(now), Err(SECOND * 60));
        assert_eq!(pace.reserve(now + SECOND * 58), Ok(now + SECOND * 60));
        assert_eq!(pace.reserve(now + SECOND * 58), Ok(now + SECOND * 64));
    }

    #[test]
    fn a_host_that_pushes_back_is_asked_less_and_trusted_again() {
        let now = steady();
        let mut pace = Pace::new(SECOND);
        for expect in [2, 4, 8, 16, 32, 64, 120, 120] {
            pace.pushed_back(now, None);
            assert_eq!(pace.interval, SECOND * expect);
        }
        assert_eq!(pace.wait(now), LEARNED_MAX);
        assert!(pace.matters(now));
        for _ in 0..200 {
            pace.bore();
        }
        assert!(pace.interval < SECOND * 2, "{:?}", pace.interval);
        pace.at_least(SECOND * 10);
        pace.bore();
        assert_eq!(pace.interval, SECOND * 10);
    }

    #[track_caller]
    fn check(one: &str, other: &str, shared: bool) {
        assert_eq!(key(&link(one)) == key(&link(other)), shared, "{one} {other}");
    }

    #[test]
    fn a_site_shares_one_politeness() {
        check("https://www.example.org/a", "https://feeds.example.org/b", true);
        check("https://one.blogspot.com/", "https://two.blogspot.com/", false);
        check("http://127.0.0.1:1/", "http://127.0.0.1:2/", false);
        check("http://example.org/", "http://example.org:80/", true);
    }

    fn at_ease() -> Settings {
        Settings { per_host_interval: crate::model::Span::millis(0), ..Settings::default() }
    }

    async fn ask(hosts: &Hosts, url: &str, bearing: Bearing) {
        let permit = hosts.admit(&link(url)).await.unwrap();
        hosts.done(&link(url), permit, bearing);
    }

    #[tokio::test]
    async fn only_public_hosts_rest_as_a_whole() {
        let hosts = Hosts::new(&at_ease());
        for (url, rests) in [
            ("http://example.org/a", true),
            ("http://127.0.0.1/", false),
            ("http://localhost/", false),
        ] {
            ask(&hosts, url, Bearing::Not(Some(SECOND * 60))).await;
            assert_eq!(hosts.wait(&link(url)) > SECOND, rests, "{url}");
        }
    }

    #[tokio::test]
    async fn forbidden_twice_in_a_row_is_a_rate_limit() {
        let (hosts, url) = (Hosts::new(&at_ease()), "http://example.org/a");
        for bearing in [Bearing::Forbidden, Bearing::Well, Bearing::Forbidden] {
            ask(&hosts, url, bearing).await;
            assert_eq!(hosts.wait(&link(url)), Duration::ZERO, "{bearing:?}");
        }
        ask(&hosts, url, Bearing::Forbidden).await;
        assert!(hosts.wait(&link(url)) > SECOND * 10);
    }

    #[tokio::test]
    async fn a_slow_host_loses_a_turn_and_gets_it_back() {
        let (hosts, url) = (Hosts::new(&at_ease()), "http://example.org/a");
        let free = || hosts.shared.turns(&key(&link(url))).available_permits();
        for _ in 0..3 {
            ask(&hosts, url, Bearing::Slowly).await;
            assert_eq!(free(), 1, "never the last one");
        }
        for n in 1..=GOOD_ANSWERS {
            ask(&hosts, url, Bearing::Well).await;
            assert_eq!(free(), if n < GOOD_ANSWERS { 1 } else { 2 });
        }
    }

    #[tokio::test]
    async fn a_slow_host_keeps_nobody_else_waiting() {
        let settings = Settings { concurrency: 3, ..at_ease() };
        let hosts = Hosts::new(&settings);
        let slow = link("http://slow.example/");
        let held = [hosts.admit(&slow).await.unwrap(), hosts.admit(&slow).await.unwrap()];
        let waiting = hosts.admit(&slow);
        let quick = link("http://quick.example/");
        let other = hosts.admit(&quick);
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("three requests at once to one host"),
            other = other => assert!(other.is_ok()),
        }
        drop(held);
        assert!(waiting.await.is_ok());
    }

    #[test]
    fn hosts_at_rest_are_forgotten() {
        let hosts = Hosts::new(&at_ease());
        for n in 0..3 * REMEMBERED {
            hosts.wait(&link(&format!("http://host{n}.example/")));
        }
        assert!(hosts.shared.lock().hosts.len() <= REMEMBERED);
    }
}
