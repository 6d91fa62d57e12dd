//! `wiredesk feed import` and `feed export`: lists of subscriptions (OPML) into the configuration
//! and out of it.

use super::change::RELOAD;
use super::edit::{Edit, NewFeed};
use crate::cli::config::ConfigFile;
use crate::cli::exit::{Code, Failure};
use crate::cli::out;
use crate::config::made_id;
use crate::feed::Media;
use crate::feed::opml::{self, Opml, Subscription};
use crate::model::FeedId;
use std::collections::HashSet;
use std::path::PathBuf;

/// Attempts to find a free id for feeds whose addresses make the same one.
const ID_TRIES: u32 = 1000;

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The OPML list
    file: PathBuf,
    /// Only say what would be added
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn import(args: &ImportArgs) -> Result<(), Failure> {
    let name = args.file.display();
    let body =
        std::fs::read(&args.file).map_err(|e| Failure::new(Code::Io, format!("{name}: {e}")))?;
    let list = opml::read(&body, &Media::default())
        .map_err(|e| Failure::new(Code::Data, format!("{name}: {e}")))?;
    let mut edit = Edit::open(&args.config)?;
    let mut ids: HashSet<_> = edit.config.feeds.iter().map(|feed| feed.id.clone()).collect();
    let known: HashSet<_> = edit.config.feeds.iter().map(|feed| feed.url.clone()).collect();
    let (old, new): (Vec<_>, Vec<_>) =
        list.subscriptions.into_iter().partition(|s| known.contains(&s.url));
    for address in &list.refused {
        out::note(&format!("left out: `{address}` is no http or https address"));
    }
    let count = new.len();
    for subscription in new {
        let Some(id) = free_id(&subscription, &ids) else {
            return Err(Failure::new(Code::Data, format!("no id for {}", subscription.url)));
        };
        if args.dry_run {
            out::line(&format!("{id}  {}", subscription.url))?;
        }
        ids.insert(id.clone());
        let Subscription { url, title, tags, .. } = subscription;
        let note = (!title.is_empty()).then_some(title);
        edit.add(&NewFeed { id, url, tags, note })?;
    }
    if count > 0 && !args.dry_run {
        edit.save()?;
    }
    let done = if args.dry_run { "would be added" } else { "added" };
    let (old, refused) = (old.len(), list.refused.len());
    out::note(&format!(
        "{count} feeds {done}, {old} were there, {refused} addresses left out; {RELOAD}"
    ));
    Ok(())
}

/// The id of a subscription's address, with a number where another feed has it.
fn free_id(subscription: &Subscription, taken: &HashSet<FeedId>) -> Option<FeedId> {
    let made = made_id(&subscription.url)?;
    let numbered = (2..ID_TRIES).filter_map(|n| FeedId::new(&format!("{made}-{n}")).ok());
    std::iter::once(made.clone()).chain(numbered).find(|id| !taken.contains(id))
}

pub(super) fn export(args: &ExportArgs) -> Result<(), Failure> {
    let feeds = args.config.load()?.config.feeds.into_iter();
    let subscriptions = feeds.map(|feed| Subscription {
        title: feed.note.unwrap_or_else(|| feed.id.to_string()),
        url: feed.url,
        site: None,
        tags: feed.tags,
    });
    let list = Opml {
        title: "Feeds of wiredesk".to_owned(),
        subscriptions: subscriptions.collect(),
        refused: Vec::new(),
    };
    out::line(opml::write(&list).trim_end())?;
    Ok(())
}
