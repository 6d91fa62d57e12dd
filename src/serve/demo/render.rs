//! Feeds and pages of the demonstration web in the dialects that real ones use.

use super::Story;
use serde_json::json;

/// Date on which every demonstration article was published.
const DATE: (&str, &str, &str) = ("2026-11-23", "Mon, 23 Nov 2026", "November 23, 2026");

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn url(base: &str, story: &Story) -> String {
    format!("{base}/{}/{}", story.paper, story.slug)
}

/// Minutes of the day, so that the articles of a paper have an order.
fn clock(story: &Story) -> String {
    format!("{:02}:{:02}", 8 + story.after / 4, story.after % 4 * 15)
}

/// RSS 2.0 with teasers only: the page has to be fetched.
pub(super) fn rss(base: &str, stories: &[&Story]) -> String {
    let items: String = stories
        .iter()
        .map(|s| {
            let teaser = s.paragraphs.first().and_then(|p| p.split(". ").next()).unwrap_or_default();
            format!(
                "<item><title>{}</title><link>{}?utm_source=rss</link><guid isPermaLink=\"false\">{}</guid>\
                 <pubDate>{} {}:00 GMT</pubDate><description>{}.</description></item>",
                escape(&s.title), url(base, s), s.slug, DATE.1, clock(s), escape(teaser),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Harbour Post</title>\
         <link>{base}/harbour/</link><description>News from the coast</description>{items}</channel></rss>"
    )
}

/// Atom with the full text.
pub(super) fn atom(base: &str, stories: &[&Story]) -> String {
    let entries: String = stories
        .iter()
        .map(|s| {
            let body: String =
                s.paragraphs.iter().map(|p| format!("<p>{}</p>", escape(p))).collect();
            format!(
                "<entry><title>{}</title><id>tag:inland.example,2026:{}</id><link href=\"{}\"/>\
                 <published>{date}T{time}:00Z</published><updated>{date}T{time}:00Z</updated>\
                 <author><name>{}</name></author><content type=\"html\">{}</content></entry>",
                escape(&s.title),
                s.slug,
                url(base, s),
                escape(&s.author),
                escape(&body),
                date = DATE.0,
                time = clock(s),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Inland Review</title>\
         <id>tag:inland.example,2026:feed</id><updated>{}T00:00:00Z</updated>{entries}</feed>",
        DATE.0
    )
}

/// JSON Feed 1.1 with teasers only.
pub(super) fn json_feed(base: &str, stories: &[&Story]) -> String {
    let items: Vec<_> = stories
        .iter()
        .map(|s| {
            json!({
                "id": s.slug, "url": url(base, s), "title": s.title, "language": s.language,
                "date_published": format!("{}T{}:00Z", DATE.0, clock(s)),
                "summary": s.paragraphs.first(),
            })
        })
        .collect();
    json!({ "version": "https://jsonfeed.org/version/1.1", "title": "Nordlicht", "items": items })
        .to_string()
}

/// A page with everything around the article that a reader does not want.
pub(super) fn html(base: &str, story: &Story) -> String {
    let s = story;
    let paragraphs: String =
        s.paragraphs.iter().map(|p| format!("<p>{}</p>\n", escape(p))).collect();
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <title>{title} | {outlet}</title><link rel=\"canonical\" href=\"{url}\">\
         <meta property=\"og:site_name\" content=\"{outlet}\"></head><body>\
         <div class=\"consent\">We value your privacy. <button>Accept all</button></div>\
         <nav><a href=\"/\">News</a> <a href=\"/\">Sport</a> <a href=\"/\">Weather</a></nav>\
         <div class=\"headline\">{title}</div><main><h1>{title}</h1>\
         <figure><img src=\"/img/{slug}.jpg\" alt=\"\"><figcaption>{caption} / {credit}</figcaption></figure>\
         <div class=\"byline\">By {author} {date}</div>\n{paragraphs}\
         <aside class=\"related\"><h3>Read more</h3><ul><li><a href=\"/a\">What the council will decide next week</a></li>\
         <li><a href=\"/b\">Ten pictures of the coast in winter</a></li></ul></aside></main>\
         <div>News</div><button>Dismiss</button><footer>© 2026 {outlet}. Terms Privacy</footer></body></html>",
        lang = s.language,
        title = escape(&s.title),
        outlet = escape(&s.outlet),
        url = url(base, s),
        slug = s.slug,
        caption = escape(&s.caption),
        credit = escape(&s.credit),
        author = escape(&s.author),
        date = DATE.2,
    )
}
