//! A disk that takes no more, and takes again: polling pauses, reading goes on, health says why,
//! and all goes on by itself without a change lost or repeated.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, assert_gapless, config};
use std::process::Command;
use std::time::Duration;

/// Until `/readyz` answers with this code, and a word of the reason.
#[track_caller]
fn wait_ready(desk: &mut Desk, code: u16, word: &str) {
    desk.wait(&format!("/readyz is {code} {word}"), |desk| {
        desk.ask("/readyz").is_some_and(|(found, text)| found == code && text.contains(word))
    });
}

fn articles(desk: &Desk) -> usize {
    desk.ask("/v1/articles.ndjson").map_or(0, |(_, text)| text.lines().count())
}

#[test]
fn a_write_that_fails_pauses_polling_until_writing_is_possible() {
    let site = Site::start(Duration::from_millis(100), usize::MAX);
    let mut desk = Desk::new(&config(QUICK, &site, 4));
    // The index's file alone passes this size within seconds.
    desk.launch_by(r#"trap "" XFSZ; ulimit -S -f 1300; exec "$@""#);
    wait_ready(&mut desk, 503, "read-only");
    // Now and then the state folder is opened anew, which takes a moment.
    desk.wait("reading goes on", |desk| articles(desk) > 1);
    assert_eq!(desk.ask("/healthz").unwrap().0, 200, "the process lives");

    let pid = desk.pid().to_string();
    let lifted = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status();
    assert!(lifted.unwrap().success());
    wait_ready(&mut desk, 200, "ready");
    let before = articles(&desk);
    desk.wait("it ingests again", |desk| articles(desk) > before + 10);
    assert_eq!(desk.pid().to_string(), pid, "without a restart");
    assert!(desk.stop().success(), "{}", desk.log());
    assert_gapless(&desk);
    let verify = desk.verb(&["verify"]);
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
}

#[test]
fn below_the_floor_of_free_space_nothing_is_polled() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new("");
    // No disk has so much room.
    desk.configure_daemon("free_space_floor = \"1000000 GiB\"", &config(QUICK, &site, 1));
    desk.start();
    wait_ready(&mut desk, 503, "free_space_floor");
    desk.wait("it has looked again", |desk| desk.log().contains("polling pauses"));
    assert_eq!(site.asked(0).len(), 0);
    assert!(desk.stop().success());
    desk.configure(&config(QUICK, &site, 1));
    desk.start();
    desk.wait("it polls", |_| !site.asked(0).is_empty());
    assert!(desk.stop().success());
}
