//! The whole journey, by the real program: feeds on loopback, `wiredesk run`, and the verbs that
//! read; real signals, real kills, real files.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, and waits by the real clock"
)]

mod activation;
mod backfill;
mod burst;
mod consumer;
mod contract;
mod desk;
mod doctor;
mod feeds;
mod full;
mod health;
mod hooks;
mod keeping;
mod kill;
mod pages;
mod pty;
mod reading;
mod receiver;
mod reload;
mod site;
#[path = "../support/mod.rs"]
mod support;
#[cfg(feature = "interfaces")]
mod top;
#[cfg(feature = "interfaces")]
mod traces;
mod turns;
mod twins;
mod validators;
mod watching;
mod websub;

use desk::Desk;
use site::{Site, paragraphs, title};
use std::collections::BTreeMap;
use std::time::Duration;

/// Polls each second; loopback allowed.
const QUICK: &str = "[schedule]\nmode = \"fixed\"\nevery = \"1s\"\nmin = \"1s\"\njitter = 0.0\n\
    [fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\nper_host_interval = \"0s\"\n";

/// A configuration that polls so many feeds of a site.
fn config(settings: &str, site: &Site, feeds: usize) -> String {
    let list: String = (0..feeds)
        .map(|n| {
            format!(
                "[[feed]]\nid = \"pier-{n}\"\nurl = \"{}\"\ntags = [\"harbour\"]\n",
                site.feed(n)
            )
        })
        .collect();
    format!("{settings}{list}")
}

#[test]
fn an_article_travels_from_its_feed_to_a_reader() {
    let site = Site::start(Duration::from_millis(200), 12);
    let mut desk = Desk::new(&config(QUICK, &site, 3));
    desk.start();
    desk.wait("all articles are there", |desk| desk.articles().len() == 36);
    let by_title: BTreeMap<String, serde_json::Value> =
        desk.articles().into_iter().map(|a| (a["title"].as_str().unwrap().to_owned(), a)).collect();
    for feed in 0..3 {
        for n in 0..12 {
            let article = &by_title[&title(feed, n)];
            assert_eq!(article["text"], paragraphs(feed, n).join("\n\n"));
            assert_eq!(article["url"], format!("{}/{feed}/{n}", site.base));
            assert_eq!(article["sightings"][0]["feed"], format!("pier-{feed}"));
            assert_eq!(article["published"], format!("2026-11-02T00:{n:02}:00Z"));
            assert_eq!(article["tags"][0], "harbour");
        }
    }
    assert_eq!(site.pages(), 36, "each page is fetched once");
    assert!(desk.stop().success(), "{}", desk.log());
    assert_eq!(desk.articles().len(), 36, "the verbs read the store without the daemon too");
    assert_gapless(&desk);
}

#[test]
fn a_restart_polls_nothing_early() {
    let site = Site::start(Duration::from_millis(1), 1);
    let slow = QUICK.replace("every = \"1s\"", "every = \"3s\"");
    let mut desk = Desk::new(&config(&slow, &site, 4));
    desk.start();
    desk.wait("every feed was asked", |_| (0..4).all(|n| !site.asked(n).is_empty()));
    desk.wait("the articles are there", |desk| desk.articles().len() == 4);
    assert!(desk.stop().success());
    desk.start();
    desk.wait("every feed was asked again", |_| (0..4).all(|n| site.asked(n).len() >= 2));
    for n in 0..4 {
        let asked = site.asked(n);
        let gap = asked[1] - asked[0];
        assert!(gap >= Duration::from_millis(2900), "feed {n} was asked again after {gap:?}");
    }
}

#[test]
fn a_reload_applies_what_changed_and_a_bad_file_keeps_the_old() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    desk.start();
    desk.wait("the first feed is polled", |_| !site.asked(0).is_empty());

    desk.configure("[schedule]\nevery = \"sometimes\"\n");
    desk.signal("HUP");
    desk.wait("the bad file is reported", |desk| {
        desk.log().contains("the old configuration stays")
    });
    let before = site.asked(0).len();
    desk.wait("the old feed is still polled", |_| site.asked(0).len() > before);

    desk.configure(&config(QUICK, &site, 2));
    desk.signal("HUP");
    desk.wait("the added feed is polled", |_| !site.asked(1).is_empty());
    assert!(desk.stop().success());
}

#[test]
fn a_second_daemon_is_refused() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    desk.start();
    let second = desk.verb(&["run"]);
    assert_eq!(second.status.code(), Some(75), "{}", String::from_utf8_lossy(&second.stderr));
    assert!(desk.stop().success());
}

/// Positions rise by one from 1, and every article is new exactly once.
#[track_caller]
fn assert_gapless(desk: &Desk) {
    let changes = desk.changes();
    let mut new = BTreeMap::new();
    for (n, change) in changes.iter().enumerate() {
        assert_eq!(change["seq"], n as u64 + 1, "no gap, no repeat");
        if change["op"] == "new" {
            let url = change["article"]["url"].as_str().unwrap().to_owned();
            assert_eq!(new.insert(url.clone(), n), None, "{url} is new twice");
        }
    }
}
