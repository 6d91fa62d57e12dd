//! A stretch of the log for one answer: the archive's own lines, not decoded, bounded in number and
//! bytes.

use super::{Problem, State};
use crate::archive::{Line, Lines, ReadError};
use crate::model::{Change, Seq};
use schemars::JsonSchema;
use serde::Serialize;

/// Changes that are damaged in the archive and cannot be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Hole {
    /// The first of them.
    pub(super) first: Seq,
    /// The last of them.
    pub(super) last: Seq,
}

/// A stretch of the log as it is sent, for the contract: [`Page::json`] writes it from lines.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct Changes {
    /// The changes in order.
    results: Vec<Change>,
    /// The position to go on from.
    last_seq: Seq,
    /// Asking again at once pays.
    more: bool,
    /// What is damaged between them.
    #[schemars(default)]
    damaged: Vec<Hole>,
}

/// A stretch of the log.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The changes in order.
    pub(super) lines: Vec<Line>,
    /// What is damaged between them.
    pub(super) holes: Vec<Hole>,
    /// The last position looked at.
    pub(super) last: Seq,
}

impl Page {
    /// What follows in `lines` behind position `since`: at most `limit` changes, and no more once
    /// they have `bytes`.
    ///
    /// # Errors
    /// The first of them was deleted by retention, or a file cannot be read.
    pub(super) fn read(
        lines: &mut Lines,
        since: Seq,
        limit: usize,
        bytes: usize,
    ) -> Result<Self, Problem> {
        let mut page = Self { last: since, ..Self::default() };
        let mut size = 0;
        while page.lines.len() + page.holes.len() < limit && size < bytes {
            match lines.next() {
                None => break,
                Some(Ok(line)) => {
                    size += line.json.len();
                    page.last = line.seq;
                    page.lines.push(line);
                }
                Some(Err(ReadError::Missing { first, last })) => {
                    tracing::error!(first, last, "changes are damaged in the archive");
                    page.last = last;
                    page.holes.push(Hole { first, last });
                }
                Some(Err(fault)) => return Err(fault.into()),
            }
        }
        Ok(page)
    }

    /// The page as one JSON object.
    pub(super) fn json(&self, state: &State) -> Vec<u8> {
        let mut body = b"{\"results\":[".to_vec();
        for (n, line) in self.lines.iter().enumerate() {
            if n > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&line.json);
        }
        let more = self.last < *state.last_seq.borrow();
        body.extend(format!("],\"last_seq\":{},\"more\":{more}", self.last).into_bytes());
        if !self.holes.is_empty() {
            let holes = serde_json::to_string(&self.holes).unwrap_or_default();
            body.extend(format!(",\"damaged\":{holes}").into_bytes());
        }
        body.push(b'}');
        body
    }
}
