//! Durations and sizes as people write them in a configuration: `"15m"`, `"1h 30m"`, `"8MiB"`.
//!
//! Both are whole numbers with a unit; a bare number is refused, because nobody knows its unit.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// Units of time in milliseconds, largest first: the order in which they are printed.
const TIME: [(&str, u64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// Units of size in bytes, largest first.
const SIZE: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// A length of time, written as `"20s"`, `"15m"`, `"1h 30m"`, `"30d"`; whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(Duration);

impl Span {
    /// The span of so many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The span of so many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// The span as a duration.
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX), &TIME, "0s"))
    }
}

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let millis =
            parse(text, &TIME).ok_or(r#"expected a duration such as "15m" or "1h 30m""#)?;
        Ok(Self::millis(millis))
    }
}

/// A number of bytes, written as `"512KiB"`, `"8MiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

impl ByteSize {
    /// The size of so many bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The size of so many MiB.
    pub const fn mib(mib: u64) -> Self {
        Self(mib << 20)
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number of bytes as a length in memory.
    pub fn len(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// True for no bytes at all.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self.0, &SIZE, "0B"))
    }
}

impl std::str::FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self(parse(text, &SIZE).ok_or(r#"expected a size such as "512KiB" or "8MiB""#)?))
    }
}

/// The sum of all `number unit` pairs of `text`; `None` where it is anything else.
fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let mut rest = text.trim();
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let (number, tail) = split(rest, |c| c.is_ascii_digit());
        let (unit, tail) = split(tail.trim_start(), |c| c.is_ascii_alphabetic());
        let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(*factor)?)?;
        rest = tail.trim_start();
    }
    (!text.trim().is_empty()).then_some(sum)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn print(mut value: u64, units: &[(&str, u64)], zero: &str) -> String {
    let mut parts = Vec::new();
    for (name, factor) in units {
        if value >= *factor {
            parts.push(format!("{}{name}", value / factor));
            value %= factor;
        }
    }
    if parts.is_empty() { zero.to_owned() } else { parts.join(" ") }
}

/// Serde and schema of a unit type: both see the text form.
macro_rules! as_text {
    ($type:ident, $example:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": [$example] })
            }
        }
    };
}

as_text!(Span, "15m");
as_text!(ByteSize, "8MiB");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(input: &str, expect: Option<u64>) {
        assert_eq!(input.parse::<Span>().ok(), expect.map(Span::millis), "{input}");
    }

    #[test]
    fn spans_are_read() {
        check("15m", Some(900_000));
        check("1h 30m", Some(5_400_000));
        check("1h30m", Some(5_400_000));
        check("250 ms", Some(250));
        check("30d", Some(2_592_000_000));
        for bad in ["", "15", "m", "-1s", "1.5h", "99999999999999999999s", "1x"] {
            check(bad, None);
        }
    }

    proptest! {
        #[test]
        fn units_survive_text(millis in 0..u64::MAX / 2) {
            prop_assert_eq!(Span::millis(millis).to_string().parse(), Ok(Span::millis(millis)));
            prop_assert_eq!(ByteSize(millis).to_string().parse(), Ok(ByteSize(millis)));
        }
    }
}
