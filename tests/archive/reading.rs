//! Readers follow the log from any position, across files, and never see what may be taken back.

use super::{fill, group, news, open, range, read, settings};
use wiredesk::archive::{self, Log, OpenError, Reader, WriteError};

#[test]
fn what_was_appended_is_read_from_any_position() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    fill(&mut log, 100, 0);
    for after in [0, 1, 49, 50, 99] {
        assert_eq!(read(dir.path(), after), range(after + 1, 100), "after {after}");
    }
    assert_eq!(read(dir.path(), 100), []);
    let first = Reader::new(dir.path()).after(41).next().unwrap().unwrap();
    assert_eq!(first, group(41, 1).remove(0));
    drop(log);
    let (log, report) = Log::open(dir.path(), &settings()).unwrap();
    assert_eq!((log.last_seq(), report.torn_bytes, report.damaged_lines), (100, 0, 0));
}

#[test]
fn a_reader_follows_while_files_roll_and_are_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    let mut lines = log.reader().lines(0);
    assert!(lines.next().is_none());
    let mut next = 1;
    for day in 0..5 {
        fill(&mut log, 37, day * 86_400);
        if day % 2 == 0 {
            archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
        }
        for line in lines.by_ref() {
            assert_eq!(line.unwrap().seq, next);
            next += 1;
        }
    }
    assert_eq!(next, 186);
    let days = std::fs::read_dir(dir.path()).unwrap();
    let days =
        days.filter(|d| d.as_ref().unwrap().file_name().to_string_lossy().starts_with("dt="));
    assert_eq!(days.count(), 5);
}

#[test]
fn a_group_must_continue_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    fill(&mut log, 3, 0);
    let error = log.append(&group(4, 1), news::at(0)).unwrap_err();
    assert!(matches!(error, WriteError::Sequence { last: 3, got: 5 }), "{error}");
    log.append(&group(3, 1), news::at(0)).unwrap();
    assert_eq!(read(dir.path(), 0), range(1, 4));
}

#[test]
fn only_one_process_writes() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let error = Log::open(dir.path(), &settings()).unwrap_err();
    assert!(matches!(error, OpenError::Locked(_)), "{error}");
    drop(log);
    open(dir.path());
}
