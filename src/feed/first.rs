//! feed-rs, the first reader of every XML feed: it says whether the document is sound, and hands over
//! the texts it has taken out, so that nothing is decoded twice.
//!
//! What it does not surface (permalinks, Dublin Core, markup in titles, hints, …) and every document
//! it refuses is read from the outline. It runs under `catch_unwind`: some inputs make it panic.

use super::xml::outline::Outline;
use feed_rs::model::Entry;
use feed_rs::parser::Builder;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Largest document handed over, in bytes. It copies every string; beyond this size a document
/// is hostile or a dump, and one pass has to do.
const DOCUMENT_MAX: usize = 16 << 20;

thread_local! {
    /// This thread is inside the fence that catches the strict reader's panics.
    static FENCED: Cell<bool> = const { Cell::new(false) };
}

/// True while a panic of this thread would be caught and the document read all the same: nothing
/// that a person needs to hear of.
pub fn is_fenced() -> bool {
    FENCED.get()
}

/// The texts of one entry.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// RSS `description`, Atom `summary`.
    pub(super) summary: Option<String>,
    /// `content:encoded`, Atom `content`.
    pub(super) content: Option<String>,
}

/// The texts of all entries, in the order of the outline's.
///
/// # Errors
/// The reason, in words, where the document is not sound or yields other entries than the outline.
pub(super) fn read(doc: &str, outline: &Outline<'_>) -> Result<Vec<Texts>, String> {
    if outline.cut || outline.monstrous || doc.len() > DOCUMENT_MAX {
        return Err("too much for the strict reader".to_owned());
    }
    FENCED.set(true);
    let read = catch_unwind(AssertUnwindSafe(|| {
        // Dates and identifiers are read from the outline: the hooks save the work.
        let parser = Builder::new()
            .sanitize_content(false)
            .timestamp_parser(|_| None)
            .id_generator(|_, _, _| String::new())
            .build();
        parser.parse(body(doc).as_bytes())
    }));
    FENCED.set(false);
    let feed =
        read.map_err(|_| "the strict reader panicked".to_owned())?.map_err(|e| e.to_string())?;
    if feed.entries.len() != outline.entries.len() {
        let (found, there) = (feed.entries.len(), outline.entries.len());
        return Err(format!("the strict reader found {found} of {there} entries"));
    }
    Ok(feed.entries.into_iter().map(texts).collect())
}

fn texts(entry: Entry) -> Texts {
    Texts {
        summary: entry.summary.map(|text| text.content),
        content: entry.content.and_then(|content| content.body),
    }
}

/// The document behind its XML declaration, whose charset no longer holds.
fn body(doc: &str) -> &str {
    let doc = doc.trim_start();
    let declaration = doc.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    declaration.map_or(doc, |(_, body)| body)
}
