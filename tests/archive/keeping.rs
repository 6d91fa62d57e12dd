//! Sealing, retention, verifying, backup and restore.

use super::{fill, news, open, range, read, settings};
use std::path::Path;
use wiredesk::archive::{self, Keep, ReadError, Reader, Settings, Until};
use wiredesk::model::Span;

/// Three days of changes, sealed but for the last file.
fn three_days(dir: &Path) {
    let mut log = open(dir);
    for day in 0..3 {
        fill(&mut log, 50, day * 86_400);
    }
    let done = archive::tend(dir, &settings(), news::at(3 * 86_400)).unwrap();
    assert!(done.sealed > 3, "{done:?}");
}

#[track_caller]
fn check_clean(dir: &Path, changes: u64) {
    let found = archive::verify(dir, |_, _| {}).unwrap();
    assert_eq!((found.problems, found.changes), (vec![], changes));
}

#[test]
fn sealed_files_verify_and_read_as_before() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path());
    check_clean(dir.path(), 150);
    assert_eq!(read(dir.path(), 20), range(21, 150));
    assert_eq!(archive::tend(dir.path(), &settings(), news::at(0)).unwrap().sealed, 0);
}

#[test]
fn a_lost_manifest_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path());
    std::fs::write(dir.path().join("manifest.json"), "{").unwrap();
    archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
    check_clean(dir.path(), 150);
}

#[test]
fn what_retention_deletes_is_declared() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path());
    let keep = Keep::For(Span::seconds(86_400));
    let settings = Settings { keep, ..settings() };
    let done = archive::tend(dir.path(), &settings, news::at(2 * 86_400)).unwrap();
    assert!(done.deleted >= 1, "{done:?}");
    let reader = Reader::new(dir.path());
    assert_eq!(reader.first_seq().unwrap(), Some(51));
    let mut changes = reader.after(0);
    let error = changes.next().unwrap().unwrap_err();
    assert!(matches!(error, ReadError::Expired { first: 1, last: 50 }), "{error}");
    assert_eq!(changes.count(), 100);
    check_clean(dir.path(), 100);
}

#[test]
fn backups_grow_and_restore_to_a_point() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    three_days(dir.path());
    assert_eq!(archive::backup(dir.path(), copy.path()).unwrap().last_seq, 150);
    fill(&mut open(dir.path()), 30, 3 * 86_400);
    archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
    let second = archive::backup(dir.path(), copy.path()).unwrap();
    assert_eq!(second.last_seq, 180);
    assert!(second.files <= 3, "sealed files are taken once: {second:?}");
    check_clean(copy.path(), 180);
    for (until, last) in [
        (None, 180),
        (Some(Until::Seq(77)), 77),
        (Some(Until::Seq(1)), 1),
        (Some(Until::Time(news::at(60))), 60),
    ] {
        let back = tempfile::tempdir().unwrap();
        let restored = archive::restore(copy.path(), back.path(), until).unwrap();
        assert_eq!(restored.last_seq, last, "{until:?}");
        assert_eq!(read(back.path(), 0), range(1, last), "{until:?}");
        check_clean(back.path(), last);
        let mut log = open(back.path());
        fill(&mut log, 5, 4 * 86_400);
        assert_eq!(read(back.path(), last), range(last + 1, last + 5));
    }
    assert!(archive::restore(copy.path(), dir.path(), None).is_err(), "never over a log");
}
