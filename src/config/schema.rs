//! The JSON Schema of the configuration, made from the types: for editors, for `suggest` and for
//! the generated `wiredesk.full.toml`.

use super::settings::File;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The tables that a feed may hold to override a section.
pub(super) const FEED_TABLES: [&str; 3] = ["fetch", "extract", "dedup"];

/// The JSON Schema (draft 7, which every editor knows) of the configuration file.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft07().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<File>().to_value();
    let sections = properties(&schema, "").cloned().unwrap_or_default();
    let schedule = properties(&schema, "/properties/schedule").cloned().unwrap_or_default();
    if let Some(feed) =
        schema.pointer_mut("/properties/feed/items/properties").and_then(Value::as_object_mut)
    {
        feed.extend(schedule.into_iter().map(|(key, value)| (key, without_default(value))));
        let tables =
            FEED_TABLES.iter().filter_map(|name| Some((*name, sections.get(*name)?.clone())));
        feed.extend(tables.map(|(name, table)| (name.to_owned(), without_default(table))));
    }
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), "wiredesk configuration".into());
        root.insert("additionalProperties".into(), false.into());
        root.remove("required");
    }
    schema
}

/// The properties of the object schema at a JSON pointer.
fn properties<'a>(schema: &'a Value, pointer: &str) -> Option<&'a Map<String, Value>> {
    schema.pointer(&format!("{pointer}/properties"))?.as_object()
}

/// A feed's key has no default of its own: the section's value counts.
fn without_default(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.remove("default");
        let inner = object.get_mut("properties").and_then(Value::as_object_mut);
        for property in inner.into_iter().flat_map(|p| p.values_mut()) {
            *property = without_default(std::mem::take(property));
        }
    }
    schema
}
