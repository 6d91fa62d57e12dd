//! What people watch the daemon with, in `deploy/`: every metric that the dashboard and the alert
//! rules name is one that the program gives, and its labels' values are those it has.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use wiredesk::model::{Op, Timestamp};
use wiredesk::observe::{DeliveryOutcome, FeedCounts, FetchOutcome, Metrics};

/// The text of metrics of which each has been counted once.
fn given() -> String {
    let metrics = Metrics::new();
    metrics.fetched(FetchOutcome::Document, Some(Duration::from_secs(1)));
    metrics.changed(Op::New);
    metrics.came(Timestamp::UNIX_EPOCH, true);
    metrics.set_feeds(FeedCounts::default());
    metrics.delivered("mill", DeliveryOutcome::Failed);
    metrics.set_consumers(std::iter::once(("hook:mill", 1)));
    metrics.encode()
}

/// The names in a text: runs of letters, digits and `_` behind the program's prefix.
fn names(text: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !word(c));
    words.filter(|w| w.starts_with("wiredesk_")).map(str::to_owned).collect()
}

#[track_caller]
fn check(file: &str, at_least: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(file);
    let text = fs::read_to_string(path).unwrap();
    let (used, given) = (names(&text), given());
    let known = names(&given);
    let unknown: Vec<_> = used.difference(&known).collect();
    assert!(unknown.is_empty(), "{file} names metrics that there are not: {unknown:?}");
    assert!(used.len() >= at_least, "{file} names {used:?}");
    let quoted = text.replace("\\\"", "\"");
    for states in quoted.split("state=~\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        for state in states.split('|') {
            assert!(given.contains(&format!("state=\"{state}\"")), "{file}: no state {state}");
        }
    }
}

#[test]
fn the_dashboard_shows_metrics_that_there_are() {
    check("grafana.json", 11);
}

#[test]
fn the_alerts_look_at_metrics_that_there_are() {
    check("alerts.yml", 9);
}

#[test]
fn the_dashboard_is_json_with_panels_that_ask() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/grafana.json");
    let board: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let panels = board["panels"].as_array().unwrap();
    assert!(panels.len() >= 10);
    for panel in panels {
        assert!(!panel["targets"].as_array().unwrap().is_empty(), "{}", panel["title"]);
    }
}
