//! `wiredesk feed discover FILE`: the feeds that a saved page announces, and where else to look.

use super::{Failure, out};
use crate::cli::exit::Code;
use crate::feed::{Announced, Media, discover, usual_places};
use crate::model::Link;
use std::io::IsTerminal;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Page to look at
    file: PathBuf,
    /// Address of the page: what its relative links start from
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let url = args.url.as_deref().map(|text| {
        Link::parse(text, None).ok_or_else(|| {
            Failure::new(Code::Data, format!("{text}: not an http or https address"))
        })
    });
    let url = url.transpose()?;
    let body = std::fs::read(&args.file)
        .map_err(|e| Failure::new(Code::Io, format!("{}: {e}", args.file.display())))?;
    let media = Media { url, ..Media::default() };
    let found = discover(&body, &media, None);
    print(&found)?;
    if found.is_empty() {
        let places = media.url.as_ref().map(usual_places).unwrap_or_default();
        return Err(Failure::new(Code::Unavailable, none(&places)));
    }
    Ok(())
}

/// The feeds found: lines on a terminal, NDJSON otherwise.
pub(super) fn print(found: &[Announced]) -> Result<(), Failure> {
    for feed in found {
        let goes_on = if std::io::stdout().is_terminal() {
            out::line(&format!("{}  {}", feed.url, feed.title.as_deref().unwrap_or_default()))?
        } else {
            out::json(feed)?
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

fn none(places: &[Link]) -> String {
    let Some(first) = places.first() else { return "the page announces no feed".to_owned() };
    format!(
        "the page announces no feed; usual places to try are {first} and {} others",
        places.len() - 1
    )
}
