//! [`Log`]: the one writer. A group of changes is on the disk when [`Log::append`] returns, or
//! nothing of it is in the log.

use super::error::{OpenError, WriteError, open_error};
use super::layout::{self, LogFile};
use super::manifest::Manifest;
use super::medium::{Disk, Medium};
use super::reader::{self, Reader};
use super::recover::{self, Scan};
use super::settings::Settings;
use super::{line, seal};
use crate::model::{Change, Seq, Timestamp};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The log, open for appending.
#[derive(Debug)]
pub struct Log {
    medium: Arc<dyn Medium>,
    dir: PathBuf,
    settings: Settings,
    /// The last change on the disk; readers of this process go no further.
    last: Arc<AtomicU64>,
    active: Option<Active>,
    /// Why no more is written.
    closed: Option<String>,
    /// The lines of a group, kept for its memory.
    buffer: Vec<u8>,
    /// Held for the lock on it.
    _lock: File,
}

/// The folder of a log, held against other writers; its newest file has not been read yet.
#[derive(Debug)]
pub struct Held {
    dir: PathBuf,
    lock: File,
}

/// What was found when the log was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The last change in the log; 0 in an empty one.
    pub last_seq: Seq,
    /// Bytes cut off behind the last whole line: changes that were never acknowledged.
    pub torn_bytes: u64,
    /// Damaged lines in the newest file with whole ones behind them: the disk is failing.
    pub damaged_lines: u64,
}

/// The file that takes the next lines.
#[derive(Debug)]
struct Active {
    file: File,
    place: LogFile,
    bytes: u64,
}

impl Log {
    /// The log in a folder, which is made where it does not exist, and what was found there.
    /// Reads the newest file once (at most `file_size`).
    ///
    /// # Errors
    /// Another process writes the log, or a file cannot be read or written.
    pub fn open(dir: &Path, settings: &Settings) -> Result<(Self, Report), OpenError> {
        Self::open_on(Arc::new(Disk), dir, settings)
    }

    /// As [`Log::open`], on a medium of the caller's.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn open_on(
        medium: Arc<dyn Medium>,
        dir: &Path,
        settings: &Settings,
    ) -> Result<(Self, Report), OpenError> {
        Held::take(dir)?.open_on(medium, settings)
    }

    /// The last change in the log; 0 in an empty one.
    pub fn last_seq(&self) -> Seq {
        self.last.load(Ordering::Acquire)
    }

    /// A reader that hands out only what is on the disk, also while a group is being written.
    pub fn reader(&self) -> Reader {
        Reader::bounded(&self.dir, Arc::clone(&self.last))
    }

    /// Why no more changes are taken; `None` while the log is well.
    pub fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// Writes a group of changes, which continue the log, and returns when it is on the disk.
    ///
    /// # Errors
    /// The group does not continue the log, or the disk refuses. Then nothing of the group is in
    /// the log; where that is not certain, the log takes no more changes until it is opened again.
    pub fn append(&mut self, changes: &[Change], now: Timestamp) -> Result<(), WriteError> {
        if let Some(why) = &self.closed {
            return Err(WriteError::Closed(why.clone()));
        }
        let Some(end) = changes.last().map(|change| change.seq) else { return Ok(()) };
        self.check_order(changes)?;
        let mut text = std::mem::take(&mut self.buffer);
        text.clear();
        let written = encode(changes, &mut text)
            .and_then(|()| self.roll(now, text.len() as u64))
            .and_then(|()| self.write(&text));
        self.buffer = text;
        written.map_err(|source| WriteError::Io { path: self.place(), source })?;
        self.last.store(end, Ordering::Release);
        Ok(())
    }

    fn check_order(&self, changes: &[Change]) -> Result<(), WriteError> {
        let mut last = self.last_seq();
        for change in changes {
            if change.seq != last + 1 {
                return Err(WriteError::Sequence { last, got: change.seq });
            }
            last = change.seq;
        }
        Ok(())
    }

    /// Opens a new file where the present one is complete: another day has begun, or `more` bytes
    /// have no room in it. A clock that stepped back completes nothing.
    fn roll(&mut self, now: Timestamp, more: u64) -> io::Result<()> {
        let day = layout::day(now);
        let stays = |active: &Active| {
            active.place.day >= day
                && (active.bytes == 0 || active.bytes + more <= self.settings.file_size.get())
        };
        if self.active.as_ref().is_some_and(stays) {
            return Ok(());
        }
        let day = self.active.as_ref().map_or(day, |active| active.place.day.max(day));
        let place = LogFile { first: self.last_seq() + 1, day, sealed: false };
        let fresh = Active::create(self.medium.as_ref(), &self.dir, place)?;
        match self.active.replace(fresh) {
            Some(old) if old.bytes == 0 => self.medium.remove(&old.place.path(&self.dir)),
            _ => Ok(()),
        }
    }

    /// Writes and has on the disk, or takes back.
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let Some(active) = &mut self.active else {
            return Err(io::Error::other("no file is open"));
        };
        let medium = self.medium.as_ref();
        let failed = match medium.append(&active.file, text) {
            Ok(()) => match medium.sync(&active.file) {
                Ok(()) => {
                    active.bytes += text.len() as u64;
                    return Ok(());
                }
                Err(e) => {
                    // After a failed fsync the system may forget what it did not write.
                    self.closed = Some(format!("fsync failed: {e}"));
                    e
                }
            },
            Err(e) => e,
        };
        let cut = medium.cut(&active.file, active.bytes);
        let taken_back = cut.and_then(|()| medium.sync(&active.file));
        if let Err(e) = taken_back {
            self.closed.get_or_insert(format!("a group could not be taken back: {e}"));
        }
        Err(failed)
    }

    fn place(&self) -> PathBuf {
        self.active.as_ref().map_or_else(|| self.dir.clone(), |a| a.place.path(&self.dir))
    }
}

impl Held {
    /// Holds the folder, which is made where it does not exist.
    ///
    /// # Errors
    /// Another process writes the log, or the folder cannot be made.
    pub fn take(dir: &Path) -> Result<Self, OpenError> {
        Ok(Self { dir: dir.to_owned(), lock: lock(dir)? })
    }

    /// The log in the folder, as [`Log::open`] opens it.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn open(self, settings: &Settings) -> Result<(Log, Report), OpenError> {
        self.open_on(Arc::new(Disk), settings)
    }

    fn open_on(
        self,
        medium: Arc<dyn Medium>,
        settings: &Settings,
    ) -> Result<(Log, Report), OpenError> {
        let Self { dir, lock } = self;
        seal::clean(&dir).map_err(open_error(&dir))?;
        let files = layout::files(&dir).map_err(open_error(&dir))?;
        let newest = files.last().cloned();
        let (active, report) = match newest {
            None => (None, Report::default()),
            Some(place) if place.sealed => (None, sealed_end(&dir, &place)),
            Some(place) => plain_end(&dir, place)?,
        };
        let log = Log {
            medium,
            dir,
            settings: settings.clone(),
            last: Arc::new(AtomicU64::new(report.last_seq)),
            active,
            closed: None,
            buffer: Vec::new(),
            _lock: lock,
        };
        Ok((log, report))
    }
}

impl Active {
    fn create(medium: &dyn Medium, dir: &Path, place: LogFile) -> io::Result<Self> {
        let path = place.path(dir);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder)?;
        let file = medium.create(&path)?;
        // Left over from an attempt that failed before its first line was acknowledged.
        medium.cut(&file, 0)?;
        medium.sync_folder(folder)?;
        medium.sync_folder(dir)?;
        Ok(Self { file, place, bytes: 0 })
    }
}

fn encode(changes: &[Change], out: &mut Vec<u8>) -> io::Result<()> {
    for change in changes {
        line::encode(change, out)?;
    }
    Ok(())
}

/// Makes the folder and locks it against other writers.
fn lock(dir: &Path) -> Result<File, OpenError> {
    fs::create_dir_all(dir).map_err(open_error(dir))?;
    if let Some(parent) = dir.parent().filter(|p| !p.as_os_str().is_empty()) {
        Disk.sync_folder(parent).map_err(open_error(parent))?;
    }
    let path = dir.join(".lock");
    let file = File::create(&path).map_err(open_error(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
    }
}

/// The end of a log whose newest file is sealed.
fn sealed_end(dir: &Path, place: &LogFile) -> Report {
    let manifest = Manifest::read(dir).unwrap_or_default();
    let last_seq = match manifest.of(&place.name()) {
        Some(entry) => entry.last,
        None => reader::last_in(dir, place).max(place.first - 1),
    };
    Report { last_seq, ..Report::default() }
}

/// The end of a log whose newest file is plain: its torn end is cut off.
fn plain_end(dir: &Path, place: LogFile) -> Result<(Option<Active>, Report), OpenError> {
    let path = place.path(dir);
    let at = |e| open_error(&path)(e);
    let Scan { whole, torn, last, damaged } = recover::scan(&path).map_err(at)?;
    let file = OpenOptions::new().append(true).open(&path).map_err(at)?;
    if torn > 0 {
        file.set_len(whole).map_err(at)?;
    }
    // Whole lines may still be in the system's memory only: they count from now on.
    file.sync_all().map_err(at)?;
    let last_seq = last.unwrap_or(place.first - 1);
    let report = Report { last_seq, torn_bytes: torn, damaged_lines: damaged };
    Ok((Some(Active { file, place, bytes: whole }), report))
}
