//! `wiredesk top` on a real terminal, before a real daemon.

use crate::desk::Desk;
use crate::pty::{Pty, command};
use crate::site::{Site, title};
use crate::{QUICK, config};
use std::process::Command;
use std::time::Duration;

/// What a terminal is told to show again what was there before, and the cursor.
const BACK: [&str; 2] = ["\u{1b}[?1049l", "\u{1b}[?25h"];

/// The line that runs `top`, reports its exit code, and lists how the terminal is left.
fn line(desk: &Desk) -> String {
    format!("{}; echo \"code $?\"; stty -a", command("top", &desk.config()))
}

/// Ends with this code and leaves the terminal as it was.
#[track_caller]
fn assert_left(pty: &mut Pty, code: i32) {
    pty.end();
    let said = pty.said();
    let (_, after) = said.rsplit_once("\u{1b}[?1049l").unwrap_or_default();
    for sequence in BACK {
        assert!(said.contains(sequence), "{sequence:?}: {said:?}");
    }
    assert!(after.contains(&format!("code {code}")), "{after:?}");
    assert!(after.contains(" icanon") && after.contains(" echo "), "{after:?}");
}

#[test]
fn a_daemon_is_watched_and_a_restart_survived() {
    let site = Site::start(Duration::from_millis(1), 3);
    let mut desk = Desk::new(&config(QUICK, &site, 2));
    desk.start();
    desk.wait("the articles are there", |desk| desk.articles().len() == 6);
    let mut pty = Pty::run(&line(&desk), (80, 24));
    pty.wait("running");
    pty.wait("feed (2)");
    pty.wait("articles 6");
    pty.wait(&title(0, 0));
    // The chosen feed with its reasons.
    pty.wait(&format!("{} [harbour]", site.feed(0)));
    pty.wait("Last polled");
    // Keys choose, filter and sort.
    pty.press("j");
    pty.wait("─ pier-1 ");
    pty.press("/pier-1\r");
    pty.wait("feed (1 of 2)");
    pty.press("\u{1b}");
    pty.wait("feed (2)");
    pty.press("s");
    pty.wait("sort: name");
    pty.wait_until("polls are counted", |rows| {
        rows[1].contains("polls/s ") && !rows[1].contains("polls/s –")
    });
    assert!(desk.stop().success());
    pty.wait("waiting for the daemon");
    assert!(pty.rows().iter().any(|row| row.contains("pier-1")), "what was known stays");
    desk.start();
    pty.wait("running");
    pty.press("q");
    assert_left(&mut pty, 0);
    assert!(desk.stop().success());
}

#[test]
fn control_c_and_a_signal_give_the_terminal_back() {
    let site = Site::start(Duration::from_millis(1), 1);
    let desk = Desk::new(&config(QUICK, &site, 1));
    let mut pty = Pty::run(&line(&desk), (40, 10));
    pty.wait("waiting for the daemon");
    pty.press("\u{3}");
    assert_left(&mut pty, 0);
    // As a service manager or a closed window does.
    let pid = desk.config().with_file_name("pid");
    let run =
        format!("sh -c 'echo $$ > {}; exec {}'", pid.display(), command("top", &desk.config()));
    let mut pty = Pty::run(&format!("{run}; echo \"code $?\"; stty -a"), (40, 10));
    pty.wait("waiting for the daemon");
    let pid = std::fs::read_to_string(pid).unwrap();
    assert!(Command::new("kill").args(["-s", "TERM", pid.trim()]).status().unwrap().success());
    assert_left(&mut pty, 0);
}

#[test]
fn without_a_terminal_another_verb_is_named() {
    let desk = Desk::new("");
    let output = desk.verb(&["top"]);
    assert_eq!(output.status.code(), Some(69));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no terminal") && said.contains("wiredesk status"), "{said}");
}
