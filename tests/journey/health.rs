//! `wiredesk health` finds the daemon by its configuration, a URL or a socket, and says by its exit
//! code how it is.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, config};
use serde_json::Value;
use std::process::{Command, Output};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wiredesk");

/// Runs `health` without any configuration in reach.
fn health(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(PROGRAM)
        .arg("health")
        .args(args)
        .current_dir(folder.path())
        .env_remove("WIREDESK_CONFIG")
        .env("HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .output()
        .unwrap()
}

#[track_caller]
fn check(output: &Output, code: i32, state: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["state"], state, "{line} {said}");
}

#[test]
fn a_daemon_is_found_by_its_configuration_a_url_or_a_socket() {
    let site = Site::start(Duration::from_millis(1), 1);
    let port = free_port();
    let mut desk = Desk::new("");
    let listen = format!("listen = [\"unix:{}\", \"127.0.0.1:{port}\"]", desk.socket().display());
    desk.configure_http(&listen, &config(QUICK, &site, 1));
    desk.start();
    let (url, socket) = (format!("http://127.0.0.1:{port}"), desk.socket());
    let socket = socket.to_str().unwrap();
    check(&desk.verb(&["health"]), 0, "running");
    check(&health(&[&url]), 0, "running");
    check(&health(&[&format!("{url}/")]), 0, "running");
    check(&health(&[socket]), 0, "running");
    check(&health(&[&format!("unix:{socket}")]), 0, "running");
    desk.signal("STOP");
    check(&health(&["--timeout", "1", socket]), 69, "unreachable");
    desk.signal("CONT");
    assert!(desk.stop().success());
    for place in [&url, socket] {
        check(&health(&[place]), 69, "unreachable");
    }
    check(&desk.verb(&["health"]), 69, "unreachable");
    assert_eq!(health(&[]).status.code(), Some(78), "there is no configuration to look into");
}

#[test]
fn a_daemon_without_a_socket_is_found_at_its_port() {
    let site = Site::start(Duration::from_millis(1), 1);
    let port = free_port();
    let mut desk = Desk::new("");
    desk.configure_http(&format!("listen = [\"127.0.0.1:{port}\"]"), &config(QUICK, &site, 1));
    desk.launch();
    desk.wait("it answers at its port", |desk| desk.verb(&["health"]).status.success());
    desk.wait("the article is listed over the port", |desk| desk.lines(&["list"]).len() == 1);
    assert!(desk.stop().success());
}

#[test]
fn a_daemon_that_cannot_write_is_not_well() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new("");
    desk.configure_daemon("free_space_floor = \"900000GiB\"", &config(QUICK, &site, 1));
    desk.start();
    let output = desk.verb(&["health"]);
    check(&output, 69, "read-only");
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(line["reason"].as_str().unwrap().contains("free"), "{line}");
    assert!(desk.stop().success());
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
