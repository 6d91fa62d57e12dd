//! The `[[webhook]]` tables → [`Hook`]s, each with its secret read and its filters checked.

use super::document::{Key, Keys, Section};
use super::paths::Env;
use super::problem::Problem;
use super::secret::Secret;
use super::section;
use super::source::Place;
use super::{Feed, settings, suggest};
use crate::hook::{self, HOOKS_MAX, Hook};
use crate::model::Link;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Longest name in bytes: it is a label and part of a bookmark's name.
const ID_MAX: usize = 64;

/// The hooks that can be read, in their order; everything else becomes a problem. Secrets at relative
/// paths stand below `base`.
pub(super) fn read(
    sections: Vec<Section<'_>>,
    feeds: &[Feed],
    base: &Path,
    env: &Env,
    problems: &mut Vec<Problem>,
) -> Vec<Arc<Hook>> {
    let mut seen: HashMap<String, Place> = HashMap::new();
    let mut hooks = Vec::new();
    for Section { header, keys } in sections {
        let place = keys.get(["id".to_owned()].as_slice()).map_or(header.clone(), Key::value_place);
        let Some(hook) = one(&header, keys, feeds, base, env, problems) else { continue };
        if hooks.len() == HOOKS_MAX {
            let text = format!("more than {HOOKS_MAX} webhooks");
            let help = "let one receiver hand on to others, or read /v1/changes";
            problems.push(Problem::error(text).at(place.clone()).help(help));
        }
        if let Some(first) = seen.insert(hook.id.clone(), place.clone()) {
            problems.push(
                Problem::error(format!("two webhooks are called `{}`", hook.id))
                    .at(place)
                    .other(first, "first here")
                    .help("give one of them another `id`"),
            );
        }
        hooks.push(Arc::new(hook));
    }
    hooks
}

/// One hook; `None` where something that it cannot do without is missing or wrong.
fn one(
    header: &Place,
    keys: Keys<'_>,
    feeds: &[Feed],
    base: &Path,
    env: &Env,
    problems: &mut Vec<Problem>,
) -> Option<Hook> {
    let before = problems.len();
    let hidden = plain_secrets(&keys);
    let written: Vec<String> = keys.keys().filter_map(|path| path.first().cloned()).collect();
    let known = suggest::keys("webhook");
    let keys = section::good_keys::<settings::Webhook>("webhook", keys, known, problems);
    for problem in problems.iter_mut().skip(before) {
        problem.hide(&hidden);
    }
    for (name, remedy) in [
        ("id", "`id = \"newsroom\"`"),
        ("url", "`url = \"https://newsroom.example.org/wiredesk\"`"),
        ("secret", "`secret = { file = \"newsroom.key\" }`"),
    ] {
        if !written.iter().any(|key| key == name) {
            let problem = Problem::error(format!("a webhook without `{name}`"));
            problems.push(problem.at(header.clone()).help(format!("add for example {remedy}")));
        }
    }
    let settings: settings::Webhook = section::together(&keys);
    let report = |key: &str, text: String, help: &str, problems: &mut Vec<Problem>| {
        let place = keys.iter().find(|(path, _)| path.first().is_some_and(|name| name == key));
        let place = place.map_or_else(|| header.clone(), |(_, key)| key.value_place());
        problems.push(Problem::error(text).at(place).help(help));
    };
    let mut faults = faults(&settings, feeds);
    let key = settings.secret.as_ref().and_then(|place| {
        let read = Secret::at(place, base, env);
        let key = read.and_then(|secret| {
            let named = |fault| format!("this is no webhook's secret: {fault}");
            hook::Key::parse(secret.reveal()).map_err(named)
        });
        let help = "the receiver gives it to you, or make one: \
                    `printf 'whsec_%s' \"$(head -c 32 /dev/urandom | base64)\" > newsroom.key`";
        key.map_err(|text| faults.push(("secret", text, help.to_owned()))).ok()
    });
    for (key, text, help) in faults {
        report(key, text, &help, problems);
    }
    hook_of(settings, key?)
}

/// Places of secrets that stand in the file itself: nobody may see them in a message.
fn plain_secrets(keys: &Keys<'_>) -> Vec<Place> {
    let named = ["file", "env"];
    keys.iter()
        .filter(|(path, _)| path.first().is_some_and(|name| name == "secret"))
        .filter(|(path, _)| path.get(1).is_none_or(|name| !named.contains(&name.as_str())))
        .map(|(_, key)| key.value_place())
        .collect()
}

/// What is wrong with what can be read: the key, the fault, the remedy.
fn faults(hook: &settings::Webhook, feeds: &[Feed]) -> Vec<section::Fault> {
    let mut faults = Vec::new();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = |id: &String| (1..=ID_MAX).contains(&id.len()) && id.chars().all(allowed);
    if hook.id.as_ref().is_some_and(|id| !is_name(id)) {
        let text = format!("a webhook's id has 1 to {ID_MAX} letters, digits, '.', '_' or '-'");
        faults.push(("id", text, "write for example `id = \"newsroom\"`".to_owned()));
    }
    if hook.url.as_ref().is_some_and(|url| url.authorization.is_some()) {
        let text = "messages are signed; no user name or password is sent".to_owned();
        faults.push(("url", text, "leave out what stands before the `@`".to_owned()));
    }
    if hook.events.is_empty() {
        let help = "leave `events` out for the usual ones, or remove the webhook";
        faults.push(("events", "it would be told nothing".to_owned(), help.to_owned()));
    }
    let names = || feeds.iter().map(|feed| feed.id.as_str());
    for unknown in hook.feeds.iter().filter(|id| !names().any(|name| name == id.as_str())) {
        let help = match suggest::nearest(unknown.as_str(), names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`wiredesk feed list` shows the feeds there are".to_owned(),
        };
        faults.push(("feeds", format!("there is no feed `{unknown}`"), help));
    }
    faults
}

fn hook_of(settings: settings::Webhook, key: hook::Key) -> Option<Hook> {
    let settings::Webhook { id, url, events, tags, feeds, timeout, text, html, .. } = settings;
    let url: Link = url?.link;
    let tags = tags.iter().map(|tag| tag.to_lowercase()).collect();
    Some(Hook { id: id?, url, key, events, tags, feeds, timeout, text, html })
}
