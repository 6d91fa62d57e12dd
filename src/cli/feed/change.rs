//! `wiredesk feed add` and `feed rm`: one feed more or less in the configuration file.

use super::edit::{Edit, NewFeed};
use crate::cli::config::{ConfigFile, feed_id};
use crate::cli::exit::{Code, Failure};
use crate::cli::out;
use crate::config::made_id;
use crate::model::Link;

/// How a daemon that runs hears of it.
pub(super) const RELOAD: &str = "a running daemon reads it after SIGHUP";

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Address of the feed
    url: String,
    /// Its id; made from the address where none is given
    #[arg(long)]
    id: Option<String>,
    /// A word to find its articles by; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A note for the reader of the file
    #[arg(long)]
    note: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct RmArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The feed's id
    id: String,
}

pub(super) fn add(args: &AddArgs) -> Result<(), Failure> {
    let bad = |why: &str| Failure::new(Code::Data, format!("{}: {why}", args.url));
    let url = Link::parse(&args.url, None)
        .ok_or_else(|| bad("not an http or https address; write it in full"))?;
    let id = match &args.id {
        Some(id) => feed_id(id)?,
        None => made_id(&url).ok_or_else(|| bad("no id can be made of it; give one with --id"))?,
    };
    let mut edit = Edit::open(&args.config)?;
    if let Some(known) = edit.config.feeds.iter().find(|feed| feed.id == id || feed.url == url) {
        return Err(bad(&format!("the configuration has it already, as feed `{}`", known.id)));
    }
    let feed = NewFeed { id, url, tags: args.tags.clone(), note: args.note.clone() };
    edit.add(&feed)?;
    edit.save()?;
    out::note(&format!("added feed {}; {RELOAD}", feed.id));
    Ok(())
}

pub(super) fn rm(args: &RmArgs) -> Result<(), Failure> {
    let id = feed_id(&args.id)?;
    let mut edit = Edit::open(&args.config)?;
    edit.remove(&id)?;
    edit.save()?;
    out::note(&format!("removed feed {id}; its articles stay; {RELOAD}"));
    Ok(())
}
