//! SIGKILL at random moments, also while the log is rolled, sealed or replayed.

use crate::check::{check, last_words, start_writer};
use crate::news::Dice;
use std::time::Duration;

/// Rounds on one folder before a new one is begun.
const ROUNDS_A_FOLDER: u64 = 15;

pub(crate) fn rounds(count: u64) {
    let dir = crate::scratch("kill");
    let mut dice = Dice::new(count);
    let (mut acked, mut total) = (0, 0);
    for round in 0..count {
        let place = dir.join((round / ROUNDS_A_FOLDER).to_string());
        std::fs::create_dir_all(&place).unwrap();
        if round % ROUNDS_A_FOLDER == 0 {
            total += acked;
            acked = 0;
        }
        let mut child = start_writer(&place, round, r#"exec "$@""#);
        std::thread::sleep(Duration::from_millis(10 + dice.roll(250)));
        child.kill().unwrap();
        let (seq, refused) = last_words(&mut child);
        assert_eq!(refused, None, "round {round}");
        acked = seq.unwrap_or(acked);
        check(&place, acked, false, &format!("kill {round}"));
    }
    println!("crash kill: {count} kills, {} changes acknowledged, none lost", total + acked);
    std::fs::remove_dir_all(dir).unwrap();
}
