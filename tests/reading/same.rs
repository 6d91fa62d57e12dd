//! When two outputs of a program are the same: what differs from one run to the next, moments of
//! today, entity tags, checksums and ports, stands for itself.

/// The day on which the papers come out; what happens on it is fixed.
const ISSUED: &str = "2026-11-23";

/// The text with everything that differs between two runs replaced by a word for it.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.') {
            word.push(c);
            continue;
        }
        out.push_str(&meaning(&std::mem::take(&mut word)));
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out
}

/// What a word stands for.
fn meaning(word: &str) -> String {
    let hex = |length: usize| {
        word.len() == length && word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
    };
    let (date, clock) = word.split_once('T').unwrap_or((word, ""));
    let is_date = date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok();
    if is_date && date != ISSUED {
        return if clock.is_empty() { "DATE".to_owned() } else { "MOMENT".to_owned() };
    }
    if hex(32) {
        return "TAG".to_owned();
    }
    if hex(8) {
        return "CHECKSUM".to_owned();
    }
    match word.strip_prefix("127.0.0.1:") {
        Some(port) if port.parse::<u16>().is_ok() => "127.0.0.1:PORT".to_owned(),
        _ if is_id(word) => "ID".to_owned(),
        _ => word.to_owned(),
    }
}

/// True for the id of an article: those of the demonstration follow from its port.
fn is_id(word: &str) -> bool {
    word.len() == 26
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.parse::<wiredesk::model::ArticleId>().is_ok()
}

#[test]
fn what_differs_between_runs_is_left_out() {
    let check = |text: &str, expect: &str| assert_eq!(plain(text), expect);
    check("at 2026-11-27T14:44:51.123Z\n", "at MOMENT");
    check("on 2026-11-23T08:00:00Z", "on 2026-11-23T08:00:00Z");
    check("dt=2026-11-27/1.ndjson", "dt=DATE/1.ndjson");
    check("http://127.0.0.1:37291/a", "http://127.0.0.1:PORT/a");
    check("\"crc\":\"9a0b1c2d\"}", "\"crc\":\"CHECKSUM\"}");
    check("── new 12zmtxk448wmgyafhp4szwgvdt", "── new ID");
    check("a word, 15 words", "a word, 15 words");
}
