//! `wiredesk dedupe`: replays a stream of documents and prints what each of them is.

use super::{
    exit::{Code, Failure},
    out,
};
use crate::dedupe::{
    self, Candidate, Features, Furniture, Known, Lines, Near, Settings, TextKey, Verdict,
    postings::{Recent, most_named},
};
use crate::model::{
    Article, ArticleId, Extraction, FeedId, Link, Relation, Sighting, TextSource, Timestamp,
};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Articles compared with a document.
const COMPARED: usize = 4;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Documents in the order of their arrival, one JSON object a line, plain or gzip:
    /// `id`, `url`, `canonical`, `feed`, `guid`, `title`, `body`, `lang`, `published`
    file: PathBuf,
}

/// One line of the input.
#[derive(Debug, Deserialize)]
struct Document {
    id: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    canonical: Option<String>,
    #[serde(default)]
    feed: String,
    #[serde(default)]
    guid: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default, alias = "text")]
    body: String,
    #[serde(default, alias = "language")]
    lang: Option<String>,
    #[serde(default)]
    published: Option<Timestamp>,
}

/// One line of the output.
#[derive(Debug, Serialize)]
struct Decision<'a> {
    id: &'a str,
    #[serde(rename = "decision")]
    word: &'static str,
    of: Option<&'a str>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut desk = Desk::new();
    for (number, line) in open(&args.file)?.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let document: Document = serde_json::from_str(&line).map_err(|e| {
            let place = format!("{}:{}", args.file.display(), number + 1);
            Failure::new(Code::Data, format!("{place}: not a document: {e}"))
        })?;
        let (word, of) = desk.take(&document);
        let of = of.and_then(|id| desk.names.get(&id)).map(String::as_str);
        if !out::json(&Decision { id: &document.id, word, of })? {
            break;
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    let named = |e: std::io::Error| Failure::new(Code::Io, format!("{}: {e}", path.display()));
    let mut file = BufReader::new(File::open(path).map_err(named)?);
    let gzip = file.fill_buf().map_err(named)?.starts_with(&[0x1f, 0x8b]);
    let read: Box<dyn Read> =
        if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Box::new(BufReader::new(read)))
}

/// What is known while a stream is replayed.
struct Desk {
    settings: Settings,
    articles: Vec<Article>,
    /// Article → where it stands in `articles`.
    places: HashMap<ArticleId, usize>,
    /// Article → the id of the document that brought it.
    names: HashMap<ArticleId, String>,
    by_guid: HashMap<(FeedId, String), usize>,
    by_url: HashMap<[u8; 16], usize>,
    by_text: HashMap<TextKey, usize>,
    recent: Recent,
    lines: HashMap<String, Lines>,
    common: Lines,
}

impl Desk {
    fn new() -> Self {
        Self {
            settings: Settings::default(),
            articles: Vec::new(),
            places: HashMap::new(),
            names: HashMap::new(),
            by_guid: HashMap::new(),
            by_url: HashMap::new(),
            by_text: HashMap::new(),
            recent: Recent::default(),
            lines: HashMap::new(),
            common: Lines::of_all_sites(),
        }
    }

    /// The decision on a document and the article it concerns; what it brings is known afterwards.
    fn take(&mut self, document: &Document) -> (&'static str, Option<ArticleId>) {
        let article = article(document);
        let Some(seen) = article.sightings.first() else { return ("new", None) };
        let candidate = Candidate {
            feed: &seen.feed,
            guid: &seen.guid,
            url: article.url.as_ref(),
            source_url: article.source_url.as_ref(),
            site: &article.site,
            title: &article.title,
            text: &article.text,
            language: article.language.as_deref(),
        };
        self.lines.entry(article.site.clone()).or_insert_with(Lines::of_site);
        let Some(furniture) = self.furniture(&article.site) else { return ("new", None) };
        let features = Features::of(&candidate, furniture);
        let verdict = self.decide(&candidate, &features);
        self.learn(document, article, &features, &verdict);
        match verdict {
            Verdict::New => ("new", None),
            Verdict::Sighting { of } | Verdict::Duplicate { of, relation: Relation::Exact, .. } => {
                ("exact-dup", Some(of))
            }
            Verdict::Revision { of } => ("revision", Some(of)),
            Verdict::Duplicate { of, .. } => ("near-dup", Some(of)),
        }
    }

    fn furniture(&self, site: &str) -> Option<Furniture<'_>> {
        Some(Furniture { site: self.lines.get(site)?, common: &self.common })
    }

    fn decide(&self, candidate: &Candidate<'_>, features: &Features) -> Verdict {
        let at = |index: Option<&usize>| index.and_then(|i| self.articles.get(*i));
        let urls = [&features.url, &features.source_url];
        let known = Known {
            by_guid: at(self.by_guid.get(&(candidate.feed.clone(), candidate.guid.to_owned()))),
            by_url: urls.into_iter().flatten().find_map(|key| at(self.by_url.get(&key.hash()))),
            by_text: at(features.text.and_then(|key| self.by_text.get(&key))),
        };
        dedupe::decide_exact(candidate, features, &known).unwrap_or_else(|| {
            let named = features.anchors.iter().flat_map(|anchor| self.recent.find(*anchor));
            let near: Vec<_> = most_named(named, COMPARED)
                .into_iter()
                .filter_map(|ordinal| self.articles.get(usize::try_from(ordinal).ok()?))
                .filter_map(|article| {
                    Some(Near { article, furniture: self.furniture(&article.site)? })
                })
                .collect();
            dedupe::decide_near(candidate, features, &near, &self.settings)
        })
    }

    fn learn(
        &mut self,
        document: &Document,
        mut article: Article,
        features: &Features,
        verdict: &Verdict,
    ) {
        if let Some(lines) = self.lines.get_mut(&article.site) {
            lines.learn(features.address, &features.lines);
        }
        let (same, story) = match verdict {
            Verdict::Sighting { of } | Verdict::Revision { of } => {
                let same = self.places.get(of).copied();
                (same, same.and_then(|at| self.articles.get(at)).map(|known| known.story))
            }
            Verdict::Duplicate { matches, .. } => (None, matches.first().map(|found| found.story)),
            Verdict::New => (None, None),
        };
        article.story = story.unwrap_or(article.story);
        self.common.learn(dedupe::story_tag(&article.story), &features.lines);
        let at = same.unwrap_or(self.articles.len());
        for key in [&features.url, &features.source_url].into_iter().flatten() {
            self.by_url.entry(key.hash()).or_insert(at);
        }
        if let Some(key) = features.text {
            self.by_text.entry(key).or_insert(at);
        }
        if let Some(seen) = article.sightings.first() {
            self.by_guid.entry((seen.feed.clone(), seen.guid.clone())).or_insert(at);
        }
        if !matches!(verdict, Verdict::Sighting { .. }) {
            self.recent.add(u32::try_from(at).unwrap_or(u32::MAX), &features.anchors);
        }
        match self.articles.get_mut(at) {
            Some(known) if matches!(verdict, Verdict::Revision { .. }) => {
                known.text = article.text;
                known.title = article.title;
            }
            Some(_) => {}
            None => {
                self.places.insert(article.id, at);
                self.names.insert(article.id, document.id.clone());
                self.articles.push(article);
            }
        }
    }
}

/// The record of a document, as the pipeline would have made it.
fn article(document: &Document) -> Article {
    let source_url = Link::parse(&document.url, None);
    let canonical = document.canonical.as_ref().and_then(|c| Link::parse(c, source_url.as_ref()));
    let trusted = canonical
        .filter(|c| source_url.as_ref().is_none_or(|page| dedupe::trusted_canonical(page, c)));
    let url = trusted.or_else(|| source_url.clone());
    let feed = feed_id(&document.feed);
    let id = ArticleId::of(&document.id);
    let at = document.published.unwrap_or(Timestamp::UNIX_EPOCH);
    let guid = document.guid.clone().unwrap_or_else(|| document.url.clone());
    Article {
        id,
        revision: 1,
        site: url
            .as_ref()
            .map_or_else(|| feed.to_string(), |url| dedupe::url_key(url).site().to_owned()),
        site_name: None,
        title: document.title.clone(),
        authors: Vec::new(),
        language: document.lang.clone(),
        published: document.published,
        published_source: None,
        modified: None,
        first_seen: at,
        fetched: at,
        summary: None,
        text: document.body.clone(),
        html: String::new(),
        words: 0,
        images: Vec::new(),
        tags: Vec::new(),
        extraction: Extraction {
            from: TextSource::Page,
            confidence: 1.0,
            paywalled: false,
            dropped: Vec::new(),
        },
        sightings: vec![Sighting { feed, guid, url: source_url.clone(), at }],
        story: id,
        duplicate_of: None,
        relation: None,
        similarity: None,
        url,
        source_url,
    }
}

/// A feed id that follows from whatever names the feed in the stream.
fn feed_id(name: &str) -> FeedId {
    let clean: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let hash = ArticleId::of(name).to_string();
    FeedId::new(crate::model::text::head(&clean, 64))
        .or_else(|_| FeedId::new(&hash))
        .unwrap_or_else(|_| unreachable!("the text of an article id is a feed id"))
}
