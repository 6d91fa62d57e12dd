//! An engine of the tests: a map that counts its calls and fails at the one it is told to.

use std::collections::BTreeMap;
use std::sync::Mutex;
use wiredesk::store::backend::{Backend, Batch, Fault, Pair};

/// What happens at the call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Reading or writing is refused; nothing is written.
    Refused,
    /// A batch is written, and then the answer is an error, as when the last sync fails.
    AfterWriting,
}

#[derive(Debug, Default)]
struct State {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    calls: u64,
    fail: Option<(u64, Failure)>,
}

/// A map behind a lock.
#[derive(Debug, Default)]
pub(crate) struct Map(Mutex<State>);

impl Map {
    /// A map with these contents.
    pub(crate) fn of(pairs: impl IntoIterator<Item = Pair>) -> Self {
        let map = Self::default();
        map.0.lock().unwrap().pairs = pairs.into_iter().collect();
        map
    }

    /// Everything in it.
    pub(crate) fn pairs(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.0.lock().unwrap().pairs.clone()
    }

    /// Fails once, `calls` calls from now.
    pub(crate) fn fail_in(&self, calls: u64, failure: Failure) {
        let mut state = self.0.lock().unwrap();
        state.fail = Some((state.calls + calls, failure));
    }

    /// True once the failure has happened; it is called off otherwise.
    pub(crate) fn has_failed(&self) -> bool {
        let mut state = self.0.lock().unwrap();
        state.fail.take().is_none()
    }
}

impl State {
    /// Counts a call; the failure that happens at it.
    fn call(&mut self) -> Option<Failure> {
        self.calls += 1;
        let due = self.fail.filter(|(at, _)| *at <= self.calls);
        due.inspect(|_| self.fail = None).map(|(_, failure)| failure)
    }
}

fn fault() -> Fault {
    Fault { text: "no space left on device".to_owned(), full: true }
}

impl Backend for Map {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let mut state = self.0.lock().unwrap();
        state.call().map_or(Ok(()), |_| Err(fault()))?;
        Ok(state.pairs.get(key).cloned())
    }

    fn page(
        &self,
        from: &[u8],
        to: &[u8],
        backward: bool,
        most: usize,
    ) -> Result<Vec<Pair>, Fault> {
        let mut state = self.0.lock().unwrap();
        state.call().map_or(Ok(()), |_| Err(fault()))?;
        let inside = state.pairs.iter().filter(|(key, _)| from <= &key[..] && &key[..] < to);
        let own = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        Ok(if backward {
            inside.rev().take(most).map(own).collect()
        } else {
            inside.take(most).map(own).collect()
        })
    }

    fn apply(&self, batch: &Batch) -> Result<(), Fault> {
        let mut state = self.0.lock().unwrap();
        let failure = state.call();
        if failure == Some(Failure::Refused) {
            return Err(fault());
        }
        for (key, value) in batch {
            match value {
                Some(value) => state.pairs.insert(key.clone(), value.clone()),
                None => state.pairs.remove(key),
            };
        }
        failure.map_or(Ok(()), |_| Err(fault()))
    }

    fn sync(&self) -> Result<(), Fault> {
        self.0.lock().unwrap().call().map_or(Ok(()), |_| Err(fault()))
    }

    fn bytes(&self) -> u64 {
        self.0.lock().unwrap().pairs.len() as u64
    }
}
