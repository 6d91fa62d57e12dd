//! Opening a store, and setting one aside that does not open.

use super::backend::Backend;
use super::disk::Disk;
use super::error::{OpenError, ReadError};
use super::head::{Head, SCHEMA};
use super::memory::Memory;
use super::migrate::migrate;
use super::read::Store;
use super::settings::Settings;
use super::shrink::finish;
use super::write::Writer;
use crate::model::Span;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The store in a folder, which is made where it does not exist; one that an earlier version wrote
/// is brought to the layout of this one.
///
/// # Errors
/// Another process has it open, a newer version wrote it, or it is damaged: then
/// [`set_aside`] it, open again and apply the archive from its beginning.
pub fn open(dir: &Path, settings: &Settings) -> Result<(Store, Writer), OpenError> {
    finish(dir).map_err(|e| OpenError::Io(dir.to_owned(), e))?;
    let disk = Disk::open(dir, settings)?;
    over(Arc::new(disk), settings, dir)
}

/// Opens and closes a store that nobody holds any more: only when it is opened does the engine note
/// where in its log everything stands, and the next opening need not look through what was written
/// since. Nothing depends on it; a process that ends meanwhile does no harm.
///
/// # Errors
/// Somebody holds the store, or it cannot be opened.
pub fn note(dir: &Path, settings: &Settings) -> Result<(), OpenError> {
    // The engine's threads may hold its lock for a moment after its last handle is gone.
    let lock_wait = settings.lock_wait.min(Span::seconds(1));
    let settings = Settings { lock_wait, ..settings.clone() };
    Disk::open(dir, &settings).map(drop)
}

/// A store in memory, gone when dropped.
///
/// # Errors
/// There is no memory for it.
pub fn in_memory() -> Result<(Store, Writer), OpenError> {
    over(Arc::new(Memory::default()), &Settings::default(), Path::new("memory"))
}

/// The store in any engine; errors name it by `place`.
///
/// # Errors
/// As [`open`].
pub fn over(
    backend: Arc<dyn Backend>,
    settings: &Settings,
    place: &Path,
) -> Result<(Store, Writer), OpenError> {
    let store = Store { backend };
    let damaged = |e| match e {
        ReadError::Engine(fault) => OpenError::Damaged(place.to_owned(), fault.text),
        ReadError::Damaged(why) => OpenError::Damaged(place.to_owned(), why),
    };
    let head = Head::of(store.view()).map_err(damaged)?;
    if head.schema > SCHEMA {
        return Err(OpenError::Newer(place.to_owned(), head.schema));
    }
    let head = migrate(store.backend.as_ref(), head).map_err(damaged)?;
    let writer = Writer::new(store.clone(), settings.clone(), head)
        .map_err(|e| OpenError::Io(place.to_owned(), e))?;
    Ok((store, writer))
}

/// Moves the folder of a store out of the way, so that a new one can be opened in its place; the
/// new name is returned. What was set aside before is deleted. A folder that does not exist is
/// no fault.
///
/// # Errors
/// The folder cannot be renamed, or an earlier one not deleted.
pub fn set_aside(dir: &Path) -> io::Result<PathBuf> {
    let aside = beside(dir, ".aside");
    let absent = |e: io::Error| (e.kind() == io::ErrorKind::NotFound).then_some(()).ok_or(e);
    fs::remove_dir_all(&aside).or_else(absent)?;
    fs::rename(dir, &aside).or_else(absent)?;
    Ok(aside)
}

/// The folder of that name and ending.
pub(super) fn beside(dir: &Path, ending: &str) -> PathBuf {
    let mut name = dir.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
