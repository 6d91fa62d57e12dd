//! [`Rhythm`]: when a feed publishes, as far as its entries' dates have taught it.
//!
//! Plain numbers, some 300 bytes; `schedule` learns them and turns them into a rate.

use super::Timestamp;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Decayed counts of a feed's entries, and of the time they were watched for, by hour and by day of
/// the week: what is older weighs less, by the rule that `schedule` documents. All numbers are as
/// of `until`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Entries published up to here are counted; `None`: nothing was learned yet.
    pub until: Option<Timestamp>,
    /// Entries by hour of the day, UTC.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub by_hour: [f32; 24],
    /// Entries by day of the week, UTC, Monday first.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub by_weekday: [f32; 7],
    /// Days watched by hour of the day, UTC; all of them add up to the days watched.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub watched_by_hour: [f32; 24],
    /// Days watched by day of the week, UTC, Monday first.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub watched_by_weekday: [f32; 7],
    /// Entries of the last hour or so, for bursts.
    pub recent: f32,
    /// Entries in the feed's last document: more than that at once are lost.
    pub window: u32,
}

/// Hexadecimal digits of a number.
const DIGITS: usize = 8;

/// Writes numbers as one word, the bits of each in hexadecimal: a start and each poll read all of
/// them, and as decimal fractions they took longer than the rest of a feed's state.
fn write<S: Serializer, const N: usize>(numbers: &[f32; N], to: S) -> Result<S::Ok, S::Error> {
    let bytes = numbers.iter().flat_map(|number| number.to_bits().to_be_bytes());
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    let mut word = String::with_capacity(N * DIGITS);
    word.extend(bytes.flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    to.serialize_str(&word)
}

/// Reads such a word, or the list of numbers that earlier versions wrote.
fn read<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[f32; N], D::Error> {
    from.deserialize_any(Numbers)
}

struct Numbers<const N: usize>;

impl<'de, const N: usize> Visitor<'de> for Numbers<N> {
    type Value = [f32; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} numbers")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        let mut numbers = [0.0; N];
        let digits = word.as_bytes().chunks(DIGITS);
        if word.len() != N * DIGITS {
            return Err(E::invalid_length(word.len() / DIGITS, &self));
        }
        for (number, digits) in numbers.iter_mut().zip(digits) {
            let digits = std::str::from_utf8(digits).map_err(E::custom)?;
            *number = f32::from_bits(u32::from_str_radix(digits, 16).map_err(E::custom)?);
        }
        Ok(numbers)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut numbers = [0.0; N];
        for (index, number) in numbers.iter_mut().enumerate() {
            *number = list
                .next_element()?
                .ok_or_else(|| Error::invalid_length(index, &"more numbers"))?;
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_to_the_bit() {
        let mut rhythm = Rhythm { by_weekday: [0.1; 7], recent: 1.5, ..Rhythm::default() };
        rhythm.watched_by_hour[23] = f32::MIN_POSITIVE;
        let text = serde_json::to_string(&rhythm).unwrap();
        assert_eq!(serde_json::from_str::<Rhythm>(&text).unwrap(), rhythm);
    }

    #[test]
    fn what_earlier_versions_wrote_is_read() {
        let text = r#"{"by_weekday":[0.0,0.5,1.25,0.0,0.0,0.0,3e-7],"window":4}"#;
        let by_weekday = [0.0, 0.5, 1.25, 0.0, 0.0, 0.0, 3e-7];
        let expect = Rhythm { by_weekday, window: 4, ..Rhythm::default() };
        assert_eq!(serde_json::from_str::<Rhythm>(text).unwrap(), expect);
    }

    #[test]
    fn torn_words_are_refused() {
        for word in ["", "3f800000", "3f80000g3f8000003f8000003f8000003f8000003f8000003f800000"] {
            let text = format!(r#"{{"by_weekday":"{word}"}}"#);
            assert!(serde_json::from_str::<Rhythm>(&text).is_err(), "{word}");
        }
    }
}
