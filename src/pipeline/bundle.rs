//! A bundle: entries that were put down as they came, because many polls were under way. Here they are
//! read.

use super::draft::Draft;
use super::filing::{NotFiled, Opened, Work};
use super::intake::Waiting;
use super::{Desk, Lost, Source, arrivals, spans};
use crate::model::Timestamp;
use crate::observe;
use crate::store::{BundleId, InboxItem};
use std::sync::Arc;
use tracing::Instrument;

/// What reading a bundle left to be done.
#[derive(Debug, Default)]
pub struct Rest {
    /// Entries whose own text is not all of the article.
    pub pages: Vec<Waiting>,
    /// Those that could not be read by a fault of our own: a bundle again.
    pub lost: Option<BundleId>,
}

/// Reads the entries of a bundle, which is then no more: those whose own text is the article are filed,
/// the others wait in the inbox for their page. One that is lost waits until `rested`.
///
/// # Errors
/// The store cannot be read, or the writer did not take the result; the bundle still waits.
pub async fn read_bundle(
    desk: &Desk,
    source: &Arc<Source>,
    id: &BundleId,
    rested: Timestamp,
) -> Result<Rest, NotFiled> {
    let items = desk.store.bundle(id).map_err(NotFiled::new)?.unwrap_or_default();
    let mut opened = Opened::new(id.clone(), items.len() as u64);
    for item in items {
        let seen = desk.store.seen(&source.id, &item.entry.key).map_err(NotFiled::new)?;
        if seen != Some(item.fingerprint) {
            // What came after it is newer.
            tracing::debug!(feed = %source.id, entry = item.entry.key, "changed since by its feed");
            continue;
        }
        match read(desk, source, item.clone()).await {
            Ok(Some(draft)) => opened.drafts.push(draft),
            Ok(None) => opened.pages.push(item),
            Err(error) => {
                tracing::error!(feed = %source.id, entry = item.entry.key, %error, "the entry rests");
                opened.lost.push(InboxItem { not_before: rested, ..item });
            }
        }
    }
    let pages = opened.pages.iter().map(arrivals::waiting_for_page).collect();
    let lost = BundleId::of(&opened.lost);
    desk.clerk.file(Work::Opened(opened)).instrument(spans::file()).await?;
    Ok(Rest { pages, lost })
}

/// The article; `None` where the entry has too little of it.
async fn read(desk: &Desk, source: &Arc<Source>, item: InboxItem) -> Result<Option<Draft>, Lost> {
    let source = Arc::clone(source);
    let work = move || {
        let read = arrivals::whole_text(&source, &item.entry)?;
        Some(Draft::new(&source, item, None, read, observe::now()))
    };
    desk.cpu.run(work).await
}
