//! `wiredesk extract`: the article of a saved page, without a daemon.

use super::exit::{Code, Failure};
use super::out;
use crate::extract::{self, Extracted, Hints, Settings};
use crate::model::Link;
use serde_json::{Map, Value, json};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest file that is read, inflated, in bytes: the settings' `max_size` refuses smaller ones
/// with a better message.
const READ_MAX: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Pages (.html, .html.gz), folders of pages, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Address of the page, for its relative links
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// One line of JSON a page
    #[arg(long)]
    ndjson: bool,
    /// Show what was left out and why
    #[arg(long)]
    explain: bool,
    /// Print the features of each block, for training
    #[arg(long, hide = true)]
    features: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let url = match &args.url {
        Some(text) => Some(Link::parse(text, None).ok_or_else(|| {
            Failure::new(Code::Data, format!("`{text}` is not an absolute http or https URL"))
        })?),
        None => None,
    };
    if args.features {
        return features(&args.files);
    }
    let mut succeeded = false;
    let mut last = String::new();
    for file in pages(&args.files)? {
        let result = one(&file, url.clone());
        succeeded |= result.is_ok();
        let open = match result {
            Ok(article) if args.ndjson => out::json(&record(&file, &article))?,
            Ok(article) => out::line(&person(&article, args.explain))?,
            Err(miss) => {
                last.clone_from(&miss.error);
                if args.ndjson {
                    out::json(&miss.record(&file))?
                } else {
                    out::note(&format!("{}: {}", file.display(), miss.error));
                    true
                }
            }
        };
        if !open {
            break;
        }
    }
    if succeeded { Ok(()) } else { Err(Failure::new(Code::Data, format!("no article: {last}"))) }
}

/// The files given, folders replaced by the pages in them in the order of their names.
fn pages(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside: Vec<_> = fs::read_dir(path)?
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|p| {
                let name = p.to_string_lossy().to_ascii_lowercase();
                [".html", ".html.gz", ".htm"].iter().any(|end| name.ends_with(end))
            })
            .collect();
        inside.sort();
        files.extend(inside);
    }
    if files.is_empty() {
        return Err(Failure::new(Code::Data, "no page (.html, .html.gz) in the folders given"));
    }
    Ok(files)
}

/// One line of JSON a page: texts, rows of features and groups of its blocks.
fn features(files: &[PathBuf]) -> Result<(), Failure> {
    for file in pages(files)? {
        let body = read(&file)?;
        let rows = extract::block_rows(&extract::decode(&body, None), &Settings::default());
        if !out::json(&json!({ "file": file.display().to_string(), "blocks": rows }))? {
            break;
        }
    }
    Ok(())
}

fn one(file: &Path, url: Option<Link>) -> Result<Extracted, Miss> {
    let body = read(file).map_err(|e| Miss { error: e.to_string(), said: None })?;
    let html = extract::decode(&body, None);
    let (hints, settings) = (Hints { url, ..Hints::default() }, Settings::default());
    extract::extract(&html, &hints, &settings).map_err(|refused| Miss {
        error: refused.to_string(),
        said: Some(Box::new(extract::claims(&html, &hints, &settings))),
    })
}

/// A file that gave no article.
struct Miss {
    error: String,
    /// What its page says of itself all the same.
    said: Option<Box<Extracted>>,
}

impl Miss {
    /// The error, and what a page alone can give without a text.
    fn record(&self, file: &Path) -> Record {
        let said = self.said.as_deref().map(claims).unwrap_or_default();
        let error = [("error", json!(self.error))];
        named(file).into_iter().chain(said).chain(fields(error)).collect()
    }
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(READ_MAX).read_to_end(&mut body)?;
    } else if file.extension().is_some_and(|e| e == "gz") {
        let packed = fs::File::open(file)?;
        flate2::read::MultiGzDecoder::new(packed).take(READ_MAX).read_to_end(&mut body)?;
    } else {
        fs::File::open(file)?.take(READ_MAX).read_to_end(&mut body)?;
    }
    Ok(body)
}

/// Fields of the public record in the order in which they are printed.
type Record = Map<String, Value>;

fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Record {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn named(file: &Path) -> Record {
    fields([("file", json!(file.display().to_string()))])
}

/// The fields that a page alone can give.
fn record(file: &Path, article: &Extracted) -> Record {
    let body = fields([
        ("text", json!(article.text)),
        ("html", json!(article.html)),
        ("images", json!(article.images)),
        ("extraction", json!(article.extraction)),
        ("next_page", json!(article.next_page)),
    ]);
    named(file).into_iter().chain(claims(article)).chain(body).collect()
}

/// Of these, what the page says of itself.
fn claims(article: &Extracted) -> Record {
    fields([
        ("title", json!(article.title)),
        ("authors", json!(article.authors)),
        ("published", json!(published(article))),
        ("modified", json!(article.modified)),
        ("language", json!(article.language)),
        ("url", json!(article.canonical)),
        ("site_name", json!(article.site_name)),
        ("summary", json!(article.summary)),
        ("tags", json!(article.tags)),
    ])
}

/// The date of publication on the clock of the page: the same moment as in UTC, and its day.
fn published(article: &Extracted) -> Option<String> {
    let offset = jiff::tz::Offset::from_seconds(article.published_offset).ok()?;
    Some(match article.published_offset {
        0 => article.published?.to_string(),
        _ => article.published?.display_with_offset(offset).to_string(),
    })
}

/// The article as a person reads it.
fn person(article: &Extracted, explain: bool) -> String {
    let mut lines = vec![article.title.clone()];
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            lines.push(format!("{name}: {value}"));
        }
    };
    fact("authors", Some(article.authors.join(", ")));
    fact("published", published(article));
    fact("modified", article.modified.map(|t| t.to_string()));
    fact("language", article.language.clone());
    fact("url", article.canonical.as_ref().map(Link::to_string));
    for image in &article.images {
        let credit = image.credit.as_deref().map(|c| format!(" ({c})")).unwrap_or_default();
        fact(
            "image",
            Some(format!("{} {}{credit}", image.url, image.caption.as_deref().unwrap_or_default())),
        );
    }
    lines.push(format!("\n{}", article.text));
    if explain {
        lines.push("\nleft out:".to_owned());
        lines.extend(article.dropped.iter().map(|d| format!("  {}: {}", d.why, d.text)));
    }
    lines.join("\n")
}
