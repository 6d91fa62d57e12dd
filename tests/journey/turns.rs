//! Turns of feeds' health: told once each, also across restarts; and a feed that is begun anew.

use crate::QUICK;
use crate::desk::Desk;
use crate::receiver::Receiver;
use crate::support::{Answer, Server};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

/// A feed whose status the test sets.
fn feed() -> (Server, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(200));
    let told = Arc::clone(&status);
    let server = Server::start(move |_| match told.load(Ordering::SeqCst) {
        200 => Answer::ok("<rss version=\"2.0\"><channel><title>Lock</title></channel></rss>")
            .header("ETag", "\"1\""),
        status => Answer::status(status),
    });
    (server, status)
}

fn desk(server: &Server, hook: &str) -> Desk {
    let settings = format!("{QUICK}[schedule.backoff]\nmax = \"1s\"\n");
    let url = server.link("/feed");
    let feed = format!("[[feed]]\nid = \"lock\"\nurl = \"{}\"\ntags = [\"water\"]\n", url.as_str());
    let desk = Desk::new(&format!("{settings}{feed}{hook}"));
    Receiver::share(&desk, "mill");
    desk
}

fn kinds(receiver: &Receiver) -> Vec<String> {
    receiver.told().iter().map(|told| told.kind().to_owned()).collect()
}

fn asked(desk: &mut Desk, server: &Server, more: usize) {
    let before = server.asked().len();
    desk.wait("the feed is asked", |_| server.asked().len() >= before + more);
}

#[test]
fn a_long_failure_and_its_end_are_told_once_each() {
    let ((server, status), receiver) = (feed(), Receiver::start());
    let mut desk = desk(&server, &receiver.hook("mill", ""));
    desk.start();
    asked(&mut desk, &server, 1);
    status.store(500, Ordering::SeqCst);
    desk.wait("the failure is told", |_| !receiver.told().is_empty());
    asked(&mut desk, &server, 3);
    let told = &receiver.told()[0].json;
    assert_eq!((&told["type"], &told["data"]["feed"]), (&"feed.failing".into(), &"lock".into()));
    assert_eq!(told["data"]["tags"], serde_json::json!(["water"]));
    assert!(told["data"]["failures"].as_u64().unwrap() >= 3, "{told}");
    assert!(told["data"]["error"].as_str().unwrap().contains("500"), "{told}");
    desk.kill();
    desk.start();
    asked(&mut desk, &server, 3);
    assert_eq!(
        kinds(&receiver),
        ["feed.failing"],
        "neither each poll nor a restart tells it again"
    );
    status.store(200, Ordering::SeqCst);
    desk.wait("its end is told", |_| receiver.told().len() == 2);
    asked(&mut desk, &server, 2);
    assert_eq!(kinds(&receiver), ["feed.failing", "feed.recovered"]);
    let log = desk.log();
    assert_eq!(log.matches("the feed has failed for a long time").count(), 1, "{log}");
    assert_eq!(log.matches("the feed has recovered").count(), 1, "{log}");
    let metrics = desk.ask("/metrics").unwrap().1;
    assert!(metrics.contains("wiredesk_feed_turns_total{turn=\"recovered\"} 1"), "{metrics}");
    assert!(desk.stop().success());
}

#[test]
fn a_turn_that_nobody_took_is_told_after_a_restart() {
    let ((server, status), receiver) = (feed(), Receiver::start());
    receiver.answer(Answer::status(500).header("Retry-After", "1"));
    let mut desk = desk(&server, &receiver.hook("mill", ""));
    status.store(404, Ordering::SeqCst);
    desk.start();
    desk.wait("it is tried", |_| !receiver.told().is_empty());
    status.store(200, Ordering::SeqCst);
    desk.wait("the feed is back", |desk| desk.log().contains("the feed has recovered"));
    desk.kill();
    receiver.answer(Answer::status(200));
    desk.start();
    desk.wait("both turns are told", |_| kinds(&receiver).last().unwrap() == "feed.recovered");
    let told = receiver.told();
    let failing: Vec<_> = told.iter().filter(|told| told.kind() == "feed.failing").collect();
    assert!(failing.len() >= 2 && failing.iter().all(|told| told.id == failing[0].id));
    assert!(desk.stop().success());
}

#[test]
fn a_feed_that_is_gone_is_told_so_and_can_be_begun_anew() {
    let ((server, status), receiver) = (feed(), Receiver::start());
    let mut desk = desk(&server, &receiver.hook("mill", ""));
    assert_eq!(desk.verb(&["feed", "reset", "lock"]).status.code(), Some(69), "no daemon runs");
    status.store(410, Ordering::SeqCst);
    desk.start();
    desk.wait("it is gone", |_| kinds(&receiver).contains(&"feed.gone".to_owned()));
    assert!(desk.stop().success());
    desk.start();
    desk.wait("it is still gone", |desk| desk.log().contains("the feed is gone for good"));
    let before = server.asked().len();
    status.store(200, Ordering::SeqCst);
    assert_eq!(desk.lines(&["feed", "reset", "lock"])[0]["order"], "reset");
    desk.wait("it is back", |_| kinds(&receiver).last().unwrap() == "feed.recovered");
    assert!(server.asked().len() > before);
    assert_eq!(kinds(&receiver), ["feed.gone", "feed.recovered"]);

    // With its validators it was asked conditionally; begun anew it is not.
    asked(&mut desk, &server, 2);
    assert!(server.asked().last().unwrap().header("if-none-match").is_some());
    let conditional = |server: &Server, from: usize| {
        server.asked()[from..].iter().all(|asked| asked.header("if-none-match").is_some())
    };
    let before = server.asked().len();
    desk.lines(&["feed", "reset", "lock"]);
    desk.wait("it is asked without them", |_| !conditional(&server, before));
    assert_eq!(desk.verb(&["feed", "reset", "nobody"]).status.code(), Some(69));
    assert!(desk.stop().success());
}
