//! The configuration is read again by itself: whichever way its files change, and never for nothing.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, config};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

const WATCH: &str = "watch = true";

fn desk(site: &Site) -> Desk {
    let desk = Desk::new("");
    desk.configure_daemon(WATCH, &config(QUICK, site, 1));
    desk
}

/// The text of a desk's configuration with so many feeds.
fn text(desk: &Desk, site: &Site, feeds: usize) -> String {
    let present = fs::read_to_string(desk.config()).unwrap();
    let head = present.split("[schedule]").next().unwrap();
    head.to_owned() + &config(QUICK, site, feeds)
}

/// How often a configuration was read again.
fn reloads(desk: &Desk) -> usize {
    desk.log().matches("the configuration was read again").count()
}

#[test]
fn editors_write_files_in_two_ways() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = desk(&site);
    desk.start();
    desk.wait("the first feed is polled", |_| !site.asked(0).is_empty());

    let fresh = desk.config().with_file_name(".wiredesk.toml.swp");
    fs::write(&fresh, text(&desk, &site, 2)).unwrap();
    fs::rename(&fresh, desk.config()).unwrap();
    desk.wait("the second feed is polled", |_| !site.asked(1).is_empty());

    fs::write(desk.config(), text(&desk, &site, 3)).unwrap();
    desk.wait("the third feed is polled", |_| !site.asked(2).is_empty());

    // A file beside it, in a folder that was not there before.
    let beside = config("", &site, 4).split("[[feed]]").last().unwrap().to_owned();
    fs::create_dir(desk.config().with_extension("d")).unwrap();
    fs::write(desk.config().with_extension("d").join("10.toml"), format!("[[feed]]{beside}"))
        .unwrap();
    desk.wait("the fourth feed is polled", |_| !site.asked(3).is_empty());
    assert_eq!(reloads(&desk), 3, "{}", desk.log());
    assert!(desk.stop().success());
}

#[test]
fn a_wrong_file_keeps_the_old_configuration_and_is_complained_about_once() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = desk(&site);
    desk.start();
    desk.wait("the first feed is polled", |_| !site.asked(0).is_empty());
    let good = text(&desk, &site, 2);
    fs::write(desk.config(), good.replace("mode = ", "mood = ")).unwrap();
    let complaints = |desk: &Desk| desk.log().matches("the old configuration stays").count();
    desk.wait("it is complained about", |desk| complaints(desk) == 1);
    assert!(desk.log().contains("[schedule] has no key `mood`"), "{}", desk.log());
    assert!(desk.log().contains("^^^^"), "with a caret: {}", desk.log());
    // The folder is busy, and the file is written again as it is: that is nothing new.
    fs::write(desk.config().with_file_name("notes.txt"), "x").unwrap();
    fs::write(desk.config(), good.replace("mode = ", "mood = ")).unwrap();
    let before = site.asked(0).len();
    desk.wait("the old feed is still polled", |_| site.asked(0).len() > before + 2);
    assert_eq!(complaints(&desk), 1, "{}", desk.log());
    assert!(site.asked(1).is_empty());
    fs::write(desk.config(), good).unwrap();
    desk.wait("the second feed is polled", |_| !site.asked(1).is_empty());
    assert_eq!((complaints(&desk), reloads(&desk)), (1, 1), "{}", desk.log());
    assert!(desk.stop().success());
}

/// Puts a folder's files in force as a kubelet does: they stand in a folder of their own, and a link
/// to that is exchanged.
fn mount(dir: &Path, version: &str, text: &str) {
    let data = dir.join(version);
    fs::create_dir(&data).unwrap();
    fs::write(data.join("wiredesk.toml"), text).unwrap();
    let old = fs::read_link(dir.join("..data"));
    symlink(version, dir.join("..data_tmp")).unwrap();
    fs::rename(dir.join("..data_tmp"), dir.join("..data")).unwrap();
    if let Ok(old) = old {
        fs::remove_dir_all(dir.join(old)).unwrap();
    }
}

#[test]
fn a_mounted_config_map_is_exchanged_link_by_link() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = desk(&site);
    let dir = desk.config().parent().unwrap().to_owned();
    let first = text(&desk, &site, 1);
    let texts = [2, 3].map(|feeds| text(&desk, &site, feeds));
    fs::remove_file(desk.config()).unwrap();
    mount(&dir, "..2026_11_27_1", &first);
    symlink("..data/wiredesk.toml", desk.config()).unwrap();
    desk.start();
    desk.wait("the first feed is polled", |_| !site.asked(0).is_empty());
    for (n, text) in texts.iter().enumerate() {
        mount(&dir, &format!("..2026_11_27_{}", n + 2), text);
        desk.wait("the added feed is polled", |_| !site.asked(n + 1).is_empty());
    }
    assert_eq!(reloads(&desk), 2, "{}", desk.log());
    assert!(desk.stop().success());
}

#[test]
fn nobody_watches_unless_asked_to_and_that_can_change() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    desk.start();
    desk.wait("the first feed is polled", |_| !site.asked(0).is_empty());
    desk.configure_daemon(WATCH, &config(QUICK, &site, 2));
    let before = site.asked(0).len();
    desk.wait("time passes", |_| site.asked(0).len() > before + 2);
    assert!(site.asked(1).is_empty(), "the file is not watched");
    let reloaded = &desk.lines(&["reload"])[0];
    assert_eq!(reloaded["added"], serde_json::json!(["pier-1"]));
    assert_eq!(reloaded["sections"], serde_json::json!(["daemon"]));
    assert_eq!(reloaded["next_start"], serde_json::json!([]));
    desk.configure_daemon(WATCH, &config(QUICK, &site, 3));
    desk.wait("the third feed is polled by itself", |_| !site.asked(2).is_empty());

    desk.configure_daemon(WATCH, &config(&format!("[store]\nlevel = 4\n{QUICK}"), &site, 3));
    desk.wait("that is read again", |desk| reloads(desk) == 3);
    desk.wait("what waits is named", |desk| desk.log().contains("applied at the next start"));
    desk.configure_daemon(WATCH, "[schedule]\nevery = 15\n");
    let refused = desk.verb(&["reload"]);
    assert_eq!(refused.status.code(), Some(78));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("every = 15\n") && said.contains("^^"), "{said}");
    assert!(desk.stop().success());
    assert_eq!(desk.verb(&["reload"]).status.code(), Some(78));
}

#[test]
fn what_only_the_daemon_finds_wrong_is_shown_too() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    desk.launch_by("WIREDESK__SCHEDULE__MAX=30s exec \"$@\"");
    desk.wait("the first feed is polled", |_| !site.asked(0).is_empty());
    desk.configure(&config(&QUICK.replace("min = \"1s\"", "min = \"1m\""), &site, 1));
    let refused = desk.verb(&["reload"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(78), "{said}");
    assert!(said.contains("1m is longer than `max`, 30s") && said.contains("^^"), "{said}");
    let before = site.asked(0).len();
    desk.wait("the old configuration counts", |_| site.asked(0).len() > before + 1);
    assert!(desk.stop().success());
    assert_eq!(desk.verb(&["reload"]).status.code(), Some(69), "no daemon runs");
}
