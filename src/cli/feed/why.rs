//! `wiredesk feed why`: when a feed is polled next and for what reason, from the daemon or, where
//! none runs, from the store.

use crate::cli::config::ConfigFile;
use crate::cli::contract;
use crate::cli::exit::Failure;
use crate::cli::out;
use crate::cli::reach::{Reach, wait};
use serde_json::Value;

#[derive(Debug, clap::Args)]
#[command(after_long_help = contract::FEED)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// The feed's id
    id: String,
    /// Print JSON also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let path = format!("/v1/feeds/{}", args.id);
    let feed = wait(async { Reach::of(&config).await?.json(&path).await })?;
    if args.json || !out::is_terminal() {
        out::json(&feed)?;
    } else {
        out::line(&told(&feed))?;
    }
    Ok(())
}

/// A feed's next poll and its past in words.
fn told(feed: &Value) -> String {
    let text = |name: &str| feed.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let disabled = feed.get("disabled").and_then(Value::as_bool) == Some(true);
    let next = match text("next_due") {
        _ if disabled => "never: the configuration says disabled = true".to_owned(),
        Some(at) => format!("{at}: {}", text("due_reason").unwrap_or("no reason was noted")),
        None if text("last_polled").is_some() => "never again by itself".to_owned(),
        None => "as soon as the daemon runs: it was never polled".to_owned(),
    };
    let mut lines = vec![format!("next poll     {next}")];
    for (label, name) in [
        ("health", "health"),
        ("last poll", "last_polled"),
        ("last success", "last_success"),
        ("last news", "last_new"),
        ("last error", "last_error"),
    ] {
        lines.extend(text(name).map(|value| format!("{label:13} {value}")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_reason_is_told() {
        let check = |feed: &Value, expect: &str| assert_eq!(told(feed), expect);
        check(
            &json!({"next_due": "2026-03-02T10:11:12Z", "due_reason": "its own rhythm", "health": "fine"}),
            "next poll     2026-03-02T10:11:12Z: its own rhythm\nhealth        fine",
        );
        check(
            &json!({"disabled": true, "next_due": "2026-03-02T10:11:12Z"}),
            "next poll     never: the configuration says disabled = true",
        );
        check(&json!({}), "next poll     as soon as the daemon runs: it was never polled");
    }
}
