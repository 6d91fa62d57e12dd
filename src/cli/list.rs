//! `wiredesk list` and `wiredesk get`: articles, newest first, and one of them.

use super::config::ConfigFile;
use super::contract;
use super::exit::Failure;
use super::out;
use super::reach::{Reach, wait};
use serde_json::Value;
use url::form_urlencoded;

#[derive(Debug, clap::Args)]
#[command(after_long_help = contract::ARTICLES)]
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

#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[derive(Debug, clap::Args)]
#[command(after_long_help = contract::ARTICLE)]
pub(super) struct GetArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The article's id
    id: String,
    /// Print the text alone
    #[arg(long)]
    text: bool,
    /// Print its story: the lead, who had it first, all copies and their revisions
    #[arg(long, conflicts_with = "text")]
    story: bool,
    /// Print each revision that is kept, oldest first
    #[arg(long, conflicts_with_all = ["text", "story"])]
    revisions: bool,
    /// Print what the last revision changed, paragraph by paragraph
    #[arg(long, conflicts_with_all = ["text", "story", "revisions"])]
    diff: bool,
    /// Print JSON in one line also on a terminal
    #[arg(long, conflicts_with = "text")]
    json: bool,
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
    let articles = list(page, "data");
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
    let text = |name: &str| text(article, name);
    let date = text("published").get(..16).unwrap_or("no date").replace('T', " ");
    format!("{}  {date:16}  {:20.20}  {}", text("id"), text("site"), text("title"))
}

pub(super) fn get(args: &GetArgs) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let id: String = form_urlencoded::byte_serialize(args.id.as_bytes()).collect();
    let part = match args {
        GetArgs { story: true, .. } => "/story",
        GetArgs { revisions: true, .. } => "/revisions",
        GetArgs { diff: true, .. } => "/diff",
        _ => "",
    };
    let path = format!("/v1/articles/{id}{part}");
    let answer = wait(async { Reach::of(&config).await?.json(&path).await })?;
    if args.revisions {
        return print_each(&list(&answer, "data"));
    }
    let person = out::is_terminal() && !args.json;
    if args.text {
        out::line(text(&answer, "text"))?;
    } else if args.diff && person {
        out::line(&marked(&answer))?;
    } else if person {
        out::line(&serde_json::to_string_pretty(&answer).unwrap_or_default())?;
    } else {
        out::json(&answer)?;
    }
    Ok(())
}

fn print_each(values: &[Value]) -> Result<(), Failure> {
    for value in values {
        if !out::json(value)? {
            break;
        }
    }
    Ok(())
}

/// A difference for a person: each paragraph behind its mark, as in a patch.
fn marked(diff: &Value) -> String {
    let line = |step: &Value| {
        let mark = match text(step, "fate") {
            "removed" => '-',
            "added" => '+',
            _ => ' ',
        };
        format!("{mark} {}", text(step, "text"))
    };
    let (title, body) = (list(diff, "title"), list(diff, "text"));
    title.iter().chain(&body).map(line).collect::<Vec<_>>().join("\n")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(value: &Value, name: &str) -> Vec<Value> {
    value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}
