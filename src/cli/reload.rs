//! `wiredesk reload`: the running daemon reads its configuration again, as after SIGHUP, and says what
//! that changed; a wrong one changes nothing and is shown with line and caret.

use super::config::ConfigFile;
use super::exit::Failure;
use super::out;
use super::reach::{Reach, wait};
use serde_json::Value;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Print as JSON also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    // A wrong file is shown here already: it may not even say any more where the socket is.
    let config = args.config.load()?.config;
    let reloaded = wait(async { Reach::of(&config).await?.order("/v1/reload").await })?;
    if args.json || !out::is_terminal() {
        out::json(&reloaded)?;
    } else {
        out::line(&told(&reloaded))?;
    }
    Ok(())
}

/// What changed, a line for each kind.
fn told(reloaded: &Value) -> String {
    let kinds = [
        ("added", "added feeds"),
        ("removed", "removed feeds"),
        ("altered", "altered feeds"),
        ("sections", "changed sections"),
        ("next_start", "changed sections that wait for the next start"),
    ];
    let line = |(field, name): (&str, &str)| {
        let names = reloaded.get(field).and_then(Value::as_array)?.iter().filter_map(Value::as_str);
        let names: Vec<_> = names.collect();
        (!names.is_empty()).then(|| format!("{name}: {}", names.join(", ")))
    };
    let lines: Vec<_> = kinds.into_iter().filter_map(line).collect();
    if lines.is_empty() { "nothing changed".to_owned() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(reloaded: &Value, expect: &str) {
        assert_eq!(told(reloaded), expect);
    }

    #[test]
    fn only_what_changed_is_told() {
        let none: [&str; 0] = [];
        check(&json!({ "added": none, "removed": none }), "nothing changed");
        let some = json!({ "added": ["a", "b"], "removed": none, "next_start": ["http"] });
        check(&some, "added feeds: a, b\nchanged sections that wait for the next start: http");
    }
}
