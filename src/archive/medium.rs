//! [`Medium`]: everything that the log does to a disk beyond reading it, so that tests can have each
//! single call refused, done by half, or done and then refused.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// How files are changed. What stands here is the real way; a medium that fails overrides it.
pub trait Medium: Send + Sync + std::fmt::Debug {
    /// A file for appending, which is made where it does not exist.
    ///
    /// # Errors
    /// The disk refuses, as in all functions here.
    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).open(path)
    }

    /// Puts bytes at the end of a file. After an error some of them may stand there.
    ///
    /// # Errors
    /// The disk refuses.
    fn append(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    /// Has what was written to a file on the disk.
    ///
    /// # Errors
    /// The disk refuses; what of the file is on it is unknown then.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Cuts a file off behind so many bytes.
    ///
    /// # Errors
    /// The disk refuses.
    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    /// Gives a file another name, in the place of what had it.
    ///
    /// # Errors
    /// The disk refuses.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// The disk refuses.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// Has a folder's entries on the disk: a new, renamed or removed file survives a power cut
    /// only after this.
    ///
    /// # Errors
    /// The disk refuses.
    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

/// The disk as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Medium for Disk {}

/// Appends to a file of a medium.
pub(super) struct Appending<'m> {
    pub(super) medium: &'m dyn Medium,
    pub(super) file: File,
}

impl Write for Appending<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.medium.append(&self.file, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a file in one step: afterwards it has all of `bytes`, or what it had before.
pub(super) fn replace(medium: &dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("tmp");
    let file = medium.create(&fresh)?;
    medium.cut(&file, 0)?;
    medium.append(&file, bytes)?;
    medium.sync(&file)?;
    medium.rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |dir| medium.sync_folder(dir))
}
