//! `wiredesk list` and `wiredesk get`: articles, newest first, and one of them.

use super::config::ConfigFile;
use super::exit::Failure;
use super::out;
use super::reach::{Reach, wait};
use serde_json::Value;
use url::form_urlencoded;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Only articles of this feed
    #[arg(long)]
    feed: Option<String>,
    /// Only articles with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only articles in this language
    #[arg(long)]
    lang: Option<String>,
    /// At most so many
    #[arg(long, short = 'n', default_value_t = 20)]
    limit: usize,
    /// Print NDJSON also on a terminal
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The article's id
    id: String,
    /// Print the text alone
    #[arg(long)]
    text: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let mut query = form_urlencoded::Serializer::new(format!("/v1/articles?limit={}", args.limit));
    for (name, value) in [("feed", &args.feed), ("tag", &args.tag), ("lang", &args.lang)] {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    let path = query.finish();
    let page = wait(async { Reach::of(&config).await?.json(&path).await })?;
    print(&page, args.json)
}

/// Prints the articles of a page, as a table for a person.
pub(super) fn print(page: &Value, json: bool) -> Result<(), Failure> {
    let articles = page.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
    for article in &articles {
        let more = if json || !out::is_terminal() {
            out::json(article)?
        } else {
            out::line(&row(article))?
        };
        if !more {
            break;
        }
    }
    Ok(())
}

/// One line for a person: id, date, site, title.
fn row(article: &Value) -> String {
    let text = |name: &str| article.get(name).and_then(Value::as_str).unwrap_or_default();
    let date = text("published").get(..16).unwrap_or("no date").replace('T', " ");
    format!("{}  {date:16}  {:20.20}  {}", text("id"), text("site"), text("title"))
}

pub(super) fn get(args: &GetArgs) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let id: String = form_urlencoded::byte_serialize(args.id.as_bytes()).collect();
    let path = format!("/v1/articles/{id}");
    let article = wait(async { Reach::of(&config).await?.json(&path).await })?;
    if args.text {
        let text = article.get("text").and_then(Value::as_str).unwrap_or_default();
        out::line(text)?;
    } else if out::is_terminal() {
        out::line(&serde_json::to_string_pretty(&article).unwrap_or_default())?;
    } else {
        out::json(&article)?;
    }
    Ok(())
}
