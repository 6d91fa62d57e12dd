//! Brings the index up to the archive: the few changes a crash left behind, or all of them.
//!
//! The archive alone is enough: what the index needs to know of an article is computed again
//! from the article.

use super::filing::Fault;
use super::ledger::Ledger;
use crate::archive::{ReadError, Reader};
use crate::model::{Change, Seq};

/// Changes applied in one batch: bounds the memory of a rebuild.
const GROUP: usize = 512;

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last change read.
    pub seq: Seq,
    /// The last change of the archive.
    pub last: Seq,
}

/// Applies every change past the store's own position, up to `last`; returns how many those were.
/// Changes that retention has deleted are passed over: what they wrote is gone with them.
///
/// # Errors
/// The archive cannot be read (the message names the file), or the store cannot be written.
pub fn replay(
    reader: &Reader,
    ledger: &mut Ledger,
    last: Seq,
    mut progress: impl FnMut(Progress),
) -> Result<u64, Fault> {
    let applied = ledger.store().applied_seq()?;
    let mut changes = reader.after(ledger.put_through().min(applied));
    let mut count = 0;
    loop {
        let (group, end) = gather(&mut changes)?;
        let Some(end) = end else { return Ok(count) };
        let now = group.last().map_or(crate::model::Timestamp::UNIX_EPOCH, |change| change.at);
        let mut bench = ledger.begin(end, now);
        for change in &group {
            if change.seq <= applied {
                bench.learn(change)?;
            } else {
                bench.skip_to(change.seq - 1)?;
                bench.replay(change)?;
                count += 1;
            }
        }
        bench.commit()?;
        progress(Progress { seq: end, last });
    }
}

/// The next changes and the position that they reach.
fn gather(
    changes: &mut impl Iterator<Item = Result<Change, ReadError>>,
) -> Result<(Vec<Change>, Option<Seq>), Fault> {
    let mut group = Vec::new();
    let mut end = None;
    for change in changes.take(GROUP) {
        match change {
            Ok(change) => {
                end = Some(change.seq);
                group.push(change);
            }
            Err(ReadError::Expired { last, .. }) => end = Some(last),
            Err(ReadError::Missing { first, last }) => {
                tracing::error!(
                    first,
                    last,
                    "changes are damaged or missing in the archive; they are passed over"
                );
                end = Some(last);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((group, end))
}
