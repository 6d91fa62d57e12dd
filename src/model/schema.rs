//! JSON Schemas of the values that stand in records as text.

use super::{ArticleId, FeedId, Link};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// Stands for a `Timestamp` where a schema is made: RFC 3339.
#[derive(Debug)]
pub struct Moment;

macro_rules! schema_of {
    ($type:ty, $name:literal, $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema_of!(Moment, "Moment", json_schema!({ "type": "string", "format": "date-time" }));
schema_of!(
    Link,
    "Link",
    json_schema!({ "type": "string", "format": "uri", "pattern": "^https?://" })
);
schema_of!(
    FeedId,
    "FeedId",
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$" })
);
schema_of!(
    ArticleId,
    "ArticleId",
    json_schema!({ "type": "string", "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{25}$" })
);
