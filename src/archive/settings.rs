//! Settings of `archive` and their defaults.

use crate::model::{ByteSize, Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// A file of the log is complete at this size: small enough to be read from its beginning in a
/// tenth of a second, large enough that a year of a busy desk is some thousand files.
const FILE_SIZE: ByteSize = ByteSize::mib(64);

/// zstd level of complete files: half the size of level 1 on news, and a 64 MiB file still takes
/// less than a second of one core.
const LEVEL: i32 = 6;

/// How the log is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A file is complete once it has this size; it is complete at midnight UTC in any case.
    pub file_size: ByteSize,
    /// zstd level of complete files, 1 to 19.
    #[schemars(range(min = 1, max = 19))]
    pub level: i32,
    /// How long complete files are kept: `"forever"` or a time such as `"90d"`.
    pub keep: Keep,
    /// The oldest complete files go when all together are larger than this; absent: no limit.
    pub keep_size: Option<ByteSize>,
    /// How long articles with a tag are kept in the store, by tag, where that is another time than
    /// `keep`; the shortest counts. That they went is a change like others (`deleted`); their texts
    /// leave the disk with the archive files that hold them.
    pub keep_tags: BTreeMap<String, Keep>,
}

impl Default for Settings {
    /// Nothing is ever deleted unless a person asks for it.
    fn default() -> Self {
        Self {
            file_size: FILE_SIZE,
            level: LEVEL,
            keep: Keep::Forever,
            keep_size: None,
            keep_tags: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// The moment before which an article with these tags is kept no longer; `None` for one that
    /// is kept for ever.
    pub fn kept_from(&self, tags: &[String], now: Timestamp) -> Option<Timestamp> {
        let named = self
            .keep_tags
            .iter()
            .filter(|(tag, _)| tags.iter().any(|has| has.to_lowercase() == tag.to_lowercase()));
        let mut spans = named.map(|(_, keep)| *keep).peekable();
        let keep = match spans.peek() {
            Some(_) => spans.min_by_key(|keep| match keep {
                Keep::For(span) => span.get(),
                Keep::Forever => Duration::MAX,
            })?,
            None => self.keep,
        };
        match keep {
            Keep::For(span) => Some(now.checked_sub(span.get()).unwrap_or(Timestamp::MIN)),
            Keep::Forever => None,
        }
    }
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It is never deleted for its age.
    Forever,
    /// It is deleted once it is this old.
    For(Span),
}

impl Serialize for Keep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Forever => serializer.serialize_str("forever"),
            Self::For(span) => span.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "forever" {
            return Ok(Self::Forever);
        }
        text.parse().map(Self::For).map_err(|_| {
            serde::de::Error::custom(r#"expected "forever" or a duration such as "90d""#)
        })
    }
}

impl JsonSchema for Keep {
    fn schema_name() -> Cow<'static, str> {
        "Keep".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["forever", "90d"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<Keep>) {
        assert_eq!(serde_json::from_str(text).ok(), expect, "{text}");
    }

    #[test]
    fn the_shortest_time_of_a_tag_counts() {
        let days = |n: i64| Keep::For(Span::seconds(u64::try_from(n * 86_400).unwrap()));
        let keep_tags = [("wire", days(7)), ("Weather", days(1)), ("law", Keep::Forever)];
        let keep_tags = keep_tags.map(|(tag, keep)| (tag.to_owned(), keep)).into();
        let settings = Settings { keep: days(30), keep_tags, ..Settings::default() };
        let now = Timestamp::from_second(100 * 86_400).unwrap();
        for (tags, kept_from) in [
            (vec![], Some(70)),
            (vec!["wire"], Some(93)),
            (vec!["weather", "wire"], Some(99)),
            (vec!["law"], None),
        ] {
            let tags: Vec<String> = tags.into_iter().map(str::to_owned).collect();
            let day = settings.kept_from(&tags, now).map(|at| at.as_second() / 86_400);
            assert_eq!(day, kept_from, "{tags:?}");
        }
    }

    #[test]
    fn keeping_is_read() {
        check(r#""forever""#, Some(Keep::Forever));
        check(r#""90d""#, Some(Keep::For(Span::seconds(90 * 86_400))));
        check(r#""never""#, None);
        check("90", None);
        assert_eq!(serde_json::to_string(&Keep::Forever).unwrap(), r#""forever""#);
    }
}
