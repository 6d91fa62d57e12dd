//! `/v1/consumers/{name}`: named positions that the daemon keeps for programs that follow the log.
//!
//! A program asks for changes with `?consumer=NAME`, works on them, and says with `PUT` how far it
//! has come; what it had not yet confirmed when it fell over comes again.

use super::api::{Api, Named, Sent};
use super::bookmarks::{Bookmark, Bookmarks, CONSUMER};
use super::changes::{SEQ_MAX, check_position};
use super::{Problem, State};
use crate::model::{Moment, Seq, Timestamp};
use crate::observe;
use axum::Json;
use axum::extract;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// Longest name in bytes.
const NAME_MAX: usize = 64;

/// A consumer as other programs see it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Consumer {
    name: String,
    /// The last change that it is done with.
    seq: Seq,
    /// Changes behind that one.
    lag: u64,
    /// When it last said so.
    #[schemars(with = "Moment")]
    updated: Timestamp,
}

/// All consumers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConsumerList")]
pub(super) struct Listed {
    data: Vec<Consumer>,
}

/// How far a consumer has come.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    /// The last change that it is done with; 0 for none.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(max = SEQ_MAX))]
    seq: Seq,
}

/// A whole number, also as JSON's other spelling of it: `7.0`.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Seq, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let spelt = number.to_string();
    let digits = spelt.strip_suffix(".0").unwrap_or(&spelt);
    digits.parse().map_err(|_| D::Error::custom(format!("{spelt} is no whole number from 0 on")))
}

/// `GET /v1/consumers`.
pub(super) async fn list(extract::State(api): extract::State<Api>) -> Json<Listed> {
    Json(Listed { data: all(&api.state) })
}

/// The consumers in the order of their names.
pub(super) fn all(state: &State) -> Vec<Consumer> {
    let marks = state.bookmarks.all(CONSUMER).into_iter();
    marks.map(|(name, mark)| Consumer::of(state, name, mark)).collect()
}

/// `GET /v1/consumers/{name}`.
pub(super) async fn one(
    extract::State(api): extract::State<Api>,
    Named(name): Named,
) -> Result<Json<Consumer>, Problem> {
    let mark = api.state.bookmarks.get(&key(&name)?).ok_or_else(|| absent(&name))?;
    Ok(Json(Consumer::of(&api.state, name, mark)))
}

/// `PUT /v1/consumers/{name}`.
pub(super) async fn put(
    extract::State(api): extract::State<Api>,
    Named(name): Named,
    Sent(position): Sent<Position>,
) -> Result<Json<Consumer>, Problem> {
    let key = key(&name)?;
    check_position(&api.state, position.seq).await?;
    let mark = Bookmark { seq: position.seq, updated: observe::now() };
    let put = |bookmarks: &Bookmarks| bookmarks.put(&key, mark).map_err(unwritten);
    if !api.read(|state| put(&state.bookmarks)).await? {
        return Err(Problem::bad("there are too many consumers; DELETE those that are gone"));
    }
    Ok(Json(Consumer::of(&api.state, name, mark)))
}

/// `DELETE /v1/consumers/{name}`.
pub(super) async fn delete(
    extract::State(api): extract::State<Api>,
    Named(name): Named,
) -> Result<StatusCode, Problem> {
    let key = key(&name)?;
    let removed = api.read(|state| state.bookmarks.remove(&key).map_err(unwritten)).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(absent(&name)) }
}

impl Consumer {
    fn of(state: &State, name: String, mark: Bookmark) -> Self {
        let lag = state.last_seq.borrow().saturating_sub(mark.seq);
        Self { name, seq: mark.seq, lag, updated: mark.updated }
    }

    /// Its name and how many changes it has before it.
    pub(super) fn lag(&self) -> (&str, u64) {
        (&self.name, self.lag)
    }
}

/// The position of the consumer that a request for changes names.
///
/// # Errors
/// There is no such consumer.
pub(super) fn position(state: &State, name: &str) -> Result<Seq, Problem> {
    let mark = state.bookmarks.get(&key(name)?);
    mark.map(|mark| mark.seq).ok_or_else(|| absent(name))
}

/// The bookmark of a consumer with this name.
///
/// # Errors
/// No consumer can be called so.
pub(super) fn key(name: &str) -> Result<String, Problem> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(allowed) {
        let rule =
            format!("a consumer's name has 1 to {NAME_MAX} letters, digits, '.', '_' or '-'");
        return Err(Problem::bad(rule));
    }
    Ok(format!("{CONSUMER}{name}"))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unwritten(error: std::io::Error) -> Problem {
    Problem::busy(format!("the position could not be written down: {error}"))
}

fn absent(name: &str) -> Problem {
    Problem::absent(format!("there is no consumer {name}; PUT its first position to make one"))
}
