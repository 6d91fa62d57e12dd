//! Golden cases of extraction: `tests/golden/extract/<case>/page.html` must give every field that
//! `expect.json` names. The address of each page is `https://gazette.example/page`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use wiredesk::extract::{Extracted, Hints, Settings, claims, extract};
use wiredesk::model::Link;

/// The fields of an article that a case may name.
fn fields(article: &Extracted) -> Value {
    json!({
        "title": article.title,
        "authors": article.authors,
        "published": article.published,
        "modified": article.modified,
        "language": article.language,
        "url": article.canonical,
        "site_name": article.site_name,
        "summary": article.summary,
        "text": article.text,
        "html": article.html,
        "images": article.images,
        "tags": article.tags,
        "paywalled": article.extraction.paywalled,
    })
}

#[track_caller]
fn check(case: &Path) {
    let html = fs::read_to_string(case.join("page.html")).unwrap();
    let expect: Value =
        serde_json::from_str(&fs::read_to_string(case.join("expect.json")).unwrap()).unwrap();
    let url = Link::parse("https://gazette.example/page", None);
    let (hints, settings) = (Hints { url, ..Hints::default() }, Settings::default());
    let found = match extract(&html, &hints, &settings) {
        Ok(article) => fields(&article),
        Err(refused) => {
            let mut found = fields(&claims(&html, &hints, &settings));
            let why = json!(refused.to_string());
            found.as_object_mut().unwrap().insert("refused".to_owned(), why);
            found
        }
    };
    for (field, value) in expect.as_object().unwrap() {
        assert_eq!(found.get(field), Some(value), "{field} of {}", case.display());
    }
}

#[test]
fn golden_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/extract");
    let cases: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(!cases.is_empty());
    for case in cases {
        check(&case);
    }
}

/// What a second sanitiser leaves of the HTML when it allows the elements and attributes that the
/// article's HTML is made of, and the HTML itself, both as a parser writes them.
fn sanitised(html: &str) -> (String, String) {
    let tags = "p br h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table tr td th code a em \
        strong sub sup figure figcaption img tbody";
    let own = ["href", "src", "alt"];
    let attributes = HashMap::from([("a", HashSet::from(["href"])), ("img", own.into())]);
    let left = ammonia::Builder::empty()
        .tags(tags.split_whitespace().collect())
        .tag_attributes(attributes)
        .url_schemes(HashSet::from(["http", "https"]))
        .link_rel(None)
        .clean(html)
        .to_string();
    // A parser's own writing puts attributes in one order.
    let written = |html: &str| scraper::Html::parse_fragment(html).root_element().inner_html();
    (written(&left), written(html))
}

#[test]
fn a_second_sanitiser_finds_nothing_in_the_golden_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/extract");
    for case in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        let html = fs::read_to_string(case.join("page.html")).unwrap();
        let Ok(article) = extract(&html, &Hints::default(), &Settings::default()) else { continue };
        let (left, own) = sanitised(&article.html);
        assert_eq!(left, own, "{}", case.display());
    }
}

#[test]
fn a_second_sanitiser_finds_nothing_in_hostile_pages() {
    let hostile = [
        "<a href=\"javascript:alert(1)\">a link</a>",
        "<a href=\" java\tscript:alert(1)\">a link</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\" onclick=alert(1)>a link</a>",
        "<a href='https://gazette.example/\"><script>alert(1)</script>'>a link</a>",
        "<img src=x onerror=alert(1) alt='\"><script>alert(1)</script>'>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<style>@import 'x'</style><p style=\"background:url(javascript:1)\">styled</p>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe><object data=x></object><embed src=x>",
        "<form action=/x><input name=q><button formaction=javascript:1>go</button></form>",
        "<select><option><p>in a list</select><textarea></p><script>alert(1)</script></textarea>",
        "<pre>\n <b onmouseover=alert(1)>x</b>\u{0}\u{202e}</pre>",
        "<table><tr><td><p>a</td><td><a href=//evil.example/x>b</table>",
    ];
    let line =
        "The council met again on Monday, and the report was read aloud to everybody there. ";
    for piece in hostile {
        let paragraph = format!("<p>{}</p>", line.repeat(4));
        let page = format!(
            "<title>Bridge</title><article><h1>Bridge</h1>{paragraph}<p>{line}{piece}</p>{piece}{paragraph}</article>"
        );
        let article = extract(&page, &Hints::default(), &Settings::default()).unwrap();
        let (left, own) = sanitised(&article.html);
        assert_eq!(left, own, "{piece}");
    }
}
