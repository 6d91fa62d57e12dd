//! Standard output and standard error: the only file that writes to them, but for `top`, which has
//! the terminal for itself.
//!
//! A closed pipe (`wiredesk list | head`) ends the verb without an error, as a person expects.

use super::exit::Failure;
use serde::Serialize;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

/// True where a person looks at standard output.
pub(super) fn is_terminal() -> bool {
    stdout().is_terminal()
}

/// Writes text and a line end to standard output; false once nobody reads it any more.
pub(super) fn line(text: &str) -> Result<bool, Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Writes a value as one line of JSON; false once nobody reads it any more.
pub(super) fn json(value: &impl Serialize) -> Result<bool, Failure> {
    let text = serde_json::to_string(value)
        .map_err(|e| Failure::new(super::Code::Software, format!("cannot write JSON: {e}")))?;
    line(&text)
}

/// Writes a note for the person to standard error; a note that cannot be written is lost.
pub(super) fn note(text: &str) {
    drop(writeln!(stderr().lock(), "{text}"));
}

/// Writes the one message of a failed verb.
pub(super) fn error(failure: &Failure) {
    note(&format!("error: {failure}"));
}
