//! `wiredesk dedupe`: replays a stream of documents and prints what each of them is.

use super::{
    exit::{Code, Failure},
    out,
};
use crate::dedupe::{self, Candidate, Features, Index, Known, Near, Settings, UrlKey, Verdict};
use crate::model::{
    Article, ArticleId, Change, Extraction, FeedId, Link, Op, Relation, Seq, Sighting, TextSource,
    Timestamp,
};
use crate::store::{self, Keys, Txn, WriteError, Writer};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

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
    let fault = |e: WriteError| Failure::new(Code::Software, e.to_string());
    let mut desk = Desk::new().map_err(fault)?;
    for (number, line) in open(&args.file)?.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let document: Document = serde_json::from_str(&line).map_err(|e| {
            let place = format!("{}:{}", args.file.display(), number + 1);
            Failure::new(Code::Data, format!("{place}: not a document: {e}"))
        })?;
        let (word, of) = desk.take(&document).map_err(fault)?;
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

/// A desk in memory, as the daemon keeps one on the disk.
struct Desk {
    settings: Settings,
    writer: Writer,
    index: Index,
    seq: Seq,
    /// Article → the id of the document that brought it.
    names: HashMap<ArticleId, String>,
}

impl Desk {
    fn new() -> Result<Self, WriteError> {
        let (_, mut writer) = store::in_memory().map_err(|e| WriteError::Closed(e.to_string()))?;
        let settings = Settings::default();
        let txn = writer.begin();
        let index = Index::open(settings.window, |key| txn.near(key))?;
        drop(txn);
        Ok(Self { settings, writer, index, seq: 0, names: HashMap::new() })
    }

    /// The decision on a document and the article it concerns; what it brings is known afterwards.
    fn take(
        &mut self,
        document: &Document,
    ) -> Result<(&'static str, Option<ArticleId>), WriteError> {
        let seen = sighting(document);
        let article = article(document, &seen);
        let mut txn = self.writer.begin();
        let (features, verdict) = decide(&mut self.index, &txn, &seen, &article, &self.settings)?;
        if let Some((op, article)) = outcome(&txn, article, &verdict)? {
            self.seq += 1;
            self.names.entry(article.id).or_insert_with(|| document.id.clone());
            let keys = keys(&features);
            let number = txn.number(&article.id)?.unwrap_or(self.seq);
            self.index.learn(self.seq, number, &article, &features);
            let at = article.fetched;
            let change = Change { seq: self.seq, op, at, id: article.id, article: Some(article) };
            txn.apply(&change, &keys)?;
            for (key, value) in self.index.put_step(at, |key| txn.near(key))? {
                txn.put_near(&key, value);
            }
            txn.commit()?;
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

/// What a document is, by what the store knows.
fn decide(
    index: &mut Index,
    txn: &Txn<'_>,
    seen: &Sighting,
    article: &Article,
    settings: &Settings,
) -> Result<(Features, Verdict), WriteError> {
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
    let features = index.features(&candidate, |key| txn.near(key))?;
    let find = |id: Option<ArticleId>| id.map_or(Ok(None), |id| txn.article(&id));
    let by_guid = find(txn.by_guid(&seen.feed, &seen.guid)?)?;
    let mut by_url = None;
    for key in [&features.url, &features.source_url].into_iter().flatten() {
        by_url = by_url.or(txn.by_url(&key.hash())?);
    }
    let by_url = find(by_url)?;
    let by_text = find(features.text.map_or(Ok(None), |key| txn.by_text(&key))?)?;
    let known =
        Known { by_guid: by_guid.as_ref(), by_url: by_url.as_ref(), by_text: by_text.as_ref() };
    if let Some(verdict) = dedupe::decide_exact(&candidate, &features, &known) {
        return Ok((features, verdict));
    }
    let mut near = Vec::new();
    for number in index.near(&features, |key| txn.near(key))? {
        if let Some(article) = txn.by_number(number)? {
            index.load(&article.site, |key| txn.near(key))?;
            near.push(article);
        }
    }
    let near: Vec<_> = near
        .iter()
        .map(|article| Near { article, furniture: index.furniture(&article.site) })
        .collect();
    let verdict = dedupe::decide_near(&candidate, &features, &near, settings);
    Ok((features, verdict))
}

/// What a verdict writes down; `None` where the article stays as it is.
fn outcome(
    txn: &Txn<'_>,
    article: Article,
    verdict: &Verdict,
) -> Result<Option<(Op, Article)>, WriteError> {
    Ok(match verdict {
        Verdict::New => Some((Op::New, article)),
        Verdict::Sighting { .. } => None,
        Verdict::Revision { of } => txn.article(of)?.map(|known| {
            let revised = Article {
                id: known.id,
                revision: known.revision + 1,
                story: known.story,
                sightings: known.sightings,
                ..article
            };
            (Op::Revised, revised)
        }),
        Verdict::Duplicate { of, matches, .. } => {
            let story = matches.first().map_or(article.id, |found| found.story);
            Some((Op::New, Article { story, duplicate_of: Some(*of), ..article }))
        }
    })
}

fn keys(features: &Features) -> Keys {
    let urls = [&features.url, &features.source_url].into_iter().flatten();
    Keys { urls: urls.map(UrlKey::hash).collect(), text: features.text }
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
        words: 0,
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
    FeedId::new(crate::model::text::head(&clean, 64))
        .or_else(|_| FeedId::new(&hash))
        .unwrap_or_else(|_| unreachable!("the text of an article id is a feed id"))
}
