//! `wiredesk import ndjson`: articles of another desk, as `export ndjson` prints them, filed as if they
//! had just come in: known ones are sightings, copies join their stories. The daemon must not run.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::verify::open;
use crate::config::Config;
use crate::dedupe::{Settings, Verdict};
use crate::feed::sanitise;
use crate::model::{Article, text};
use crate::observe::{self, Metrics};
use crate::pipeline::{Draft, Filing};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// Articles filed at once.
const GROUP: usize = 64;

/// Longest line in bytes: the largest article has a text and an `html` of a few MiB.
const LINE_MAX: u64 = 16 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Form {
    /// Articles, one a line, as `export ndjson` prints them
    Ndjson(Ndjson),
}

#[derive(Debug, clap::Args)]
struct Ndjson {
    #[command(flatten)]
    config: ConfigFile,
    /// The file; `-` for standard input
    file: PathBuf,
}

/// What became of the articles.
#[derive(Debug, Default)]
struct Count {
    new: u64,
    known: u64,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let Form::Ndjson(args) = &args.form;
    let config = args.config.load()?.config;
    let mut lines = Lines::open(&args.file)?;
    let mut filing = filing(&config)?;
    let settings = Arc::clone(&config.dedup);
    let mut count = Count::default();
    loop {
        let mut group = Vec::new();
        while group.len() < GROUP {
            match lines.next()? {
                Some(article) => group.push(draft(article, &settings)),
                None => break,
            }
        }
        if group.is_empty() {
            break;
        }
        let verdicts = filing.settle(&group, observe::now());
        count.take(&verdicts.map_err(|e| Failure::new(Code::Io, e.to_string()))?);
    }
    out::line(&format!("{} articles imported, {} were known", count.new, count.known))?;
    Ok(())
}

impl Count {
    fn take(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            match verdict {
                Verdict::Sighting { .. } => self.known += 1,
                _ => self.new += 1,
            }
        }
    }
}

fn filing(config: &Config) -> Result<Filing, Failure> {
    let holdings = open(config)?;
    let last_seq = watch::Sender::new(holdings.log.last_seq());
    let (log, ledger) = (holdings.log, holdings.ledger);
    Ok(Filing { log, ledger, last_seq, metrics: Arc::new(Metrics::new()) })
}

/// The articles of a file.
struct Lines {
    name: String,
    input: Box<dyn BufRead>,
    number: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let input: Box<dyn BufRead> = if name == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            let file = File::open(path);
            let file = file.map_err(|e| Failure::new(Code::Io, format!("{name}: {e}")))?;
            Box::new(BufReader::new(file))
        };
        Ok(Self { name, input, number: 0 })
    }

    /// The next article; `None` at the end of the file or of the export in it.
    fn next(&mut self) -> Result<Option<Article>, Failure> {
        loop {
            let mut line = Vec::new();
            self.number += 1;
            let wrong = |number: u64, e: &dyn std::fmt::Display| {
                Failure::new(Code::Data, format!("{}:{number}: {e}", self.name))
            };
            let read = self.input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let value: Value = serde_json::from_slice(&line).map_err(|e| wrong(self.number, &e))?;
            if value.get("_end").is_some() {
                return Ok(None);
            }
            let article: Article = serde_json::from_value(value)
                .map_err(|e| wrong(self.number, &format!("not an article: {e}")))?;
            if article.sightings.is_empty() {
                return Err(wrong(self.number, &"an article that no feed carried"));
            }
            return Ok(Some(clean(article)));
        }
    }
}

/// A stranger's article as one of ours: texts plain, HTML safe, decisions left to our own desk.
fn clean(article: Article) -> Article {
    Article {
        revision: 1,
        title: text::line(&article.title),
        authors: article.authors.iter().map(|name| text::line(name)).collect(),
        site_name: article.site_name.as_deref().map(text::line),
        summary: article.summary.as_deref().map(text::lines),
        words: u32::try_from(text::words(&article.text)).unwrap_or(u32::MAX),
        text: text::lines(&article.text),
        html: sanitise(&article.html),
        tags: article.tags.iter().map(|tag| text::line(tag)).collect(),
        story: article.id,
        duplicate_of: None,
        relation: None,
        similarity: None,
        ..article
    }
}

fn draft(article: Article, settings: &Arc<Settings>) -> Draft {
    let first = article.sightings.first();
    let (feed, key) = first.map_or_else(
        || unreachable!("an article without sightings was refused"),
        |seen| (seen.feed.clone(), seen.guid.clone()),
    );
    Draft { feed, key, settings: Arc::clone(settings), article, page: None }
}
