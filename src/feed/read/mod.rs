//! From an outline to a feed: what the fields mean, whichever vocabulary they come from.
//!
//! One mapping for all XML formats: publishers mix Atom, RSS, Dublin Core and Media RSS freely.

mod entry;
mod fields;
mod head;
mod hints;
mod media;
mod people;

pub(super) use fields::{Scope, capped, escape, text};
pub(super) use people::person;

use super::first::Texts;
use super::parsed::{FeedInfo, Paging};
use super::xml::outline::Outline;
use crate::model::{Entry, FeedHints, Link};

/// A feed's parts as its fields give them; keys are not settled yet.
pub(super) struct Read {
    pub(super) info: FeedInfo,
    pub(super) hints: FeedHints,
    pub(super) paging: Paging,
    pub(super) entries: Vec<Entry>,
}

/// Reads an outline; `texts` are the strict reader's, entry by entry, where it read the document.
pub(super) fn read(outline: &Outline<'_>, url: Option<&Link>, texts: Option<Vec<Texts>>) -> Read {
    let scope = Scope::of(&outline.head, url.cloned());
    let info = head::info(&outline.head, &scope);
    let mut texts = texts.unwrap_or_default().into_iter();
    let entries = outline.entries.iter().map(|record| {
        let scope = scope.inside(record);
        entry::entry(record, &scope, &info, texts.next().unwrap_or_default())
    });
    Read {
        entries: entries.collect(),
        hints: hints::hints(&outline.head, &scope),
        paging: hints::paging(&outline.head, &scope),
        info,
    }
}
