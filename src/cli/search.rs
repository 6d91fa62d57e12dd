//! `wiredesk search`: articles by their words, the best first.

use super::config::ConfigFile;
use super::contract;
use super::exit::Failure;
use super::list;
use super::reach::{Reach, wait};
use url::form_urlencoded;

#[derive(Debug, clap::Args)]
#[command(after_long_help = contract::FOUND)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Words, all of which must occur; "a phrase", title:word, author:word, -word, a OR b
    #[arg(required = true)]
    words: Vec<String>,
    /// Only articles of this feed
    #[arg(long)]
    feed: Option<String>,
    /// Only articles with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only articles in this language
    #[arg(long)]
    lang: Option<String>,
    /// Only articles published at or after this moment (2026-11-01T00:00:00Z)
    #[arg(long)]
    after: Option<String>,
    /// Only articles published before this moment
    #[arg(long)]
    before: Option<String>,
    /// The newest first, instead of what fits best
    #[arg(long)]
    newest: bool,
    /// At most so many
    #[arg(long, short = 'n', default_value_t = 20)]
    limit: usize,
    /// Print NDJSON also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let mut query = form_urlencoded::Serializer::new(format!("/v1/articles?limit={}", args.limit));
    query.append_pair("q", &args.words.join(" "));
    query.append_pair("sort", if args.newest { "newest" } else { "relevance" });
    for (name, value) in [
        ("feed", &args.feed),
        ("tag", &args.tag),
        ("lang", &args.lang),
        ("published_after", &args.after),
        ("published_before", &args.before),
    ] {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    let path = query.finish();
    let page = wait(async { Reach::of(&config).await?.json(&path).await })?;
    list::print(&page, args.json)
}
