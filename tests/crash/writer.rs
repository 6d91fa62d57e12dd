//! The child that writes until it is killed, or until the disk refuses.

use crate::desk::{Desk, settings};
use crate::news::{Dice, at};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use wiredesk::archive;
use wiredesk::store::Filter;

/// Writes groups of random size and prints `ack SEQ` after each, which the archive then has; the
/// index's disk follows on a thread of its own. Now and then seals.
/// Ends with code 3 once a write is refused, and says whether reading goes on.
pub(crate) fn run(dir: &Path, seed: u64) -> ExitCode {
    let mut dice = Dice::new(seed);
    let mut desk = match Desk::open(dir) {
        Ok(desk) => desk,
        Err(why) => return say(&format!("refused at start: {why}"), 3),
    };
    let (syncer, pause) = (desk.writer.syncer(), Duration::from_millis(1 + dice.roll(40)));
    std::thread::spawn(move || {
        while syncer.sync().is_ok() {
            std::thread::sleep(pause);
        }
    });
    loop {
        let written = desk.poll().and_then(|()| desk.write(1 + dice.roll(24)));
        match written {
            Ok(seq) => say(&format!("ack {seq}"), 0),
            Err(why) => {
                // Asked first: the other thread may close it at any moment.
                assert!(desk.writer.closed().is_none() || desk.write(1).is_err());
                // sled may refuse to read, too, once a write has failed; the daemon opens it anew.
                let reads = desk.store.articles(&Filter::default(), None, 10).is_ok();
                let reading = if reads { "goes on" } else { "has stopped" };
                return say(&format!("refused, reading {reading}: {why}"), 3);
            }
        };
        if dice.roll(12) == 0 {
            // On a full disk sealing fails; the plain file stays and is sealed another time.
            drop(archive::tend(&dir.join("archive"), &settings(), at(0)));
        }
    }
}

fn say(text: &str, code: u8) -> ExitCode {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).unwrap();
    ExitCode::from(code)
}
