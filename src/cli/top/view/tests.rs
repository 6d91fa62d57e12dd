//! Whole screens of several sizes, on ratatui's own test terminal.

use super::super::snapshot::{Article, Status, Waiting};
use super::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;

const NOW: &str = "2026-03-02T10:00:00Z";

fn snapshot() -> Snapshot {
    let mut hours = vec![0_u64; 24];
    (hours[22], hours[23]) = (8, 4);
    let status: Status = serde_json::from_value(json!({
        "version": "0.1.0", "health": {"state": "running"}, "articles": 12345, "inbox": 7,
        "feeds": {"ok": 1, "failing": 1, "disabled": 1}, "started": "2026-03-02T06:58:00Z",
        "memory_bytes": 47_500_000,
        "work": {"polls": 90, "articles_by_hour": hours, "late_half_seconds": 0.1,
                 "late_most_seconds": 25.6},
    }))
    .unwrap();
    let feeds = json!([
        {"id": "harbour-news-of-the-old-town", "health": "ok", "url": "https://harbour.example/feed.xml",
         "last_outcome": "new entries", "entries_a_day": 14.2, "next_due": "2026-03-02T10:05:00Z",
         "title": "Harbour News", "tags": ["sea", "local"]},
        {"id": "pier", "health": "failing", "failures": 12, "last_outcome": "failed",
         "url": "https://pier.example/", "next_due": "2026-03-02T09:59:00Z",
         "last_error": "https://pier.example/: the server answers 503 Service Unavailable"},
        {"id": "mole", "health": "new", "disabled": true, "last_outcome": "never polled"},
    ]);
    let articles: Vec<Article> = serde_json::from_value(json!([
        {"title": "Fähre läuft wieder aus", "site": "harbour.example", "first_seen": "2026-03-02T09:57:00Z"},
        {"title": "港の灯台が百年を迎える", "site": "harbour.example", "first_seen": "2026-03-02T09:00:00Z",
         "duplicate_of": "01j"},
        {"site": "pier.example", "first_seen": "2026-03-01T09:00:00Z"},
    ]))
    .unwrap();
    let why = "Due since 2026-03-02T09:59:00Z: it failed 12 times.\nFailed 12 times over 3h; last: \
               https://pier.example/: the server answers 503 Service Unavailable.";
    Snapshot {
        status: Some(status),
        feeds: serde_json::from_value(feeds).unwrap(),
        articles,
        why: Some(("pier".to_owned(), why.to_owned())),
        ..Snapshot::default()
    }
}

fn waiting() -> Snapshot {
    let since = "2026-03-02T09:59:48Z".parse().unwrap();
    let waiting = Waiting { since, reason: "nobody answers at `listen`".to_owned() };
    Snapshot { waiting: Some(waiting), ..snapshot() }
}

/// The rows of a screen of this size, without what is blank at their ends.
fn rows(size: (u16, u16), snapshot: &Snapshot, screen: &Screen) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let now = NOW.parse().unwrap();
    terminal.draw(|f| draw(snapshot, screen, now, f.area(), f.buffer_mut())).unwrap();
    let buffer = terminal.backend().buffer();
    (0..size.1)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < size.0 {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += u16::try_from(ratatui::text::Span::raw(symbol).width().max(1)).unwrap();
            }
            row.trim_end().to_owned()
        })
        .collect()
}

#[track_caller]
fn check(size: (u16, u16), snapshot: &Snapshot, screen: &Screen, expect: &str) {
    let rows = rows(size, snapshot, screen);
    let expect: Vec<_> = expect.trim_start_matches('\n').lines().map(str::trim_end).collect();
    assert_eq!(rows, expect, "\n{}", rows.join("\n"));
}

#[test]
fn a_usual_terminal_shows_everything() {
    check(
        (80, 24),
        &snapshot(),
        &Screen::default(),
        "
 wiredesk 0.1.0 running  up 3 h  articles 12345  inbox 7  memory 45.2 MiB
 feeds 3, 1 disabled, 1 failing, 1 ok  polls/s –  late ≤0.1 s  99 % ≤26 s
 articles an hour                       █▄ 4 in this one, 12 in 24 hours
 feed (3)             health▾  last outcome      next      a day  last error
 pier                 failing  failed 12 times   now       –      the server a…
 harbour-news-of-the… ok       new entries       in 5 min  14
 mole                 disabled never polled      never     –





─ pier ─────────────────────────────────────────────────────────────────────────
 https://pier.example/
 Due since 2026-03-02T09:59:00Z: it failed 12 times.
 Failed 12 times over 3h; last: https://pier.example/: the server answers 503
 Service Unavailable.

─ newest articles ──────────────────────────────────────────────────────────────
 3 min ago    harbour.example    Fähre läuft wieder aus
 60 min ago   harbour.example    (copy) 港の灯台が百年を迎える
 25 h ago     pier.example       (no headline)

 q end  ? keys  s sort: health  / filter  h all feeds  Enter feed  a articles",
    );
}

#[test]
fn small_terminals_show_what_matters() {
    let narrow = "
 wiredesk 0.1.0 running  up 3 h  article
 feed (3)            health▾  next
 pier                failing  now
 harbour-news-of-th… ok       in 5 min
 mole                disabled never
─ pier ─────────────────────────────────
 https://pier.example/
 Due since 2026-03-02T09:59:00Z: it
 failed 12 times.
 q end  ? keys  s sort: health  / filter";
    check((40, 10), &snapshot(), &Screen::default(), narrow);
    let smallest =
        " wiredesk 0.1.0 ru\n feed (… health▾\n pier    failing\n harbo…  ok\n q end  ? keys";
    let smallest = smallest.replace("harbo…  ok", "harbou… ok");
    check((18, 5), &snapshot(), &Screen::default(), &smallest);
    for width in 0..30 {
        for height in 0..30 {
            for screen in [Screen::default(), Screen { help: true, ..Screen::default() }] {
                assert_eq!(rows((width, height), &waiting(), &screen).len(), usize::from(height));
            }
        }
    }
}

#[test]
fn a_daemon_that_is_away_is_waited_for() {
    let away = Screen { feed: false, articles: false, ..Screen::default() };
    check(
        (80, 12),
        &waiting(),
        &away,
        "
 wiredesk waiting for the daemon for 12 s: nobody answers at `listen`
 feeds 3, 1 disabled, 1 failing, 1 ok  polls/s –  late ≤0.1 s  99 % ≤26 s
 articles an hour                       █▄ 4 in this one, 12 in 24 hours
 feed (3)             health▾  last outcome      next      a day  last error
 pier                 failing  failed 12 times   now       –      the server a…
 harbour-news-of-the… ok       new entries       in 5 min  14
 mole                 disabled never polled      never     –




 q end  ? keys  s sort: health  / filter  h all feeds  Enter feed  a articles",
    );
    let first = rows((80, 5), &Snapshot::default(), &away);
    assert_eq!(first[0], " wiredesk asking the daemon …");
}

#[test]
fn a_daemon_that_cannot_write_says_why() {
    let mut snapshot = snapshot();
    let status = snapshot.status.as_mut().unwrap();
    status.health =
        serde_json::from_value(json!({"state": "read-only", "reason": "no room"})).unwrap();
    status.work = None;
    let rows = rows((80, 12), &snapshot, &Screen::default());
    assert_eq!(rows[0], " wiredesk 0.1.0 read-only: no room");
    let uncounted = " feeds 3, 1 disabled, 1 failing, 1 ok  no counts: metrics = false in [http]";
    assert_eq!(rows[1], uncounted);
}

#[test]
fn the_filter_is_shown_while_it_is_typed() {
    let filter = "pi".to_owned();
    let typing = Screen { typing: true, filter, articles: false, ..Screen::default() };
    let rows = rows((60, 8), &snapshot(), &typing);
    assert_eq!(rows[1], " feed (1 of 3)  health▾  last outcome      next      a day");
    assert_eq!(rows[7], " filter: pi▏  Enter keeps it, Esc drops it");
    let none = Screen { filter: "zz".to_owned(), ..Screen::default() };
    assert_eq!(self::rows((60, 8), &snapshot(), &none)[2], " no feed is like that");
}

#[test]
fn the_keys_have_the_screen_for_themselves() {
    let help = Screen { help: true, ..Screen::default() };
    let rows = rows((80, 24), &snapshot(), &help);
    assert!(rows[3].starts_with("─ keys ─"), "{rows:?}");
    assert_eq!(rows[6], " s                           sort by the next column");
    assert!(!rows.iter().any(|row| row.contains("newest articles ─")), "{rows:?}");
}

#[test]
fn a_long_table_turns_around_the_chosen_feed() {
    let feeds = (0..100).map(|n| json!({"id": format!("feed-{n:02}"), "health": "ok"}));
    let feeds = serde_json::from_value(feeds.collect()).unwrap();
    let long = Snapshot { feeds, ..snapshot() };
    let seen = |chosen: &str| {
        let chosen = Some(chosen.to_owned());
        let screen = Screen { chosen, feed: false, articles: false, ..Screen::default() };
        let rows = rows((30, 8), &long, &screen);
        rows[2..7]
            .iter()
            .map(|row| row.chars().skip(1).take(7).collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(seen("feed-00"), "feed-00 feed-01 feed-02 feed-03 feed-04");
    assert_eq!(seen("feed-50"), "feed-48 feed-49 feed-50 feed-51 feed-52");
    assert_eq!(seen("feed-99"), "feed-95 feed-96 feed-97 feed-98 feed-99");
}
