//! Dates as pages write them, in machine form and in words of many languages.
//!
//! A page's date names a day; where it also names a time and a zone the moment is exact, where it
//! names no zone it is taken as UTC, and a bare day is its midnight.

use super::tokens::ByHash;
use crate::model::Timestamp;
use crate::model::text::{find_byte, head};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use std::sync::LazyLock;

/// Month names by their beginnings, in lower case. The number is the month. Longer ones first
/// where one begins another.
const MONTHS: [(&str, i8); 526] = include!("months.in");

/// The seconds since 1970 in which a page can have been published: from 1990 to 2100.
const SANE: std::ops::Range<i64> = 631_152_000..4_102_444_800;

/// A moment and the clock it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub at: Timestamp,
    /// East of Greenwich; zero where none is named.
    pub offset: Offset,
    /// How far the order of its figures is certain.
    pub order: Order,
}

/// The order of day and month in a date in figures (`3/5/2026`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It names the month, or is written in an order that everybody reads alike.
    Sure,
    /// Only so it is a date.
    DayFirst,
    /// Only so it is a date.
    MonthFirst,
    /// Read day first; month first it is this day.
    Open(Date),
}

impl Moment {
    /// The calendar day on the clock it was written in.
    pub(super) fn day(&self) -> Date {
        self.offset.to_datetime(self.at).date()
    }

    /// The moment with its figures read month first, where that is another date as well.
    pub(super) fn month_first(self) -> Option<Self> {
        let Order::Open(day) = self.order else { return None };
        let time = self.offset.to_datetime(self.at).time();
        at(day.to_datetime(time), self.offset.seconds())
    }

    /// True where a clock somewhere shows `day` at this moment: any clock where no zone is named.
    pub(super) fn may_be_on(&self, day: Date) -> bool {
        let elsewhere = |hours: i8| {
            Offset::from_hours(hours).is_ok_and(|o| o.to_datetime(self.at).date() == day)
        };
        self.day() == day || self.offset.is_zero() && [-12, 14].into_iter().any(elsewhere)
    }

    /// The same moment on a clock that shows `day`, where such a clock exists.
    pub(super) fn on_day(self, day: Date) -> Self {
        let hours = if day > self.day() { 12 } else { -12 };
        let wanted = (1..=12)
            .map(|n| hours / 12 * n)
            .find(|h| Offset::from_hours(*h).is_ok_and(|o| o.to_datetime(self.at).date() == day));
        let offset = wanted.and_then(|h| Offset::from_hours(h).ok());
        Self { offset: offset.unwrap_or(self.offset), ..self }
    }
}

/// The moment that a machine-readable date names (`2026-11-24T10:00:00+01:00`, `20261124`,
/// `Tue, 24 Nov 2026 10:00:00 GMT`, seconds since 1970), else that of a date in words.
pub(super) fn parse(text: &str) -> Option<Moment> {
    let text = text.trim();
    iso(text).or_else(|| epoch(text)).or_else(|| in_words(text)).filter(|t| sane(*t))
}

fn sane(moment: Moment) -> bool {
    SANE.contains(&moment.at.as_second())
}

/// Seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<Moment> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let at = match text.len() {
        10 => Timestamp::from_second(number).ok()?,
        13 => Timestamp::from_millisecond(number).ok()?,
        _ => return None,
    };
    Some(Moment { at, offset: Offset::UTC, order: Order::Sure })
}

/// Year, month, day in this order, then perhaps a time and an offset.
pub(super) fn iso(text: &str) -> Option<Moment> {
    let mut rest = text;
    let year = number(&mut rest, 4, 4)?;
    let separator = rest.chars().next()?;
    let date = if separator.is_ascii_digit() {
        let month = number(&mut rest, 2, 2)?;
        date(year, month, number(&mut rest, 2, 2)?)?
    } else {
        if !matches!(separator, '-' | '/' | '.') {
            return None;
        }
        rest = rest.get(1..)?;
        let month = number(&mut rest, 1, 2)?;
        rest = rest.strip_prefix(separator)?;
        date(year, month, number(&mut rest, 1, 2)?)?
    };
    let rest = rest.trim_start_matches(['T', 't', ' ', ',', '_']);
    let (time, rest) = clock(rest).unwrap_or((Time::midnight(), ""));
    at(date.to_datetime(time), offset_seconds(rest))
}

/// A time of day at the start of the text, and what follows it.
fn clock(text: &str) -> Option<(Time, &str)> {
    let mut rest = text;
    let mut hour = number(&mut rest, 1, 2)?;
    let colon = rest.chars().next().filter(|c| matches!(c, ':' | '.' | 'h'));
    if let Some(colon) = colon {
        rest = rest.strip_prefix(colon)?;
    } else if rest.len() < 2 {
        return None;
    }
    let minute = number(&mut rest, 2, 2)?;
    let mut second = 0;
    if let Some(after) = rest.strip_prefix(':') {
        let mut inner = after;
        if let Some(value) = number(&mut inner, 2, 2) {
            second = value.min(59);
            rest = inner;
        }
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let lower = rest.trim_start().to_lowercase();
    if (lower.starts_with("pm") || lower.starts_with("p.m")) && hour < 12 {
        hour += 12;
    } else if (lower.starts_with("am") || lower.starts_with("a.m")) && hour == 12 {
        hour = 0;
    }
    let time = Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    );
    Some((time.ok()?, rest))
}

/// Seconds east of Greenwich of `Z`, `+01:00`, `+0100`, `-05`, and of a few zones by name.
fn offset_seconds(text: &str) -> i32 {
    let text = text.trim();
    if text.starts_with(['Z', 'z']) {
        return 0;
    }
    let names = [
        ("est", -5),
        ("edt", -4),
        ("cst", -6),
        ("cdt", -5),
        ("mst", -7),
        ("mdt", -6),
        ("pst", -8),
        ("pdt", -7),
        ("cest", 2),
        ("cet", 1),
        ("bst", 1),
        ("ist", 5),
    ];
    let lower = text.to_lowercase();
    if let Some((name, hours)) = names.iter().find(|(name, _)| lower.contains(name)) {
        return hours * 3600 + if *name == "ist" { 1800 } else { 0 };
    }
    let (sign, mut rest) = match text.chars().next() {
        Some('+') => (1, text.get(1..).unwrap_or_default()),
        Some('-') => (-1, text.get(1..).unwrap_or_default()),
        _ => return 0,
    };
    let hours = number(&mut rest, 1, 2).unwrap_or(0);
    let minutes = number(&mut rest.trim_start_matches(':'), 2, 2).unwrap_or(0);
    sign * (hours * 3600 + minutes * 60)
}

fn at(local: DateTime, offset: i32) -> Option<Moment> {
    let offset = Offset::from_seconds(offset).ok()?;
    Some(Moment { at: offset.to_timestamp(local).ok()?, offset, order: Order::Sure })
}

/// Takes a number of `least` to `most` digits from the start of the text.
fn number(text: &mut &str, least: usize, most: usize) -> Option<i32> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    let value = text.get(..digits)?.parse().ok()?;
    *text = text.get(digits..)?;
    Some(value)
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    let year = if year < 100 { year + 2000 } else { year };
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A token of a date in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A number, how many digits it has, and where it ends.
    Number(i32, usize),
    Month(i8),
    /// A separator such as `/` directly after a number.
    Mark(char),
}

/// The first date that a line of text names in words or in figures (`24 November 2026`,
/// `Nov. 24, 2026`, `24.11.2026`, `2026年11月24日`), with the time after it where there is one.
pub(super) fn in_words(text: &str) -> Option<Moment> {
    all_in_words(text, 1).into_iter().next()
}

/// The first `most` dates of a line of text.
pub(super) fn all_in_words(text: &str, most: usize) -> Vec<Moment> {
    all_with_ends(text, most).into_iter().map(|(moment, _)| moment).collect()
}

/// The first `most` dates of a line of text, and where each ends.
pub(super) fn all_with_ends(text: &str, most: usize) -> Vec<(Moment, usize)> {
    let text = head(text, 400);
    if may_hold_date(text) { taken_apart(text, most) } else { Vec::new() }
}

fn taken_apart(text: &str, most: usize) -> Vec<(Moment, usize)> {
    let mut out = Vec::new();
    let tokens = tokens(text);
    let mut start = 0;
    while let Some(rest) = tokens.get(start..).filter(|r| !r.is_empty() && out.len() < most) {
        start += 1;
        let Some((date, order, end)) = date_at(rest) else { continue };
        let moment = with_time(text, date, end).map(|m| Moment { order, ..m });
        out.extend(moment.filter(|t| sane(*t)).map(|moment| (moment, end)));
        start += rest.iter().skip(1).take_while(|(_, at)| *at <= end).count();
    }
    out
}

/// False for most texts that hold no date: every date is of a year and a number of one or two
/// digits not far from it, or of three numbers close together.
fn may_hold_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut close) = (0, 0);
    let (mut day, mut year) = (None, None);
    while let Some(gap) = find_byte(bytes.get(at..).unwrap_or_default(), |b| b.is_ascii_digit()) {
        let start = at + gap;
        let rest = bytes.get(start..).unwrap_or_default();
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        at = start + digits;
        close = if gap <= GAP { close + 1 } else { 1 };
        let beside = |end: Option<usize>| end.is_some_and(|end| start - end <= NEAR);
        let is_year = digits == 4 && (rest.starts_with(b"19") || rest.starts_with(b"20"));
        if close == 3 || is_year && beside(day) || digits < 3 && beside(year) {
            return true;
        }
        match digits {
            1 | 2 => day = Some(at),
            4 if is_year => year = Some(at),
            _ => {}
        }
    }
    false
}

/// Bytes between two numbers of a date in figures: a sign, and a space on either side.
const GAP: usize = 3;

/// Bytes between the day and the year of a date in words: the month, in letters of three bytes.
const NEAR: usize = 60;

/// A date of a text and the time of day that stands shortly behind it.
fn with_time(text: &str, date: Date, end: usize) -> Option<Moment> {
    let rest = text.get(end..).unwrap_or_default();
    let after = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
    let near = rest.len() - after.len() < 12;
    let time = clock(after).filter(|_| near).map(|(time, rest)| (time, offset_seconds(rest)));
    let (time, offset) = time.unwrap_or((Time::midnight(), 0));
    at(date.to_datetime(time), offset)
}

fn tokens(text: &str) -> Vec<(Token, usize)> {
    let mut out: Vec<(Token, usize)> = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let c = rest.chars().next().unwrap_or(' ');
        if c.is_ascii_digit() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = rest.get(..digits.min(8)).and_then(|d| d.parse().ok()).unwrap_or(0);
            at += digits;
            out.push((Token::Number(value, digits), at));
        } else if c.is_alphabetic() && !matches!(c, '年' | '月' | '日' | '년' | '월' | '일') {
            let length = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
            let word = rest.get(..length).unwrap_or_default();
            at += length;
            if let Some(month) = month(word) {
                out.push((Token::Month(month), at));
            }
        } else {
            at += c.len_utf8();
            if matches!(c, '/' | '.' | '-' | '|' | '年' | '月' | '년' | '월') {
                out.push((Token::Mark(c), at));
            }
        }
    }
    out
}

/// Letters, and the signs that stand on them: an accent in Cyrillic, the joiner of Devanagari.
fn is_of_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{301}' | '\u{94d}')
}

/// True for the name of a month in any language known here.
pub(super) fn is_month(word: &str) -> bool {
    month(word).is_some()
}

/// The names of months by their first two letters.
static BY_BEGIN: LazyLock<ByHash<u64, Vec<(&str, i8)>>> = LazyLock::new(|| {
    let mut table: ByHash<u64, Vec<(&str, i8)>> = ByHash::default();
    for (name, month) in MONTHS {
        if let Some(begin) = begin(name) {
            table.entry(begin).or_default().push((name, month));
        }
    }
    table
});

/// The first two letters of a word in lower case.
fn begin(word: &str) -> Option<u64> {
    let mut letters = word.chars();
    let mut next = || letters.next()?.to_lowercase().next().map(|c| u64::from(u32::from(c)));
    Some(next()? << 32 | next()?)
}

/// The month that a word names, in any of its cases.
fn month(word: &str) -> Option<i8> {
    let names = BY_BEGIN.get(&begin(word)?)?;
    let word = word.to_lowercase();
    let inflected =
        |name: &str| name.len() > 4 && word.len() <= name.len() + 4 && word.starts_with(name);
    names.iter().find(|(name, _)| *name == word || inflected(name)).map(|m| m.1)
}

/// The date that the tokens begin with, the order of its figures, and where it ends.
fn date_at(tokens: &[(Token, usize)]) -> Option<(Date, Order, usize)> {
    use Token::{Mark, Month, Number};
    let plain = tokens.get(..tokens.len().min(7)).unwrap_or_default();
    let is_word = |t: &&(Token, usize)| !matches!(t.0, Mark('.' | '-' | '/' | '|'));
    let words: Vec<_> = plain.iter().filter(is_word).copied().collect();
    match words.as_slice() {
        // 24 November 2026
        [(Number(day, 1 | 2), _), (Month(month), _), (Number(year, 4), end), ..]
        // November 24, 2026
        | [(Month(month), _), (Number(day, 1 | 2), _), (Number(year, 4), end), ..]
        // 2026 November 24
        | [(Number(year, 4), _), (Month(month), _), (Number(day, 1 | 2), end), ..] => {
            return Some((date(*year, i32::from(*month), *day)?, Order::Sure, *end));
        }
        _ => {}
    }
    match plain.get(..5).filter(|five| is_tight(five))? {
        [
            (Number(year, 4), _),
            (Mark('-' | '/' | '.' | '年' | '년'), _),
            (Number(month, 1 | 2), _),
            (Mark(_), _),
            (Number(day, 1 | 2), end),
        ] => Some((date(*year, *month, *day)?, Order::Sure, *end)),
        [
            (Number(one, 1 | 2), _),
            (Mark(a), _),
            (Number(two, 1 | 2), _),
            (Mark(b), _),
            (Number(year, 2 | 4), end),
        ] if a == b && matches!(a, '-' | '/' | '.' | '|') => {
            let (day_first, month_first) = (date(*year, *two, *one), date(*year, *one, *two));
            // Day first, as nearly everywhere.
            let order = match (day_first, month_first) {
                _ if one == two => Order::Sure,
                (Some(_), None) => Order::DayFirst,
                (None, _) => Order::MonthFirst,
                // Who writes points writes the day first.
                (Some(_), Some(_)) if matches!(a, '.' | '|') => Order::Sure,
                (Some(_), Some(other)) => Order::Open(other),
            };
            Some((day_first.or(month_first)?, order, *end))
        }
        _ => None,
    }
}

/// True where nothing but a sign and spaces stands between two numbers: figures of a date, not of
/// a table or a sentence.
fn is_tight(tokens: &[(Token, usize)]) -> bool {
    let start = |(token, end): &(Token, usize)| match token {
        Token::Number(_, digits) => end - digits,
        Token::Mark(sign) => end - sign.len_utf8(),
        Token::Month(_) => *end,
    };
    tokens.iter().zip(tokens.iter().skip(1)).all(|(one, next)| start(next) <= one.1 + 1)
}

/// The date in an address (`/2026/11/24/`, `/2026-11-24-`, `/20261124/`).
pub(super) fn in_address(address: &str) -> Option<Moment> {
    // An archive's address holds that of the page.
    let own = ["http://", "https://"].iter().filter_map(|s| address.rfind(s)).max().unwrap_or(0);
    let path = address.get(own..)?.split('?').next().unwrap_or_default();
    path.match_indices("20").find_map(|(at, _)| {
        let before = path.get(..at)?.chars().next_back()?;
        let text = path.get(at..)?;
        if before.is_ascii_digit() {
            return None;
        }
        let length = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '-' | '_')))
            .unwrap_or(text.len());
        let digits: String = text.get(..length)?.replace('_', "-");
        // A longer run of figures is a number or an archive's stamp.
        if digits.bytes().take_while(u8::is_ascii_digit).count() > 8 {
            return None;
        }
        iso(digits.trim_end_matches(['/', '-']))
            .or_else(|| iso(digits.get(..10)?))
            .filter(|t| sane(*t))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let found = parse(text).map(|m| m.at.to_string()).unwrap_or_default();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn machine_dates_are_read() {
        check("2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00Z");
        check("2026-11-24 10:00", "2026-11-24T10:00:00Z");
        check("2026-11-24", "2026-11-24T00:00:00Z");
        check("20261124T100000Z", "2026-11-24T10:00:00Z");
        check("2026-11-24T10:00:00.123-0500", "2026-11-24T15:00:00Z");
        check("Tue, 24 Nov 2026 10:00:00 GMT", "2026-11-24T10:00:00Z");
        check("1795514400", "2026-11-24T10:00:00Z");
        check("0000-00-00", "");
        check("24", "");
    }

    #[test]
    fn dates_in_words_are_read() {
        check("By Ann Example November 24, 2026", "2026-11-24T00:00:00Z");
        check("Published: 24th Nov 2026, 3:05 pm EST", "2026-11-24T20:05:00Z");
        check("24. listopadu 2026", "2026-11-24T00:00:00Z");
        check("24 ноября 2026, 18:30", "2026-11-24T18:30:00Z");
        check("2026年11月24日", "2026-11-24T00:00:00Z");
        check("24.11.2026 08:15", "2026-11-24T08:15:00Z");
        check("11/24/2026", "2026-11-24T00:00:00Z");
        check("Stand: 3. März 2026", "2026-03-03T00:00:00Z");
        check("3 октомври 2026 г.", "2026-10-03T00:00:00Z");
        check("2026 m. gegužės 4 d.", "2026-05-04T00:00:00Z");
        check("Dilluns, 4 de maig de 2026", "2026-05-04T00:00:00Z");
        check("Senin, 4 Mei 2026", "2026-05-04T00:00:00Z");
        check("4 במאי 2026", "2026-05-04T00:00:00Z");
        check("4 أيار 2026", "2026-05-04T00:00:00Z");
        check("4. svibnja 2026.", "2026-05-04T00:00:00Z");
        check("24 | 11 | 2026", "2026-11-24T00:00:00Z");
        check("no date in 2026", "");
        check("10. Julia Example +1.03,4", "");
    }

    #[test]
    fn all_dates_of_a_line_are_read() {
        let found = all_in_words("Updated 24 May 2026, first published 3 May 2026", 3);
        let days: Vec<_> = found.iter().map(|m| m.day().to_string()).collect();
        assert_eq!(days, ["2026-05-24", "2026-05-03"]);
    }

    proptest::proptest! {
        #[test]
        fn what_holds_a_date_may_hold_one(text in "(19[0-9]{2}|20[0-9]{2}|[0-9]{1,2}|[1-9][0-9]{2,3}|[-/.|年月日, ]|May|of){2,9}") {
            proptest::prop_assert!(may_hold_date(&text) || taken_apart(&text, 1).is_empty());
        }
    }

    #[test]
    fn dates_in_addresses_are_read() {
        let check = |address: &str, expect: &str| {
            let found = in_address(address).map(|m| m.at.to_string()).unwrap_or_default();
            assert_eq!(found, expect, "{address}");
        };
        check("https://example.org/2026/11/24/bridge.html", "2026-11-24T00:00:00Z");
        check("https://example.org/a/2026-11-24-bridge", "2026-11-24T00:00:00Z");
        check("https://example.org/20261124/bridge", "2026-11-24T00:00:00Z");
        check("https://example.org/a/1202611240001", "");
        let kept = "https://archive.example/web/20131110121040/http://example.org/2008/05/26/a";
        check(kept, "2008-05-26T00:00:00Z");
    }
}
