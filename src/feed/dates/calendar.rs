//! Year, month and day out of what is left of a date's text.

use super::lex::Piece;
use super::words::month;
use jiff::civil::Date;

/// Years that a feed's date may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// A number of the date: its value, its digits, and the sign before it.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: i16,
    digits: usize,
    sign: Option<char>,
}

impl Number {
    /// True for what can only be a year.
    fn is_year(&self) -> bool {
        self.digits == 4 || self.value > 31
    }

    /// The year that is meant: two digits are of the last or this century.
    fn year(&self) -> i16 {
        match self.value {
            0..=68 if self.digits <= 2 => self.value + 2000,
            69..=99 if self.digits <= 2 => self.value + 1900,
            year => year,
        }
    }
}

/// The date that the pieces name.
pub(super) fn date(pieces: &[Piece<'_>]) -> Option<Date> {
    let numbers = numbers(pieces);
    // The last name counts: `mar.` is also the Romance languages' Tuesday.
    let month = pieces.iter().rev().find_map(|piece| match piece {
        Piece::Word(word) => month(word),
        _ => None,
    });
    let (year, month, day) = match month {
        Some(month) => with_month(&numbers, month)?,
        None => return in_numbers(&numbers, pieces.len()),
    };
    build(year, month, day)
}

fn build(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok().filter(|_| YEARS.contains(&year))
}

fn numbers(pieces: &[Piece<'_>]) -> Vec<Number> {
    let mut sign = None;
    let mut numbers = Vec::with_capacity(3);
    for piece in pieces {
        if let (Some(value), Piece::Number(text)) = (piece.small(), piece) {
            numbers.push(Number { value, digits: text.len(), sign });
        }
        sign = if let Piece::Sign(sign) = piece { Some(*sign) } else { None };
    }
    numbers
}

fn with_month(numbers: &[Number], month: i8) -> Option<(i16, i8, i8)> {
    let (year, day) = match numbers {
        [year] if year.is_year() => return Some((year.year(), month, 1)),
        [first, second, ..] if first.is_year() => (first, second),
        [first, second, ..] => (second, first),
        _ => return None,
    };
    Some((year.year(), month, i8::try_from(day.value).ok()?))
}

fn in_numbers(numbers: &[Number], pieces: usize) -> Option<Date> {
    let small = |n: &Number| i8::try_from(n.value).ok();
    match numbers {
        [year] if year.digits == 4 && pieces <= 2 => build(year.value, 1, 1),
        [year, day] if year.digits == 4 && day.digits == 3 => ordinal(year.value, day.value),
        [year, month] if year.digits == 4 => build(year.value, small(month)?, 1),
        [a, b, c, ..] if a.is_year() || (a.digits == 2 && c.digits == 2 && b.sign == Some('-')) => {
            build(a.year(), small(b)?, small(c)?)
        }
        // With slashes the month comes first (unless it cannot), else the day.
        [a, b, c, ..] if b.sign == Some('/') && a.value <= 12 => {
            build(c.year(), small(a)?, small(b)?)
        }
        [a, b, c, ..] => build(c.year(), small(b)?, small(a)?),
        _ => None,
    }
}

fn ordinal(year: i16, day: i16) -> Option<Date> {
    build(year, 1, 1)?.with().day_of_year(day).build().ok()
}
