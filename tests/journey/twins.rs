//! C6: feeds with one address share its fetch, also where one of them joins later.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, title};
use std::collections::BTreeSet;
use std::time::Duration;

fn config(site: &Site, ids: &[&str]) -> String {
    let feed = |id: &&str| {
        format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\ntags = [\"{id}\"]\n", site.feed(0))
    };
    let settings = QUICK.replace("every = \"1s\"", "every = \"2s\"");
    format!(
        "{settings}[extract]\nfull_text = \"never\"\n{}",
        ids.iter().map(feed).collect::<String>()
    )
}

/// The feeds that carried an article.
fn carriers(desk: &Desk, article: usize) -> BTreeSet<String> {
    let all = desk.articles();
    let found = all.iter().filter(|a| a["title"] == title(0, article).as_str());
    let sightings = found.flat_map(|a| a["sightings"].as_array().unwrap().iter());
    sightings.map(|s| s["feed"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn feeds_with_one_address_share_its_fetch() {
    let site = Site::start(Duration::from_millis(700), 3);
    let mut desk = Desk::new(&config(&site, &["one", "two"]));
    desk.start();
    desk.wait("both carry all of it", |desk| (0..3).all(|n| carriers(desk, n).len() == 2));

    desk.configure(&config(&site, &["two", "three"]));
    desk.signal("HUP");
    desk.wait("the one that joined knows the old entries too", |desk| {
        (0..3).all(|n| carriers(desk, n).contains("three"))
    });
    let before = site.asked(0).len();
    desk.wait("the leader has left, the others are still polled", |_| {
        site.asked(0).len() > before + 2
    });
    let asked = site.asked(0);
    for pair in asked.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(gap >= Duration::from_millis(950), "asked again after {gap:?}");
    }
    assert!(desk.stop().success());
}
