//! Two stages alone: a feed's document into entries, a page into an article. No daemon, no network.

#![expect(clippy::print_stdout, reason = "a program for a shell")]

use wiredesk::extract::{self, Hints, extract, markdown};
use wiredesk::feed::{self, Media, parse};
use wiredesk::model::Link;

const FEED: &str = r#"<rss version="2.0"><channel><title>Pier Post</title>
  <item><title>Fog &amp; ferries</title><link>/fog</link><pubDate>Mon, 2 Nov 2026 8:5 GMT</pubDate></item>
</channel></rss>"#;

const PAGE: &str = r#"<html lang="en"><head><title>Fog and ferries | Pier Post</title></head><body>
  <div class="consent">We value your privacy. <button>Accept all</button></div>
  <nav><a href="/">News</a> <a href="/">Sport</a></nav>
  <article><h1>Fog and ferries</h1><div class="byline">By Ada Quill</div>
  <p>The morning ferry waited for two hours at the northern ramp, because the pilot could not see
  the second buoy from the first, and the rule says that he must.</p>
  <p>By ten the fog had lifted. The bakers of the outer islands had their flour at noon, which is
  late, and sold their bread at four, which is <em>very</em> late.</p></article>
  <footer>Terms Privacy</footer></body></html>"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = Link::parse("https://pier-post.example/feed.xml", None);
    let media = Media { url: url.clone(), ..Media::default() };
    let feed = parse(FEED.as_bytes(), &media, &feed::Settings::default())?;
    for entry in &feed.entries {
        let link = entry.link.as_ref().map_or("no link", Link::as_str);
        println!("{} <{link}>", entry.title);
    }
    let hints = Hints { url, entry: feed.entries.first(), ..Hints::default() };
    let article = extract(PAGE, &hints, &extract::Settings::default())?;
    println!("{} by {}\n\n{}", article.title, article.authors.join(", "), markdown(&article.html));
    Ok(())
}
