//! Webhooks by the real program: in order, signed, again until they are taken, across kills; nothing
//! where they are not wanted.

use crate::desk::Desk;
use crate::receiver::{Receiver, Told};
use crate::site::Site;
use crate::support::Answer;
use crate::{QUICK, config};
use std::collections::BTreeMap;
use std::time::Duration;

/// A desk with one feed of a site and these webhooks.
fn desk(site: &Site, settings: &str, hooks: &str) -> Desk {
    let desk = Desk::new(&(config(&format!("{settings}{QUICK}"), site, 1) + hooks));
    for id in ["mill", "other"] {
        Receiver::share(&desk, id);
    }
    desk
}

fn unavailable() -> Answer {
    Answer::status(503).header("Retry-After", "1")
}

/// Positions of what was told; a message that came again counts once.
#[track_caller]
fn positions(told: &[Told]) -> Vec<u64> {
    let mut ids = BTreeMap::new();
    for message in told {
        let before = ids.insert(message.id.clone(), message.json.clone());
        assert!(before.is_none_or(|json| json == message.json), "another message of the same id");
    }
    let mut seqs: Vec<_> = told.iter().map(Told::seq).collect();
    seqs.dedup();
    assert_eq!(seqs.len(), ids.len(), "in order, none between the tries of another: {seqs:?}");
    seqs
}

fn row(desk: &Desk, id: &str) -> serde_json::Value {
    let rows = desk.lines(&["hook", "list"]);
    rows.into_iter().find(|row| row["id"] == id).unwrap()
}

fn metrics(desk: &Desk) -> String {
    desk.ask("/metrics").unwrap().1
}

#[test]
fn every_change_is_told_once_and_in_order() {
    let (site, receiver) = (Site::start(Duration::from_millis(100), 12), Receiver::start());
    let mut desk = desk(&site, "", &receiver.hook("mill", "html = true\n"));
    desk.start();
    desk.wait("all are told", |_| receiver.told().len() == 12);
    let (told, changes) = (receiver.told(), desk.changes());
    assert_eq!(positions(&told), (1..=12).collect::<Vec<_>>());
    for (message, change) in told.iter().zip(changes) {
        let mut change = change;
        change.as_object_mut().unwrap().remove("crc");
        assert_eq!(message.json["data"], change);
        assert_eq!(message.kind(), "article.new");
        assert_eq!(message.json["timestamp"], change["at"]);
    }
    desk.wait("its position is known", |desk| row(desk, "mill")["lag"] == 0);
    let known = row(&desk, "mill");
    assert_eq!((&known["seq"], &known["state"]), (&12.into(), &"delivering".into()));
    let text = metrics(&desk);
    for line in [
        "wiredesk_webhook_deliveries_total{webhook=\"mill\",outcome=\"delivered\"} 12",
        "wiredesk_consumer_lag_changes{consumer=\"hook:mill\"} 0",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(desk.stop().success());
    desk.start();
    desk.wait("the feed is polled again", |desk| desk.log().matches("ready").count() == 2);
    assert_eq!(row(&desk, "mill")["seq"], 12);
    assert_eq!(receiver.told().len(), 12, "a restart tells nothing again");
    assert!(desk.stop().success());
}

#[test]
fn what_is_not_taken_comes_again_also_after_kills() {
    let (site, receiver) = (Site::start(Duration::from_millis(50), 30), Receiver::start());
    receiver.answer(unavailable());
    let mut desk = desk(&site, "", &receiver.hook("mill", ""));
    desk.start();
    desk.wait("it is tried three times", |_| receiver.told().len() >= 3);
    let tries = receiver.told();
    assert!(tries.iter().all(|told| told.seq() == 1 && told.id == tries[0].id));
    assert!(tries[2].at - tries[0].at >= Duration::from_secs(2), "Retry-After is obeyed");
    let waiting = row(&desk, "mill");
    assert_eq!(waiting["state"], "retrying");
    assert_eq!(waiting["last_error"], "the receiver answers 503");
    assert!(waiting["next_try"].is_string());
    desk.kill();
    receiver.answer(Answer::status(200));
    for told in [10, 20] {
        desk.start();
        desk.wait("more is told", |_| positions(&receiver.told()).len() >= told);
        desk.kill();
    }
    desk.start();
    desk.wait("all is told", |_| positions(&receiver.told()).len() == 30);
    assert_eq!(positions(&receiver.told()), (1..=30).collect::<Vec<_>>());
    desk.wait("the error is history", |desk| row(desk, "mill")["last_error"].is_null());
    assert!(desk.stop().success());
}

#[test]
fn a_receiver_that_is_gone_gets_nothing_until_a_reload() {
    let (site, receiver) = (Site::start(Duration::from_millis(1), 3), Receiver::start());
    receiver.answer(Answer::status(410));
    let mut desk = desk(&site, "", &receiver.hook("mill", ""));
    desk.start();
    desk.wait("it is gone", |desk| row(desk, "mill")["state"] == "gone");
    desk.wait("all articles are there", |desk| desk.articles().len() == 3);
    assert_eq!(receiver.told().len(), 1);
    assert_eq!(desk.log().matches("says that it is gone").count(), 1);
    receiver.answer(Answer::status(200));
    assert_eq!(desk.lines(&["reload"])[0]["sections"], serde_json::json!([]));
    desk.wait("all is told", |_| receiver.told().len() == 4);
    assert_eq!(positions(&receiver.told()), [1, 2, 3]);
    assert!(desk.stop().success());
}

#[test]
fn hooks_are_told_what_they_want_and_one_that_fails_delays_no_other() {
    let site = Site::start(Duration::from_millis(1), 4);
    let (picky, lame) = (Receiver::start(), Receiver::start());
    lame.answer(unavailable());
    let mut desk = desk(&site, "", "");
    let all = picky.hook("mill", "tags = [\"Harbour\"]\nfeeds = [\"pier-1\"]\ntext = false\n")
        + &lame.hook("other", "events = [\"revised\"]\n");
    desk.configure(&(config(QUICK, &site, 2) + &all));
    desk.start();
    desk.wait("four are told", |_| picky.told().len() == 4);
    desk.wait("all articles are there", |desk| desk.articles().len() == 8);
    for told in picky.told() {
        let article = &told.json["data"]["article"];
        assert_eq!(article["sightings"][0]["feed"], "pier-1");
        assert_eq!((&article["text"], &article["html"]), (&"".into(), &"".into()));
        assert!(article["words"].as_u64().unwrap() > 10);
    }
    desk.wait("what is not wanted is done with", |desk| row(desk, "other")["lag"] == 0);
    assert!(lame.told().is_empty());

    desk.configure(&(config(QUICK, &site, 2) + &lame.hook("other", "")));
    assert_eq!(desk.lines(&["reload"])[0]["sections"], serde_json::json!(["webhook"]));
    desk.wait("one hook is left", |desk| desk.lines(&["hook", "list"]).len() == 1);
    desk.wait("its position is forgotten", |desk| {
        !std::fs::read_to_string(desk.state().join("bookmarks.json")).unwrap().contains("mill")
    });
    assert!(desk.stop().success());
}

#[test]
fn a_private_address_is_not_asked_unless_it_is_allowed() {
    let Some(receiver) = Receiver::on("127.0.0.2:0") else { return };
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = desk(&site, "", &receiver.hook("mill", ""));
    desk.start();
    desk.wait("it is refused", |desk| row(desk, "mill")["state"] == "retrying");
    let said = row(&desk, "mill")["last_error"].to_string();
    assert!(said.contains("allow_private_networks"), "{said}");
    assert_eq!(receiver.connections(), 0);
    assert!(desk.stop().success());
    assert!(!desk.log().contains("/in"), "the path may be a secret: {}", desk.log());
}

#[test]
fn what_retention_deleted_is_jumped_over() {
    let (site, receiver) = (Site::start(Duration::from_millis(1), 6), Receiver::start());
    receiver.answer(unavailable());
    let small = "[archive]\nfile_size = \"1B\"\n";
    let hook = receiver.hook("mill", "");
    let mut desk = desk(&site, small, &hook);
    desk.start();
    desk.wait("all articles are there", |desk| desk.articles().len() == 6);
    assert!(desk.stop().success());
    let before = desk.changes().len();
    let short = format!("{small}keep_size = \"1B\"\n{QUICK}");
    desk.configure(&(config(&short, &site, 1) + &hook));
    desk.start();
    desk.wait("files are deleted", |desk| desk.changes().len() < before);
    desk.kill();
    let left: Vec<_> = desk.changes().iter().map(|c| c["seq"].as_u64().unwrap()).collect();
    let tried = receiver.told().len();
    receiver.answer(Answer::status(200));
    desk.start();
    desk.wait("what is left is told", |_| {
        let told = receiver.told();
        left.iter().all(|seq| told[tried..].iter().any(|told| told.seq() == *seq))
    });
    assert!(desk.log().contains("changes were deleted before the webhook was told them"));
    desk.wait("its lag is gone", |desk| row(desk, "mill")["lag"] == 0);
    assert!(desk.stop().success());
}

#[test]
fn a_test_message_is_sent_by_hand() {
    let (site, receiver) = (Site::start(Duration::from_millis(1), 1), Receiver::start());
    receiver.answer(Answer::ok("thank you"));
    let desk = desk(&site, "", &receiver.hook("mill", ""));
    let answer = &desk.lines(&["hook", "test", "mill"])[0];
    assert_eq!((&answer["status"], &answer["body"]), (&200.into(), &"thank you".into()));
    let told = receiver.told();
    assert_eq!(told[0].kind(), "webhook.test");
    assert_eq!(told[0].id, answer["webhook_id"]);
    receiver.answer(Answer::redirect(302, "/elsewhere"));
    let refused = desk.verb(&["hook", "test", "mill"]);
    assert_eq!(refused.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("it answers 302"));
    assert_eq!(receiver.told().len(), 2, "a redirect is not followed");
    assert_eq!(desk.verb(&["hook", "test", "nobody"]).status.code(), Some(69));
    assert_eq!(desk.lines(&["hook", "list"])[0]["id"], "mill", "also without a daemon");
}
