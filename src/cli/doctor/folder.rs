//! The state folder by a quick look that changes nothing: sizes, file system, archive, and where no
//! daemon has it, the index.

use super::facts::{Archive, Daemon, Facts, Folder, Index, Kind};
use super::feeds::Seen;
use super::redact::Redactor;
use crate::archive;
use crate::config::Config;
use crate::daemon::{archive_dir, search_dir, store_dir};
use crate::store::{self, OpenError};
use std::path::Path;

/// Folders below the index of words: it has none, so that two are plenty.
const DEPTH: usize = 2;

/// File systems by the number that `statfs(2)` gives: what they are called and what becomes of files
/// there.
const SYSTEMS: [(u64, &str, Kind); 19] = [
    (0x0102_1994, "tmpfs", Kind::Memory),
    (0x8584_58f6, "ramfs", Kind::Memory),
    (0x6969, "nfs", Kind::Network),
    (0x517b, "smb", Kind::Network),
    (0xff53_4d42, "cifs", Kind::Network),
    (0xfe53_4d42, "smb2", Kind::Network),
    (0x00c3_6400, "ceph", Kind::Network),
    (0x0102_1997, "9p", Kind::Network),
    (0x7375_7245, "coda", Kind::Network),
    (0x5346_414f, "afs", Kind::Network),
    (0x0bd0_0bd0, "lustre", Kind::Network),
    (0x6573_5546, "fuse", Kind::Network),
    (0xef53, "ext4", Kind::Disk),
    (0x5846_5342, "xfs", Kind::Disk),
    (0x9123_683e, "btrfs", Kind::Disk),
    (0x2fc1_2fc1, "zfs", Kind::Disk),
    (0xf2f5_2010, "f2fs", Kind::Disk),
    (0x794c_7630, "overlay", Kind::Disk),
    (0x4d44, "vfat", Kind::Disk),
];

pub(super) fn look(config: &Config, redactor: &Redactor) -> Folder {
    let dir = &config.daemon.state_dir;
    let mut folder = Folder { path: redactor.path(dir), ..Folder::default() };
    // A folder that the daemon is yet to make lies where the nearest one above it does.
    let Some(there) = dir.ancestors().find(|above| above.exists()) else { return folder };
    folder.exists = there == dir;
    folder.writable = rustix::fs::access(there, rustix::fs::Access::WRITE_OK).is_ok();
    if let Ok(told) = rustix::fs::statfs(there) {
        let (name, kind) = system(u64::try_from(told.f_type).unwrap_or_default());
        (folder.file_system, folder.kind) = (Some(name), kind);
    }
    let told = rustix::fs::statvfs(there).ok();
    folder.free_bytes = told.map(|told| told.f_bavail.saturating_mul(told.f_frsize));
    folder.archive = archive(dir, redactor);
    folder.index.bytes = Some(bytes(&store_dir(dir), DEPTH));
    folder.search_bytes = bytes(&search_dir(dir), DEPTH);
    folder
}

impl Folder {
    /// Takes over what a running daemon says of its own folder.
    pub(super) fn take(&mut self, daemon: &Daemon) {
        let Index { payload_bytes, applied_seq, articles, inbox, .. } = daemon.index;
        self.index = Index {
            payload_bytes,
            applied_seq,
            articles,
            inbox,
            ..std::mem::take(&mut self.index)
        };
        self.index.bytes = daemon.index.bytes.or(self.index.bytes);
        self.archive.last_seq = self.archive.last_seq.max(daemon.last_seq);
    }
}

/// The name and the kind of a file system.
fn system(number: u64) -> (String, Kind) {
    let known = SYSTEMS.iter().find(|(magic, _, _)| *magic == number & 0xffff_ffff);
    known.map_or_else(
        || (format!("0x{number:x}"), Kind::Disk),
        |(_, name, kind)| ((*name).to_owned(), *kind),
    )
}

fn archive(state: &Path, redactor: &Redactor) -> Archive {
    match archive::survey(&archive_dir(state)) {
        Ok(survey) => Archive {
            fault: None,
            files: survey.files,
            sealed: survey.sealed,
            bytes: survey.bytes,
            first_seq: survey.first,
            last_seq: survey.last,
            gaps: survey.gaps.iter().map(|(first, last)| format!("{first}-{last}")).collect(),
        },
        Err(error) => {
            Archive { fault: Some(redactor.text(&error.to_string())), ..Archive::default() }
        }
    }
}

/// Looks into the index that no daemon has open; what it remembers of feeds. Nothing is set aside or
/// computed anew, and no index is made where there is none.
pub(super) fn store(config: &Config, facts: &mut Facts) -> Option<Vec<Seen>> {
    let dir = store_dir(&config.daemon.state_dir);
    let index = &mut facts.folder.as_mut()?.index;
    if !dir.exists() {
        return None;
    }
    let store = match store::open(&dir, &config.store) {
        Ok((store, _)) => store,
        Err(error) => {
            index.fault = Some(match error {
                OpenError::Locked(_) => {
                    "another process has it open and does not answer".to_owned()
                }
                OpenError::Newer(_, layout) => {
                    format!("a newer version wrote it (layout {layout})")
                }
                OpenError::Damaged(..) => "it is damaged".to_owned(),
                OpenError::Io(_, error) => error.to_string(),
            });
            return None;
        }
    };
    let read = store.stats().and_then(|stats| Ok((stats, store.feed_states()?)));
    match read {
        Ok((stats, feeds)) => {
            index.applied_seq = Some(stats.applied_seq);
            index.payload_bytes = Some(stats.payload_bytes);
            (index.articles, index.inbox) = (Some(stats.articles), Some(stats.inbox));
            Some(feeds.into_iter().map(|(id, state)| Seen::of(&id, &state)).collect())
        }
        Err(error) => {
            index.fault = Some(error.to_string());
            None
        }
    }
}

/// The bytes of all files in a folder and in those below it, so many deep.
fn bytes(dir: &Path, depth: usize) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() && depth > 0 => bytes(&entry.path(), depth - 1),
        Ok(about) if about.is_file() => about.len(),
        _ => 0,
    };
    entries.map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_are_known_by_their_numbers() {
        let check = |number, name: &str, kind| {
            assert_eq!(system(number), (name.to_owned(), kind));
        };
        check(0x0102_1994, "tmpfs", Kind::Memory);
        check(0x6969, "nfs", Kind::Network);
        // The kernel's signed number as 64 bits.
        check(0xffff_ffff_ff53_4d42, "cifs", Kind::Network);
        check(0xef53, "ext4", Kind::Disk);
        check(0x1234, "0x1234", Kind::Disk);
    }
}
