//! Each finding, provoked by the one fact that is wrong.

use super::super::facts::{Configuration, Daemon, Errors, Feeds, Folder, Limits, Program};
use super::*;
use crate::model::Timestamp;

/// A desk with which nothing is wrong.
fn sound() -> Facts {
    let mut facts = Facts {
        at: Timestamp::UNIX_EPOCH,
        program: Program::this(),
        limits: Limits { of: "daemon", open_files: Some(65_536), memory_bytes: None },
        configuration: Configuration {
            contact: true,
            feeds: 3,
            disabled_feeds: 1,
            files_needed: 1500,
            free_space_floor_bytes: 200 << 20,
            memory_alarm_bytes: 1 << 30,
            ..Configuration::default()
        },
        folder: Some(Folder {
            path: "/var/lib/wiredesk".to_owned(),
            exists: true,
            writable: true,
            file_system: Some("ext4".to_owned()),
            free_bytes: Some(10 << 30),
            ..Folder::default()
        }),
        daemon: Some(Daemon {
            reachable: true,
            state: Some("running".to_owned()),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            memory_bytes: Some(50 << 20),
            clock_offset_seconds: Some(2),
            ..Daemon::default()
        }),
        feeds: Some(Feeds { polled: 2, failing: 0, ..Feeds::default() }),
        ..Facts::default()
    };
    facts.machine.memory_bytes = Some(8 << 30);
    let folder = facts.folder.as_mut().unwrap();
    folder.archive.last_seq = 20_000;
    (folder.index.applied_seq, folder.index.bytes) = (Some(20_000), Some(300 << 20));
    folder.index.payload_bytes = Some(200 << 20);
    facts
}

/// What `change` makes of a sound desk: the names of its findings.
fn after(change: impl FnOnce(&mut Facts)) -> Vec<&'static str> {
    let mut facts = sound();
    change(&mut facts);
    findings(&facts).iter().map(|finding| finding.name).collect()
}

fn folder(facts: &mut Facts) -> &mut Folder {
    facts.folder.as_mut().unwrap()
}

fn daemon(facts: &mut Facts) -> &mut Daemon {
    facts.daemon.as_mut().unwrap()
}

fn feeds(facts: &mut Facts) -> &mut Feeds {
    facts.feeds.as_mut().unwrap()
}

#[test]
fn a_sound_desk_has_no_findings() {
    assert_eq!(after(|_| ()), [""; 0]);
}

#[test]
fn configuration_and_limits() {
    let check = |expect: &str, change: fn(&mut Facts)| assert_eq!(after(change), [expect]);
    check("configuration-broken", |f| f.configuration.errors.push("x.toml:1: no".to_owned()));
    check("no-contact", |f| f.configuration.contact = false);
    check("secret-open", |f| f.configuration.open_secrets.push("/etc/token".to_owned()));
    check("no-feeds", |f| f.configuration.disabled_feeds = 3);
    check("open-files-low", |f| f.limits.open_files = Some(1024));
    check("memory-tight", |f| f.limits.memory_bytes = Some(512 << 20));
    check("memory-tight", |f| f.machine.memory_bytes = Some(512 << 20));
}

#[test]
fn the_state_folder() {
    let check = |expect: &str, change: fn(&mut Facts)| assert_eq!(after(change), [expect]);
    check("state-in-memory", |f| folder(f).kind = Kind::Memory);
    check("state-on-network", |f| folder(f).kind = Kind::Network);
    check("state-missing", |f| folder(f).exists = false);
    check("state-not-writable", |f| folder(f).writable = false);
    check("disk-full", |f| folder(f).free_bytes = Some(100 << 20));
    check("archive-unreadable", |f| folder(f).archive.fault = Some("denied".to_owned()));
    check("archive-gaps", |f| folder(f).archive.gaps.push("3-7".to_owned()));
    check("index-unreadable", |f| folder(f).index.fault = Some("it is damaged".to_owned()));
    check("index-ahead", |f| folder(f).index.applied_seq = Some(20_001));
    check("index-behind", |f| folder(f).index.applied_seq = Some(9_999));
    check("store-bloated", |f| folder(f).index.payload_bytes = Some(50 << 20));
    assert_eq!(after(|f| folder(f).index.applied_seq = Some(10_000)), [""; 0], "it catches up");
}

#[test]
fn the_daemon_and_its_feeds() {
    let check = |expect: &str, change: fn(&mut Facts)| assert_eq!(after(change), [expect]);
    check("daemon-absent", |f| *daemon(f) = Daemon::default());
    check("daemon-unwell", |f| daemon(f).state = Some("read-only".to_owned()));
    check("daemon-other-version", |f| daemon(f).version = Some("0.0.1".to_owned()));
    check("clock-wrong", |f| daemon(f).clock_offset_seconds = Some(3600));
    check("clock-wrong", |f| daemon(f).clock_offset_seconds = Some(-61));
    check("memory-high", |f| daemon(f).memory_bytes = Some(2 << 30));
    check("offline", |f| feeds(f).failing = 2);
    check("most-feeds-fail", |f| (feeds(f).polled, feeds(f).failing) = (5, 3));
    assert_eq!(after(|f| (feeds(f).polled, feeds(f).failing) = (5, 2)), [""; 0], "as ever");
    check("private-address", |f| {
        let kind = PRIVATE.to_owned();
        feeds(f).errors.push(Errors { kind, feeds: 2, ..Errors::default() });
        feeds(f).failing = 2;
    });
}

#[test]
fn the_worst_stands_first() {
    let found = after(|f| {
        f.configuration.disabled_feeds = 3;
        f.configuration.contact = false;
        folder(f).kind = Kind::Memory;
    });
    assert_eq!(found, ["state-in-memory", "no-contact", "no-feeds"]);
}
