//! `wiredesk feed discover URL|FILE`: the feeds that a site announces; where it announces none,
//! those found in the usual places.

use super::trial::{Trial, address, media};
use super::{Failure, out};
use crate::cli::config::ConfigFile;
use crate::cli::exit::Code;
use crate::cli::reach::wait;
use crate::feed::{Announced, FoundBy, Media, Settings, discover, parse, usual_places};
use crate::fetch::{Fetched, Kind};
use crate::model::Link;
use std::io::IsTerminal;
use std::path::Path;

/// Most usual places that are asked: a guess is worth only so many requests.
const ASKED_MAX: usize = 18;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Address of a site, or a saved page
    #[arg(value_name = "URL|FILE")]
    place: String,
    /// Address of a saved page: what its relative links start from
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let is_address = ["http://", "https://"].iter().any(|scheme| args.place.starts_with(scheme));
    let found = if is_address {
        let (trial, url) = (Trial::new(&args.config)?, address(&args.place)?);
        wait(Box::pin(at(&trial, &url)))?
    } else {
        in_file(Path::new(&args.place), args.url.as_deref())?
    };
    print(&found)
}

/// The feeds of a saved page.
fn in_file(file: &Path, url: Option<&str>) -> Result<Vec<Announced>, Failure> {
    let url = url.map(address).transpose()?;
    let body = std::fs::read(file)
        .map_err(|e| Failure::new(Code::Io, format!("{}: {e}", file.display())))?;
    let media = Media { url, ..Media::default() };
    let found = discover(&body, &media, None);
    if found.is_empty() {
        let places = media.url.as_ref().map(usual_places).unwrap_or_default();
        return Err(Failure::new(Code::Unavailable, none(&places)));
    }
    Ok(found)
}

/// The feeds of a site: the document itself, else what it announces, else the first usual place
/// that holds one.
async fn at(trial: &Trial, url: &Link) -> Result<Vec<Announced>, Failure> {
    let page = trial.get(url, Kind::Discovery).await?;
    if let Some(feed) = itself(&page, FoundBy::Address) {
        return Ok(vec![feed]);
    }
    let links = page.link_headers.join(", ");
    let found = discover(&page.body, &media(&page), Some(&links));
    if !found.is_empty() {
        return Ok(found);
    }
    for place in usual_places(&page.final_url).into_iter().take(ASKED_MAX) {
        let answer = trial.get(&place, Kind::Feed).await;
        if let Some(feed) = answer.ok().and_then(|page| itself(&page, FoundBy::UsualPlace)) {
            return Ok(vec![feed]);
        }
    }
    let why = format!("{url} announces no feed, and none is in the usual places");
    Err(Failure::new(Code::Unavailable, why))
}

/// The document as a feed, where it is one.
fn itself(page: &Fetched, found_by: FoundBy) -> Option<Announced> {
    let parsed = parse(&page.body, &media(page), &Settings::default()).ok()?;
    let title = Some(parsed.info.title).filter(|title| !title.is_empty());
    Some(Announced { url: page.final_url.clone(), title, found_by })
}

/// The feeds found: lines on a terminal, NDJSON otherwise.
fn print(found: &[Announced]) -> Result<(), Failure> {
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
