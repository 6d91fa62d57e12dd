//! What a reader sees: records in the engine, and in a transaction also those that are pending.

use super::backend::{Backend, Batch, Pair};
use super::error::ReadError;
use super::{keys, record};
use serde::de::DeserializeOwned;

/// Pairs read at a time: enough to make a scan cheap, few enough to bound its memory.
const PAGE: usize = 128;

/// The engine, with the pending writes of a transaction over it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) backend: &'a dyn Backend,
    pub(super) pending: Option<&'a Batch>,
}

impl<'a> View<'a> {
    /// The value of a key as it is written.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        match self.pending.and_then(|pending| pending.get(key)) {
            Some(value) => Ok(value.clone()),
            None => Ok(self.backend.get(key)?),
        }
    }

    /// The record of a key, its parts joined.
    pub(super) fn whole(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        self.join(key, value).map(Some)
    }

    /// A record with its further parts behind it.
    pub(super) fn join(&self, key: &[u8], mut value: Vec<u8>) -> Result<Vec<u8>, ReadError> {
        for part in 1..=record::parts(&value) {
            let more = self.get(&keys::part(key, part))?;
            value.extend(more.ok_or_else(|| damaged("a part of a record is missing"))?);
        }
        Ok(value)
    }

    /// The value that the record of a key holds.
    pub(super) fn read<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        self.whole(key)?.map(|record| record::decode(&record)).transpose()
    }

    /// The number that stands under a key.
    pub(super) fn number(&self, key: &[u8]) -> Result<Option<u64>, ReadError> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        let bytes = value.try_into().map_err(|_| damaged("a number has another length"))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// The first key that begins with `prefix`.
    pub(super) fn first(&self, prefix: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let end = keys::end(prefix);
        let pending = self.pending.and_then(|pending| {
            let mut range = pending.range(prefix.to_vec()..end.clone());
            range.find(|(_, value)| value.is_some()).map(|(key, _)| key.clone())
        });
        let removed = |key: &[u8]| self.pending.is_some_and(|p| p.get(key) == Some(&None));
        for pair in self.scan(prefix, &end, false, 4) {
            let (key, _) = pair?;
            if !removed(&key) {
                return Ok(Some(pending.map_or(key.clone(), |pending| pending.min(key))));
            }
        }
        Ok(pending)
    }

    /// Every key of a small range, in the engine or pending.
    pub(super) fn keys(&self, from: &[u8], to: &[u8]) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut found = Vec::new();
        for pair in self.scan(from, to, false, PAGE) {
            found.push(pair?.0);
        }
        if let Some(pending) = self.pending {
            found.extend(pending.range(from.to_vec()..to.to_vec()).map(|(key, _)| key.clone()));
            found.retain(|key| pending.get(key) != Some(&None));
            found.sort_unstable();
            found.dedup();
        }
        Ok(found)
    }

    /// Every pair whose key begins with `prefix`, in rising order; pending ones are not seen.
    pub(super) fn all(&self, prefix: u8) -> Scan<'a> {
        self.scan(&[prefix], &keys::end(&[prefix]), false, PAGE)
    }

    /// The pairs with `from <= key < to`, read `page` at a time; pending ones are not seen.
    pub(super) fn scan(&self, from: &[u8], to: &[u8], backward: bool, page: usize) -> Scan<'a> {
        Scan {
            backend: self.backend,
            from: from.to_vec(),
            to: to.to_vec(),
            backward,
            size: page,
            page: Vec::new().into_iter(),
            done: false,
        }
    }
}

/// Pairs of a range of keys, read in pages.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    backend: &'a dyn Backend,
    from: Vec<u8>,
    to: Vec<u8>,
    backward: bool,
    size: usize,
    page: std::vec::IntoIter<Pair>,
    done: bool,
}

impl Iterator for Scan<'_> {
    type Item = Result<Pair, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(pair) = self.page.next() {
            return Some(Ok(pair));
        }
        if self.done {
            return None;
        }
        match self.backend.page(&self.from, &self.to, self.backward, self.size) {
            Ok(page) => self.turn(page),
            Err(e) => {
                self.done = true;
                return Some(Err(e.into()));
            }
        }
        self.page.next().map(Ok)
    }
}

impl Scan<'_> {
    /// Takes a page, and narrows the range to what is left behind it.
    fn turn(&mut self, page: Vec<Pair>) {
        self.done = page.len() < self.size;
        if let Some((last, _)) = page.last() {
            if self.backward {
                self.to.clone_from(last);
            } else {
                self.from.clone_from(last);
                self.from.push(0);
            }
        }
        self.page = page.into_iter();
    }
}

/// The error of a record that contradicts another.
pub(super) fn damaged(what: &str) -> ReadError {
    ReadError::Damaged(what.to_owned())
}
