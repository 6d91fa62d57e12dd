//! `wiredesk demo`: the whole journey at a glance, in a folder of its own, with the feeds of the
//! example configuration and with three invented papers served on loopback, so that there is
//! something to see without a network too.

use super::exit::{Code, Failure};
use super::out;
use super::run::failure;
use crate::archive::{Lines, Reader};
use crate::config::{self, Config};
use crate::daemon::{self, Handed};
use crate::observe::{self, logs};
use crate::serve::demo::{Demo, FEEDS};
use rustix::process::{Signal, getpid, kill_process};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What `config/wiredesk.toml` holds: the example that the package ships.
const EXAMPLE: &str = include_str!("../../config/wiredesk.toml");

/// How often the archive is looked at for more.
const LOOK: Duration = Duration::from_millis(200);

/// Characters of an article's text that are shown.
const SHOWN: usize = 300;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder for the demonstration's configuration and articles; emptied first
    #[arg(long, default_value_os_t = std::env::temp_dir().join("wiredesk-demo"))]
    dir: PathBuf,
    /// End by itself after so many seconds; without it, Ctrl-C ends it
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(show(args))
}

async fn show(args: &Args) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let config = prepare(&args.dir, &base)?;
    logs::start(&config.log, None).map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    introduce(&args.dir)?;
    let web = Demo::new(observe::steady(), base).router();
    let lines = Reader::new(&daemon::archive_dir(&config.daemon.state_dir)).lines(0);
    let seconds = args.seconds.map_or(Duration::MAX, Duration::from_secs);
    let mut daemon = Box::pin(daemon::run(config, Handed::default(), None, not_again, |_| ()));
    let shown = tokio::select! {
        // Asked first, so that it hears of the signal below in any case.
        biased;
        ended = &mut daemon => return ended.map_err(|fault| failure(&fault)),
        failed = axum::serve(listener, web) => failed.map_err(Failure::from),
        ended = print(lines) => ended,
        () = tokio::time::sleep(seconds) => Ok(()),
    };
    // It ends as any daemon does: its threads would stumble over a runtime that is gone.
    kill_process(getpid(), Signal::TERM).map_err(std::io::Error::from)?;
    daemon.await.map_err(|fault| failure(&fault))?;
    shown
}

fn not_again() -> Result<Config, String> {
    Err("the demonstration's file is not read again".to_owned())
}

/// The demonstration's folder with its configuration, read back.
fn prepare(dir: &Path, base: &str) -> Result<Config, Failure> {
    let file = dir.join("wiredesk.toml");
    if dir.exists() && !file.exists() && dir.read_dir()?.next().is_some() {
        let text = format!("{} is not empty and no demonstration's folder", dir.display());
        return Err(Failure::new(Code::Data, text));
    }
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    std::fs::create_dir_all(dir)?;
    let own = format!(
        "[daemon]\nstate_dir = \"{dir}/state\"\nshutdown_grace = \"1s\"\n[http]\nlisten = [\"unix:{dir}/api.sock\"]\n\
         [log]\nlevel = \"error\"\n",
        dir = dir.display()
    );
    let mut text = own + EXAMPLE;
    for (id, path) in FEEDS {
        text += &format!(
            "\n[[feed]]\nid = \"{id}\"\nurl = \"{base}{path}\"\ntags = [\"demo\"]\n\
             mode = \"fixed\"\nevery = \"3s\"\nmin = \"1s\"\n\
             [feed.fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\n"
        );
    }
    std::fs::write(&file, text)?;
    let loaded = config::load(Some(&file), std::iter::empty());
    loaded.map(|l| l.config).map_err(|p| Failure::new(Code::Config, p.render(false)))
}

fn introduce(dir: &Path) -> Result<(), Failure> {
    out::line(&format!(
        "Polling the example's feeds and three invented papers on loopback. Ctrl-C ends it.\n\
         From another terminal: wiredesk list --config {dir}/wiredesk.toml\n\
         The articles themselves: tail -f {dir}/state/archive/*/*.ndjson\n",
        dir = dir.display()
    ))?;
    Ok(())
}

/// Prints every change as it is written down.
async fn print(mut lines: Lines) -> Result<(), Failure> {
    loop {
        for line in lines.by_ref() {
            let line = line.map_err(|e| Failure::new(Code::Io, e.to_string()))?;
            let change = serde_json::from_slice(&line.json).unwrap_or_default();
            if !out::line(&describe(&change))? {
                return Ok(());
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A change for a person: what happened, the headline, who and when, the beginning of the text.
fn describe(change: &Value) -> String {
    let op = change.get("op").and_then(Value::as_str).unwrap_or_default();
    let empty = Value::Null;
    let article = change.get("article").unwrap_or(&empty);
    let text = |name: &str| article.get(name).and_then(Value::as_str).unwrap_or_default();
    let authors: Vec<_> = article
        .get("authors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let copy = match text("relation") {
        "" => String::new(),
        relation => format!(" ({relation} copy of {})", text("duplicate_of")),
    };
    let body = text("text");
    let head: String = body.chars().take(SHOWN).collect();
    let more = if head.len() < body.len() { " …" } else { "" };
    format!(
        "── {op} {}{copy}\n{}\n{} · {} · {} words · {}\n\n{head}{more}\n",
        text("id"),
        text("title"),
        authors.join(", "),
        text("published"),
        article.get("words").unwrap_or(&empty),
        text("url"),
    )
}
