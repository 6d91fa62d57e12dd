//! Quantiles of the daemon's own histograms, from the text that it gives to Prometheus: the status
//! page, `/v1/status` and the graphs elsewhere cannot differ.

/// The value of a metric with one label, for each value of the label.
pub(super) fn by_label<'t>(text: &'t str, name: &str) -> Vec<(&'t str, u64)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('{'));
    let pair = |line: &'t str| {
        let (labels, value) = line.split_once("} ")?;
        Some((labels.split('"').nth(1)?, value.parse().ok()?))
    };
    let mut pairs: Vec<_> = lines.filter_map(pair).collect();
    pairs.sort_unstable();
    pairs
}

/// The value of a metric without labels; 0 where it is not there.
pub(super) fn plain(text: &str, name: &str) -> u64 {
    let line = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
    text.lines().find_map(line).unwrap_or_default()
}

/// The upper bound in seconds below which a `share` of all observations lies; `None` before the
/// first, infinity where it lies above the last bound.
pub(super) fn quantile(text: &str, name: &str, share: f64) -> Option<f64> {
    let buckets = by_label(text, &format!("{name}_bucket"));
    let mut buckets: Vec<(f64, u64)> = buckets
        .iter()
        .map(|(bound, count)| (bound.parse().unwrap_or(f64::INFINITY), *count))
        .collect();
    buckets.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total = buckets.last().map(|(_, count)| *count).filter(|count| *count > 0)?;
    #[expect(clippy::cast_precision_loss, reason = "counts of polls are far below 2^52")]
    let enough = |count: u64| count as f64 >= share * total as f64;
    buckets.iter().find(|(_, count)| enough(*count)).map(|(bound, _)| *bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{FetchOutcome, Metrics};
    use std::time::Duration;

    #[test]
    fn quantiles_come_from_what_was_observed() {
        let metrics = Metrics::new();
        assert_eq!(quantile(&metrics.encode(), "wiredesk_fetch_duration_seconds", 0.5), None);
        for millis in [5, 5, 5, 35] {
            metrics.fetched(FetchOutcome::Document, Some(Duration::from_millis(millis)));
        }
        metrics.fetched(FetchOutcome::Failed, Some(Duration::from_secs(100)));
        let text = metrics.encode();
        let check = |share, expect| {
            assert_eq!(quantile(&text, "wiredesk_fetch_duration_seconds", share), Some(expect));
        };
        check(0.5, 0.01);
        check(0.8, 0.04);
        check(0.99, f64::INFINITY);
        let outcomes = by_label(&text, "wiredesk_fetches_total");
        assert_eq!(outcomes, [("document", 4), ("failed", 1)]);
        assert_eq!(plain(&text, "wiredesk_fetch_duration_seconds_count"), 5);
        assert_eq!(plain(&text, "wiredesk_fetch"), 0);
    }
}
