//! Named positions in the log that other programs keep here: consumers, and the daemon's own
//! webhooks.
//!
//! They stand in a small file of their own beside archive and store, not in the index: the index
//! may be set aside and computed again from the archive, and the archive does not know them.

use crate::model::{Seq, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Bookmarks that are kept at most: each is a label in the metrics.
const BOOKMARKS_MAX: usize = 256;

/// How far a program has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The last change that it is done with.
    pub seq: Seq,
    /// When it said so.
    pub updated: Timestamp,
}

/// All bookmarks of a state folder. A cheap handle; clone it freely.
#[derive(Debug, Clone, Default)]
pub struct Bookmarks {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Where they are written down; `None` keeps them in memory only.
    file: Option<PathBuf>,
    marks: BTreeMap<String, Bookmark>,
}

impl Bookmarks {
    /// The bookmarks in a file; none where it does not exist yet.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn open(file: &Path) -> io::Result<Self> {
        let marks = match fs::read(file) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let inner = Inner { file: Some(file.to_owned()), marks };
        Ok(Self { inner: Arc::new(Mutex::new(inner)) })
    }

    /// All names whose bookmark begins with `prefix`, without it.
    pub fn all(&self, prefix: &str) -> Vec<(String, Bookmark)> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let named = inner.marks.iter();
        named
            .filter_map(|(name, mark)| Some((name.strip_prefix(prefix)?.to_owned(), *mark)))
            .collect()
    }

    /// The bookmark with a name.
    pub fn get(&self, name: &str) -> Option<Bookmark> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).marks.get(name).copied()
    }

    /// Sets a bookmark; it is on the disk when this returns. False where there are too many.
    ///
    /// # Errors
    /// It cannot be written; the old one holds.
    pub fn put(&self, name: &str, mark: Bookmark) -> io::Result<bool> {
        self.change(|marks| {
            let room = marks.len() < BOOKMARKS_MAX || marks.contains_key(name);
            if room {
                marks.insert(name.to_owned(), mark);
            }
            room
        })
    }

    /// Forgets a bookmark; false where there is none.
    ///
    /// # Errors
    /// It cannot be written; the bookmark holds.
    pub fn remove(&self, name: &str) -> io::Result<bool> {
        self.change(|marks| marks.remove(name).is_some())
    }

    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Bookmark>) -> bool,
    ) -> io::Result<bool> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut marks = inner.marks.clone();
        if !change(&mut marks) {
            return Ok(false);
        }
        if let Some(file) = &inner.file {
            replace(file, &serde_json::to_vec_pretty(&marks)?)?;
        }
        inner.marks = marks;
        Ok(true)
    }
}

/// Replaces a file as a whole: after a crash it holds the old text or the new one.
fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    let fresh = file.with_extension("tmp");
    let mut out = File::create(&fresh)?;
    out.write_all(text)?;
    out.sync_all()?;
    fs::rename(&fresh, file)?;
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(seq: Seq) -> Bookmark {
        Bookmark { seq, updated: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn bookmarks_outlive_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bookmarks.json");
        let marks = Bookmarks::open(&file).unwrap();
        assert!(marks.put("consumer:a", mark(3)).unwrap());
        assert!(marks.put("hook:a", mark(4)).unwrap());
        assert!(marks.put("consumer:b", mark(5)).unwrap());
        assert!(marks.remove("consumer:b").unwrap());
        assert!(!marks.remove("consumer:b").unwrap());
        let again = Bookmarks::open(&file).unwrap();
        assert_eq!(again.all("consumer:"), [("a".to_owned(), mark(3))]);
        assert_eq!(again.get("hook:a"), Some(mark(4)));
    }

    #[test]
    fn their_number_is_bounded() {
        let marks = Bookmarks::default();
        for n in 0..BOOKMARKS_MAX {
            assert!(marks.put(&n.to_string(), mark(1)).unwrap());
        }
        assert!(!marks.put("one more", mark(1)).unwrap());
        assert!(marks.put("7", mark(2)).unwrap());
    }

    #[test]
    fn a_file_of_something_else_is_no_set_of_bookmarks() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bookmarks.json");
        fs::write(&file, "half a li").unwrap();
        assert!(Bookmarks::open(&file).is_err());
    }
}
