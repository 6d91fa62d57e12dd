//! `GET /openapi.json`: the contract of the API (`OpenAPI` 3.1), made from the types that are sent.
//!
//! [`OPERATIONS`] is the table of what there is. A test asks a running router for each of them, and
//! looks for routes that the table does not have, so that the two cannot drift apart.

use super::changes;
use super::{Problem, articles, consumers, feeds, health, hooks, orders, page, story, stream};
use crate::model::{Article, ArticleId, Change, FeedId};
use axum::Json;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Makes the schema of a type.
type Make = fn(&mut SchemaGenerator) -> Value;

/// Something that a client can ask for.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    /// What may stand behind the `?`.
    query: Option<Make>,
    /// What stands in place of the path's `{…}`.
    name: Option<Make>,
    /// The JSON that is sent along.
    body: Option<Make>,
    /// The status of success, its media types and what they hold.
    answer: (&'static str, &'static [(&'static str, Make)]),
    /// The other statuses; each comes with a problem document.
    faults: &'static [&'static str],
}

/// What of an operation is the same for most.
const PLAIN: Operation = Operation {
    method: "get",
    path: "",
    summary: "",
    query: None,
    name: None,
    body: None,
    answer: ("200", &[]),
    faults: &[],
};

/// Everything there is.
const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/v1/changes",
        summary: "Changes in their order, at once or as a long poll",
        query: Some(schema::<changes::Wanted>),
        answer: ("200", &[("application/json", schema::<page::Changes>)]),
        faults: &["400", "404", "409", "410"],
        ..PLAIN
    },
    Operation {
        path: "/v1/changes/stream",
        summary: "Changes as server-sent events; Last-Event-ID goes on where a client left",
        query: Some(schema::<stream::Wanted>),
        answer: ("200", &[("text/event-stream", text)]),
        faults: &["400", "404", "409", "410"],
        ..PLAIN
    },
    Operation {
        path: "/v1/consumers",
        summary: "All named positions",
        answer: ("200", &[("application/json", schema::<consumers::Listed>)]),
        ..PLAIN
    },
    Operation {
        path: "/v1/consumers/{name}",
        summary: "How far a consumer has come",
        name: Some(consumer),
        answer: ("200", &[("application/json", schema::<consumers::Consumer>)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        method: "put",
        path: "/v1/consumers/{name}",
        summary: "Says how far a consumer has come; durable once answered",
        name: Some(consumer),
        body: Some(schema::<consumers::Position>),
        answer: ("200", &[("application/json", schema::<consumers::Consumer>)]),
        faults: &["400", "401", "408", "409", "413", "503"],
        ..PLAIN
    },
    Operation {
        method: "delete",
        path: "/v1/consumers/{name}",
        summary: "Forgets a consumer",
        name: Some(consumer),
        answer: ("204", &[]),
        faults: &["400", "401", "404", "503"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles",
        summary: "Articles, newest first, or what is searched for",
        query: Some(schema::<articles::Wanted>),
        answer: ("200", &[("application/json", schema::<articles::Listed>)]),
        faults: &["400", "501", "503"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles.ndjson",
        summary: "Every article, one a line; the last line is {\"_end\":true,\"last_seq\":n}",
        query: Some(schema::<articles::Wanted>),
        answer: ("200", &[("application/x-ndjson", text)]),
        faults: &["400", "501", "503"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}",
        summary: "One article in the form that the Accept header likes best",
        name: Some(schema::<ArticleId>),
        answer: (
            "200",
            &[
                ("application/json", schema::<Article>),
                ("text/markdown", text),
                ("text/plain", text),
                ("text/html", text),
            ],
        ),
        faults: &["400", "404", "406"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}/text",
        summary: "The body as plain text",
        name: Some(schema::<ArticleId>),
        answer: ("200", &[("text/plain", text)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}/markdown",
        summary: "Headline and body as Markdown",
        name: Some(schema::<ArticleId>),
        answer: ("200", &[("text/markdown", text)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}/html",
        summary: "Headline and body as a page",
        name: Some(schema::<ArticleId>),
        answer: ("200", &[("text/html", text)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}/revisions",
        summary: "All revisions that are kept, oldest first",
        name: Some(schema::<ArticleId>),
        answer: ("200", &[("application/json", schema::<articles::Revisions>)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}/diff",
        summary: "What a later revision changed in an earlier one, paragraph by paragraph",
        query: Some(schema::<story::Between>),
        name: Some(schema::<ArticleId>),
        answer: ("200", &[("application/json", schema::<story::Diff<'_>>)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        path: "/v1/articles/{id}/story",
        summary: "The story of an article with all copies and their revisions",
        name: Some(schema::<ArticleId>),
        answer: ("200", &[("application/json", schema::<story::Story>)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        path: "/v1/feeds",
        summary: "The configured feeds and how each of them is",
        query: Some(schema::<feeds::Wanted>),
        answer: ("200", &[("application/json", schema::<feeds::Listed>)]),
        faults: &["400"],
        ..PLAIN
    },
    Operation {
        path: "/v1/feeds/{id}",
        summary: "One feed",
        name: Some(schema::<FeedId>),
        answer: ("200", &[("application/json", schema::<feeds::AtLength>)]),
        faults: &["400", "404"],
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/v1/feeds/{id}/backfill",
        summary: "Orders all older pages that a feed offers",
        name: Some(schema::<FeedId>),
        answer: ("202", &[("application/json", schema::<orders::Taken>)]),
        faults: &["400", "401", "404", "503"],
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/v1/feeds/{id}/refresh",
        summary: "Orders a poll",
        name: Some(schema::<FeedId>),
        answer: ("202", &[("application/json", schema::<orders::Taken>)]),
        faults: &["400", "401", "404", "503"],
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/v1/feeds/{id}/reset",
        summary: "Forgets a feed's validators and back-off and orders a poll",
        name: Some(schema::<FeedId>),
        answer: ("202", &[("application/json", schema::<orders::Taken>)]),
        faults: &["400", "401", "404", "503"],
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/v1/refresh",
        summary: "Orders a poll of all feeds, each in its host's turn",
        answer: ("202", &[("application/json", schema::<orders::AllTaken>)]),
        faults: &["401", "503"],
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/v1/reload",
        summary: "Reads the configuration again, as SIGHUP does; a wrong one changes nothing",
        answer: ("200", &[("application/json", schema::<orders::Reloaded>)]),
        faults: &["401", "422", "503"],
        ..PLAIN
    },
    Operation {
        path: "/v1/webhooks",
        summary: "The configured webhooks, how far each has come and how it is doing",
        answer: ("200", &[("application/json", schema::<hooks::Listed>)]),
        ..PLAIN
    },
    Operation {
        path: "/v1/status",
        summary: "The daemon at a glance",
        answer: ("200", &[("application/json", schema::<health::Status>)]),
        ..PLAIN
    },
];

/// The schema of a value.
fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn text(_: &mut SchemaGenerator) -> Value {
    json!({ "type": "string" })
}

fn consumer(_: &mut SchemaGenerator) -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$" })
}

/// `GET /openapi.json`.
pub(super) async fn document() -> Json<Value> {
    Json(contract())
}

/// The whole document.
fn contract() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let described = operation.describe(&mut generator);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        set(path, operation.method, described);
    }
    // What else is sent: the line of a stream.
    schema::<Change>(&mut generator);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "wiredesk",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Articles of news feeds, cleaned, with copies and revisions recognised. \
                Fields may be added, none changes its meaning.",
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{}, { "token": [] }],
    })
}

impl Operation {
    fn describe(&self, generator: &mut SchemaGenerator) -> Value {
        let mut parameters = Vec::new();
        if let Some(make) = self.name {
            let name = self.path.split(['{', '}']).nth(1).unwrap_or_default();
            let schema = make(generator);
            parameters
                .push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
        if let Some(make) = self.query {
            parameters.extend(query(make));
        }
        let mut described = json!({
            "summary": self.summary,
            "operationId": self.id(),
            "parameters": parameters,
            "responses": self.responses(generator),
        });
        if let Some(make) = self.body {
            let schema = make(generator);
            let content = json!({ "application/json": { "schema": schema } });
            set(&mut described, "requestBody", json!({ "required": true, "content": content }));
        }
        described
    }

    /// A name for generated clients: `get_v1_articles_id_text`.
    fn id(&self) -> String {
        let words = self.path.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        format!("{}_{}", self.method, words.join("_"))
    }

    fn responses(&self, generator: &mut SchemaGenerator) -> Value {
        let (status, forms) = self.answer;
        let mut content = Map::new();
        for (media, make) in forms {
            content.insert((*media).to_owned(), json!({ "schema": make(generator) }));
        }
        let mut success = json!({ "description": self.summary });
        if !content.is_empty() {
            set(&mut success, "content", content.into());
        }
        let mut responses = Map::from_iter([(status.to_owned(), success)]);
        let problem = schema::<Problem>(generator);
        for status in self.faults {
            let content = json!({ "application/problem+json": { "schema": problem } });
            let fault = json!({ "description": "a problem (RFC 9457)", "content": content });
            responses.insert((*status).to_owned(), fault);
        }
        responses.into()
    }
}

/// The fields of a query's type as parameters.
fn query(make: Make) -> Vec<Value> {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let schema = make(&mut settings.into_generator());
    let fields = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let parameter = |(name, schema): (String, Value)| {
        let schema = present(schema);
        let said = schema.get("description").cloned().unwrap_or_default();
        json!({ "name": name, "in": "query", "required": false, "description": said, "schema": schema })
    };
    fields.into_iter().map(parameter).collect()
}

/// Sets a key of an object.
fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

/// The schema of a field that is there: what is left out of a query has no value, also not null.
fn present(mut schema: Value) -> Value {
    let kept = |value: &Value| value != "null" && value.get("type") != Some(&json!("null"));
    if let Some(kinds) = schema.get("type").and_then(Value::as_array) {
        let kinds: Vec<_> = kinds.iter().filter(|kind| kept(kind)).cloned().collect();
        set(&mut schema, "type", kinds.first().cloned().unwrap_or_default());
    }
    if let Some(one) =
        schema.get("anyOf").and_then(Value::as_array).and_then(|a| a.iter().find(|s| kept(s)))
    {
        let (mut one, said) = (one.clone(), schema.get("description").cloned());
        if let Some(said) = said {
            set(&mut one, "description", said);
        }
        return one;
    }
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("default");
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_query_is_null() {
        let document = contract().to_string();
        let parameters = contract();
        for (path, operations) in parameters["paths"].as_object().unwrap() {
            for parameter in operations["get"]["parameters"].as_array().into_iter().flatten() {
                assert!(!parameter["schema"].to_string().contains("null"), "{path} {parameter}");
                assert!(parameter["schema"]["$ref"].is_null(), "{path} {parameter}");
            }
        }
        assert!(!document.contains("$defs"), "{document}");
    }
}
