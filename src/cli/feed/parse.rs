//! `wiredesk feed parse FILE…`: what the reader makes of documents on disk.
//!
//! As NDJSON, one line a file in the order given; texts are sanitised as they would be stored.

use super::{Failure, out};
use crate::cli::exit::Code;
use crate::feed::{self, FeedInfo, Media, NotAFeed, Parsed, sanitise};
use crate::model::{Entry, Link, Person, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Documents to read
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print one line of JSON a file, also on a terminal
    #[arg(long)]
    ndjson: bool,
    /// NDJSON that gives for each "file" its HTTP "headers" and its address (`base_url`)
    #[arg(long, value_name = "FILE")]
    headers: Option<PathBuf>,
}

/// Stands for the unknown address of a file; links below it are printed relative, as they were.
const NOWHERE: &str = "http://nowhere.invalid/here/";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let known = args.headers.as_deref().map(manifest).transpose()?.unwrap_or_default();
    let lines = args.ndjson || !std::io::stdout().is_terminal();
    let mut read_any = false;
    for file in &args.files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut media = known.get(&name).map(Origin::media).unwrap_or_default();
        media.url = media.url.or_else(|| Link::parse(NOWHERE, None));
        let result =
            fs::read(file).map_err(|e| format!("{}: {e}", file.display())).and_then(|body| {
                feed::parse(&body, &media, &feed::Settings::default())
                    .map_err(|e: NotAFeed| e.to_string())
            });
        read_any |= result.is_ok();
        let goes_on = if lines {
            out::json(&record(&name, &result))?
        } else {
            out::line(&page(&name, &result))?
        };
        if !goes_on {
            return Ok(());
        }
    }
    if read_any { Ok(()) } else { Err(Failure::new(Code::Data, "none of the files is a feed")) }
}

/// What is known of a file besides its bytes.
#[derive(Debug, Deserialize)]
struct Origin {
    file: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    base_url: Option<String>,
}

impl Origin {
    fn media(&self) -> Media {
        let header = |name: &str| {
            self.headers
                .iter()
                .find(|(n, _)| n.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
        };
        let url = self.base_url.as_deref().and_then(|url| Link::parse(url, None));
        let located = header("content-location").and_then(|at| Link::parse(&at, url.as_ref()));
        Media { content_type: header("content-type"), url: located.or(url), status: None }
    }
}

fn manifest(path: &Path) -> Result<HashMap<String, Origin>, Failure> {
    let wrong =
        |e: &dyn std::fmt::Display| Failure::new(Code::Data, format!("{}: {e}", path.display()));
    let text = fs::read_to_string(path).map_err(|e| wrong(&e))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let origins = lines.map(|line| serde_json::from_str::<Origin>(line).map_err(|e| wrong(&e)));
    origins.map(|origin| origin.map(|o| (o.file.clone(), o))).collect()
}

/// A person's view of a document.
fn page(name: &str, result: &Result<Parsed, String>) -> String {
    let parsed = match result {
        Ok(parsed) => parsed,
        Err(why) => return format!("{name}: {why}"),
    };
    let mut lines = vec![format!(
        "{name}: {} feed \"{}\", {} entries",
        parsed.format.as_str(),
        parsed.info.title,
        parsed.entries.len()
    )];
    lines.extend(parsed.warnings.iter().map(|w| format!("  warning: {w}")));
    lines.extend(parsed.entries.iter().map(|entry| {
        let date = entry.published.or(entry.updated).map_or_else(|| "no date".to_owned(), time);
        let link = shown(entry.link.as_ref()).unwrap_or("no link");
        format!("  {date:20}  {}\n{:24}{link}", entry.title, "")
    }));
    lines.join("\n")
}

/// A document as one line of JSON.
fn record(name: &str, result: &Result<Parsed, String>) -> Value {
    match result {
        Err(why) => json!({ "file": name, "ok": false, "error": why }),
        Ok(parsed) => json!({
            "file": name,
            "ok": true,
            "error": null,
            "bozo": !parsed.warnings.is_empty(),
            "warnings": parsed.warnings,
            "format": parsed.format,
            "feed": head(parsed),
            "entries": parsed.entries.iter().map(entry).collect::<Vec<_>>(),
        }),
    }
}

fn head(parsed: &Parsed) -> Value {
    let Parsed { info, hints, paging, .. } = parsed;
    let FeedInfo { id, title, link, description, language, updated, published, .. } = info;
    json!({
        "id": id,
        "title": title,
        "link": shown(link.as_ref()),
        "description": description.as_deref().map(sanitise),
        "language": language,
        "updated": updated.map(time),
        "published": published.map(time),
        "authors": people(&info.authors),
        "rights": info.rights,
        "generator": info.generator,
        "image": shown(info.image.as_ref()),
        "categories": info.categories,
        "ttl": hints.ttl_minutes.map(|minutes| minutes.to_string()),
        "self": shown(hints.self_link.as_ref()),
        "hub": shown(hints.hub.as_ref()),
        "next": shown(paging.next.as_ref()),
    })
}

fn entry(entry: &Entry) -> Value {
    let enclosures: Vec<_> = entry.enclosures.iter().map(|e| {
        json!({ "url": shown(Some(&e.url)), "type": e.media_type, "length": e.length.map(|l| l.to_string()) })
    }).collect();
    json!({
        "id": entry.guid.as_ref().unwrap_or(&entry.key),
        "title": entry.title,
        "link": shown(entry.link.as_ref()),
        "published": entry.published.map(time),
        "updated": entry.updated.map(time),
        "authors": people(&entry.authors),
        "summary": entry.summary.as_deref().map(sanitise),
        "content": entry.content.as_deref().map(sanitise),
        "rights": entry.rights,
        "categories": entry.categories,
        "enclosures": enclosures,
        "comments": shown(entry.comments.as_ref()),
        "language": entry.language,
        "image": shown(entry.image.as_ref()),
    })
}

fn people(people: &[Person]) -> Vec<Value> {
    people.iter().map(|p| json!({ "name": p.name, "email": p.email, "uri": p.uri })).collect()
}

/// A link as it is printed: relative where the document's own address is unknown.
fn shown(link: Option<&Link>) -> Option<&str> {
    let text = link?.as_str();
    let local = text
        .strip_prefix(NOWHERE)
        .or_else(|| text.strip_prefix(NOWHERE.trim_end_matches("/here/")));
    Some(local.unwrap_or(text))
}

fn time(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
