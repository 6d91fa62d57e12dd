//! Bytes of a feed → its entries: whatever the format, the charset and the faults.
//!
//! [`parse`] climbs down a ladder and never loses a whole feed to one bad entry: the bytes become
//! text ([`decode`]), the text an outline of head and entries that tolerates every fault ([`xml`]),
//! feed-rs reads the same text first and strictly ([`first`]), and one mapping ([`read`]) makes
//! entries of both. What is no feed says what it is ([`NotAFeed`]).
//!
//! Also here, because they read the same markup: [`discover`](discover()) (feeds that a page
//! announces) and [`opml`]. Nothing is fetched, nothing is stored, no clock is read; entries keep the publisher's
//! HTML, which [`sanitise()`] or `extract` makes safe.

mod dates;
mod decode;
mod discover;
mod first;
mod json;
mod keys;
mod not_a_feed;
pub mod opml;
mod parsed;
mod read;
mod sanitise;
mod settings;
mod sitemap;
mod xml;

pub use dates::date;
pub use discover::{Announced, FoundBy, discover, usual_places};
pub use first::is_fenced;
pub use not_a_feed::{Kind, NotAFeed};
pub use parsed::{FeedInfo, Format, Media, Paging, Parsed, Warning};
pub use sanitise::sanitise;
pub use settings::Settings;

use crate::model::Entry;
use crate::model::text::head;
use xml::entities;
use xml::outline::{Outline, Root, outline};

/// The feed that a document holds, with warnings for what was wrong about it.
///
/// # Errors
/// The document is no feed; the error says what it is instead.
pub fn parse(body: &[u8], media: &Media, settings: &Settings) -> Result<Parsed, NotAFeed> {
    let decoded = decode::decode(body, media.content_type.as_deref());
    let text = entities::expand(&decoded.text);
    let text = text.as_ref();
    let mut warnings: Vec<_> = decoded.note.map(Warning::Charset).into_iter().collect();
    let parsed = if text.trim_start().starts_with(['{', '[']) {
        json::parse(text, media, settings.max_entries)
    } else {
        outline(text, settings.max_entries)
            .and_then(|outline| from_outline(text, &outline, media, settings))
    };
    let mut parsed = parsed.ok_or_else(|| not_a_feed::describe(text, media))?;
    warnings.append(&mut parsed.warnings);
    cut_texts(&mut parsed.entries, settings.max_text.len(), &mut warnings);
    keys::settle(&mut parsed.entries, &mut warnings);
    Ok(Parsed { warnings, ..parsed })
}

fn from_outline(
    text: &str,
    outline: &Outline<'_>,
    media: &Media,
    settings: &Settings,
) -> Option<Parsed> {
    let mut warnings = Vec::new();
    if outline.cut {
        warnings.push(Warning::EntriesCut(settings.max_entries));
    }
    if outline.root == Root::Sitemap {
        return sitemap::read(outline, media.url.as_ref(), warnings);
    }
    let texts = first::read(text, outline).map_err(|why| {
        if !outline.cut {
            warnings.push(Warning::Malformed(why));
        }
    });
    let read = read::read(outline, media.url.as_ref(), texts.ok());
    Some(Parsed {
        format: match outline.root {
            Root::Rdf => Format::Rdf,
            Root::Atom | Root::AtomEntry => Format::Atom,
            Root::Rss | Root::Sitemap => Format::Rss,
        },
        info: read.info,
        hints: read.hints,
        paging: read.paging,
        entries: read.entries,
        warnings,
    })
}

/// Cuts summaries and contents to `max` bytes.
fn cut_texts(entries: &mut [Entry], max: usize, warnings: &mut Vec<Warning>) {
    let texts = entries.iter_mut().flat_map(|e| [&mut e.summary, &mut e.content]).flatten();
    let mut cut = 0;
    for text in texts.filter(|text| text.len() > max) {
        text.truncate(head(text, max).len());
        cut += 1;
    }
    if cut > 0 {
        warnings.push(Warning::TextsCut(cut));
    }
}
