//! `wiredesk feed list`: the configured feeds and how each of them is.

use crate::cli::config::ConfigFile;
use crate::cli::contract;
use crate::cli::exit::Failure;
use crate::cli::out;
use crate::cli::reach::{Reach, wait};
use serde_json::Value;
use url::form_urlencoded;

#[derive(Debug, clap::Args)]
#[command(after_long_help = contract::FEEDS)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Only feeds that do like this: fine, failing, …
    #[arg(long)]
    health: Option<String>,
    /// Only feeds with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Print NDJSON also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let mut query = form_urlencoded::Serializer::new("/v1/feeds?".to_owned());
    for (name, value) in [("health", &args.health), ("tag", &args.tag)] {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    let path = query.finish();
    let page = wait(async { Reach::of(&config).await?.json(&path).await })?;
    for feed in page.get("data").and_then(Value::as_array).into_iter().flatten() {
        let more = if args.json || !out::is_terminal() {
            out::json(feed)?
        } else {
            out::line(&row(feed))?
        };
        if !more {
            break;
        }
    }
    Ok(())
}

/// One line for a person: id, health, next poll, address.
fn row(feed: &Value) -> String {
    let text = |name: &str| feed.get(name).and_then(Value::as_str).unwrap_or_default();
    let disabled = feed.get("disabled").and_then(Value::as_bool) == Some(true);
    let health = if disabled { "disabled" } else { text("health") };
    let due = text("next_due").get(..16).unwrap_or("not planned").replace('T', " ");
    format!("{:32.32}  {health:10}  {due:16}  {}", text("id"), text("url"))
}
