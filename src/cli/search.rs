//! `wiredesk search`: articles by their words, the best first.

use super::config::ConfigFile;
use super::contract;
use super::exit::Failure;
use super::list;
use super::reach::{Reach, wait};
use crate::model::Timestamp;
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
    /// Only articles published at or after this day or moment (2026-11-01, 2026-11-01T08:00:00Z)
    #[arg(long, value_parser = moment)]
    after: Option<Timestamp>,
    /// Only articles published before this day or moment
    #[arg(long, value_parser = moment)]
    before: Option<Timestamp>,
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
    for (name, value) in [("feed", &args.feed), ("tag", &args.tag), ("lang", &args.lang)] {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    for (name, at) in [("published_after", args.after), ("published_before", args.before)] {
        query.extend_pairs(at.iter().map(|at| (name, at.to_string())));
    }
    let path = query.finish();
    let page = wait(async { Reach::of(&config).await?.json(&path).await })?;
    list::print(&page, args.json)
}

/// The moment that a person means; a day alone begins at midnight UTC.
fn moment(text: &str) -> Result<Timestamp, &'static str> {
    let day = || format!("{text}T00:00:00Z").parse();
    text.parse().or_else(|_| day()).map_err(|_| "write a day or a moment as 2026-11-01T08:00:00Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(moment(text).ok().map(|at| at.to_string()).as_deref(), expect, "{text}");
        };
        check("2026-11-01", Some("2026-11-01T00:00:00Z"));
        check("2026-11-01T08:00:00Z", Some("2026-11-01T08:00:00Z"));
        check("2026-11-01T08:00:00+02:00", Some("2026-11-01T06:00:00Z"));
        check("yesterday", None);
        check("2026-13-01", None);
    }
}
