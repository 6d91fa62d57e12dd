//! The status page at `/` and the page of each article: whole without scripts, kept up to date by
//! one small script, nothing from elsewhere. A page's size depends on its paging, not on the store.

mod chart;
mod front;
mod leaf;

use super::api::Api;
use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

/// What a page may load: its own style and script. No frames, no forms, no inline code.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What all pages have around them.
#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/board.css"><script src="/board.js" defer></script></head>
<body><a class="skip" href="#main">To the content</a>
{{ body|safe }}
</body></html>
"##
)]
struct Shell<'a> {
    title: &'a str,
    /// HTML, escaped by its own template.
    body: &'a str,
}

/// The routes of the pages.
pub(super) fn routes() -> Router<Api> {
    Router::new()
        .route("/", get(front::show))
        .route("/articles/{id}", get(leaf::show))
        .route("/board.css", get(style))
        .route("/board.js", get(script))
}

/// A page with the headers that keep it to itself.
fn page(title: &str, body: &impl Template) -> Result<Response, super::Problem> {
    let body = body.render().map_err(super::Problem::broken)?;
    let html = Shell { title, body: &body }.render().map_err(super::Problem::broken)?;
    let mut answer = Html(html).into_response();
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(answer)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("board.css"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("board.js"))
}

/// A headline, or words that stand for a missing one: a link needs a text.
fn headline(title: &str) -> String {
    if title.is_empty() { "(no headline)".to_owned() } else { cut(title, 300) }
}

/// At most so many characters of a text.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
