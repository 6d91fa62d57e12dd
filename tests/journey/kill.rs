//! kill -9 while the daemon ingests, again and again: nothing that a reader was shown is lost,
//! nothing comes twice, and the files verify.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, assert_gapless, config};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Kills in an ordinary test run; `WIREDESK_KILLS` sets another number for a run on record.
const KILLS: usize = 6;

#[test]
fn nothing_acknowledged_is_lost_by_kill_nine() {
    let kills = std::env::var("WIREDESK_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let site = Site::start(Duration::from_millis(50), usize::MAX);
    let mut desk = Desk::new(&config(QUICK, &site, 8));
    let mut shown = BTreeMap::new();
    for round in 0..kills {
        desk.launch();
        let before = shown.len();
        desk.wait("it ingests", |desk| {
            remember(desk, &mut shown);
            shown.len() > before
        });
        // Some kills come at once, others in the middle of the next groups.
        let end = Instant::now() + Duration::from_millis((round as u64 * 7919) % 700);
        while Instant::now() < end {
            remember(&desk, &mut shown);
        }
        desk.kill();
    }
    desk.start();
    assert!(desk.stop().success());
    assert_gapless(&desk);
    let kept: BTreeMap<_, _> =
        desk.changes().into_iter().map(|c| (c["seq"].as_u64().unwrap(), c)).collect();
    for (seq, change) in &shown {
        assert_eq!(kept.get(seq), Some(change), "change {seq} was shown and is lost or another");
    }
    let verify = desk.verb(&["verify"]);
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
    eprintln!("{kills} kills, {} changes shown to a reader, all kept", shown.len());
}

/// Asks the daemon for the changes it has published since the last time.
fn remember(desk: &Desk, shown: &mut BTreeMap<u64, serde_json::Value>) {
    let since = shown.keys().next_back().copied().unwrap_or_default().to_string();
    let output = desk.verb(&["tail", "--since", &since]);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        // The kill may cut the answer short.
        if let Ok(change) = serde_json::from_str::<serde_json::Value>(line) {
            shown.insert(change["seq"].as_u64().unwrap(), change);
        }
    }
}
