//! Brings the index up to the archive: the few changes a crash left behind, or all of them.
//!
//! The archive alone is enough: what the index needs to know of an article is computed again
//! from the article.

use super::filing::Fault;
use crate::archive::Reader;
use crate::dedupe;
use crate::model::{Article, Seq};
use crate::store::{Keys, Writer};

/// Changes applied in one batch: bounds the memory of a rebuild.
const GROUP: usize = 512;

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last change applied.
    pub seq: Seq,
    /// The last change of the archive.
    pub last: Seq,
}

/// Applies every change past the store's own position, up to `last`; returns how many those were.
///
/// # Errors
/// The archive cannot be read (the message names the file), or the store cannot be written.
pub fn replay(
    reader: &Reader,
    writer: &mut Writer,
    last: Seq,
    mut progress: impl FnMut(Progress),
) -> Result<u64, Fault> {
    let start = writer.store().applied_seq()?;
    let mut changes = reader.after(start);
    let mut applied = 0;
    loop {
        let group: Vec<_> = changes.by_ref().take(GROUP).collect::<Result<_, _>>()?;
        let Some(end) = group.last().map(|c| c.seq) else { return Ok(applied) };
        let mut txn = writer.begin();
        for change in &group {
            txn.apply(change, &change.article.as_ref().map(keys).unwrap_or_default())?;
            applied += 1;
        }
        txn.commit()?;
        progress(Progress { seq: end, last });
    }
}

/// What the index looks an article up by.
pub(super) fn keys(article: &Article) -> Keys {
    let own = [article.url.as_ref(), article.source_url.as_ref()];
    let links =
        own.into_iter().flatten().chain(article.sightings.iter().filter_map(|s| s.url.as_ref()));
    let mut urls: Vec<_> = links.map(|link| dedupe::url_key(link).hash()).collect();
    urls.sort_unstable();
    urls.dedup();
    Keys { urls, text: dedupe::text_key(&article.text) }
}
