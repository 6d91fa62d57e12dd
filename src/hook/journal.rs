//! [`Journal`]: the turns of feeds' health, numbered and in a small file, so that each hook can keep how
//! far it has come in them.
//!
//! What is true stands in the feeds' states; the journal only gives it an order. Whoever sees a state
//! hands its turn in, as often as they like: one that is here already is not written again. So nothing
//! is lost by a crash between the two, and nothing is told twice.

use crate::model::{FeedId, Link, Seq, Timestamp, Turned};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Turns that are kept when the journal is cut.
const KEPT: usize = 4096;

/// Turns at which it is cut: all of them are in memory.
const MOST: usize = 2 * KEPT;

/// A feed's turn with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedTurn {
    /// Its position: one more than the turn before, from 1.
    pub n: Seq,
    /// The feed.
    pub feed: FeedId,
    /// Its configured address.
    pub url: Link,
    /// Its configured tags.
    pub tags: Vec<String>,
    /// What happened.
    pub turned: Turned,
}

/// The turns of all feeds. A cheap handle.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Arc<Mutex<Inner>>,
    last: watch::Sender<Seq>,
}

#[derive(Debug, Default)]
struct Inner {
    path: PathBuf,
    turns: VecDeque<FeedTurn>,
    /// The newest turn of each feed.
    known: HashMap<FeedId, Timestamp>,
}

impl Journal {
    /// The journal at `path`; an empty one where there is none. A line that a crash tore is left out.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let turns: VecDeque<FeedTurn> =
            text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let torn = turns.len() < text.lines().count() || !(text.is_empty() || text.ends_with('\n'));
        let known = turns.iter().map(|turn| (turn.feed.clone(), turn.turned.at)).collect();
        let last = watch::Sender::new(turns.back().map_or(0, |turn| turn.n));
        let mut inner = Inner { path: path.to_owned(), turns, known };
        if torn || inner.turns.len() > MOST {
            inner.cut()?;
        }
        Ok(Self { inner: Arc::new(Mutex::new(inner)), last })
    }

    /// Writes a feed's turn down, unless it is here already; it is on the disk when this returns.
    ///
    /// # Errors
    /// It cannot be written; handed in again it may be.
    pub fn note(
        &self,
        feed: FeedId,
        url: Link,
        tags: Vec<String>,
        turned: Turned,
    ) -> io::Result<()> {
        let mut inner = self.lock();
        // What was cut away is older than all that is left.
        let cut_away = inner.turns.front().filter(|turn| turn.n > 1).map(|turn| turn.turned.at);
        if inner.known.get(&feed).copied().max(cut_away).is_some_and(|at| at >= turned.at) {
            return Ok(());
        }
        let n = *self.last.borrow() + 1;
        inner.append(FeedTurn { n, feed, url, tags, turned })?;
        drop(inner);
        self.last.send_replace(n);
        Ok(())
    }

    /// The turn behind position `n`; `None` at the end. Where that one was cut away it is the first
    /// that is left.
    pub fn after(&self, n: Seq) -> Option<FeedTurn> {
        let inner = self.lock();
        let place = inner.turns.partition_point(|turn| turn.n <= n);
        inner.turns.get(place).cloned()
    }

    /// The last position; 0 in an empty journal.
    pub fn last(&self) -> Seq {
        *self.last.borrow()
    }

    /// Follows the last position.
    pub fn follow(&self) -> watch::Receiver<Seq> {
        self.last.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, turn: FeedTurn) -> io::Result<()> {
        let mut line = serde_json::to_vec(&turn)?;
        line.push(b'\n');
        let before = fs::metadata(&self.path).map_or(0, |file| file.len());
        let mut file = File::options().create(true).append(true).open(&self.path)?;
        if let Err(error) = file.write_all(&line).and_then(|()| file.sync_all()) {
            // Half a line would swallow the next one.
            drop(file.set_len(before));
            return Err(error);
        }
        self.known.insert(turn.feed.clone(), turn.turned.at);
        self.turns.push_back(turn);
        if self.turns.len() > MOST { self.cut() } else { Ok(()) }
    }

    /// Writes the newest turns anew.
    fn cut(&mut self) -> io::Result<()> {
        while self.turns.len() > KEPT {
            self.turns.pop_front();
        }
        let fresh = self.path.with_extension("tmp");
        let mut text = Vec::new();
        for turn in &self.turns {
            serde_json::to_writer(&mut text, turn)?;
            text.push(b'\n');
        }
        let mut file = File::create(&fresh)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::turn;
    use super::*;
    use crate::model::Turn;

    fn note(journal: &Journal, feed: &str, second: i64) {
        let FeedTurn { url, tags, mut turned, .. } = turn(Turn::Failing);
        turned.at = Timestamp::from_second(second).unwrap();
        journal.note(FeedId::new(feed).unwrap(), url, tags, turned).unwrap();
    }

    fn all(journal: &Journal) -> Vec<(Seq, String)> {
        let mut at = 0;
        let next = || {
            let turn = journal.after(at)?;
            at = turn.n;
            Some((turn.n, turn.feed.to_string()))
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn a_turn_is_written_once_and_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("turns.ndjson");
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), 0);
        for (feed, second) in [("a", 10), ("b", 9), ("a", 10), ("b", 8), ("a", 11)] {
            note(&journal, feed, second);
        }
        let expect = [(1, "a".to_owned()), (2, "b".to_owned()), (3, "a".to_owned())];
        assert_eq!(all(&journal), expect);
        let again = Journal::open(&path).unwrap();
        note(&again, "a", 11);
        assert_eq!(all(&again), expect);
        note(&again, "c", 1);
        assert_eq!(again.last(), 4);
    }

    #[test]
    fn a_torn_line_is_left_out_and_numbers_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("turns.ndjson");
        let journal = Journal::open(&path).unwrap();
        note(&journal, "a", 1);
        note(&journal, "b", 2);
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() - 9]).unwrap();
        let again = Journal::open(&path).unwrap();
        assert_eq!(all(&again), [(1, "a".to_owned())]);
        note(&again, "b", 2);
        assert_eq!(all(&Journal::open(&path).unwrap()), [(1, "a".to_owned()), (2, "b".to_owned())]);
    }

    #[test]
    fn the_oldest_are_cut_away_and_not_told_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("turns.ndjson");
        let turns: Vec<_> = (0..=MOST as u64)
            .map(|n| {
                let mut turn = FeedTurn { n: n + 1, ..turn(Turn::Failing) };
                turn.feed = FeedId::new(&format!("f{n}")).unwrap();
                turn.turned.at = Timestamp::from_second(n.cast_signed()).unwrap();
                serde_json::to_string(&turn).unwrap() + "\n"
            })
            .collect();
        fs::write(&path, turns.concat()).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.last(), MOST as u64 + 1);
        assert_eq!(journal.after(0).unwrap().n, (MOST - KEPT + 2) as u64, "the first that is left");
        let kept = fs::read_to_string(&path).unwrap().lines().count();
        assert_eq!(kept, KEPT);
        let again = Journal::open(&path).unwrap();
        note(&again, "f3", 3);
        assert_eq!(again.last(), MOST as u64 + 1, "f3 was told before the cut");
    }
}
