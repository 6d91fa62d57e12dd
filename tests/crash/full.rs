//! A disk without room: a write is refused as a whole, reading goes on, and with room again all
//! is there.

use crate::check::{check, last_words, start_writer};
use crate::news::Dice;
use crate::volume;
use std::fs;
use std::path::Path;

/// On a small file system of its own.
pub(crate) fn rounds(count: u64) {
    volume::with("full", 12, |volume| {
        let mut dice = Dice::new(count);
        let mut reading = 0;
        for round in 0..count {
            let place = volume.root.join("desk");
            drop(fs::remove_dir_all(&place));
            fs::create_dir_all(&place).unwrap();
            let ballast = volume.root.join("ballast");
            fs::write(&ballast, vec![1; usize::try_from((3 << 20) + dice.roll(3 << 20)).unwrap()])
                .unwrap();
            let make_room = || fs::remove_file(&ballast).unwrap();
            reading += u64::from(one_round(&place, round, r#"exec "$@""#, make_room));
        }
        println!(
            "crash full: {count} full disks, nothing acknowledged was lost; reading went on in {reading}"
        );
    });
}

/// By a limit on the size of files, which any machine allows: writes come out short.
pub(crate) fn limited(count: u64) {
    let dir = crate::scratch("limit");
    let mut dice = Dice::new(count);
    let mut reading = 0;
    for round in 0..count {
        let place = dir.join(round.to_string());
        fs::create_dir_all(&place).unwrap();
        let blocks = 40 + dice.roll(1500);
        let shell = format!(r#"trap "" XFSZ; ulimit -f {blocks}; exec "$@""#);
        reading += u64::from(one_round(&place, round, &shell, || {}));
    }
    println!(
        "crash limit: {count} limits, nothing acknowledged was lost; reading went on in {reading}"
    );
    fs::remove_dir_all(dir).unwrap();
}

/// Writes until the disk refuses, tries again while it still does, and checks with room again. True
/// where the writer could still read after its last refusal.
fn one_round(place: &Path, round: u64, shell: &str, make_room: impl FnOnce()) -> bool {
    let (mut acked, mut refused) = (0, None);
    for attempt in 0..3 {
        let mut child = start_writer(place, round * 3 + attempt, shell);
        let said = last_words(&mut child);
        acked = said.0.unwrap_or(acked);
        refused = said.1.or(refused);
    }
    let refused = refused.unwrap_or_else(|| panic!("round {round}: the writer ended silently"));
    make_room();
    check(place, acked, false, &format!("round {round}, {refused}"));
    refused.contains("goes on")
}
