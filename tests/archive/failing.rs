//! A disk that fails at any one of the log's calls: refused, done by half, or done and then
//! refused. What was acknowledged is there, nothing is there twice, and the log goes on.

use super::{group, news, range, read, settings};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex};
use wiredesk::archive::medium::{Disk, Medium};
use wiredesk::archive::{self, Log};

/// What happens at the call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// Nothing is done: an I/O error.
    Refused,
    /// Half of the bytes are written, then the disk is full; other calls are refused.
    Short,
    /// All is done, and the answer is an error.
    AfterDoing,
}

/// Counts the calls and fails at one of them.
#[derive(Debug, Default)]
struct Failing(Mutex<(u64, Option<(u64, Failure)>)>);

impl Failing {
    fn at(call: u64, failure: Failure) -> Arc<Self> {
        Arc::new(Self(Mutex::new((0, Some((call, failure))))))
    }

    fn has_failed(&self) -> bool {
        self.0.lock().unwrap().1.is_none()
    }

    /// Counts a call; the failure that happens at it.
    fn due(&self) -> Option<Failure> {
        let mut state = self.0.lock().unwrap();
        state.0 += 1;
        let calls = state.0;
        let due = state.1.filter(|(at, _)| *at == calls)?;
        state.1 = None;
        Some(due.1)
    }

    fn call<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.due() {
            None => call(),
            Some(Failure::AfterDoing) => call().and(Err(ErrorKind::Other.into())),
            Some(Failure::Refused | Failure::Short) => Err(ErrorKind::Other.into()),
        }
    }
}

impl Medium for Failing {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.call(|| Disk.create(path))
    }

    fn append(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        match self.due() {
            None => Disk.append(file, bytes),
            Some(Failure::Refused) => Err(ErrorKind::Other.into()),
            Some(Failure::Short) => {
                Disk.append(file, bytes.split_at(bytes.len() / 2).0)?;
                Err(ErrorKind::StorageFull.into())
            }
            Some(Failure::AfterDoing) => Disk.append(file, bytes).and(Err(ErrorKind::Other.into())),
        }
    }

    /// No power is cut here: the disk itself need not be waited for.
    fn sync(&self, _: &File) -> io::Result<()> {
        self.call(|| Ok(()))
    }

    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        self.call(|| Disk.cut(file, length))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| Disk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(|| Disk.remove(path))
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.call(|| Ok(()))
    }
}

const CHANGES: u64 = 64;

/// Appends groups over two days and tends the log in between, all on a failing disk. Returns the
/// last change acknowledged.
fn write(dir: &Path, medium: &Arc<Failing>) -> u64 {
    let (mut log, _) = Log::open_on(medium.clone(), dir, &settings()).unwrap();
    let mut acknowledged = 0;
    while log.last_seq() < CHANGES {
        let last = log.last_seq();
        assert!(last >= acknowledged);
        let day = last / 40 * 86_400;
        match log.append(&group(last, 8), news::at(day)) {
            Ok(()) => acknowledged = last + 8,
            Err(_) => assert_eq!(log.last_seq(), last, "a refused group is not in the log"),
        }
        if log.closed().is_some() {
            assert!(
                log.append(&group(last, 1), news::at(day)).is_err(),
                "until it is opened again"
            );
            drop(log);
            log = Log::open_on(medium.clone(), dir, &settings()).unwrap().0;
        }
        if last % 32 == 0 {
            // What fails here is done again by the next call.
            drop(archive::tend_on(medium.as_ref(), dir, &settings(), news::at(day)));
        }
    }
    acknowledged
}

#[test]
fn any_call_may_fail() {
    for failure in [Failure::Refused, Failure::Short, Failure::AfterDoing] {
        for call in 1.. {
            let dir = tempfile::tempdir().unwrap();
            let medium = Failing::at(call, failure);
            let acknowledged = write(dir.path(), &medium);
            if !medium.has_failed() {
                assert!(call > 50, "many calls were made to fail: {call}");
                break;
            }
            let (log, report) = Log::open_on(medium.clone(), dir.path(), &settings()).unwrap();
            assert_eq!(report.torn_bytes, 0, "{failure:?} at {call}");
            assert!(log.last_seq() >= acknowledged, "{failure:?} at {call}");
            archive::tend_on(medium.as_ref(), dir.path(), &settings(), news::at(0)).unwrap();
            assert_eq!(read(dir.path(), 0), range(1, log.last_seq()), "{failure:?} at {call}");
            let found = archive::verify(dir.path(), |_, _| {}).unwrap();
            assert_eq!(found.problems, Vec::<String>::new(), "{failure:?} at {call}");
        }
    }
}
