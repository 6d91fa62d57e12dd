//! The `[[feed]]` tables → [`Feed`]s: each with the settings that count for it, its login apart
//! from its address, and an id of its own.

use super::document::{Key, Keys, Section};
use super::problem::Problem;
use super::schema::FEED_TABLES;
use super::secret::Secret;
use super::section::{self, Part};
use super::source::Place;
use super::url::{FeedUrl, made_id};
use super::{Feed, settings, suggest};
use crate::model::{FeedId, Link};
use crate::{dedupe, extract, fetch, schedule};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Keys of `[fetch]` that bound all feeds together: politeness and connections are everybody's.
const SHARED: [&str; 4] =
    ["concurrency", "per_host_concurrency", "per_host_interval", "connect_timeout"];

/// The stages' sections, which a feed's own keys are laid over.
pub(super) struct Stages<'t> {
    pub(super) schedule: Part<'t, schedule::Settings>,
    pub(super) fetch: Part<'t, fetch::Settings>,
    pub(super) extract: Part<'t, extract::Settings>,
    pub(super) dedup: Part<'t, dedupe::Settings>,
}

/// The feeds that can be read, in their order; everything else becomes a problem. Secrets at
/// relative paths stand below `base`.
pub(super) fn read<'t>(
    feeds: Vec<Section<'t>>,
    stages: &Stages<'t>,
    base: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<Feed> {
    let mut seen = Seen::default();
    let mut out = Vec::with_capacity(feeds.len());
    for section in feeds {
        let written = Written::of(section, problems);
        let url_place = written.get("url").map(Key::value_place);
        let id_place = written.get("id").map(Key::value_place).or_else(|| url_place.clone());
        let Some(feed) = one(written, stages, base, problems) else { continue };
        if let Some((id_place, url_place)) = id_place.zip(url_place) {
            seen.note(&feed, id_place, url_place, problems);
        }
        out.push(feed);
    }
    out
}

/// The keys of one `[[feed]]`, by what they belong to.
struct Written<'t> {
    header: Place,
    /// The feed's own keys, and those that nobody knows.
    own: Keys<'t>,
    /// Keys of `[schedule]`.
    schedule: Keys<'t>,
    /// The keys within `[feed.fetch]` and so on.
    tables: HashMap<&'static str, Keys<'t>>,
}

impl<'t> Written<'t> {
    fn of(section: Section<'t>, problems: &mut Vec<Problem>) -> Self {
        let mut written = Self {
            header: section.header,
            own: Keys::new(),
            schedule: Keys::new(),
            tables: HashMap::new(),
        };
        for (path, key) in section.keys {
            let Some((name, rest)) = path.split_first() else { continue };
            if let Some(table) = FEED_TABLES.into_iter().find(|table| table == name) {
                written.table(table, rest, key, problems);
            } else if suggest::keys("schedule").contains(name) {
                written.schedule.insert(path, key);
            } else {
                written.own.insert(path, key);
            }
        }
        written
    }

    fn table(
        &mut self,
        name: &'static str,
        path: &[String],
        key: Key<'t>,
        problems: &mut Vec<Problem>,
    ) {
        if name == "fetch" && path.first().is_some_and(|key| SHARED.contains(&key.as_str())) {
            problems.push(
                Problem::error(format!("`{}` counts for all feeds together", path.join(".")))
                    .at(key.place)
                    .help("set it in [fetch]"),
            );
        } else if !path.is_empty() {
            self.tables.entry(name).or_default().insert(path.to_vec(), key);
        } else if !key.value.get_ref().is_table() {
            problems.push(
                Problem::error(format!("`{name}` of a feed is a table"))
                    .at(key.place)
                    .help(format!("write [feed.{name}] below the feed, its keys below that")),
            );
        }
    }

    fn get(&self, key: &str) -> Option<&Key<'t>> {
        self.own.get([key.to_owned()].as_slice())
    }

    fn take(&mut self, table: &str) -> Keys<'t> {
        self.tables.remove(table).unwrap_or_default()
    }
}

/// One feed; `None` where it lacks a usable address.
fn one<'t>(
    mut written: Written<'t>,
    stages: &Stages<'t>,
    base: &Path,
    problems: &mut Vec<Problem>,
) -> Option<Feed> {
    let schedule = schedule(&stages.schedule, written.schedule.clone(), problems);
    let fetch = overlay(&stages.fetch, written.take("fetch"), problems);
    let extract = overlay(&stages.extract, written.take("extract"), problems);
    let dedup = overlay(&stages.dedup, written.take("dedup"), problems);
    let url_key = written.get("url").cloned();
    let (keys, feed) = own(written, problems);
    let mut headers = headers(&feed, &keys, base, problems);
    let url = feed.url?;
    if let Some(login) = url.authorization.clone() {
        warn_of_login(&url, url_key.as_ref(), problems);
        headers.push(("authorization".to_owned(), login));
    }
    Some(Feed {
        id: feed.id.or_else(|| made_id(&url.link))?,
        url: url.link,
        headers,
        tags: feed.tags,
        note: feed.note,
        disabled: feed.disabled,
        schedule,
        fetch,
        extract,
        dedup,
    })
}

/// The feed's own keys that can be read, and what they say.
fn own<'t>(written: Written<'t>, problems: &mut Vec<Problem>) -> (Keys<'t>, settings::Feed) {
    if written.get("url").is_none() {
        problems.push(
            Problem::error("a feed without `url`")
                .at(written.header)
                .help("add for example `url = \"https://example.org/feed.xml\"`"),
        );
    }
    let secrets = plain_headers(&written.own);
    let before = problems.len();
    let keys =
        section::good_keys::<settings::Feed>("feed", written.own, suggest::keys("feed"), problems);
    for problem in problems.iter_mut().skip(before) {
        problem.hide(&secrets);
    }
    let feed = section::together(&keys);
    (keys, feed)
}

/// Places of header values that stand in the file itself: nobody may see them in a message.
fn plain_headers(keys: &Keys<'_>) -> Vec<Place> {
    keys.iter()
        .filter(|(path, _)| path.first().is_some_and(|name| name == "headers") && path.len() < 3)
        .map(|(_, key)| key.value_place())
        .collect()
}

/// The stage's settings as they count for a feed with these keys of its own.
fn overlay<'t, T: DeserializeOwned + Default>(
    stage: &Part<'t, T>,
    own: Keys<'t>,
    problems: &mut Vec<Problem>,
) -> Arc<T> {
    if own.is_empty() { Arc::clone(&stage.value) } else { stage.overlaid(own, problems).value }
}

fn schedule<'t>(
    stage: &Part<'t, schedule::Settings>,
    own: Keys<'t>,
    problems: &mut Vec<Problem>,
) -> Arc<schedule::Settings> {
    if own.is_empty() {
        return Arc::clone(&stage.value);
    }
    let part = stage.overlaid(own, problems);
    part.report(part.value.faults(), problems);
    part.value
}

fn headers(
    feed: &settings::Feed,
    keys: &Keys<'_>,
    base: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<(String, Secret)> {
    let mut headers = Vec::new();
    for (name, secret) in &feed.headers.0 {
        let path = ["headers", name, "file"].map(str::to_owned);
        match Secret::read(&secret.file, base) {
            Ok(value) => headers.push((name.to_ascii_lowercase(), value)),
            Err(text) => {
                let problem = Problem::error(text).help("write the header's value into that file");
                problems.push(match keys.get(path.as_slice()) {
                    Some(key) => problem.at(key.value_place()),
                    None => problem,
                });
            }
        }
    }
    headers
}

fn warn_of_login(url: &FeedUrl, key: Option<&Key<'_>>, problems: &mut Vec<Problem>) {
    let Some(key) = key else { return };
    let readers = "everybody who reads this file";
    problems.push(
        Problem::warning(format!("the password for {} is shown to {readers}", url.link.host()))
            .at(key.value_place())
            .help("put `Basic …` into a file and write headers = { Authorization = { file = \"…\" } }"),
    );
}

/// Ids and addresses met so far, with their places.
#[derive(Default)]
struct Seen {
    ids: HashMap<FeedId, Place>,
    urls: HashMap<Link, Place>,
}

impl Seen {
    /// Notes a feed; an id that was there before is a problem. An address may come again under
    /// another id, with other tags say: both then share one fetch.
    fn note(&mut self, feed: &Feed, id: Place, url: Place, problems: &mut Vec<Problem>) {
        let again = self.ids.contains_key(&feed.id);
        if let Some(first) = self.urls.get(&feed.url).filter(|_| again) {
            problems.push(
                Problem::error("the same address twice")
                    .at(url)
                    .other(first.clone(), "first here")
                    .help("remove one of the two feeds, or give each its own `id`"),
            );
            return;
        }
        if let Some(first) = self.ids.get(&feed.id) {
            problems.push(
                Problem::error(format!("two feeds are called `{}`", feed.id))
                    .at(id.clone())
                    .other(first.clone(), "first here")
                    .help("give one of them another `id`"),
            );
        }
        self.urls.insert(feed.url.clone(), url);
        self.ids.insert(feed.id.clone(), id);
    }
}
