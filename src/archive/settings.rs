//! Settings of `archive` and their defaults.

use crate::model::{ByteSize, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

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
}

impl Default for Settings {
    /// Nothing is ever deleted unless a person asks for it.
    fn default() -> Self {
        Self { file_size: FILE_SIZE, level: LEVEL, keep: Keep::Forever, keep_size: None }
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
    fn keeping_is_read() {
        check(r#""forever""#, Some(Keep::Forever));
        check(r#""90d""#, Some(Keep::For(Span::seconds(90 * 86_400))));
        check(r#""never""#, None);
        check("90", None);
        assert_eq!(serde_json::to_string(&Keep::Forever).unwrap(), r#""forever""#);
    }
}
