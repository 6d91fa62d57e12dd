//! Time of day and zone: found by the first `hour:minute`, taken out before the date is read.

use super::lex::Piece;
use super::words::afternoon;
use super::zones::Zone;
use crate::model::Timestamp;
use jiff::civil::{Date, Time};

/// A time of day in a zone.
#[derive(Debug)]
pub(super) struct Clock {
    time: Time,
    /// "24:00" is midnight of the day that follows.
    next_day: bool,
    zone: Zone,
}

impl Clock {
    /// The moment of this time on a date.
    pub(super) fn on(&self, date: Date) -> Option<Timestamp> {
        let date = if self.next_day { date.tomorrow().ok()? } else { date };
        self.zone.moment(date.to_datetime(self.time))
    }
}

/// Takes the time of day and everything that belongs to it out of the pieces; midnight UTC where
/// there is none, `None` where the numbers are no time.
pub(super) fn take(pieces: &mut Vec<Piece<'_>>) -> Option<Clock> {
    let Some(start) = start(pieces) else {
        let zone = pieces.iter().find_map(zone_word).unwrap_or(Zone::UTC);
        return Some(Clock { time: Time::midnight(), next_day: false, zone });
    };
    let tail = pieces.split_off(start);
    let (numbers, rest) = numbers(&tail);
    let before = pieces.last().and_then(half_word);
    let (half, rest) = match rest {
        [word, after @ ..] if half_word(word).is_some() => (half_word(word), after),
        _ => (before, rest),
    };
    let (zone, rest) = zone(rest);
    pieces.push(Piece::Sign(' '));
    pieces.extend(rest);
    let (time, next_day) = time(&numbers, half)?;
    Some(Clock { time, next_day, zone })
}

/// Where the hour stands: before a colon, or before "am" or "pm".
fn start(pieces: &[Piece<'_>]) -> Option<usize> {
    let hour = |pair: &[Piece<'_>]| match pair {
        [Piece::Number(_), next] => next.is(':') || half_word(next).is_some(),
        _ => false,
    };
    pieces.windows(2).position(hour)
}

/// Hour, minute and second as far as they are given, fractions left out, and what follows.
fn numbers<'a, 'b>(pieces: &'b [Piece<'a>]) -> (Vec<i16>, &'b [Piece<'a>]) {
    let mut found = Vec::with_capacity(3);
    let mut rest = pieces;
    while let [number, after @ ..] = rest
        && let Some(value) = number.small()
        && found.len() < 3
    {
        found.push(value);
        rest = after;
        let [colon, after @ ..] = rest else { break };
        if !colon.is(':') || found.len() == 3 {
            break;
        }
        rest = after;
    }
    if let [point, Piece::Number(_), after @ ..] = rest
        && (point.is('.') || point.is(',') || point.is(':'))
        && found.len() == 3
    {
        rest = after;
    }
    (found, rest)
}

fn time(numbers: &[i16], afternoon: Option<bool>) -> Option<(Time, bool)> {
    let small = |at: usize| i8::try_from(numbers.get(at).copied().unwrap_or(0)).ok();
    let (hour, minute, second) = (small(0)?, small(1)?, small(2)?);
    let hour = match (hour, afternoon) {
        (12, Some(false)) => 0,
        (1..=11, Some(true)) => hour + 12,
        _ => hour,
    };
    if (hour, minute, second) == (24, 0, 0) {
        return Some((Time::midnight(), true));
    }
    // A leap second counts as the one before it.
    Some((
        Time::new(hour, minute, second.min(if second == 60 { 59 } else { second }), 0).ok()?,
        false,
    ))
}

/// The zone behind a time: an offset, a name, or both (`GMT+0200`); what follows belongs to the date.
fn zone<'a, 'b>(pieces: &'b [Piece<'a>]) -> (Zone, &'b [Piece<'a>]) {
    if let Some(offset) = offset(pieces) {
        return offset;
    }
    if let [word, after @ ..] = pieces
        && let Some(named) = zone_word(word)
    {
        return offset(after).unwrap_or((named, after));
    }
    let later = pieces.iter().find_map(zone_word);
    (later.unwrap_or(Zone::UTC), pieces)
}

/// `+0100`, `+01:00`, `+01` or `+1` at the beginning.
fn offset<'a, 'b>(pieces: &'b [Piece<'a>]) -> Option<(Zone, &'b [Piece<'a>])> {
    let [sign @ Piece::Sign('+' | '-'), Piece::Number(digits), rest @ ..] = pieces else {
        return None;
    };
    let value: i32 = digits.parse().ok()?;
    let (hours, minutes, rest) = match (digits.len(), rest) {
        (1 | 2, [colon, Piece::Number(minutes), rest @ ..]) if colon.is(':') => {
            (value, minutes.parse().ok()?, rest)
        }
        (1 | 2, rest) => (value, 0, rest),
        (3 | 4, rest) => (value / 100, value % 100, rest),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let east = hours * 60 + minutes;
    Some((Zone::Minutes(if sign.is('-') { -east } else { east }), rest))
}

fn zone_word(piece: &Piece<'_>) -> Option<Zone> {
    match piece {
        Piece::Word(word) => Zone::named(word),
        _ => None,
    }
}

fn half_word(piece: &Piece<'_>) -> Option<bool> {
    match piece {
        Piece::Word(word) => afternoon(word),
        _ => None,
    }
}
