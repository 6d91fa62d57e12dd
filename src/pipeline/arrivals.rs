//! Which entries of a document are new, and which of those need their page.
//!
//! An entry is known when its key, or its link without trackers, was seen with the same content:
//! GUIDs that change at each fetch and links with a new campaign at each fetch bring nothing new.

use super::Source;
use super::draft::Draft;
use super::intake::Waiting;
use crate::dedupe;
use crate::extract::{self, Extracted, FullText};
use crate::model::{Entry, Link, Timestamp};
use crate::store::{InboxItem, ReadError, Store};
use std::collections::HashSet;
use xxhash_rust::xxh3::Xxh3;

/// Entries that are read together: few enough to be in memory at once.
const BUNDLE: usize = 16;

/// Entries of a document that were not known, or not in this form.
#[derive(Default)]
pub(super) struct Arrivals {
    /// Those whose page has to be fetched.
    pub(super) inbox: Vec<InboxItem>,
    /// Those that nobody has read yet.
    later: Vec<InboxItem>,
    /// Those that the feed carries whole.
    pub(super) drafts: Vec<Draft>,
    /// Names and fingerprints by which all of them are recognised the next time.
    pub(super) seen: HashSet<(String, u64)>,
}

impl Arrivals {
    /// How many entries are new.
    pub(super) fn len(&self) -> usize {
        self.inbox.len() + self.later.len() + self.drafts.len()
    }

    /// Those that nobody has read yet, as they are to be read together.
    pub(super) fn bundles(&self) -> impl Iterator<Item = &[InboxItem]> {
        self.later.chunks(BUNDLE)
    }
}

/// The entries that are new to the store; where the desk is `pressed`, none of them is read yet.
///
/// # Errors
/// The store cannot be read.
pub(super) fn sort(
    store: &Store,
    source: &Source,
    entries: Vec<Entry>,
    pressed: bool,
    now: Timestamp,
) -> Result<Arrivals, ReadError> {
    let mut arrivals = Arrivals::default();
    // The oldest entry of a document stands last as a rule, and is the first to be filed.
    for entry in entries.into_iter().rev() {
        let fingerprint = fingerprint(&entry);
        let names = names(&entry);
        let mut known = false;
        for name in &names {
            known |= store.seen(&source.id, name)? == Some(fingerprint);
        }
        if known {
            continue;
        }
        // An entry that stands twice in one document is new once.
        let mut repeated = false;
        for name in names {
            repeated |= !arrivals.seen.insert((name, fingerprint));
        }
        if !repeated {
            let item = item(source, entry, fingerprint, now);
            arrivals.admit(source, item, pressed, now);
        }
    }
    Ok(arrivals)
}

impl Arrivals {
    fn admit(&mut self, source: &Source, item: InboxItem, pressed: bool, now: Timestamp) {
        if pressed && may_be_whole(source, &item.entry) {
            self.later.push(item);
        } else if let Some(read) = whole_text(source, &item.entry) {
            self.drafts.push(Draft::new(source, item, None, read, now));
        } else {
            self.inbox.push(item);
        }
    }
}

/// What an item of the inbox waits for.
pub(super) fn waiting_for_page(item: &InboxItem) -> Waiting {
    (item.entry.key.clone(), item.entry.link.clone(), item.not_before)
}

/// An entry as it waits.
fn item(source: &Source, entry: Entry, fingerprint: u64, now: Timestamp) -> InboxItem {
    InboxItem {
        feed: source.id.clone(),
        entry,
        fingerprint,
        first_seen: now,
        attempts: 0,
        not_before: now,
        last_error: None,
    }
}

/// True where the entry's own text may have to do.
fn may_be_whole(source: &Source, entry: &Entry) -> bool {
    let settings = &source.extract;
    let carried = entry.content.as_ref().or(entry.summary.as_ref()).map_or(0, String::len);
    entry.link.is_none()
        || match settings.full_text {
            FullText::Always => false,
            FullText::WhenShort => carried >= settings.short_below,
            FullText::Never => true,
        }
}

/// The entry's own text where that has to do: the feed carries all of it, or there is no page.
pub(super) fn whole_text(source: &Source, entry: &Entry) -> Option<Extracted> {
    if !may_be_whole(source, entry) {
        return None;
    }
    let settings = &source.extract;
    let base = entry.link.as_ref().unwrap_or(&source.url);
    let read = extract::from_entry(entry, Some(base), settings);
    let must_do = entry.link.is_none() || settings.full_text == FullText::Never;
    (must_do || read.text.chars().count() >= settings.short_below).then_some(read)
}

/// What an entry may be recognised by: its key, and its link without trackers.
fn names(entry: &Entry) -> Vec<String> {
    let by_link = |link: &Link| format!("link {}", dedupe::url_key(link));
    let mut names = vec![entry.key.clone()];
    names.extend(entry.link.as_ref().map(by_link));
    names
}

/// What an entry says, in 64 bits. Its link and date of publication are left out: they change at
/// each fetch in some feeds. The date of its last change is how a publisher announces a revision.
fn fingerprint(entry: &Entry) -> u64 {
    let mut hash = Xxh3::new();
    for text in [Some(&entry.title), entry.summary.as_ref(), entry.content.as_ref()] {
        hash.update(text.map_or("", String::as_str).as_bytes());
        hash.update(&[0]);
    }
    if let Some(updated) = entry.updated {
        hash.update(&updated.as_second().to_le_bytes());
    }
    hash.digest()
}
