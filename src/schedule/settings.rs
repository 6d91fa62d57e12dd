//! Settings of the scheduler and their defaults.

use crate::model::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A quarter of an hour: what news sites bear from one reader.
const EVERY: Span = Span::seconds(900);
/// Two minutes: the least that is polite, and as fast as any story is worth.
const MIN: Span = Span::seconds(120);
/// Half a day: a feed that was silent for years may wake up.
const MAX: Span = Span::seconds(43_200);
/// A tenth spreads feeds of one host and costs next to no delay.
const JITTER: f64 = 0.1;
/// A week: longer freshness is a mistake in somebody's proxy.
const HINT_MAX: Span = Span::seconds(604_800);
/// A month: what a server that really wants peace may ask for.
const RETRY_AFTER_MAX: Span = Span::seconds(2_592_000);
/// A day: a server that came back is found within it.
const BACKOFF_MAX: Span = Span::seconds(86_400);
/// A month: most outages are shorter, most longer ones are for ever.
const DEAD_AFTER: Span = Span::seconds(2_592_000);
/// A week: a surprising number of dead feeds come back, and four requests a month hurt nobody.
const DEAD_EVERY: Span = Span::seconds(604_800);

/// How often feeds are polled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `adaptive` polls each feed when it is likely to have news; `fixed` polls by the clock.
    pub mode: Mode,
    /// Fixed: time between two polls of a feed. Adaptive: the same, on average over all feeds: the
    /// daemon makes as many requests as a fixed schedule would, at better moments.
    pub every: Span,
    /// Never polled more often than this, whatever anybody says.
    pub min: Span,
    /// Polled at least this often, unless the server asks for more rest.
    pub max: Span,
    /// Random delay added to each wait, as a share of it (0 to 1); never makes a poll earlier.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub jitter: f64,
    /// Which wishes of servers and feeds are obeyed.
    pub obey: Vec<Hint>,
    /// Longest rest that `Cache-Control`, `Expires`, `ttl` or `sy:updatePeriod` may ask for.
    pub hint_max: Span,
    /// Longest rest that `Retry-After` may ask for.
    pub retry_after_max: Span,
    /// What happens to a feed that fails.
    pub backoff: Backoff,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Adaptive,
            every: EVERY,
            min: MIN,
            max: MAX,
            jitter: JITTER,
            obey: Hint::ALL.to_vec(),
            hint_max: HINT_MAX,
            retry_after_max: RETRY_AFTER_MAX,
            backoff: Backoff::default(),
        }
    }
}

impl Settings {
    /// What is wrong with the settings: the key, the fault, the remedy.
    pub fn faults(&self) -> Vec<(&'static str, String, String)> {
        let Self { min, max, .. } = self;
        if min <= max {
            return Vec::new();
        }
        let text = format!("{min} is longer than `max`, {max}");
        vec![("min", text, "a feed is polled at least every `max`: make that longer".to_owned())]
    }

    /// True where this wish is obeyed.
    pub(super) fn obeys(&self, hint: Hint) -> bool {
        self.obey.contains(&hint)
    }
}

/// How the time of the next poll is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// When the entries expected since the last poll have waited long enough together.
    #[default]
    Adaptive,
    /// Every so often.
    Fixed,
}

/// A wish of a server or a feed about polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Hint {
    /// `Retry-After`, on any answer.
    #[serde(rename = "retry-after")]
    RetryAfter,
    /// `Cache-Control: max-age` and `Expires`.
    #[serde(rename = "cache-control")]
    CacheControl,
    /// RSS `ttl`.
    #[serde(rename = "ttl")]
    Ttl,
    /// `sy:updatePeriod` with its frequency and base.
    #[serde(rename = "sy:updatePeriod")]
    UpdatePeriod,
    /// RSS `skipHours`.
    #[serde(rename = "skipHours")]
    SkipHours,
    /// RSS `skipDays`.
    #[serde(rename = "skipDays")]
    SkipDays,
}

impl Hint {
    /// Every wish there is.
    pub const ALL: [Self; 6] = [
        Self::RetryAfter,
        Self::CacheControl,
        Self::Ttl,
        Self::UpdatePeriod,
        Self::SkipHours,
        Self::SkipDays,
    ];
}

/// What happens to a feed that fails: the pause starts at its own interval and doubles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Backoff {
    /// Longest pause between two tries.
    pub max: Span,
    /// A feed that failed for this long counts as dead.
    pub dead_after: Span,
    /// Pause between two tries of a dead feed; it is never given up.
    pub dead_every: Span,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { max: BACKOFF_MAX, dead_after: DEAD_AFTER, dead_every: DEAD_EVERY }
    }
}
