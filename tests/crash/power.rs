//! Power cuts at random moments, on a file system that is ended without its journal.

use crate::check::{check, last_words, start_writer};
use crate::news::Dice;
use crate::volume;
use std::process::{Child, Command};
use std::time::Duration;

/// Cuts on one folder before a new one is begun.
const CUTS_A_FOLDER: u64 = 10;

/// Has the child run no further: what it is doing in the kernel ends there.
fn stop(child: &Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "STOP", &pid]).status().unwrap().success());
}

pub(crate) fn rounds(count: u64) {
    volume::with("power", 256, |volume| {
        let mut dice = Dice::new(count);
        let (mut acked, mut total, mut rebuilt) = (0, 0, 0);
        for round in 0..count {
            let place = volume.root.join("desk");
            if round % CUTS_A_FOLDER == 0 {
                drop(std::fs::remove_dir_all(&place));
                std::fs::create_dir_all(&place).unwrap();
                std::fs::File::open(&volume.root).unwrap().sync_all().unwrap();
                total += acked;
                acked = 0;
            }
            let mut child = start_writer(&place, round, r#"exec "$@""#);
            std::thread::sleep(Duration::from_millis(20 + dice.roll(250)));
            // Without power nobody acknowledges anything; here a sync that the cut overtook may
            // return as if it had been done.
            stop(&child);
            volume.cut().unwrap();
            child.kill().unwrap();
            acked = last_words(&mut child).0.unwrap_or(acked);
            volume.unmount().unwrap();
            volume.mount().unwrap();
            let said = check(&place, acked, false, &format!("power cut {round}"));
            rebuilt += u64::from(said.contains("rebuilt true"));
        }
        println!(
            "crash power: {count} cuts, {} changes acknowledged, none lost, {rebuilt} stores rebuilt",
            total + acked
        );
    });
}
