//! RFC 5005: older pages are read on request, and by themselves where entries may lie between two
//! polls; a chain without an end is cut.

use crate::desk::Desk;
use crate::support::{Answer, Server};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Entries on one page.
const PAGE: u32 = 5;

/// A page of a feed that has published `newest` entries: page 0 shows the last of them.
fn page(newest: u32, number: u32) -> String {
    let top = newest.saturating_sub(number * PAGE);
    let items: String = (top.saturating_sub(PAGE)..top)
        .rev()
        .map(|n| format!("<item><title>Log entry {n}</title><guid>e{n}</guid><description>At bell {n} the watch saw sail {n}.</description></item>"))
        .collect();
    let next = format!("<atom:link rel=\"next\" href=\"/feed?page={}\"/>", number + 1);
    let next = if top > PAGE { next.as_str() } else { "" };
    format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\
         <title>Log</title>{next}{items}</channel></rss>"
    )
}

fn serve(newest: &Arc<AtomicU32>) -> Server {
    let newest = Arc::clone(newest);
    Server::start(move |asked| {
        let number = asked.path.split_once("page=").map_or(0, |(_, n)| n.parse().unwrap());
        Answer::ok(page(newest.load(Ordering::SeqCst), number))
    })
}

fn desk(server: &Server) -> Desk {
    let settings = crate::QUICK;
    let feed = format!("[[feed]]\nid = \"log\"\nurl = \"{}\"\n", server.link("/feed").as_str());
    Desk::new(&format!("{settings}[extract]\nfull_text = \"never\"\n{feed}"))
}

fn numbers(desk: &Desk) -> BTreeSet<u32> {
    let number = |a: &serde_json::Value| {
        a["title"].as_str().unwrap().rsplit(' ').next().unwrap().parse().unwrap()
    };
    desk.articles().iter().map(number).collect()
}

#[test]
fn older_pages_are_read_on_request() {
    let server = serve(&Arc::new(AtomicU32::new(23)));
    let mut desk = desk(&server);
    let early = desk.verb(&["feed", "backfill", "log"]);
    assert_eq!(early.status.code(), Some(69), "no daemon runs");
    desk.start();
    desk.wait("the first page is there", |desk| numbers(desk) == (18..23).collect());
    let unknown = desk.verb(&["feed", "backfill", "nobody"]);
    assert_eq!(unknown.status.code(), Some(69), "there is no such feed");
    assert_eq!(desk.lines(&["feed", "backfill", "log"])[0]["feed"], "log");
    desk.wait("all pages are there", |desk| numbers(desk) == (0..23).collect());
    assert!(desk.stop().success());
}

#[test]
fn a_gap_between_two_polls_is_filled_and_a_chain_without_end_is_cut() {
    let newest = Arc::new(AtomicU32::new(5));
    let server = serve(&newest);
    let mut desk = desk(&server);
    desk.start();
    desk.wait("the first page is there", |desk| numbers(desk).len() == 5);
    newest.store(18, Ordering::SeqCst);
    desk.wait("nothing was missed", |desk| numbers(desk) == (0..18).collect());
    newest.store(1_000_000, Ordering::SeqCst);
    desk.wait("another document came", |desk| numbers(desk).contains(&999_999));
    desk.wait("a few pages were read", |desk| numbers(desk).len() == 18 + 9 * 5);
    let pages = server.paths().iter().filter(|path| path.contains("page=")).count();
    assert!(pages <= 3 + 8, "{pages} pages");
    assert!(desk.stop().success());
}
