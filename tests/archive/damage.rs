//! Torn ends, flipped bits, missing files: what is whole is read, what is not is said.

use super::{fill, news, open, range, read, settings};
use std::fs;
use std::path::{Path, PathBuf};
use wiredesk::archive::{self, Log};

/// The log's files in order.
fn files(dir: &Path) -> Vec<PathBuf> {
    let days = fs::read_dir(dir).unwrap().map(|d| d.unwrap().path()).filter(|d| d.is_dir());
    let mut files: Vec<_> =
        days.flat_map(|d| fs::read_dir(d).unwrap().map(|f| f.unwrap().path())).collect();
    files.sort();
    files
}

#[test]
fn a_torn_end_is_cut_wherever_it_tears() {
    let dir = tempfile::tempdir().unwrap();
    fill(&mut open(dir.path()), 8, 0);
    let file = files(dir.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let starts: Vec<_> = (0..whole.len()).filter(|n| *n == 0 || whole[n - 1] == b'\n').collect();
    for cut in (0..whole.len()).step_by(97).chain(starts.clone()) {
        let garbage = if cut % 2 == 0 { &b""[..] } else { &[0; 4096] };
        fs::write(&file, [&whole[..cut], garbage].concat()).unwrap();
        let lines = starts.iter().filter(|start| **start <= cut).count() as u64 - 1;
        let (mut log, _) = Log::open(dir.path(), &settings()).unwrap();
        assert_eq!(log.last_seq(), lines, "cut at {cut}");
        fill(&mut log, 2, 0);
        assert_eq!(read(dir.path(), 0), range(1, lines + 2), "cut at {cut}");
    }
}

#[test]
fn a_flipped_bit_costs_its_line_alone() {
    let dir = tempfile::tempdir().unwrap();
    fill(&mut open(dir.path()), 12, 0);
    let file = files(dir.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let inside = whole.len() / 2;
    for bit in 0..8 {
        let mut flipped = whole.clone();
        flipped[inside] ^= 1 << bit;
        fs::write(&file, flipped).unwrap();
        let (log, report) = Log::open(dir.path(), &settings()).unwrap();
        assert_eq!((log.last_seq(), report.damaged_lines), (12, 1));
        let found = read(dir.path(), 0);
        assert_eq!(found.iter().flatten().count(), 11, "{found:?}");
        assert_eq!(found.iter().filter(|c| c.is_none()).count(), 1, "one error for the hole");
        assert!(!archive::verify(dir.path(), |_, _| {}).unwrap().problems.is_empty());
    }
}

#[test]
fn a_quick_look_finds_what_no_file_holds() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(archive::survey(dir.path()).unwrap(), archive::Survey::default());
    fill(&mut open(dir.path()), 100, 0);
    archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
    let whole = archive::survey(dir.path()).unwrap();
    let found = files(dir.path());
    assert_eq!((whole.files, whole.sealed), (found.len(), found.len() - 1));
    assert_eq!((whole.first, whole.last, whole.gaps), (Some(1), 100, vec![]));
    assert!(whole.bytes > 0);
    let first = |file: &Path| -> u64 {
        let name = file.file_name().unwrap().to_str().unwrap();
        name.split('.').next().unwrap().parse().unwrap()
    };
    let (lost, next) = (first(&found[1]), first(&found[2]));
    fs::remove_file(&found[1]).unwrap();
    assert_eq!(archive::survey(dir.path()).unwrap().gaps, [(lost, next - 1)]);
    archive::repair(dir.path(), &settings()).unwrap();
    assert_eq!(archive::survey(dir.path()).unwrap().gaps, [], "a hole that was declared is known");
    fs::write(dir.path().join("manifest.json"), "no manifest").unwrap();
    assert!(archive::survey(dir.path()).is_err());
}

#[test]
fn a_damaged_or_missing_sealed_file_is_one_hole() {
    for damage in ["flip", "cut", "remove"] {
        let dir = tempfile::tempdir().unwrap();
        fill(&mut open(dir.path()), 100, 0);
        archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
        let file = files(dir.path()).remove(1);
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        match damage {
            "flip" => bytes[middle] ^= 4,
            _ => bytes.truncate(middle),
        }
        fs::write(&file, bytes).unwrap();
        if damage == "remove" {
            fs::remove_file(&file).unwrap();
        }
        let found = read(dir.path(), 0);
        assert_eq!(found.iter().filter(|c| c.is_none()).count(), 1, "{damage}: {found:?}");
        assert_eq!(found.last(), Some(&Some(100)), "{damage}");
        let verified = archive::verify(dir.path(), |_, _| {}).unwrap();
        assert!(!verified.problems.is_empty(), "{damage}");
        assert_eq!(Log::open(dir.path(), &settings()).unwrap().1.last_seq, 100, "{damage}");
    }
}

#[test]
fn half_done_sealing_is_cleaned_up() {
    let dir = tempfile::tempdir().unwrap();
    fill(&mut open(dir.path()), 100, 0);
    let plain = files(dir.path()).remove(0);
    let kept = fs::read(&plain).unwrap();
    // Before the sealed file was listed: the plain one counts.
    fs::write(plain.with_extension("ndjson.zst"), "half").unwrap();
    fs::write(plain.with_extension("ndjson.tmp"), "half").unwrap();
    drop(open(dir.path()));
    assert_eq!(read(dir.path(), 0), range(1, 100));
    archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
    // After it was listed: the sealed one counts.
    fs::write(&plain, kept).unwrap();
    drop(open(dir.path()));
    assert!(!plain.exists());
    assert_eq!(read(dir.path(), 0), range(1, 100));
    assert_eq!(archive::verify(dir.path(), |_, _| {}).unwrap().problems, Vec::<String>::new());
}
