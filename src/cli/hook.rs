//! `wiredesk hook …`: how far each webhook has come, and a message by hand.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::reach::{Reach, wait};
use crate::fetch::{Fetcher, Post};
use crate::hook::{self, Message, Verdict};
use crate::observe;
use bytes::Bytes;
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the webhooks with their positions and how each of them is
    List(ListArgs),
    /// Send a signed test message and print the answer
    Test(TestArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Print NDJSON also on a terminal
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct TestArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The webhook's id
    id: String,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.verb {
        Verb::List(args) => list(args),
        Verb::Test(args) => test(args),
    }
}

fn list(args: &ListArgs) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let page = wait(async { Reach::of(&config).await?.json("/v1/webhooks").await })?;
    for hook in page.get("data").and_then(Value::as_array).into_iter().flatten() {
        let more = if args.json || !out::is_terminal() {
            out::json(hook)?
        } else {
            out::line(&row(hook))?
        };
        if !more {
            break;
        }
    }
    Ok(())
}

/// One line for a person: id, what it does, position, lag, where it is, what is wrong.
fn row(hook: &Value) -> String {
    let text = |name: &str| hook.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| hook.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (seq, lag) = (number("seq"), number("lag"));
    let row = format!(
        "{:24.24}  {:10}  at {seq}, {lag} behind  {}  {}",
        text("id"),
        text("state"),
        text("place"),
        text("last_error")
    );
    row.trim_end().to_owned()
}

/// Sends the message from here, so that a hook can be tried before the daemon knows it.
fn test(args: &TestArgs) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let hook = config.webhooks.iter().find(|hook| hook.id == args.id);
    let absent = || format!("the configuration has no webhook `{}`", args.id);
    let hook = hook.ok_or_else(|| Failure::new(Code::Unavailable, absent()))?;
    let fetcher = Fetcher::new(&config.fetch, &config.identity.user_agent)
        .map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    let now = observe::now();
    let message = Message::test(hook, now);
    let message = message.ok_or_else(|| Failure::new(Code::Software, "no message to send"))?;
    let post = Post {
        url: hook.url.clone(),
        headers: message.headers(&hook.key, now),
        body: Bytes::from(message.body.clone()),
        timeout: hook.timeout,
    };
    let answer = wait(async {
        let sent = fetcher.post(post).await;
        sent.map_err(|e| Failure::new(Code::Unavailable, format!("{}: {e}", hook.place())))
    })?;
    out::json(&json!({
        "webhook": hook.id,
        "webhook_id": message.id,
        "status": answer.status,
        "took_ms": u64::try_from(answer.took.as_millis()).unwrap_or(u64::MAX),
        "body": String::from_utf8_lossy(&answer.body),
    }))?;
    if hook::judge(answer.status) != Verdict::Taken {
        let text = format!("the receiver did not take it: it answers {}", answer.status);
        return Err(Failure::new(Code::Unavailable, text));
    }
    Ok(())
}
