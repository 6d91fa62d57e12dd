//! `wiredesk feed test`: one feed tried from its address to the text of one of its articles, each
//! step with its time and outcome. Nothing is kept.

use super::trial::{Trial, address, media};
use crate::cli::config::ConfigFile;
use crate::cli::exit::{Code, Failure};
use crate::cli::out;
use crate::cli::reach::wait;
use crate::extract::{self, Hints};
use crate::feed::{self, Parsed, Settings, discover};
use crate::fetch::{Fetched, Kind};
use crate::model::{Entry, Link};
use crate::observe::steady;
use serde_json::{Map, Value, json};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Address of the feed
    url: String,
    /// Print NDJSON, one line a step, also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let url = address(&args.url)?;
    let trial = Trial::new(&args.config)?;
    let show = Show { json: args.json || !out::is_terminal() };
    wait(Box::pin(steps(&trial, &url, show)))
}

async fn steps(trial: &Trial, url: &Link, show: Show) -> Result<(), Failure> {
    let fetched = trial.get(url, Kind::Feed).await?;
    show.step("fetch", fetched.took, brought(&fetched))?;
    let (start, media) = (steady(), media(&fetched));
    let parsed = match feed::parse(&fetched.body, &media, &Settings::default()) {
        Ok(parsed) => parsed,
        Err(why) => {
            let links = fetched.link_headers.join(", ");
            let found = discover(&fetched.body, &media, Some(&links));
            let advice = found.first().map(|f| format!("; it announces the feed {}", f.url));
            let message = format!("{}: {why}{}", fetched.final_url, advice.unwrap_or_default());
            return Err(Failure::new(Code::Data, message));
        }
    };
    show.step("read", start.elapsed(), read(&parsed))?;
    match parsed.entries.iter().find(|entry| entry.link.is_some()) {
        Some(entry) => page(trial, entry, show).await,
        None => Ok(()),
    }
}

/// What the server sent.
fn brought(fetched: &Fetched) -> Value {
    let text =
        |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|b| String::from_utf8_lossy(b).into_owned());
    json!({
        "status": fetched.status,
        "url": fetched.final_url,
        "moved_to": fetched.permanent_to,
        "content_type": fetched.content_type,
        "bytes": fetched.body.len(),
        "bytes_on_the_wire": fetched.wire_bytes,
        "etag": text(&fetched.validators.etag),
        "last_modified": text(&fetched.validators.last_modified),
        "max_age_seconds": fetched.freshness.max_age.map(|age| age.as_secs()),
    })
}

/// What the document holds.
fn read(parsed: &Parsed) -> Value {
    let count = |has: fn(&Entry) -> bool| parsed.entries.iter().filter(|e| has(e)).count();
    json!({
        "format": parsed.format,
        "title": parsed.info.title,
        "entries": parsed.entries.len(),
        "with_date": count(|e| e.published.or(e.updated).is_some()),
        "with_link": count(|e| e.link.is_some()),
        "with_content": count(|e| e.content.is_some()),
        "ttl_minutes": parsed.hints.ttl_minutes,
        "update_every_seconds": parsed.hints.update_every_seconds,
        "hub": parsed.hints.hub,
        "next_page": parsed.paging.next.as_ref().or(parsed.paging.prev_archive.as_ref()),
        "warnings": parsed.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// The article behind one entry; a page that cannot be had is an outcome too.
async fn page(trial: &Trial, entry: &Entry, show: Show) -> Result<(), Failure> {
    let Some(link) = &entry.link else { return Ok(()) };
    let fetched = match trial.get(link, Kind::Page).await {
        Ok(fetched) => fetched,
        Err(failure) => {
            return show.step("page", Duration::ZERO, json!({ "problem": failure.to_string() }));
        }
    };
    let what =
        json!({ "status": fetched.status, "url": fetched.final_url, "bytes": fetched.body.len() });
    show.step("page", fetched.took, what)?;
    let start = steady();
    let html = extract::decode(&fetched.body, fetched.content_type.as_deref());
    let hints =
        Hints { url: Some(fetched.final_url.clone()), entry: Some(entry), ..Hints::default() };
    let what = match extract::extract(&html, &hints, &trial.extract) {
        Ok(article) => json!({
            "title": article.title,
            "published": article.published,
            "words": article.text.split_whitespace().count(),
        }),
        Err(refused) => json!({ "problem": refused.to_string() }),
    };
    show.step("extract", start.elapsed(), what)
}

/// How steps are printed.
#[derive(Debug, Clone, Copy)]
struct Show {
    json: bool,
}

impl Show {
    /// Prints one step; what is absent is left out for a person.
    fn step(self, name: &str, took: Duration, what: Value) -> Result<(), Failure> {
        let milliseconds = took.as_secs_f64() * 1000.0;
        let Value::Object(fields) = what else { return Ok(()) };
        if self.json {
            let mut line = Map::new();
            line.insert("step".to_owned(), name.into());
            line.insert("milliseconds".to_owned(), milliseconds.into());
            line.extend(fields);
            out::json(&line)?;
            return Ok(());
        }
        out::line(&format!("{name} ({milliseconds:.1} ms)"))?;
        for (field, value) in &fields {
            match value {
                Value::Null => {}
                Value::Array(values) if values.is_empty() => {}
                Value::String(text) => drop(out::line(&format!("  {field:22} {text}"))?),
                other => drop(out::line(&format!("  {field:22} {other}"))?),
            }
        }
        Ok(())
    }
}
