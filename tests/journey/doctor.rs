//! `wiredesk doctor`: what it finds at real desks, and that nothing private stands in what it prints.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, config};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// The report.
#[track_caller]
fn report(desk: &Desk, args: &[&str]) -> Value {
    let mut lines = desk.lines(&[&["doctor"], args].concat());
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

/// The names of what it finds.
fn findings(report: &Value) -> Vec<String> {
    let found = report["findings"].as_array().unwrap();
    found.iter().map(|finding| finding["name"].as_str().unwrap().to_owned()).collect()
}

/// Finds these things, besides others.
#[track_caller]
fn check(report: &Value, expect: &[&str]) {
    let found = findings(report);
    for name in expect {
        assert!(found.iter().any(|f| f == name), "{name} is not in {found:?}\n{report:#}");
    }
}

/// A file that holds a secret, with these permissions.
fn secret(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_running_desk_is_looked_over() {
    let site = Site::start(Duration::from_millis(1), 3);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failing = format!("[[feed]]\nid = \"deaf\"\nurl = \"http://{closed}/feed\"\n");
    let private = "[[feed]]\nid = \"near\"\nurl = \"http://10.1.2.3/feed\"\n";
    let mut desk = Desk::new(&(config(QUICK, &site, 1) + &failing + private));
    desk.launch_by("ulimit -n 300; exec \"$@\"");
    desk.wait("the feeds were polled", |desk| {
        desk.ask("/v1/status").is_some_and(|(_, body)| body.contains("\"failing\":2"))
            && desk.articles().len() == 3
    });
    let found = report(&desk, &["--json"]);
    check(&found, &["open-files-low", "private-address", "most-feeds-fail"]);
    assert_eq!(found["limits"]["of"], "daemon");
    assert_eq!(found["limits"]["open_files"], 300);
    assert_eq!(found["daemon"]["state"], "running");
    assert_eq!(found["feeds"]["by_state"], serde_json::json!({"failing": 2, "ok": 1}));
    let kinds: Vec<_> =
        found["feeds"]["errors"].as_array().unwrap().iter().map(|e| e["kind"].clone()).collect();
    assert!(kinds.contains(&"connection refused".into()), "{kinds:?}");
    assert!(kinds.contains(&"private address refused".into()), "{kinds:?}");
    assert_eq!(found["folder"]["index"]["articles"], 3);
    let last = found["folder"]["archive"]["last_seq"].as_u64().unwrap();
    assert_eq!(found["folder"]["index"]["applied_seq"].as_u64(), Some(last));
    let text = found.to_string();
    assert!(!text.contains("10.1.2.3") && !text.contains("deaf"), "hosts and names: {text}");
    let named = report(&desk, &["--hosts"]).to_string();
    assert!(named.contains("10.1.2.3") && !named.contains("deaf"), "{named}");

    assert!(desk.stop().success());
    let found = report(&desk, &[]);
    check(&found, &["daemon-absent", "private-address"]);
    assert_eq!(found["limits"]["of"], "this program");
    assert_eq!(found["folder"]["index"]["articles"], 3, "the index is looked into: {found:#}");
    assert!(desk.verb(&["verify"]).status.success(), "and nothing was changed");
}

#[test]
fn nothing_private_is_printed() {
    let site = Site::start(Duration::from_millis(1), 1);
    let mut desk = Desk::new("");
    let folder = desk.config().parent().unwrap().to_owned();
    let home = folder.join("home/alice");
    fs::create_dir_all(&home).unwrap();
    secret(&home.join("token"), "s3cret-token", 0o644);
    secret(&home.join("header"), "s3cret-header", 0o600);
    let config = format!(
        "[daemon]\nstate_dir = \"{folder}/home/alice/state\"\n\
         [identity]\ncontact = \"mailto:s3cret-contact@example.org\"\n\
         user_agent = \"s3cret-agent/1.0\"\n\
         [http]\nlisten = [\"unix:{folder}/home/alice/api.sock\"]\n\
         token_file = \"{folder}/home/alice/token\"\nhub = \"https://hub.example/s3cret-hub\"\n\
         [log]\nlevel = \"info,s3cret_target=debug\"\ntraces = \"https://s3cret-collector.example\"\n\
         [fetch]\nproxy = \"http://s3cret-user:s3cret-password@proxy.example:3128\"\n\
         [archive]\nkeep_tags = {{ s3cret-tag = \"9d\" }}\n\
         [websub]\ncallback = \"https://desk.example/s3cret-callback\"\nlisten = \"127.0.0.1:0\"\n\
         [[feed]]\nid = \"s3cret-id\"\nnote = \"s3cret-note\"\ntags = [\"s3cret-tag\"]\n\
         url = \"http://s3cret-login:s3cret-pass@s3cret-host.example/s3cret-path?key=s3cret-query\"\n\
         headers = {{ X-Key = {{ file = \"{folder}/home/alice/header\" }} }}\n",
        folder = folder.display()
    );
    fs::write(desk.config(), &config).unwrap();
    desk.launch();
    desk.wait("the daemon is there", |desk| {
        desk.verb(&["health"]).status.success() && desk.verb(&["feed", "list"]).stdout.len() > 10
    });
    let running = assert_silent(&desk, &["daemon"]);
    check(&running, &["secret-open"]);
    assert!(running["configuration"]["open_secrets"][0].as_str().unwrap().ends_with("/token"));
    assert!(desk.stop().success());
    assert_silent(&desk, &["daemon-absent"]);
    // A configuration that cannot be read is where people need help, and where secrets stand in
    // places that nobody expected.
    for broken in [
        "headers = { X-Key = \"s3cret-plain\" }",
        "[http]\nlisten = [\"s3cret-listen\"]",
        "[fetch]\nproxy = s3cret-bare",
        "[http]\nhub = \"s3cret-hub\"\ntoken = \"s3cret-token\"",
        "s3cret-key = 1",
        "[websub]\ncallback = \"s3cret-callback\"",
        "[log]\nlevel = \"s3cret=loud\"\ntraces = \"http://s3cret:s3cret@h\"",
        "[schedule]\nevery = \"s3cret\"\nmode = \"s3cret\"",
        "[[feed]]\nid = \"s3cret id\"\nurl = \"s3cret-url\"",
        "[[feed]]\nurl = \"https://a.example/\"\nheaders = { Authorization = \"s3cret\" }",
        "[identity]\ncontact = \"s3cret\"",
    ] {
        fs::write(desk.config(), broken).unwrap();
        check(&assert_silent(&desk, &[]), &["configuration-broken"]);
    }
    drop(site);
}

/// The report; nothing private stands in it, in either form.
#[track_caller]
fn assert_silent(desk: &Desk, expect: &[&str]) -> Value {
    let found = report(desk, &["--hosts"]);
    let text = found.to_string();
    let hostless = report(desk, &[]).to_string();
    // The host is what --hosts asks for.
    let hosts = text.replace("s3cret-host.example", "");
    for said in [&hosts, &hostless] {
        assert!(!said.contains("s3cret") && !said.contains("alice"), "{said}");
    }
    for part in expect {
        assert!(text.contains(part), "{part}: {text}");
    }
    let shown = crate::pty::Pty::run(&crate::pty::command("doctor", &desk.config()), (200, 50));
    shown.wait_until("the text is there", |_| shown.said().contains("machine"));
    let mut shown = shown;
    shown.end();
    let said = shown.said();
    assert!(
        said.contains("findings") && !said.contains("s3cret") && !said.contains("alice"),
        "{said}"
    );
    found
}

#[test]
fn what_is_wrong_with_a_folder_is_found() {
    let site = Site::start(Duration::from_millis(1), 30);
    let mut desk = Desk::new(&config(QUICK, &site, 1));
    check(&report(&desk, &[]), &["state-missing"]);
    assert!(!desk.state().exists(), "a look makes no folder");
    desk.start();
    desk.wait("the articles are there", |desk| desk.articles().len() == 30);
    assert!(desk.stop().success());
    // The archive loses its beginning: the index knows more.
    let aside = desk.state().with_file_name("aside");
    fs::rename(desk.state().join("archive"), &aside).unwrap();
    check(&report(&desk, &[]), &["index-ahead"]);
    fs::write(desk.state().join("archive"), "no folder").unwrap();
    check(&report(&desk, &[]), &["archive-unreadable"]);
    fs::remove_file(desk.state().join("archive")).unwrap();
    fs::rename(&aside, desk.state().join("archive")).unwrap();
    assert!(!findings(&report(&desk, &[])).contains(&"index-ahead".to_owned()));
    // A day in between is lost.
    let archive = desk.state().join("archive");
    let days = fs::read_dir(&archive).unwrap().map(|day| day.unwrap().path());
    let day = days.filter(|path| path.is_dir()).max().unwrap();
    let line = fs::read_to_string(day.join("00000000000000000001.ndjson")).unwrap();
    let last = line.lines().last().unwrap().replace("\"seq\":", "\"seq\":9");
    let behind = archive.join("dt=2999-01-01");
    fs::create_dir(&behind).unwrap();
    fs::write(behind.join("00000000000000000900.ndjson"), format!("{last}\n")).unwrap();
    let found = report(&desk, &[]);
    check(&found, &["archive-gaps"]);
    assert_eq!(found["folder"]["archive"]["gaps"][0], "31-899");
    fs::remove_dir_all(&behind).unwrap();
    // A daemon that hangs holds its index and does not answer.
    desk.start();
    desk.signal("STOP");
    let found = report(&desk, &[]);
    desk.signal("CONT");
    check(&found, &["daemon-absent", "index-unreadable"]);
    assert!(desk.stop().success());
}

#[test]
fn a_desk_in_memory_without_contact_and_with_a_wrong_clock() {
    let shm = Path::new("/dev/shm");
    if !shm.is_dir() {
        eprintln!("SKIPPED: no /dev/shm");
        return;
    }
    let site = Site::start(Duration::from_millis(1), 3);
    let server = crate::support::Server::start(|_| {
        crate::support::Answer::ok("no feed").header("Date", "Mon, 01 Jan 2001 00:00:00 GMT")
    });
    let state = tempfile::tempdir_in(shm).unwrap();
    let mut desk = Desk::new("");
    let feeds = (0..3).map(|n| format!("[[feed]]\nurl = \"{}\"\n", server.link(&format!("/{n}"))));
    let text = format!(
        "[daemon]\nstate_dir = \"{}\"\n[http]\nlisten = [\"unix:{}\"]\n{QUICK}{}",
        state.path().display(),
        desk.socket().display(),
        feeds.collect::<String>()
    );
    fs::write(desk.config(), text).unwrap();
    desk.start();
    desk.wait("three answers came", |_| server.asked().len() >= 3);
    desk.wait("the clock is known", |desk| {
        desk.ask("/v1/status")
            .is_some_and(|(_, body)| !body.contains("\"clock_offset_seconds\":null"))
    });
    check(&report(&desk, &[]), &["state-in-memory", "no-contact", "clock-wrong", "offline"]);
    assert!(desk.stop().success());
    drop(site);
}
