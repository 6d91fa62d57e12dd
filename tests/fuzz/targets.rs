//! What is fuzzed: every reader of strangers' bytes that is a function of its arguments. A target
//! fails by panicking, on a panic of the reader's own as on a broken promise.

#[path = "../feed/valid.rs"]
mod valid;

use std::collections::BTreeSet;
use wiredesk::dedupe::{
    Candidate, Features, Furniture, Lines, text_key, trusted_canonical, url_key,
};
use wiredesk::extract::{self, Hints, extract, markdown};
use wiredesk::feed::{Media, Settings, date, discover, opml, parse, sanitise};
use wiredesk::model::text::is_unwanted;
use wiredesk::model::{Change, FeedId, Link};

/// Names of the targets.
pub(crate) const TARGETS: [&str; 7] = ["feed", "date", "opml", "page", "link", "text", "change"];

/// Gives `input` to a target.
pub(crate) fn read(target: &str, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match target {
        "date" => drop(date(&text)),
        "opml" => lists(input),
        "page" => page(input),
        "link" => link(&text),
        "text" => words(&text),
        "change" => change(input),
        _ => feed(input),
    }
}

/// Bytes → feed: everything handed on keeps the stage's promises, its texts can be made safe.
fn feed(input: &[u8]) {
    let settings = Settings { max_entries: 100, ..Settings::default() };
    if let Ok(parsed) = parse(input, &Media::default(), &settings) {
        valid::check(&parsed);
        let texts = parsed.entries.iter().flat_map(|e| [&e.summary, &e.content]).flatten();
        texts.for_each(|text| drop(sanitise(text)));
    }
    drop(discover(input, &Media::default(), None));
}

/// Lists of subscriptions: what is written of one that was read reads the same.
fn lists(input: &[u8]) {
    let Ok(list) = opml::read(input, &Media::default()) else { return };
    let again = opml::read(opml::write(&list).as_bytes(), &Media::default());
    let urls = |list: &opml::Opml| {
        list.subscriptions.iter().map(|s| s.url.to_string()).collect::<BTreeSet<_>>()
    };
    assert_eq!(urls(&again.unwrap()), urls(&list));
}

/// Pages: plain texts are plain, and the safe HTML has nothing that the sanitiser would take out.
fn page(input: &[u8]) {
    let html = extract::decode(input, None);
    let hints = Hints { url: Link::parse("https://example.org/news/1", None), ..Hints::default() };
    let Ok(article) = extract(&html, &hints, &extract::Settings::default()) else { return };
    let one_line = |text: &str| assert!(!text.contains(is_unwanted), "{text:?}");
    one_line(&article.title);
    article.authors.iter().for_each(|name| one_line(name));
    article.text.split('\n').for_each(one_line);
    let tags = |html: &str| html.matches('<').count();
    // The sanitiser may add what a table lacks; it must find nothing to take out.
    assert!(tags(&ammonia::clean(&article.html)) >= tags(&article.html), "{}", article.html);
    drop(markdown(&article.html));
}

/// Addresses: a key of a key is itself.
fn link(text: &str) {
    let Some(link) = Link::parse(text, Link::parse("https://example.org/a/", None).as_ref()) else {
        return;
    };
    let key = url_key(&link);
    if let Some(again) = Link::parse(&format!("https://{}", key.as_str()), None) {
        assert_eq!(url_key(&again).as_str(), key.as_str());
    }
    trusted_canonical(&link, &link);
}

/// Texts: keys and features of any script.
fn words(text: &str) {
    let feed = FeedId::new("f").unwrap();
    let (title, body) = text.split_at(text.char_indices().nth(20).map_or(0, |(at, _)| at));
    let candidate = Candidate {
        feed: &feed,
        guid: "",
        url: None,
        source_url: None,
        site: "example.org",
        title,
        text: body,
        language: None,
    };
    let (site, common) = (Lines::of_site(), Lines::of_all_sites());
    let features = Features::of(&candidate, Furniture { site: &site, common: &common });
    assert_eq!(features.text, text_key(body));
}

/// Lines of the archive and of an import: what reads as a change can be written again.
fn change(input: &[u8]) {
    let Ok(change) = serde_json::from_slice::<Change>(input) else { return };
    let line = serde_json::to_vec(&change).unwrap();
    assert_eq!(serde_json::from_slice::<Change>(&line).unwrap(), change);
}
