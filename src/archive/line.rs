//! One change as one line of text: JSON whose last field is a checksum of all before it.
//!
//! `{"seq":1812,…,"crc":"9a0b1c2d"}`: CRC32C over the bytes before `,"crc":`. With it a line proves
//! by itself that it is whole, in a file that is being written as in a copy years later, and a
//! reader can pass lines on without decoding them. Other programs ignore the field.

use crate::model::{Change, Seq};
use std::io::Write;

/// Length of `,"crc":"9a0b1c2d"}`.
const CHECK: usize = 18;

/// Appends the line of a change, with its line end, to `out`.
///
/// # Errors
/// A number of the change is not finite.
pub(super) fn encode(change: &Change, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let start = out.len();
    serde_json::to_writer(&mut *out, change)?;
    out.pop();
    let crc = crc32c::crc32c(out.get(start..).unwrap_or_default());
    writeln!(out, r#","crc":"{crc:08x}"}}"#).map_err(serde_json::Error::io)
}

/// The position of the change on a line without line end; `None` where the line is damaged.
pub(super) fn seq(line: &[u8]) -> Option<Seq> {
    let (body, check) = line.split_at_checked(line.len().checked_sub(CHECK)?)?;
    let hex = check.strip_prefix(br#","crc":""#)?.strip_suffix(br#""}"#)?;
    let lower = hex.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let crc = u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?;
    if !lower || crc32c::crc32c(body) != crc {
        return None;
    }
    let digits = body.strip_prefix(br#"{"seq":"#)?.split(|b| *b == b',').next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The change on a line.
///
/// # Errors
/// The line is no change of this version.
pub(super) fn decode(line: &[u8]) -> serde_json::Result<Change> {
    serde_json::from_slice(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Op, Timestamp};
    use proptest::prelude::*;

    fn sample(seq: Seq) -> (Change, Vec<u8>) {
        let change = Change {
            seq,
            op: Op::Deleted,
            at: Timestamp::UNIX_EPOCH,
            id: ArticleId::of("a"),
            article: None,
        };
        let mut line = Vec::new();
        encode(&change, &mut line).unwrap();
        assert_eq!(line.pop(), Some(b'\n'));
        (change, line)
    }

    #[test]
    fn a_line_is_json_and_checks_itself() {
        let (change, line) = sample(7);
        assert_eq!(seq(&line), Some(7));
        assert_eq!(decode(&line).unwrap(), change);
        assert_eq!(seq(b""), None);
        assert_eq!(seq(br#"{"seq":1}"#), None);
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_seen(n: Seq, at: prop::sample::Index, bit in 0..8u8) {
            let (_, mut line) = sample(n);
            let at = at.index(line.len());
            line[at] ^= 1 << bit;
            prop_assert_eq!(seq(&line), None);
        }
    }
}
