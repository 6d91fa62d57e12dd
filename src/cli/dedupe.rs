//! `wiredesk dedupe`: replays a stream of documents and prints what each of them is.

use super::{
    exit::{Code, Failure},
    out,
};
use crate::dedupe::{self, Settings, Verdict};
use crate::model::{
    Article, ArticleId, Extraction, FeedId, Link, Relation, Seq, Sighting, TextSource, Timestamp,
    text,
};
use crate::pipeline::{Draft, Fault, Ledger};
use crate::store;
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let mut desk = Desk::new()?;
    for (number, line) in open(&args.file)?.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let document: Document = serde_json::from_str(&line).map_err(|e| {
            let place = format!("{}:{}", args.file.display(), number + 1);
            Failure::new(Code::Data, format!("{place}: not a document: {e}"))
        })?;
        let (word, of) = desk.take(&document).map_err(|e| fault(&e))?;
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

/// What cannot happen in memory, told all the same.
fn fault(error: &dyn std::error::Error) -> Failure {
    Failure::new(Code::Software, error.to_string())
}

/// A desk in memory, as the daemon keeps one on the disk.
struct Desk {
    settings: Arc<Settings>,
    ledger: Ledger,
    seq: Seq,
    /// Article → the id of the document that brought it.
    names: HashMap<ArticleId, String>,
}

impl Desk {
    fn new() -> Result<Self, Failure> {
        let settings = Arc::new(Settings::default());
        let (_, writer) = store::in_memory().map_err(|e| fault(&e))?;
        let ledger = Ledger::new(writer, settings.window).map_err(|e| fault(&e))?;
        Ok(Self { settings, ledger, seq: 0, names: HashMap::new() })
    }

    /// The decision on a document and the article it concerns; what it brings is known afterwards.
    fn take(&mut self, document: &Document) -> Result<(&'static str, Option<ArticleId>), Fault> {
        let seen = sighting(document);
        let (feed, key) = (seen.feed.clone(), seen.guid.clone());
        let article = article(document, &seen);
        let now = article.fetched;
        let draft = Draft { feed, key, settings: Arc::clone(&self.settings), article, page: None };
        let mut bench = self.ledger.begin(self.seq + 1, now);
        let verdict = bench.settle(&draft)?;
        for change in bench.commit()? {
            self.seq = change.seq;
            self.names.entry(change.id).or_insert_with(|| document.id.clone());
        }
        Ok(match verdict {
            Verdict::New => ("new", None),
            Verdict::Sighting { of } | Verdict::Duplicate { of, relation: Relation::Exact, .. } => {
                ("exact-dup", Some(of))
            }
            Verdict::Revision { of } => ("revision", Some(of)),
            Verdict::Duplicate { of, .. } => ("near-dup", Some(of)),
        })
    }
}

fn sighting(document: &Document) -> Sighting {
    Sighting {
        feed: feed_id(&document.feed),
        guid: document.guid.clone().unwrap_or_else(|| document.url.clone()),
        url: Link::parse(&document.url, None),
        at: document.published.unwrap_or(Timestamp::UNIX_EPOCH),
    }
}

/// The record of a document, as the pipeline would have made it.
fn article(document: &Document, seen: &Sighting) -> Article {
    let source_url = seen.url.clone();
    let canonical = document.canonical.as_ref().and_then(|c| Link::parse(c, source_url.as_ref()));
    let trusted = canonical
        .filter(|c| source_url.as_ref().is_none_or(|page| dedupe::trusted_canonical(page, c)));
    let url = trusted.or_else(|| source_url.clone());
    let id = ArticleId::of(&document.id);
    Article {
        id,
        revision: 1,
        site: url
            .as_ref()
            .map_or_else(|| seen.feed.to_string(), |url| dedupe::url_key(url).site().to_owned()),
        site_name: None,
        title: document.title.clone(),
        authors: Vec::new(),
        language: document.lang.clone(),
        published: document.published,
        published_source: None,
        modified: None,
        first_seen: seen.at,
        fetched: seen.at,
        summary: None,
        text: document.body.clone(),
        html: String::new(),
        words: u32::try_from(text::words(&document.body)).unwrap_or(u32::MAX),
        images: Vec::new(),
        tags: Vec::new(),
        extraction: Extraction {
            from: TextSource::Page,
            confidence: 1.0,
            paywalled: false,
            dropped: Vec::new(),
        },
        sightings: vec![seen.clone()],
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
    FeedId::new(text::head(&clean, 64))
        .or_else(|_| FeedId::new(&hash))
        .unwrap_or_else(|_| unreachable!("the text of an article id is a feed id"))
}
