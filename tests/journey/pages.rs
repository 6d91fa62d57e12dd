//! Pages: those in several parts, those that several feeds lead to, and those that have not
//! changed since they were read.

use crate::QUICK;
use crate::desk::Desk;
use crate::support::{Answer, Asked, Server};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A paragraph that no other page has.
fn paragraph(what: &str) -> String {
    format!(
        "The log of {what} tells how the crew of {what} hauled the nets before dawn, counted what \
         they held, mended two of them by lantern light, and wrote all of it down for {what}."
    )
}

/// A page of so many paragraphs with these links in its head.
fn page(title: &str, parts: &[&str], head: &str) -> Answer {
    let body: String = parts.iter().map(|part| format!("<p>{}</p>", paragraph(part))).collect();
    Answer::ok(format!(
        "<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body><nav>\
         <a href=/>News</a></nav><article><h1>{title}</h1>{body}</article></body></html>"
    ))
}

/// A feed of these entries: path and title.
fn feed(entries: &[(&str, &str)]) -> Answer {
    let item = |(path, title): &(&str, &str)| {
        format!(
            "<item><title>{title}</title><link>{path}</link><guid isPermaLink=\"false\">{path}</guid>\
             <description>Short.</description></item>"
        )
    };
    let items: String = entries.iter().map(item).collect();
    Answer::ok(format!("<rss version=\"2.0\"><channel><title>Logs</title>{items}</channel></rss>"))
}

/// A desk with these feeds of a server.
fn desk(server: &Server, feeds: &[&str]) -> Desk {
    let one = |path: &&str| {
        let url = server.link(&format!("/{path}"));
        format!("[[feed]]\nid = \"{path}\"\nurl = \"{url}\"\n")
    };
    let list: String = feeds.iter().map(one).collect();
    Desk::new(&format!("{QUICK}{list}"))
}

fn text(desk: &Desk, title: &str) -> String {
    let articles = desk.articles();
    let article = articles.iter().find(|article| article["title"] == title);
    article.map(|a| a["text"].as_str().unwrap().to_owned()).unwrap_or_default()
}

fn asked(server: &Server, path: &str) -> Vec<Asked> {
    server.asked().into_iter().filter(|asked| asked.path == path).collect()
}

/// Turns of a path: how often it was asked before.
#[derive(Default)]
struct Turns(Mutex<HashMap<String, usize>>);

impl Turns {
    fn next(&self, path: &str) -> usize {
        let mut turns = self.0.lock().unwrap();
        let turn = turns.entry(path.to_owned()).or_default();
        *turn += 1;
        *turn - 1
    }
}

#[test]
fn parts_are_joined_and_other_articles_are_not() {
    let turns = Turns::default();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/feed" => feed(&[("/haul", "The haul"), ("/mend", "The mending"), ("/p/1", "The tale")]),
        "/haul" => page("The haul", &["one", "two"], "<link rel=next href=/haul/2>"),
        // The second part does not come at first.
        "/haul/2" if turns.next("/haul/2") == 0 => Answer::status(503),
        "/haul/2" => page("The haul - page 2", &["three"], "<link rel=next href=/haul/3>"),
        "/haul/3" => page("The haul", &["four"], "<link rel=next href=/haul/7>"),
        // What comes next here is another article.
        "/mend" => page("The mending", &["five"], "<link rel=next href=/haul>"),
        path if path.starts_with("/p/") => {
            let number: u32 = path.trim_start_matches("/p/").parse().unwrap();
            let part = format!("tale {number}");
            page("The tale", &[&part], &format!("<link rel=next href=/p/{}>", number + 1))
        }
        _ => Answer::status(404),
    });
    let mut desk = desk(&server, &["feed"]);
    desk.start();
    desk.wait("all articles are there", |desk| desk.articles().len() == 3);
    let whole = ["one", "two", "three", "four"].map(paragraph).join("\n\n");
    assert_eq!(text(&desk, "The haul"), whole);
    assert_eq!(text(&desk, "The mending"), paragraph("five"));
    assert!(asked(&server, "/haul/7").is_empty());
    let parts = server.paths().iter().filter(|path| path.starts_with("/p/")).count();
    assert_eq!(parts, 10, "a chain without end is cut");
    assert!(desk.stop().success());
}

#[test]
fn a_page_of_two_feeds_is_fetched_for_one_of_them() {
    let later = Arc::new(AtomicBool::new(false));
    let shown = Arc::clone(&later);
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/sport" if !shown.load(Ordering::SeqCst) => feed(&[]),
        "/news" | "/sport" => feed(&[("/race", "The race")]),
        "/race" => page("The race", &["six", "seven"], ""),
        _ => Answer::status(404),
    });
    let mut desk = desk(&server, &["news", "sport"]);
    desk.start();
    let sightings = |desk: &Desk| -> usize {
        desk.articles().iter().map(|a| a["sightings"].as_array().unwrap().len()).sum()
    };
    desk.wait("the first feed was read", |desk| sightings(desk) == 1);
    later.store(true, Ordering::SeqCst);
    desk.wait("both feeds were read", |desk| sightings(desk) == 2);
    assert_eq!(desk.articles().len(), 1);
    assert_eq!(asked(&server, "/race").len(), 1);
    assert!(desk.stop().success());
}

#[test]
fn a_page_that_has_not_changed_is_not_sent_again() {
    let turns = Turns::default();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/feed" if turns.next("/feed") == 0 => feed(&[("/tide", "The tide")]),
        "/feed" => feed(&[("/tide", "The spring tide")]),
        "/tide" if asked.header("if-none-match") == Some("\"t\"") => Answer::status(304),
        "/tide" => page("The tide", &["eight", "nine"], "").header("ETag", "\"t\""),
        _ => Answer::status(404),
    });
    let mut desk = desk(&server, &["feed"]);
    desk.start();
    desk.wait("the page was asked for again", |_| asked(&server, "/tide").len() == 2);
    let sent: Vec<_> = asked(&server, "/tide")
        .iter()
        .map(|asked| asked.header("if-none-match").map(str::to_owned))
        .collect();
    assert_eq!(sent, [None, Some("\"t\"".to_owned())]);
    desk.wait("the entry has left the inbox", |desk| {
        desk.lines(&["status", "--json"])[0]["inbox"] == 0
    });
    let articles = desk.articles();
    assert_eq!(articles.len(), 1, "{articles:?}");
    assert_eq!(articles[0]["text"], ["eight", "nine"].map(paragraph).join("\n\n"));
    assert!(desk.stop().success());
}

#[test]
fn what_stands_on_other_pages_is_not_the_article() {
    const PROMO: &str = "For more than forty years the harbour's own paper has told what the crews \
        saw at sea; whoever wants to keep it afloat finds the address of its friends at the quay.";
    let later = Arc::new(AtomicBool::new(false));
    let (shown, turns) = (Arc::clone(&later), Turns::default());
    let with_promo = |title: &str, own: [&str; 3]| {
        let [one, two, three] = own.map(paragraph);
        Answer::ok(format!(
            "<!doctype html><html lang=en><head><title>{title}</title></head><body><article>\
             <h1>{title}</h1><p>{one}</p><p>{two}</p><p>{PROMO}</p><p>{three}</p></article></body></html>"
        ))
    };
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/feed" if !shown.load(Ordering::SeqCst) => feed(&[("/a", "The crab"), ("/b", "The cod")]),
        "/feed" => feed(&[("/a", "The great crab"), ("/c", "The eel")]),
        "/a" if turns.next("/a") == 0 => with_promo("The crab", ["crab", "claw", "shell"]),
        "/a" => with_promo("The great crab", ["crab", "claw", "sand"]),
        "/b" => with_promo("The cod", ["cod", "fin", "roe"]),
        "/c" => with_promo("The eel", ["eel", "weir", "reed"]),
        _ => Answer::status(404),
    });
    let mut desk = desk(&server, &["feed"]);
    desk.start();
    desk.wait("two articles are there", |desk| desk.articles().len() == 2);
    let whole = |own: [&str; 3]| {
        let [one, two, three] = own.map(paragraph);
        [one, two, PROMO.to_owned(), three].join("\n\n")
    };
    assert_eq!(text(&desk, "The cod"), whole(["cod", "fin", "roe"]));
    // What was learnt outlives the process.
    assert!(desk.stop().success());
    later.store(true, Ordering::SeqCst);
    desk.start();
    desk.wait("the others are there", |desk| {
        !text(desk, "The eel").is_empty() && !text(desk, "The great crab").is_empty()
    });
    assert_eq!(text(&desk, "The eel"), ["eel", "weir", "reed"].map(paragraph).join("\n\n"));
    let eel = desk.articles().into_iter().find(|a| a["title"] == "The eel").unwrap();
    let dropped = eel["extraction"]["dropped"].as_array().unwrap();
    assert!(dropped.contains(&"on-other-pages".into()), "{dropped:?}");
    // An article that is read again keeps what only one other page has, and all its own.
    assert_eq!(text(&desk, "The great crab"), whole(["crab", "claw", "sand"]));
    assert!(desk.stop().success());
}
