//! A small web of three invented newspapers, served on loopback by `wiredesk demo`: whoever has
//! no network sees the whole journey too.
//!
//! Everything is a function of the seconds since the start: articles appear one after another,
//! one is revised, one is a copy of another paper's. The pages carry what real ones carry: menus,
//! consent boxes, captions, bylines, related links.

mod render;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use std::time::Instant;

/// Texts of the articles, written for this demonstration.
const ARTICLES: &str = include_str!("articles.txt");

/// One article of the demonstration.
#[derive(Debug, Clone, Default)]
struct Story {
    paper: String,
    slug: String,
    outlet: String,
    title: String,
    author: String,
    /// Seconds after the start at which it appears.
    after: u64,
    caption: String,
    credit: String,
    language: String,
    paragraphs: Vec<String>,
}

/// The demonstration web as seen from the moment it was started.
pub struct Demo {
    stories: Vec<Story>,
    started: Instant,
    base: String,
}

/// Feeds of the demonstration: id and path.
pub const FEEDS: [(&str, &str); 3] = [
    ("harbour-post", "/harbour/feed.xml"),
    ("inland-review", "/inland/feed.atom"),
    ("nordlicht", "/nordlicht/feed.json"),
];

impl Demo {
    /// The web that begins at `started` and knows itself as `base` (`http://127.0.0.1:PORT`).
    pub fn new(started: Instant, base: String) -> Self {
        Self { stories: ARTICLES.split("@ ").skip(1).map(story).collect(), started, base }
    }

    /// The routes of the web.
    pub fn router(self) -> Router {
        Router::new().route("/{paper}/{page}", get(page)).with_state(Arc::new(self))
    }

    fn visible(&self, paper: &str) -> Vec<&Story> {
        let age = self.started.elapsed().as_secs();
        self.stories.iter().filter(|s| s.paper == paper && s.after <= age).collect()
    }
}

fn story(text: &str) -> Story {
    let mut lines = text.lines();
    let (paper, slug) = lines.next().unwrap_or_default().split_once('/').unwrap_or_default();
    let mut story = Story {
        paper: paper.to_owned(),
        slug: slug.to_owned(),
        language: "en".to_owned(),
        ..Story::default()
    };
    let mut body = Vec::new();
    for line in lines {
        match line.split_once(": ") {
            Some(("outlet", v)) => v.clone_into(&mut story.outlet),
            Some(("title", v)) => v.clone_into(&mut story.title),
            Some(("author", v)) => v.clone_into(&mut story.author),
            Some(("after", v)) => story.after = v.parse().unwrap_or_default(),
            Some(("caption", v)) => v.clone_into(&mut story.caption),
            Some(("credit", v)) => v.clone_into(&mut story.credit),
            Some(("language", v)) => v.clone_into(&mut story.language),
            _ if line.is_empty() => {}
            _ => body.push(line.to_owned()),
        }
    }
    story.paragraphs = body;
    story
}

async fn page(
    State(demo): State<Arc<Demo>>,
    Path((paper, page)): Path<(String, String)>,
) -> Response {
    let stories = demo.visible(&paper);
    let (kind, body) = match page.as_str() {
        "feed.xml" => ("application/rss+xml", render::rss(&demo.base, &stories)),
        "feed.atom" => ("application/atom+xml", render::atom(&demo.base, &stories)),
        "feed.json" => ("application/feed+json", render::json_feed(&demo.base, &stories)),
        slug => match stories.iter().find(|s| s.slug == slug) {
            Some(story) => ("text/html; charset=utf-8", render::html(&demo.base, story)),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
