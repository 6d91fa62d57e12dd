//! Follows the log of a wiredesk from where it was left the last time.

#![expect(clippy::print_stdout, reason = "a program for a shell")]

use std::{env, fs, path::Path, time::Duration};
use wiredesk::archive::{ReadError, Reader};
use wiredesk::model::Op;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let state = env::var("HOME")? + "/.local/state/wiredesk";
    let mut changes = Reader::new(Path::new(&state).join("archive").as_ref()).after(position());
    loop {
        // `None` is the end for now: the same iterator goes on once there is more.
        for change in changes.by_ref() {
            let change = match change {
                Ok(change) => change,
                // Deleted by `keep`, or damaged: one error for the whole hole; the log goes on.
                Err(ReadError::Expired { last, .. } | ReadError::Missing { last, .. }) => {
                    println!("nothing to read up to {last}");
                    continue;
                }
                Err(fault) => return Err(fault.into()),
            };
            if let (Op::New, Some(article)) = (change.op, &change.article) {
                println!("{} {} ({} words)", change.seq, article.title, article.words);
            }
            fs::write("position", change.seq.to_string())?;
        }
        if env::args().all(|word| word != "--for-ever") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The last change that this program was done with.
fn position() -> u64 {
    fs::read_to_string("position").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}
