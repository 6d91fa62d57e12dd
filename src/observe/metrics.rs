//! The daemon's metrics: names, units and labels, after Prometheus' naming rules (prefix, base
//! units, few labels with few values). `serve` hands them out as OpenMetrics text.

use super::hours::{Hour, Hours};
use super::now;
use super::offset::Clock;
use crate::model::{Health, Op, Timestamp, Turn};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// The content type of [`Metrics::encode`]'s text.
pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds of the histogram of fetches: 10 ms to 40 s, twice as much from one to the next.
const FETCH_BUCKETS: (f64, u16) = (0.01, 13);

/// Bounds of the histogram of lateness: 100 ms to 7 h, four times as much from one to the next.
const LAG_BUCKETS: (f64, f64, u16) = (0.1, 4.0, 10);

/// One label and its value.
type Label = [(&'static str, &'static str); 1];

/// What a fetch brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchOutcome {
    /// A document.
    Document,
    /// "Not modified".
    Unchanged,
    /// "Gone".
    Gone,
    /// Nothing; asking again may help.
    Failed,
    /// It was not asked for.
    Refused,
}

impl FetchOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Unchanged => "unchanged",
            Self::Gone => "gone",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// What came of a request to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// It was taken.
    Delivered,
    /// It was not; it is sent again.
    Failed,
    /// The receiver wants no more.
    Gone,
}

impl DeliveryOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Gone => "gone",
        }
    }
}

/// How many feeds there are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedCounts {
    /// Not yet polled.
    pub new: u32,
    /// Answered usably the last time.
    pub ok: u32,
    /// Failed the last time.
    pub failing: u32,
    /// Gone for good.
    pub gone: u32,
    /// Failing for so long that they are hardly asked any more.
    pub dead: u32,
    /// Configured not to be polled.
    pub disabled: u32,
}

impl FeedCounts {
    /// Counts one more feed of this health.
    pub fn add(&mut self, health: Health) {
        let place = self.place(health);
        *place = place.saturating_add(1);
    }

    /// Counts one feed of this health less.
    pub fn take(&mut self, health: Health) {
        let place = self.place(health);
        *place = place.saturating_sub(1);
    }

    fn place(&mut self, health: Health) -> &mut u32 {
        match health {
            Health::New => &mut self.new,
            Health::Ok => &mut self.ok,
            Health::Failing => &mut self.failing,
            Health::Gone => &mut self.gone,
            Health::Dead => &mut self.dead,
        }
    }

    /// The counts with the words that stand for the states.
    pub fn by_state(self) -> [(&'static str, u32); 6] {
        let Self { new, ok, failing, gone, dead, disabled } = self;
        [
            ("new", new),
            ("ok", ok),
            ("failing", failing),
            ("gone", gone),
            ("dead", dead),
            ("disabled", disabled),
        ]
    }
}

/// All metrics. A cheap handle would not pay: the daemon keeps one in an `Arc`.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    fetches: Family<Label, Counter>,
    fetch_duration: Histogram,
    articles: Family<Label, Counter>,
    duplicates: Counter,
    hours: Hours,
    started: Timestamp,
    clock: Clock,
    feeds: Family<Label, Gauge>,
    feed_turns: Family<Label, Counter>,
    deliveries: Family<[(&'static str, String); 2], Counter>,
    schedule_lag: Histogram,
    inbox: Gauge,
    store_bytes: Gauge,
    payload_bytes: Gauge,
    store_rebuilds: Counter,
    resident: Gauge,
    last_seq: Gauge,
    consumer_lag: Family<[(&'static str, String); 1], Gauge>,
    reload_ok: Gauge,
    reload_time: Gauge,
    clock_offset: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All metrics at zero, the configuration counted as loaded.
    pub fn new() -> Self {
        let (start, length) = FETCH_BUCKETS;
        let (lag_start, lag_factor, lag_length) = LAG_BUCKETS;
        let mut metrics = Self {
            registry: Registry::with_prefix("wiredesk"),
            fetches: Family::default(),
            fetch_duration: Histogram::new(exponential_buckets(start, 2.0, length)),
            articles: Family::default(),
            duplicates: Counter::default(),
            hours: Hours::default(),
            started: now(),
            clock: Clock::default(),
            feeds: Family::default(),
            feed_turns: Family::default(),
            deliveries: Family::default(),
            schedule_lag: Histogram::new(exponential_buckets(lag_start, lag_factor, lag_length)),
            inbox: Gauge::default(),
            store_bytes: Gauge::default(),
            payload_bytes: Gauge::default(),
            store_rebuilds: Counter::default(),
            resident: Gauge::default(),
            last_seq: Gauge::default(),
            consumer_lag: Family::default(),
            reload_ok: Gauge::default(),
            reload_time: Gauge::default(),
            clock_offset: Gauge::default(),
        };
        metrics.register_journey();
        metrics.register_daemon();
        metrics
    }

    /// Names what happens to feeds and articles.
    fn register_journey(&mut self) {
        let r = &mut self.registry;
        r.register("fetches", "Documents asked for, by what came of it", self.fetches.clone());
        let help = "Time from the first request to the last byte";
        r.register_with_unit("fetch_duration", help, Unit::Seconds, self.fetch_duration.clone());
        r.register("articles", "Changes written, by operation", self.articles.clone());
        let help = "New articles that copy an earlier one";
        r.register("duplicates", help, self.duplicates.clone());
        r.register("feeds", "Configured feeds, by state", self.feeds.clone());
        let help = "Feeds that began to fail for long, were gone, or recovered";
        r.register("feed_turns", help, self.feed_turns.clone());
        let help = "Requests to webhooks, by what came of them";
        r.register("webhook_deliveries", help, self.deliveries.clone());
        let help = "How much later than planned polls began";
        r.register_with_unit("schedule_lag", help, Unit::Seconds, self.schedule_lag.clone());
        r.register(
            "inbox_entries",
            "Entries that wait for their page, or to be read",
            self.inbox.clone(),
        );
    }

    /// Names what the daemon says of itself and its files.
    fn register_daemon(&mut self) {
        let r = &mut self.registry;
        let help = "Size of the index on disk";
        r.register_with_unit("store", help, Unit::Bytes, self.store_bytes.clone());
        let help = "Size of what is live in the index";
        r.register_with_unit("store_payload", help, Unit::Bytes, self.payload_bytes.clone());
        let help = "Memory in use by the process";
        r.register_with_unit("resident_memory", help, Unit::Bytes, self.resident.clone());
        let help = "Times the index was set aside and built again from the archive";
        r.register("store_rebuilds", help, self.store_rebuilds.clone());
        let help = "Position of the newest change in the log";
        r.register("changes_last_seq", help, self.last_seq.clone());
        let help = "Changes that a consumer has not confirmed";
        r.register("consumer_lag_changes", help, self.consumer_lag.clone());
        let help = "1 where the last reload of the configuration was applied, else 0";
        r.register("config_last_reload_successful", help, self.reload_ok.clone());
        let name = "config_last_reload_success_timestamp";
        let help = "When a configuration was last applied, Unix time";
        r.register_with_unit(name, help, Unit::Seconds, self.reload_time.clone());
        let help = "How far this machine's clock is behind those of the servers that answer";
        r.register_with_unit("clock_offset", help, Unit::Seconds, self.clock_offset.clone());
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        r.register("build", "The program that runs", build);
    }

    /// Counts a fetch; `took` is `None` where nothing was sent.
    pub fn fetched(&self, outcome: FetchOutcome, took: Option<Duration>) {
        self.fetches.get_or_create(&[("outcome", outcome.as_str())]).inc();
        if let Some(took) = took {
            self.fetch_duration.observe(took.as_secs_f64());
        }
    }

    /// Counts a written change.
    pub fn changed(&self, op: Op) {
        self.articles.get_or_create(&[("op", op.as_str())]).inc();
    }

    /// Counts an article that was not known; `copy` where it copies an earlier one.
    pub fn came(&self, at: Timestamp, copy: bool) {
        self.duplicates.inc_by(copy.into());
        self.hours.count(at, copy);
    }

    /// New articles that copied an earlier one, since the start.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.get()
    }

    /// New articles of the 24 hours up to `now`, oldest hour first.
    pub fn last_day(&self, now: Timestamp) -> Vec<Hour> {
        self.hours.until(now)
    }

    /// Counts a feed whose health turned.
    pub fn turned(&self, to: Turn) {
        self.feed_turns.get_or_create(&[("turn", to.as_str())]).inc();
    }

    /// Counts a request to a webhook, of which there are as many as are configured.
    pub fn delivered(&self, hook: &str, outcome: DeliveryOutcome) {
        let labels = [("webhook", hook.to_owned()), ("outcome", outcome.as_str().to_owned())];
        self.deliveries.get_or_create(&labels).inc();
    }

    /// Counts a poll that began so much later than planned.
    pub fn polled_late_by(&self, lag: Duration) {
        self.schedule_lag.observe(lag.as_secs_f64());
    }

    /// When the daemon started.
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// Notes that a server's clock said `date` when ours said `now`.
    pub fn dated(&self, date: Timestamp, now: Timestamp) {
        self.clock.note(date, now);
        self.clock_offset.set(self.clock.offset().unwrap_or_default());
    }

    /// Seconds by which our clock is behind those of the servers that answered lately, negative where
    /// it is ahead; `None` until enough have.
    pub fn clock_offset(&self) -> Option<i64> {
        self.clock.offset()
    }

    /// Sets how many feeds are in each state.
    pub fn set_feeds(&self, counts: FeedCounts) {
        for (state, count) in counts.by_state() {
            self.feeds.get_or_create(&[("state", state)]).set(count.into());
        }
    }

    /// Sets how many entries wait for their page.
    pub fn set_inbox(&self, entries: u64) {
        self.inbox.set(i64::try_from(entries).unwrap_or(i64::MAX));
    }

    /// Sets the size of the index on disk.
    pub fn set_store_bytes(&self, bytes: u64) {
        self.store_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Sets the size of what is live in the index.
    pub fn set_payload_bytes(&self, bytes: u64) {
        self.payload_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Sets the memory that is in use.
    pub fn set_resident(&self, bytes: u64) {
        self.resident.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Counts a rebuild of the index.
    pub fn rebuilt(&self) {
        self.store_rebuilds.inc();
    }

    /// Sets the position of the newest change.
    pub fn set_last_seq(&self, seq: u64) {
        self.last_seq.set(i64::try_from(seq).unwrap_or(i64::MAX));
    }

    /// Sets how many changes each consumer has before it; the others are forgotten.
    pub fn set_consumers<'a>(&self, lags: impl Iterator<Item = (&'a str, u64)>) {
        self.consumer_lag.clear();
        for (name, lag) in lags {
            let gauge = self.consumer_lag.get_or_create(&[("consumer", name.to_owned())]);
            gauge.set(i64::try_from(lag).unwrap_or(i64::MAX));
        }
    }

    /// Notes a configuration that was applied at `at`.
    pub fn reloaded(&self, at: Timestamp) {
        self.reload_ok.set(1);
        self.reload_time.set(at.as_second());
    }

    /// Notes a configuration that was refused; the old one goes on.
    pub fn reload_failed(&self) {
        self.reload_ok.set(0);
    }

    /// All metrics as OpenMetrics text ([`METRICS_TYPE`]).
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        encode(&mut text, &self.registry).unwrap_or_default();
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_their_names_and_units() {
        let metrics = Metrics::new();
        metrics.fetched(FetchOutcome::Document, Some(Duration::from_millis(30)));
        metrics.fetched(FetchOutcome::Refused, None);
        metrics.changed(Op::New);
        metrics.came(Timestamp::UNIX_EPOCH, true);
        metrics.polled_late_by(Duration::from_secs(1));
        let mut counts = FeedCounts { disabled: 1, ..FeedCounts::default() };
        counts.add(Health::Ok);
        metrics.set_feeds(counts);
        metrics.turned(Turn::Gone);
        metrics.delivered("mill", DeliveryOutcome::Failed);
        metrics.set_inbox(3);
        metrics.set_store_bytes(4096);
        metrics.set_last_seq(7);
        metrics.rebuilt();
        metrics.reloaded(Timestamp::UNIX_EPOCH);
        metrics.reload_failed();
        let text = metrics.encode();
        for line in [
            "wiredesk_fetches_total{outcome=\"document\"} 1",
            "wiredesk_fetch_duration_seconds_count 1",
            "wiredesk_articles_total{op=\"new\"} 1",
            "wiredesk_duplicates_total 1",
            "wiredesk_feeds{state=\"ok\"} 1",
            "wiredesk_feeds{state=\"disabled\"} 1",
            "wiredesk_schedule_lag_seconds_bucket{le=\"1.6\"} 1",
            "wiredesk_feed_turns_total{turn=\"gone\"} 1",
            "wiredesk_webhook_deliveries_total{webhook=\"mill\",outcome=\"failed\"} 1",
            "wiredesk_inbox_entries 3",
            "wiredesk_store_bytes 4096",
            "wiredesk_store_rebuilds_total 1",
            "wiredesk_changes_last_seq 7",
            "wiredesk_config_last_reload_successful 0",
            "wiredesk_config_last_reload_success_timestamp_seconds 0",
            "wiredesk_build_info{version=",
        ] {
            assert!(text.lines().any(|l| l.starts_with(line)), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
