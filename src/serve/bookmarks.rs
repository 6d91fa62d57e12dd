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

/// Bookmarks that are kept at most for others: each is a label in the metrics.
const BOOKMARKS_MAX: usize = 256;

/// What stands before a consumer's name.
pub(super) const CONSUMER: &str = "consumer:";

/// What stands before a webhook's name: it is a consumer of a name that no other can have, so that
/// its lag is seen like theirs.
const HOOK: &str = "consumer:hook:";

/// The same for its position among the turns of feeds.
const HOOK_TURNS: &str = "turns:hook:";

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

    /// The names of a webhook's bookmarks: in the log, and among the turns of feeds.
    pub fn of_hook(id: &str) -> [String; 2] {
        [format!("{HOOK}{id}"), format!("{HOOK_TURNS}{id}")]
    }

    /// Forgets webhooks other than these; how many marks that were.
    ///
    /// # Errors
    /// It cannot be written; the bookmarks hold.
    pub fn keep_hooks(&self, ids: &[&str]) -> io::Result<usize> {
        let foreign = |name: &str| {
            let id = name.strip_prefix(HOOK).or_else(|| name.strip_prefix(HOOK_TURNS));
            id.is_some_and(|id| !ids.contains(&id))
        };
        let mut gone = 0;
        self.change(|marks| {
            let before = marks.len();
            marks.retain(|name, _| !foreign(name));
            gone = before - marks.len();
            gone > 0
        })?;
        Ok(gone)
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
            let others = marks.keys().filter(|name| !is_hook(name)).count();
            let room = others < BOOKMARKS_MAX || is_hook(name) || marks.contains_key(name);
            if room {
                marks.insert(name.to_owned(), mark);
            }
            room
        })
    }

    /// Sets a webhook's bookmarks together; they are on the disk when this returns.
    ///
    /// # Errors
    /// They cannot be written; the old ones hold.
    pub fn put_all<const N: usize>(&self, new: [(String, Bookmark); N]) -> io::Result<()> {
        let put = |marks: &mut BTreeMap<String, Bookmark>| {
            marks.extend(new);
            true
        };
        self.change(put).map(drop)
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

/// True for the daemon's own, of which the configuration bounds the number.
fn is_hook(name: &str) -> bool {
    name.starts_with(HOOK) || name.starts_with(HOOK_TURNS)
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
        assert!(
            marks.put(&Bookmarks::of_hook("a")[0], mark(1)).unwrap(),
            "ours have their own bound"
        );
    }

    #[test]
    fn hooks_that_are_configured_no_more_are_forgotten() {
        let marks = Bookmarks::default();
        for name in [Bookmarks::of_hook("a"), Bookmarks::of_hook("b")].as_flattened() {
            assert!(marks.put(name, mark(1)).unwrap());
        }
        assert!(marks.put("consumer:c", mark(1)).unwrap());
        assert_eq!(marks.keep_hooks(&["a"]).unwrap(), 2);
        assert_eq!(marks.keep_hooks(&["a"]).unwrap(), 0);
        let left: Vec<_> = marks.all("").into_iter().map(|(name, _)| name).collect();
        assert_eq!(left, ["consumer:c", "consumer:hook:a", "turns:hook:a"]);
    }

    #[test]
    fn a_file_of_something_else_is_no_set_of_bookmarks() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bookmarks.json");
        fs::write(&file, "half a li").unwrap();
        assert!(Bookmarks::open(&file).is_err());
    }
}
