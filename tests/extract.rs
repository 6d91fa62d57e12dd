//! Golden cases of extraction: `tests/golden/extract/<case>/page.html` must give every field that
//! `expect.json` names. The address of each page is `https://gazette.example/page`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use wiredesk::extract::{Extracted, Hints, Settings, extract};
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
    let result = extract(&html, &Hints { url, ..Hints::default() }, &Settings::default());
    let found = match &result {
        Ok(article) => fields(article),
        Err(refused) => json!({ "refused": refused.to_string() }),
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
