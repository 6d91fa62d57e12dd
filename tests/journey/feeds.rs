//! The verbs of feeds: looking at them, trying one, and changing which are polled.

use crate::desk::Desk;
use crate::support::{Answer, Server};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Polls rarely; loopback allowed.
const SLOW: &str = "[schedule]\nmode = \"fixed\"\nevery = \"1h\"\nmin = \"1s\"\njitter = 0.0\n\
    [fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\nper_host_interval = \"0s\"\n\
    [extract]\nfull_text = \"never\"\n";

/// A site whose front page announces its feed; the feed has as many entries as `count` says.
fn site(count: &Arc<AtomicU32>) -> Server {
    let count = Arc::clone(count);
    Server::start(move |asked| {
        match asked.path.as_str() {
        "/" => Answer::ok("<html><head><link rel=alternate type=application/rss+xml href=/feed title=Tides></head><body>Hello</body></html>".to_owned()),
        "/feed" | "/hidden/rss.xml" => Answer::ok(feed(count.load(Ordering::SeqCst))),
        "/hidden/" => Answer::ok("<html><body>Nothing here</body></html>".to_owned()),
        path if path.starts_with("/tide/") => {
            let words = "The keeper notes the height of the water at every bell. ".repeat(12);
            Answer::ok(format!("<html><head><title>Tide</title></head><body><article><h1>Tide</h1><p>{words}</p><p>{words}</p></article></body></html>"))
        }
        _ => Answer::status(404),
    }
    })
}

fn feed(count: u32) -> String {
    let items: String = (0..count)
        .map(|n| format!("<item><title>Tide {n}</title><guid>t{n}</guid><link>/tide/{n}</link><description>The water stood {n} feet above the mark.</description></item>"))
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Tides</title><ttl>30</ttl>{items}</channel></rss>"
    )
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_person_sees_why_a_feed_waits_and_has_it_polled_now() {
    let count = Arc::new(AtomicU32::new(2));
    let server = site(&count);
    let url = server.link("/feed");
    let mut desk = Desk::new(&format!("{SLOW}[[feed]]\nid = \"tides\"\nurl = \"{url}\"\n"));
    assert_eq!(desk.verb(&["feed", "refresh", "tides"]).status.code(), Some(69), "no daemon runs");
    desk.start();
    desk.wait("the first poll is done", |desk| desk.articles().len() == 2);
    let listed = desk.lines(&["feed", "list"]);
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &"tides".into()));
    let why = &desk.lines(&["feed", "why", "tides"])[0];
    assert!(why["next_due"].is_string() && why["due_reason"].is_string(), "{why}");
    assert_eq!(desk.verb(&["feed", "why", "nobody"]).status.code(), Some(69));
    count.store(3, Ordering::SeqCst);
    assert_eq!(desk.lines(&["feed", "refresh", "tides"])[0]["order"], "refresh");
    desk.wait("the new entry is there", |desk| desk.articles().len() == 3);
    count.store(4, Ordering::SeqCst);
    assert_eq!(desk.lines(&["feed", "refresh", "--all"])[0]["feeds"], 1);
    desk.wait("the newest entry is there", |desk| desk.articles().len() == 4);
    assert!(desk.stop().success());
    assert_eq!(desk.lines(&["feed", "why", "tides"])[0]["id"], "tides", "told from the store");
}

#[test]
fn feeds_are_added_and_removed_with_the_comments_kept() {
    let desk = Desk::new(
        "# The harbour's own.\n[[feed]]\nurl = \"https://a.example/x\" # slow\n[feed.fetch]\ntimeout = \"9s\"\n",
    );
    let before = fs::read_to_string(desk.config()).unwrap();
    let add = ["feed", "add", "https://b.example/y", "--id", "b", "--tag", "sea"];
    assert!(desk.verb(&add).status.success());
    let again = desk.verb(&add);
    assert_eq!(again.status.code(), Some(65));
    assert!(said(&again).contains("as feed `b`"), "{}", said(&again));
    let text = fs::read_to_string(desk.config()).unwrap();
    assert!(text.starts_with(&before), "what stood there stands there\n{text}");
    let ids: Vec<_> = desk
        .lines(&["feed", "list"])
        .iter()
        .map(|feed| feed["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["a.example-x", "b"]);
    assert!(desk.verb(&["feed", "rm", "b"]).status.success());
    assert_eq!(fs::read_to_string(desk.config()).unwrap(), before);
    assert_eq!(desk.verb(&["feed", "rm", "b"]).status.code(), Some(69));
    assert_eq!(desk.verb(&["feed", "add", "ftp://b.example/"]).status.code(), Some(65));
    let folder = desk.config().parent().unwrap().read_dir().unwrap();
    let left =
        folder.filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().contains("new-"));
    assert_eq!(left.count(), 0, "no scratch file stays");
}

#[test]
fn lists_go_in_and_come_out() {
    let desk = Desk::new("[[feed]]\nid = \"a\"\nurl = \"https://a.example/x\"\n");
    let list = desk.config().with_file_name("list.opml");
    fs::write(&list, b"<?xml version='1.0' encoding='iso-8859-1'?><opml><body><outline text='K\xfcste'><outline text='Inner'>\
        <outline xmlUrl='https://b.example/?q=1' title='B &amp; b'/></outline></outline>\
        <outline xmlUrl='https://a.example/x'/><outline xmlUrl='gopher://c.example/'/></body></opml>").unwrap();
    let path = list.to_str().unwrap();
    let before = fs::read_to_string(desk.config()).unwrap();
    assert!(desk.verb(&["feed", "import", path, "--dry-run"]).status.success());
    assert_eq!(fs::read_to_string(desk.config()).unwrap(), before);
    let imported = desk.verb(&["feed", "import", path]);
    assert!(
        said(&imported).contains("1 feeds added, 1 were there, 1 addresses left out"),
        "{}",
        said(&imported)
    );
    let feeds = desk.lines(&["feed", "list"]);
    assert_eq!(feeds[1]["tags"], serde_json::json!(["K\u{fc}ste", "Inner"]));
    let exported = String::from_utf8(desk.verb(&["feed", "export"]).stdout).unwrap();
    assert!(exported.contains("<outline text=\"K\u{fc}ste\""), "{exported}");
    assert!(
        exported.contains("title=\"B &amp; b\" xmlUrl=\"https://b.example/?q=1\""),
        "{exported}"
    );
    fs::write(&list, "<html></html>").unwrap();
    assert_eq!(desk.verb(&["feed", "import", path]).status.code(), Some(65));
}

#[test]
fn a_feed_is_tried_step_by_step_and_found_from_its_site() {
    let server = site(&Arc::new(AtomicU32::new(2)));
    let desk = Desk::new(SLOW);
    let at = |path: &str| server.link(path).to_string();
    let steps = desk.lines(&["feed", "test", &at("/feed")]);
    let names: Vec<_> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(names, ["fetch", "read", "page", "extract"]);
    assert_eq!((&steps[0]["status"], &steps[1]["entries"]), (&200.into(), &2.into()));
    assert_eq!(steps[1]["ttl_minutes"], 30);
    assert!(steps[3]["words"].as_u64().unwrap() > 200, "{}", steps[3]);
    let page = desk.verb(&["feed", "test", &at("/")]);
    assert_eq!(page.status.code(), Some(65));
    assert!(
        said(&page).contains(&format!("it announces the feed {}", at("/feed"))),
        "{}",
        said(&page)
    );
    assert_eq!(desk.verb(&["feed", "test", &at("/nothing")]).status.code(), Some(69));
    for (place, found, by) in [
        ("/", "/feed", "link-element"),
        ("/feed", "/feed", "address"),
        ("/hidden/", "/feed", "usual-place"),
    ] {
        let feeds = desk.lines(&["feed", "discover", &at(place)]);
        assert_eq!((&feeds[0]["url"], &feeds[0]["found_by"]), (&at(found).into(), &by.into()));
    }
}

#[test]
fn a_caught_panic_is_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("podcast.xml");
    let item = "<item><title>Bell</title><itunes:duration>99999999999999999999999</itunes:duration></item>";
    fs::write(&file, format!("<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel>{item}</channel></rss>")).unwrap();
    let program = env!("CARGO_BIN_EXE_wiredesk");
    let output =
        std::process::Command::new(program).args(["feed", "parse"]).arg(&file).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("the strict reader panicked"));
    assert_eq!(said(&output), "");
}
