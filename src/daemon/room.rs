//! Whether there is room to write: free space above a floor, and a file that can be written.

use crate::model::ByteSize;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a try writes: more than the sectors that a full file system may still have.
const TRY_BYTES: usize = 1 << 20;

/// The state folder's file system.
#[derive(Debug, Clone)]
pub(super) struct Room {
    dir: PathBuf,
    floor: u64,
}

impl Room {
    /// The room around `dir`, of which `floor` is to stay free.
    pub(super) fn new(dir: &Path, floor: ByteSize) -> Self {
        Self { dir: dir.to_owned(), floor: floor.get() }
    }

    /// Fine where more than the floor is free and, with `try_it`, a file was written.
    ///
    /// # Errors
    /// What is wrong, for a person.
    pub(super) fn look(&self, try_it: bool) -> Result<(), String> {
        let place = self.dir.display();
        let told = rustix::fs::statvfs(&self.dir).map_err(|e| format!("{place}: {e}"))?;
        let free = told.f_bavail.saturating_mul(told.f_frsize);
        if free < self.floor {
            return Err(format!(
                "{place} has {} MiB free, less than the {} MiB of `free_space_floor` in [daemon]; \
                 make room",
                free >> 20,
                self.floor >> 20
            ));
        }
        if try_it { self.write().map_err(|e| format!("{place}: {e}")) } else { Ok(()) }
    }

    fn write(&self) -> std::io::Result<()> {
        let path = self.dir.join("try.tmp");
        let mut file = File::create(&path)?;
        let written = file.write_all(&vec![0; TRY_BYTES]).and_then(|()| file.sync_all());
        std::fs::remove_file(path)?;
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(floor: u64, expect: Option<&str>) {
        let dir = tempfile::tempdir().unwrap();
        let said = Room::new(dir.path(), ByteSize::mib(floor)).look(true).err();
        assert_eq!(said.is_some(), expect.is_some(), "{said:?}");
        assert!(said.unwrap_or_default().contains(expect.unwrap_or_default()));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "the try leaves nothing");
    }

    #[test]
    fn a_floor_above_what_is_free_is_refused() {
        check(0, None);
        check(1 << 40, Some("free_space_floor"));
    }
}
