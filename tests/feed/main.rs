//! The stage `feed` from bytes to entries: golden documents, and what holds for any document.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking"
)]

mod golden;
mod valid;

use proptest::prelude::*;
use wiredesk::feed::{Media, Parsed, Settings, parse};

fn read(body: &[u8]) -> Option<Parsed> {
    parse(body, &Media::default(), &Settings::default()).ok()
}

/// A feed that every reader reads, with what publishers put in.
fn sound(titles: &[String], cdata: bool) -> String {
    let items: Vec<_> = titles
        .iter()
        .enumerate()
        .map(|(n, title)| {
            let title = title.replace('&', "&amp;").replace('<', "&lt;");
            let body = format!("<p>Body of <b>{n}</b> &amp; more</p>");
            let body = if cdata { format!("<![CDATA[{body}]]>") } else { body.replace('&', "&amp;").replace('<', "&lt;") };
            format!("<item><title>{title}</title><guid>g{n}</guid><link>http://e.org/{n}</link><description>{body}</description></item>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>T</title>{}</channel></rss>",
        items.concat()
    )
}

proptest! {
    #[test]
    fn any_bytes_give_a_valid_feed_or_none(body: Vec<u8>) {
        read(&body).iter().for_each(valid::check);
    }

    #[test]
    fn any_markup_gives_a_valid_feed_or_none(body in "<(rss|feed|rdf:RDF|urlset)>(</?(item|entry|title|link|guid|content:encoded|x:y|a b='c')/?>|<!\\[CDATA\\[|\\]\\]>|&#x?[0-9]{1,9};|&amp;|[ -~]){0,60}") {
        read(body.as_bytes()).iter().for_each(valid::check);
    }

    /// A feed keeps its keys and texts on the day when it is broken.
    #[test]
    fn the_strict_and_the_tolerant_way_agree(titles in prop::collection::vec("[ -~]{0,20}", 0..6), cdata: bool) {
        let strict = read(sound(&titles, cdata).as_bytes()).unwrap();
        let broken = sound(&titles, cdata).replace("</channel></rss>", "<unclosed></channel>");
        let tolerant = read(broken.as_bytes()).unwrap();
        prop_assert!(strict.warnings.is_empty(), "{:?}", strict.warnings);
        prop_assert!(!tolerant.warnings.is_empty());
        prop_assert_eq!(strict.entries, tolerant.entries);
    }

    /// Whatever is cut off, the entries before stay.
    #[test]
    fn truncation_loses_only_the_end(at in 0.0..1.0_f64) {
        let titles: Vec<_> = (0..5).map(|n| format!("Title {n}")).collect();
        let doc = sound(&titles, true);
        let kept = &doc.as_bytes()[..(doc.len() as f64 * at) as usize];
        let whole = String::from_utf8_lossy(kept).matches("</item>").count();
        let got = read(kept).map_or(0, |parsed| parsed.entries.len());
        prop_assert!(got >= whole);
    }
}
