//! When a feed is due under the delay threshold: once the entries expected since the last poll
//! have waited long enough together.
//!
//! With λ(s) entries expected at s, a poll at t after one at 0 ends an expected wait of
//! D(t) = ∫₀ᵗ λ(s)(t−s) ds entry-seconds. Polling each feed whenever D reaches one threshold θ,
//! the same for all feeds, minimises the mean delay at a given number of requests: the continuous
//! form of the square-root rule (Sia and Cho 2007), and the value index of Busa-Fekete et al.
//! (arXiv 2502.02430).

use super::rhythm::Expected;

/// Share of a document's window that may be expected before the feed is asked: more, and a burst
/// would push entries out of the document unseen.
const WINDOW_SHARE: f64 = 0.6;
/// Standard deviations of a Poisson count that must fit into the window as well: what matters for
/// short documents. Four are passed once in thirty thousand polls.
const DEVIATIONS: f64 = 4.0;

/// When a feed is due, and what decided it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Due {
    /// Seconds from the last poll, at most `limit`.
    pub(super) after: f64,
    /// Entries expected by then.
    pub(super) entries: f64,
    /// The document's window decided, not the threshold.
    pub(super) crowded: bool,
}

/// When the expected wait reaches `threshold` entry-seconds, or the expected entries fill the
/// `window`, or `limit` seconds are over.
pub(super) fn due(expected: &Expected<'_>, threshold: f64, window: u32, limit: f64) -> Due {
    let room = if window == 0 { f64::INFINITY } else { room(f64::from(window)) };
    let (mut after, mut entries, mut wait) = (0.0, 0.0, 0.0);
    while after < limit {
        let (rate, holds) = expected.piece(after);
        let step = holds.min(limit - after);
        let fills = (room - entries) / rate;
        let ripe = crossing(rate, entries, threshold - wait);
        let end = fills.min(ripe);
        if end <= step {
            let entries = entries + rate * end;
            return Due { after: after + end, entries, crowded: fills < ripe };
        }
        wait += entries * step + rate * step * step / 2.0;
        entries += rate * step;
        after += step;
    }
    Due { after: limit, entries, crowded: false }
}

/// Entries that may be expected: x with x + DEVIATIONS·√x = window, at most the share.
fn room(window: f64) -> f64 {
    let root = (DEVIATIONS * DEVIATIONS + 4.0 * window).sqrt() - DEVIATIONS;
    (root * root / 4.0).min(window * WINDOW_SHARE)
}

/// When entries coming at `rate`, with some waiting already, add `missing` entry-seconds: the
/// root of rate·t²/2 + waiting·t = missing, in the form that does not cancel.
fn crossing(rate: f64, waiting: f64, missing: f64) -> f64 {
    let missing = missing.max(0.0);
    let root = (waiting * waiting + 2.0 * rate * missing).sqrt();
    if root + waiting > 0.0 { 2.0 * missing / (root + waiting) } else { 0.0 }
}
