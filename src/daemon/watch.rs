//! Watches the configuration's files and says when they hold something else.
//!
//! Folders are watched, not files: editors put a new file in the place of the old one, and a mounted
//! `ConfigMap` is a chain of links of which one is exchanged. What happened there is only a hint; the
//! texts are read and compared, so that other files in the folder mean nothing, and a wrong text is
//! complained about once.

use crate::config;
use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Files are looked at once nothing has happened to them for so long: by then they are whole.
const QUIET: Duration = Duration::from_millis(500);

/// Longest chain of links that is followed.
const LINKS_MAX: usize = 16;

/// Who watches the configuration.
pub(super) struct Watch {
    /// The main file; `None` where there is none to watch.
    file: Option<PathBuf>,
    /// The texts that were last acted on.
    seen: u64,
    hint: Arc<Notify>,
    looker: Option<Looker>,
}

struct Looker {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    /// Nobody watches yet. `fingerprint` is that of the configuration in force.
    pub(super) fn new(file: Option<(PathBuf, u64)>) -> Self {
        let (file, seen) = file.unzip();
        Self { file, seen: seen.unwrap_or_default(), hint: Arc::default(), looker: None }
    }

    /// Begins to watch, or ends it.
    pub(super) fn set(&mut self, on: bool) {
        match (on, &self.looker, &self.file) {
            (false, _, _) => self.looker = None,
            (true, None, Some(file)) => match Looker::start(file, &self.hint) {
                Ok(looker) => {
                    self.looker = Some(looker);
                    // What happened before somebody watched is seen now.
                    self.hint.notify_one();
                }
                Err(error) => {
                    tracing::error!(
                        error,
                        "the configuration cannot be watched; SIGHUP and `wiredesk reload` have it read again"
                    );
                }
            },
            (true, _, _) => {}
        }
    }

    /// The present texts were just acted on.
    pub(super) fn note(&mut self) {
        if let Some(file) = &self.file {
            self.seen = config::fingerprint(file);
        }
    }

    /// Returns once the files hold something else than what was last acted on. May be dropped while
    /// it waits.
    pub(super) async fn changed(&mut self) {
        loop {
            self.hint.notified().await;
            let (Some(looker), Some(file)) = (&mut self.looker, &self.file) else { continue };
            looker.follow(file);
            let present = config::fingerprint(file);
            if present != self.seen {
                self.seen = present;
                return;
            }
        }
    }
}

impl Looker {
    fn start(file: &Path, hint: &Arc<Notify>) -> Result<Self, String> {
        let hint = Arc::clone(hint);
        let on_event = move |events: DebounceEventResult| {
            // Reading is an event too, our own as well. After an error anything may have happened.
            let is_read = |kind| matches!(kind, EventKind::Access(_));
            if events.map_or(true, |events| events.iter().any(|event| !is_read(event.kind))) {
                hint.notify_one();
            }
        };
        let debouncer = new_debouncer(QUIET, None, on_event).map_err(|e| e.to_string())?;
        let mut looker = Self { debouncer, folders: BTreeSet::new() };
        looker.follow(file);
        if looker.folders.is_empty() {
            return Err("none of its folders".to_owned());
        }
        Ok(looker)
    }

    /// Watches the folders in which the files lie now.
    fn follow(&mut self, file: &Path) {
        let present = folders(file);
        for gone in self.folders.difference(&present) {
            // A folder that was deleted is watched no more anyway.
            drop(self.debouncer.unwatch(gone));
        }
        self.folders.retain(|folder| present.contains(folder));
        for folder in present {
            if self.folders.contains(&folder) {
                continue;
            }
            match self.debouncer.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => drop(self.folders.insert(folder)),
                Err(error) => {
                    tracing::warn!(folder = %folder.display(), %error, "a folder of the configuration cannot be watched");
                }
            }
        }
    }
}

/// The folders of the main file, of the files beside it, and of all links that lead to them.
fn folders(file: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let extra = config::extra_folder(file);
    let beside = fs::read_dir(&extra).into_iter().flatten();
    let files = beside.filter_map(|entry| Some(entry.ok()?.path()));
    for path in [file.to_owned(), extra.clone()].into_iter().chain(files) {
        add_places(&path, &mut found);
    }
    found.extend(extra.canonicalize().ok().filter(|folder| folder.is_dir()));
    found
}

/// Adds the folders in which a file and the links to it lie.
fn add_places(file: &Path, found: &mut BTreeSet<PathBuf>) {
    let Ok(mut at) = std::path::absolute(file) else { return };
    for _ in 0..LINKS_MAX {
        let Some(parent) = at.parent().and_then(|folder| folder.canonicalize().ok()) else {
            return;
        };
        let target = fs::read_link(&at).map(|to| parent.join(to));
        found.insert(parent);
        match target {
            Ok(target) => at = target,
            Err(_) => return,
        }
    }
}
