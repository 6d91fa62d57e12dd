//! Flipped bits and cut-off ends, in every kind of file.

use crate::check::check;
use crate::desk::{Desk, settings};
use crate::news::{Dice, at};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use wiredesk::archive;
use wiredesk::model::Seq;

pub(crate) fn rounds(count: u64) {
    let dir = crate::scratch("damage");
    let whole = dir.join("whole");
    let acked = prepare(&whole);
    let kinds = kinds(&whole);
    let mut dice = Dice::new(count);
    let mut cases: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for round in 0..count {
        let nth = usize::try_from(round).unwrap() % kinds.len();
        let (kind, files) = kinds.iter().nth(nth).unwrap();
        let file = files.get(usize::try_from(dice.roll(files.len() as u64)).unwrap()).unwrap();
        let place = dir.join("damaged");
        copy(&whole, &place);
        let what = damage(&place.join(file), &mut dice);
        let in_archive = kind.starts_with("archive");
        let what = format!("round {round}: {kind} {}: {what}", file.display());
        let said = check(&place, acked, in_archive, &what);
        let case = cases.entry(kind).or_default();
        case.0 += 1;
        case.1 += u64::from(said.contains("rebuilt true"));
        fs::remove_dir_all(place).unwrap();
    }
    for (kind, (cases, rebuilt)) in cases {
        println!(
            "crash damage: {kind}: {cases} cases, {rebuilt} stores rebuilt, nothing lost else"
        );
    }
    fs::remove_dir_all(dir).unwrap();
}

/// A desk with sealed and plain files; returns its last change.
fn prepare(dir: &Path) -> Seq {
    fs::create_dir_all(dir).unwrap();
    let mut desk = Desk::open(dir).unwrap();
    for round in 0..30 {
        desk.poll().unwrap();
        desk.write(20).unwrap();
        if round == 20 {
            archive::tend(&dir.join("archive"), &settings(), at(0)).unwrap();
        }
    }
    desk.sync().unwrap();
    let last = desk.log.last_seq();
    // An opening leaves a snapshot behind.
    drop(desk);
    drop(Desk::open(dir).unwrap());
    last
}

/// The files of a desk by kind, as paths below its folder.
fn kinds(dir: &Path) -> BTreeMap<&'static str, Vec<PathBuf>> {
    let mut kinds: BTreeMap<_, Vec<PathBuf>> = BTreeMap::new();
    for file in files(dir) {
        let name = file.to_string_lossy().into_owned();
        let kind = match name.rsplit('.').next().unwrap_or_default() {
            "lock" => continue,
            "ndjson" => "archive-plain",
            "zst" => "archive-sealed",
            "json" => "archive-manifest",
            _ if name.ends_with("/db") => "store-db",
            _ if name.ends_with("/conf") => "store-conf",
            _ if name.contains("/snap.") => "store-snap",
            _ => continue,
        };
        kinds.entry(kind).or_default().push(file.strip_prefix(dir).unwrap().to_owned());
    }
    assert_eq!(kinds.len(), 6, "every kind is there: {kinds:?}");
    kinds
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

/// Flips up to four bits of a file, or cuts its end off.
fn damage(file: &Path, dice: &mut Dice) -> String {
    let mut bytes = fs::read(file).unwrap();
    if bytes.is_empty() {
        return "empty as it was".to_owned();
    }
    let length = bytes.len() as u64;
    let place = |dice: &mut Dice| usize::try_from(dice.roll(length)).unwrap();
    let what = if dice.roll(3) == 0 {
        let left = place(dice);
        bytes.truncate(left);
        format!("cut after {left} of {length} bytes")
    } else {
        let flips: Vec<_> = (0..=dice.roll(3)).map(|_| (place(dice), dice.roll(8))).collect();
        for (at, bit) in &flips {
            *bytes.get_mut(*at).unwrap() ^= 1 << bit;
        }
        format!("flipped {flips:?} of {length} bytes")
    };
    fs::write(file, bytes).unwrap();
    what
}
