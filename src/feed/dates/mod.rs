//! Dates as publishers write them: RFC 822, RFC 3339 and everything that was meant to be one.
//!
//! The text is cut into numbers, words and signs; time of day and zone are taken out first, what
//! remains is the date. A text that can be read in no way is no date: nothing is guessed from a
//! clock. Names of months are in `words`, zones in `zones`.

mod calendar;
mod clock;
mod lex;
mod words;
mod zones;

use crate::model::Timestamp;

/// Longest text that is looked at, in bytes; the longest date met has 70.
const TEXT_MAX: usize = 128;

/// The moment that `text` names; without a zone UTC is meant. `None` where it is no date.
///
/// ```
/// let read = |text| wiredesk::feed::date(text).map(|moment| moment.to_string());
/// assert_eq!(read("Mon, 2nd März 2026 10:11 CET").as_deref(), Some("2026-03-02T09:11:00Z"));
/// assert_eq!(read("soon"), None);
/// ```
pub fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_MAX {
        return None;
    }
    epoch(text).or_else(|| {
        let mut pieces = lex::cut(text);
        let clock = clock::take(&mut pieces)?;
        clock.on(calendar::date(&pieces)?)
    })
}

/// Seconds or milliseconds since 1970, as some programs write them.
fn epoch(text: &str) -> Option<Timestamp> {
    let number: i64 = text.parse().ok().filter(|_| !text.starts_with(['+', '-']))?;
    match text.len() {
        9 | 10 => Timestamp::from_second(number).ok(),
        13 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let read = date(text).map(|t| t.strftime("%Y-%m-%d %H:%M:%S").to_string());
        assert_eq!(read.as_deref().unwrap_or("none"), expect, "{text}");
    }

    #[test]
    fn standard_dates() {
        check("Tue, 10 Jun 2003 04:00:00 GMT", "2003-06-10 04:00:00");
        check("10 Jun 03 04:00 +0200", "2003-06-10 02:00:00");
        check("2003-12-13T18:30:02.25+01:00", "2003-12-13 17:30:02");
        check("2003-12-13T18:30:02Z", "2003-12-13 18:30:02");
        check("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37");
        check("Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37");
    }

    #[test]
    fn loose_dates() {
        check("2026-03-02 10:11", "2026-03-02 10:11:00");
        check("20260302T101112Z", "2026-03-02 10:11:12");
        check("20260302", "2026-03-02 00:00:00");
        check("2026/3/2", "2026-03-02 00:00:00");
        check("2026-03", "2026-03-01 00:00:00");
        check("2026-061", "2026-03-02 00:00:00");
        check("02.03.2026, 10:11 Uhr", "2026-03-02 10:11:00");
        check("3/2/2026 4:05 pm PST", "2026-03-03 00:05:00");
        check("31/12/2025", "2025-12-31 00:00:00");
        check("March 2nd, 2026 at 12:05 a.m. EDT", "2026-03-02 04:05:00");
        check("Friday, December 22, 2017 - 3pm", "2017-12-22 15:00:00");
        check("Mon Mar 02 2026 10:11:12 GMT-0700 (Mountain Standard Time)", "2026-03-02 17:11:12");
        check("2026-03-02T24:00:00Z", "2026-03-03 00:00:00");
        check("1772446272", "2026-03-02 10:11:12");
        check("1772446272123", "2026-03-02 10:11:12");
        check("2026年3月2日 10:11", "2026-03-02 10:11:00");
        check("2026-03-02T10:11:12+01", "2026-03-02 09:11:12");
    }

    #[test]
    fn zones_and_languages() {
        check("1 Jul 2026 12:00 Europe/Paris", "2026-07-01 10:00:00");
        check("1 Jan 2026 12:00 ET", "2026-01-01 17:00:00");
        check("1 Jul 2026 12:00 PT", "2026-07-01 19:00:00");
        check("mar., 03 févr. 2026 10:00:00 +0100", "2026-02-03 09:00:00");
        check("lunes, 2 de marzo de 2026", "2026-03-02 00:00:00");
        check("poniedziałek, 2 marca 2026", "2026-03-02 00:00:00");
        check("2 Ιουνίου 2026", "2026-06-02 00:00:00");
        check("Пн, 02 июля 2026 10:11:12 +0300", "2026-07-02 07:11:12");
    }

    #[test]
    fn no_dates() {
        for text in
            ["", "yesterday", "12", "2026-13-01", "31 Feb 2026", "10:11:12", "1 Jan 2026 25:00"]
        {
            check(text, "none");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text: String) {
            let read = date(&text);
            prop_assert!(read.is_none_or(|moment| moment.as_second() < 8_000_000_000));
        }

        #[test]
        fn what_is_written_is_read(second in -2_000_000_000_i64..7_000_000_000) {
            let moment = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(date(&moment.to_string()), Some(moment));
            let mail = moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
            prop_assert_eq!(date(&mail), Some(moment));
        }
    }
}
