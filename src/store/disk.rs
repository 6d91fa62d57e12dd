//! The engine on the disk: sled 0.34.7 with its known faults fenced in.
//!
//! - `flush` does not fsync (sled issue 1351): we sync its file ourselves after each.
//! - An open on a full disk leaves `snap.*.generating` behind, with which no later open succeeds
//!   (1527, 1533): removed before each open; where that does not help, so are the snapshots, which
//!   sled can do without.
//! - A damaged file makes it panic: every call is fenced, a panic is a [`Fault`] like another.
//! - A page counts for the cache only after many accesses (`ASKED_AGAIN`).
//! - The lock of a process that was just killed may linger: asked for again for a while.

use super::backend::{Backend, Batch, Fault, Pair};
use super::error::OpenError;
use super::settings::Settings;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Pause between two attempts to get the lock.
const RETRY: Duration = Duration::from_millis(50);

/// How often a page that is read once is asked for again, so that the cache counts it. sled has 256
/// queues of accesses and looks at one only when 64 are in it: sixteen thousand pages that were read
/// once could stay in memory beside all that the cache has room for.
const ASKED_AGAIN: u32 = 7;

/// A sled database in a folder.
#[derive(Debug)]
pub(super) struct Disk {
    db: sled::Db,
    /// The file that sled writes to, for syncing it.
    file: File,
    /// A read was refused.
    stumbled: AtomicBool,
}

impl Disk {
    /// Opens or makes the database in a folder.
    pub(super) fn open(dir: &Path, settings: &Settings) -> Result<Self, OpenError> {
        let io = |e: io::Error| OpenError::Io(dir.to_owned(), e);
        fs::create_dir_all(dir).map_err(io)?;
        remove(dir, |name| name.ends_with(".generating")).map_err(io)?;
        let db = match open_unlocked(dir, settings) {
            Err(OpenError::Damaged(..)) if remove(dir, is_snapshot).map_err(io)? => {
                open_unlocked(dir, settings)?
            }
            opened => opened?,
        };
        let file = File::open(dir.join("db")).map_err(io)?;
        let synced = File::open(dir.join("conf")).and_then(|conf| conf.sync_all());
        synced.and_then(|()| file.sync_all()).map_err(io)?;
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io)?;
        Ok(Self { db, file, stumbled: AtomicBool::new(false) })
    }

    /// Reads, and remembers when that is refused.
    fn read<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T, Fault> {
        fenced(call).inspect_err(|_| self.stumbled.store(true, Ordering::Relaxed))
    }
}

fn is_snapshot(name: &str) -> bool {
    name.starts_with("snap.")
}

/// Removes files from a folder; true where there were any.
fn remove(dir: &Path, unwanted: impl Fn(&str) -> bool) -> io::Result<bool> {
    let mut any = false;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if unwanted(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
            any = true;
        }
    }
    Ok(any)
}

/// Opens the database, waiting for its lock as long as the settings allow.
fn open_unlocked(dir: &Path, settings: &Settings) -> Result<sled::Db, OpenError> {
    let attempts = settings.lock_wait.get().as_millis() / RETRY.as_millis();
    for _ in 0..attempts {
        match open_once(dir, settings) {
            Err(OpenError::Locked(_)) => std::thread::sleep(RETRY),
            opened => return opened,
        }
    }
    open_once(dir, settings)
}

fn open_once(dir: &Path, settings: &Settings) -> Result<sled::Db, OpenError> {
    let config =
        sled::Config::new().path(dir).cache_capacity(settings.cache.get()).flush_every_ms(None);
    let failed = |text: String| {
        if text.contains("could not acquire lock") {
            OpenError::Locked(dir.to_owned())
        } else {
            OpenError::Damaged(dir.to_owned(), text)
        }
    };
    match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(e)) => Err(failed(e.to_string())),
        Err(panic) => Err(failed(panic_text(panic.as_ref()))),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
}

/// Calls sled; its errors and panics become faults.
fn fenced<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(e))) => Err(fault(&e)),
        Ok(Err(e)) => Err(Fault { text: e.to_string(), full: false }),
        Err(panic) => Err(Fault { text: panic_text(panic.as_ref()), full: false }),
    }
}

fn fault(e: &io::Error) -> Fault {
    let full = matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    Fault { text: e.to_string(), full }
}

impl Backend for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.read(|| Ok(self.db.get(key)?.map(|value| value.to_vec())))
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
        let own = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
            pair.map(|(key, value)| (key.to_vec(), value.to_vec()))
        };
        self.read(|| {
            let range = self.db.range(from..to);
            if backward {
                range.rev().take(most).map(own).collect()
            } else {
                range.take(most).map(own).collect()
            }
        })
    }

    fn apply(&self, batch: &Batch) -> Result<(), Fault> {
        let mut writes = sled::Batch::default();
        for (key, value) in batch {
            match value {
                Some(value) => writes.insert(key.as_slice(), value.as_slice()),
                None => writes.remove(key.as_slice()),
            }
        }
        fenced(|| self.db.apply_batch(writes))
    }

    fn sync(&self) -> Result<(), Fault> {
        fenced(|| self.db.flush())?;
        self.file.sync_data().map_err(|e| fault(&e))
    }

    fn stumbled(&self) -> bool {
        self.stumbled.load(Ordering::Relaxed)
    }

    fn settle(&self, key: &[u8]) -> Result<(), Fault> {
        self.read(|| (0..ASKED_AGAIN).try_for_each(|_| self.db.get(key).map(drop)))
    }

    fn bytes(&self) -> u64 {
        fenced(|| self.db.size_on_disk()).unwrap_or(0)
    }
}
