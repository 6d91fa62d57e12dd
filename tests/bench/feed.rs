//! How long a sound feed takes, against bare feed-rs on the same bytes in the same run.
//!
//! `cargo bench --bench feed`. Rounds are interleaved and the best of each reader counts, so that the
//! ratios mean something on a busy machine.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and may panic")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wiredesk::feed::{Media, Settings, parse};

const ROUNDS: usize = 15;

fn main() {
    for entries in [100, 1000] {
        compare(&format!("RSS, {entries} entries, CDATA"), &rss(entries, true));
        compare(&format!("RSS, {entries} entries, escaped"), &rss(entries, false));
        compare(&format!("Atom, {entries} entries"), &atom(entries));
    }
}

/// Prints the best times of both readers and their ratio.
fn compare(name: &str, doc: &str) {
    let (media, settings) = (Media::default(), Settings::default());
    let (mut bare, mut ours) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        bare = bare.min(time(|| feed_rs::parser::parse(doc.as_bytes()).unwrap().entries.len()));
        ours = ours.min(time(|| parse(doc.as_bytes(), &media, &settings).unwrap().entries.len()));
    }
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!(
        "{name:32} {:5} KiB  feed-rs {bare:9.2?}  wiredesk {ours:9.2?}  ratio {ratio:.2}",
        doc.len() / 1024
    );
}

fn time(read: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    black_box(read());
    start.elapsed()
}

/// About two KiB of text an entry, as in full-text feeds.
fn body(entry: usize) -> String {
    let sentence = format!(
        "<p>Paragraph of entry {entry} with an <a href=\"https://example.org/{entry}\">address</a>, a name & some words.</p>\n"
    );
    sentence.repeat(20)
}

fn rss(entries: usize, cdata: bool) -> String {
    let mut doc = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Bench</title><link>https://example.org/</link><description>D</description>\n",
    );
    for n in 0..entries {
        let body = if cdata { format!("<![CDATA[{}]]>", body(n)) } else { escape(&body(n)) };
        writeln!(
            doc,
            "<item><title>Entry number {n}</title><link>https://example.org/{n}</link><guid isPermaLink=\"true\">https://example.org/{n}</guid>\
             <pubDate>Mon, 02 Mar 2026 10:{:02}:12 +0000</pubDate><dc:creator>Jo Doe</dc:creator><category>News</category>\
             <description>Teaser of entry {n}</description><content:encoded>{body}</content:encoded></item>",
            n % 60
        )
        .unwrap();
    }
    doc + "</channel></rss>\n"
}

fn atom(entries: usize) -> String {
    let mut doc = String::from(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Bench</title><id>tag:example.org,2026:f</id><updated>2026-03-02T10:11:12Z</updated>\n",
    );
    for n in 0..entries {
        writeln!(
            doc,
            "<entry><title>Entry number {n}</title><id>tag:example.org,2026:{n}</id><link href=\"https://example.org/{n}\"/>\
             <updated>2026-03-02T10:{:02}:12Z</updated><author><name>Jo Doe</name></author><summary>Teaser</summary>\
             <content type=\"html\">{}</content></entry>",
            n % 60,
            escape(&body(n))
        )
        .unwrap();
    }
    doc + "</feed>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
