//! Every layout on the disk that was ever released is opened by today's code.
//!
//! `tests/fixtures/store-v1.jsonl` is what version 1 wrote, as pairs of hexadecimal strings: the
//! same for any engine. It is never made again; a new version gets a file of its own, which
//! `WIREDESK_NEW_LAYOUT=1 cargo test --test store` writes where there is none.

use super::map::{Failure, Map};
use super::{apply, news, verified};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wiredesk::model::{Change, Entry, FeedState};
use wiredesk::store::{self, InboxItem, OpenError, Settings, Store};

fn place(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/store-v{version}.jsonl"))
}

fn changes() -> Vec<Change> {
    let mut changes: Vec<_> = (1..=4).map(|n| news::change(n, news::article(n, 1, 1500))).collect();
    changes.push(news::change(5, news::article(2, 2, 1500)));
    changes.push(news::deletion(6, 3));
    changes
}

fn item() -> InboxItem {
    InboxItem {
        feed: news::feed(1),
        entry: Entry { key: "key".into(), title: "A title".into(), ..Entry::default() },
        fingerprint: 77,
        first_seen: news::at(1),
        attempts: 2,
        not_before: news::at(2),
        last_error: Some("timed out".into()),
    }
}

fn state() -> FeedState {
    FeedState { title: Some("A feed".into()), failures: 3, ..FeedState::default() }
}

fn written_by(version: u32) -> Arc<Map> {
    let text = std::fs::read_to_string(place(version)).unwrap();
    let pairs = text.lines().map(|line| {
        let (key, value): (String, String) = serde_json::from_str(line).unwrap();
        (bytes(&key), bytes(&value))
    });
    Arc::new(Map::of(pairs))
}

#[test]
fn every_version_is_read_and_written_on() {
    for version in [1, 2, 3, 4, 5] {
        let map = written_by(version);
        let (store, mut writer) = store::over(map, &Settings::default(), Path::new("map")).unwrap();
        check(&store);
        apply(&mut writer, &[news::change(7, news::article(7, 1, 1500))]);
        verified(&store);
    }
}

#[test]
fn a_migration_that_is_cut_off_is_done_at_the_next_opening() {
    let whole = written_by(1);
    store::over(whole.clone(), &Settings::default(), Path::new("map")).unwrap();
    for call in 1.. {
        let map = written_by(1);
        map.fail_in(call, Failure::Refused);
        let opened = store::over(map.clone(), &Settings::default(), Path::new("map"));
        if !map.has_failed() {
            assert!(call > 4 && opened.is_ok(), "reading and writing were made to fail");
            return;
        }
        assert!(matches!(opened, Err(OpenError::Damaged(..))), "call {call}");
        let (store, _) = store::over(map.clone(), &Settings::default(), Path::new("map")).unwrap();
        check(&store);
        assert_eq!(map.pairs(), whole.pairs(), "after a failure at call {call}");
    }
}

fn check(store: &Store) {
    verified(store);
    assert_eq!(store.applied_seq().unwrap(), 6);
    let article = news::article(2, 2, 1500);
    assert_eq!(store.article(&article.id).unwrap(), Some(article.clone()));
    assert_eq!(store.revisions(&article.id).unwrap(), [news::article(2, 1, 1500), article]);
    assert_eq!(store.feed_state(&news::feed(1)).unwrap(), Some(state()));
    assert_eq!(store.inbox_due(news::at(9), 9).unwrap(), [item()]);
    assert_eq!(store.consumer("reader").unwrap(), Some(4));
}

#[test]
fn the_index_of_an_older_layout_is_learnt_anew() {
    let mut pairs = written_by(3).pairs();
    pairs.extend((0..2000_u16).map(|n| ([&b"ns"[..], &n.to_be_bytes()].concat(), vec![1])));
    let map = Arc::new(Map::of(pairs));
    let (_, mut writer) = store::over(map.clone(), &Settings::default(), Path::new("map")).unwrap();
    assert!(map.pairs().keys().all(|key| !key.starts_with(b"n")));
    assert_eq!(writer.begin().near(b"s").unwrap(), None);
}

#[test]
fn a_newer_layout_is_refused() {
    let map = Arc::new(Map::default());
    let (_, mut writer) = store::over(map.clone(), &Settings::default(), Path::new("map")).unwrap();
    apply(&mut writer, &changes());
    let mut pairs = map.pairs();
    let head = pairs.get_mut(&b"m"[..]).unwrap();
    let json =
        String::from_utf8(head.split_off(12)).unwrap().replace("\"schema\":5", "\"schema\":9");
    head[4..8].copy_from_slice(&crc32c::crc32c(json.as_bytes()).to_le_bytes());
    head.extend(json.bytes());
    let error = store::over(Arc::new(Map::of(pairs)), &Settings::default(), Path::new("map"));
    assert!(matches!(error, Err(OpenError::Newer(_, 9))));
}

/// A layout that changes needs a new version, and a fixture of its own: what this test found.
#[test]
fn the_present_layout_is_that_of_its_fixture() {
    let map = Arc::new(Map::default());
    let (_, mut writer) = store::over(map.clone(), &Settings::default(), Path::new("map")).unwrap();
    apply(&mut writer, &changes());
    let mut txn = writer.begin();
    txn.put_inbox(&item()).unwrap();
    txn.put_feed_state(&news::feed(1), &state()).unwrap();
    txn.put_consumer("reader", 4);
    txn.commit().unwrap();
    let mut text = String::new();
    for (key, value) in map.pairs() {
        writeln!(text, "[\"{}\",\"{}\"]", hex(&key), hex(&value)).unwrap();
    }
    if std::env::var_os("WIREDESK_NEW_LAYOUT").is_some() && !place(5).exists() {
        std::fs::write(place(5), &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(place(5)).unwrap());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
