//! An engine in memory: for replays that leave nothing behind.

use super::backend::{Backend, Batch, Fault, Pair};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Everything in one map.
#[derive(Debug, Default)]
pub(super) struct Memory(RwLock<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Memory {
    fn map(&self) -> RwLockReadGuard<'_, BTreeMap<Vec<u8>, Vec<u8>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.map().get(key).cloned())
    }

    fn page(
        &self,
        from: &[u8],
        to: &[u8],
        backward: bool,
        most: usize,
    ) -> Result<Vec<Pair>, Fault> {
        if from >= to {
            return Ok(Vec::new());
        }
        let map = self.map();
        let range = map.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let own = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        Ok(if backward {
            range.rev().take(most).map(own).collect()
        } else {
            range.take(most).map(own).collect()
        })
    }

    fn apply(&self, batch: &Batch) -> Result<(), Fault> {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batch {
            match value {
                Some(value) => map.insert(key.clone(), value.clone()),
                None => map.remove(key),
            };
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), Fault> {
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.map().iter().map(|(key, value)| (key.len() + value.len()) as u64).sum()
    }
}
