//! Where readers of the change feed left off. A page that continues another goes on in the file where
//! that one ended: a sealed file can only be read from its beginning, so that pages would cost more
//! the further inside it they lie.

use crate::archive::{Lines, Reader};
use crate::model::Seq;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Readers remembered: each holds a file and up to four megabytes.
const MOST: usize = 4;

/// Readers by the position behind which they go on, the longest parked first.
#[derive(Debug, Clone, Default)]
pub(super) struct Parked(Arc<Mutex<VecDeque<(Seq, Lines)>>>);

impl Parked {
    /// The lines behind `since`, from where another page ended if one did there.
    pub(super) fn take(&self, reader: &Reader, since: Seq) -> Lines {
        let mut parked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = parked.iter().position(|(seq, _)| *seq == since);
        let found = place.and_then(|place| parked.remove(place));
        found.map_or_else(|| reader.lines(since), |(_, lines)| lines)
    }

    /// Remembers where a page ended.
    pub(super) fn park(&self, since: Seq, lines: Lines) {
        let mut parked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parked.push_back((since, lines));
        if parked.len() > MOST {
            parked.pop_front();
        }
    }
}
