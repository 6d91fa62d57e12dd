//! What a person does with a desk as a whole: back it up, restore it, shrink it, mend it, take over
//! the articles of another one.

use super::{QUICK, config};
use crate::desk::Desk;
use crate::site::Site;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use wiredesk::daemon::bookmarks_file;
use wiredesk::model::Timestamp;
use wiredesk::serve::{Bookmark, Bookmarks};

/// A desk with eight articles, running.
fn filled(site: &Site) -> Desk {
    let mut desk = Desk::new(&config(QUICK, site, 1));
    desk.start();
    desk.wait("all articles are there", |desk| desk.articles().len() == 8);
    desk
}

#[track_caller]
fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

/// Titles of the current articles, sorted.
fn titles(desk: &Desk) -> Vec<String> {
    let articles = desk.lines(&["export", "ndjson"]);
    let mut titles: Vec<_> =
        articles.iter().map(|a| a["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

#[test]
fn a_backup_of_a_running_desk_becomes_another_desk() {
    let site = Site::start(Duration::from_millis(1), 8);
    let mut desk = filled(&site);
    let scratch = tempfile::tempdir().unwrap();
    let copy = scratch.path().join("copy");
    let copy = copy.to_str().unwrap();
    said(&desk.verb(&["backup", copy]));
    let bookmarks = Bookmarks::open(&bookmarks_file(&desk.state())).unwrap();
    let mark = Bookmark { seq: 6, updated: Timestamp::UNIX_EPOCH };
    assert!(bookmarks.put("reader", mark).unwrap());
    assert!(said(&desk.verb(&["backup", copy])).contains("ends with change 8"));
    let all = titles(&desk);
    desk.stop();

    let restored = Desk::new(&config(QUICK, &site, 1));
    assert!(said(&restored.verb(&["restore", copy])).contains("up to change 8"));
    assert_eq!(titles(&restored), all);
    assert!(!restored.verb(&["restore", copy]).status.success(), "a log is not written over");
    said(&restored.verb(&["verify"]));
    assert_eq!(position(&restored), 6);

    let early = Desk::new(&config(QUICK, &site, 1));
    said(&early.verb(&["restore", copy, "--until", "3"]));
    assert_eq!(titles(&early).len(), 3);
    assert_eq!(position(&early), 3, "no further than there are changes");
}

/// How far the program "reader" has come.
fn position(desk: &Desk) -> u64 {
    let bookmarks = Bookmarks::open(&bookmarks_file(&desk.state())).unwrap();
    bookmarks.get("reader").unwrap().seq
}

#[test]
fn a_shrunk_store_has_everything_and_asks_conditionally() {
    let site = Site::start(Duration::from_millis(1), 8);
    let mut desk = filled(&site);
    let all = titles(&desk);
    desk.stop();
    assert!(said(&desk.verb(&["gc"])).contains("records"));
    assert_eq!(titles(&desk), all);
    said(&desk.verb(&["verify"]));
    said(&desk.verb(&["rebuild"]));
    // What the archive does not hold came over: the feed is known with its last poll.
    let feeds = desk.lines(&["feed", "list", "--json"]);
    assert!(feeds[0]["last_success"].is_string(), "{}", feeds[0]);
}

#[test]
fn damage_is_mended_and_what_is_lost_is_declared() {
    let site = Site::start(Duration::from_millis(1), 8);
    let mut desk = filled(&site);
    desk.stop();
    let plain = archive_file(&desk.state().join("archive"));
    let mut text = fs::read(&plain).unwrap();
    let second = text.iter().position(|b| *b == b'\n').unwrap() + 40;
    text[second] ^= 1;
    fs::write(&plain, &text).unwrap();
    // Seen as complete once another file follows it.
    let next = plain.with_file_name("00000000000000000009.ndjson");
    fs::write(next, "").unwrap();
    assert_eq!(desk.verb(&["verify"]).status.code(), Some(65));
    let said = said(&desk.verb(&["verify", "--repair"]));
    assert!(said.contains("1 archive files written anew, 1 changes are lost"), "{said}");
    assert!(desk.verb(&["verify"]).status.success());
}

fn archive_file(dir: &Path) -> std::path::PathBuf {
    let day = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    fs::read_dir(day).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn the_articles_of_another_desk_are_taken_over_once() {
    let site = Site::start(Duration::from_millis(1), 8);
    let mut desk = filled(&site);
    let export = desk.verb(&["export", "ndjson"]).stdout;
    desk.stop();
    let all = titles(&desk);
    let other = Desk::new(&config(QUICK, &site, 1));
    let file = other.config().with_file_name("export.ndjson");
    fs::write(&file, export).unwrap();
    let file = file.to_str().unwrap();
    let import = ["import", "ndjson", file];
    assert!(said(&other.verb(&import)).contains("8 articles imported, 0 were known"));
    assert!(said(&other.verb(&import)).contains("0 articles imported, 8 were known"));
    assert_eq!(titles(&other), all);
    fs::write(file, "{\"id\": 1}\n").unwrap();
    assert_eq!(other.verb(&import).status.code(), Some(65));
}

#[test]
fn articles_that_are_kept_no_longer_go_and_that_is_a_change() {
    let site = Site::start(Duration::from_millis(1), 8);
    let keep = format!("[archive]\nkeep_tags = {{ harbour = \"1ms\" }}\n{QUICK}");
    let mut desk = filled(&site);
    desk.stop();
    desk.configure(&config(&keep, &site, 1));
    desk.start();
    let gone = |desk: &Desk| desk.changes().iter().filter(|c| c["op"] == "deleted").count();
    desk.wait("all articles have gone", |desk| gone(desk) == 8);
    assert_eq!(desk.articles().len(), 0);
    desk.stop();
    assert!(desk.verb(&["verify"]).status.success());
}
