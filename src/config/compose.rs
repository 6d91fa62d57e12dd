//! What was written → [`Config`]: reads every section before complaining, then says what it means.

use super::document::{Document, Keys};
use super::feeds::{self, Stages};
use super::paths::{self, Env};
use super::problem::Problem;
use super::secret::Secret;
use super::section::{Fault, Part};
use super::{Config, Daemon, Http, Identity, Listen, settings, webhooks};
use crate::model::Link;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;

/// The configuration that the file at `path` and what is layered over it mean. With an error among
/// the problems it is incomplete and must not be used.
pub(super) fn config(
    mut document: Document<'_>,
    path: &Path,
    env: &Env,
    problems: &mut Vec<Problem>,
) -> Config {
    let base = path.parent().unwrap_or(Path::new(""));
    let daemon = daemon(&part(&mut document, "daemon", problems), path, env);
    let identity = identity(&part(&mut document, "identity", problems), problems);
    let socket_dir = paths::socket_dir(path, &daemon.state_dir, env);
    let http = http(&part(&mut document, "http", problems), base, &socket_dir, problems);
    let log: Part<'_, crate::observe::LogSettings> = part(&mut document, "log", problems);
    log.report(log.value.faults(), problems);
    let websub: Part<'_, crate::fetch::WebSubSettings> = part(&mut document, "websub", problems);
    websub.report(websub.value.faults(), problems);
    let archive = part(&mut document, "archive", problems).value;
    let store = part(&mut document, "store", problems).value;
    let stages = Stages {
        schedule: part(&mut document, "schedule", problems),
        fetch: part(&mut document, "fetch", problems),
        extract: part(&mut document, "extract", problems),
        dedup: part(&mut document, "dedup", problems),
    };
    stages.schedule.report(stages.schedule.value.faults(), problems);
    if document.feeds.is_empty() && document.complete {
        problems.push(
            Problem::warning("there is no feed")
                .help("add [[feed]] and below it `url = \"https://example.org/feed.xml\"`"),
        );
    }
    let feeds = feeds::read(document.feeds, &stages, base, problems);
    let webhooks = webhooks::read(document.webhooks, &feeds, base, env, problems);
    Config {
        daemon,
        identity,
        log: Arc::unwrap_or_clone(log.value),
        http,
        schedule: stages.schedule.value,
        fetch: stages.fetch.value,
        extract: stages.extract.value,
        dedup: stages.dedup.value,
        websub: websub.value,
        archive,
        store,
        feeds,
        webhooks,
    }
}

/// Takes a section out of the document and reads it.
fn part<'t, T: DeserializeOwned + Default>(
    document: &mut Document<'t>,
    name: &'static str,
    problems: &mut Vec<Problem>,
) -> Part<'t, T> {
    match document.sections.remove(name) {
        Some(section) => Part::read(name, Some(section.header), section.keys, problems),
        None => Part::read(name, None, Keys::new(), problems),
    }
}

fn daemon(part: &Part<'_, settings::Daemon>, path: &Path, env: &Env) -> Daemon {
    let written = part.value.state_dir.clone();
    let state_dir = written.unwrap_or_else(|| paths::state_dir(path, env));
    Daemon {
        state_dir: std::path::absolute(&state_dir).unwrap_or(state_dir),
        shutdown_grace: part.value.shutdown_grace,
        free_space_floor: part.value.free_space_floor,
        memory_alarm: part.value.memory_alarm,
        watch: part.value.watch,
    }
}

fn identity(part: &Part<'_, settings::Identity>, problems: &mut Vec<Problem>) -> Identity {
    let settings::Identity { contact, user_agent } = part.value.as_ref().clone();
    let version = env!("CARGO_PKG_VERSION");
    if contact.is_none() && user_agent.is_none() {
        problems.push(Problem::warning("publishers cannot find out who polls them").help(
            "set `contact` in [identity] to a web page or mailto: address; some sites refuse programs without",
        ));
    }
    part.report(identity_faults(contact.as_deref(), user_agent.as_deref()), problems);
    let user_agent = user_agent.unwrap_or_else(|| match &contact {
        Some(contact) => format!("wiredesk/{version} (+{contact})"),
        None => format!("wiredesk/{version}"),
    });
    Identity { contact, user_agent }
}

fn identity_faults(contact: Option<&str>, user_agent: Option<&str>) -> Vec<Fault> {
    let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    let is_address = |text: &str| {
        let schemes = ["https://", "http://", "mailto:"];
        visible(text) && !text.contains(' ') && schemes.iter().any(|s| text.starts_with(s))
    };
    let mut faults = Vec::new();
    if contact.is_some_and(|text| !is_address(text)) {
        faults.push((
            "contact",
            "neither a web page nor a mailto: address".to_owned(),
            "write for example `contact = \"mailto:desk@example.org\"`".to_owned(),
        ));
    }
    if user_agent.is_some_and(|text| !visible(text)) {
        faults.push((
            "user_agent",
            "a header holds visible ASCII characters only".to_owned(),
            "write for example `user_agent = \"example-reader/2.1\"`".to_owned(),
        ));
    }
    faults
}

fn http(
    part: &Part<'_, settings::Http>,
    base: &Path,
    socket_dir: &Path,
    problems: &mut Vec<Problem>,
) -> Http {
    let mut faults = Vec::new();
    let mut listen = Vec::new();
    for text in &part.value.listen {
        match Listen::parse(text, socket_dir) {
            Ok(place) => listen.push(place),
            Err(text) => faults.push((
                "listen",
                text,
                "write for example `listen = [\"unix:api.sock\", \"127.0.0.1:7420\"]`".to_owned(),
            )),
        }
    }
    let token = part.value.token_file.as_deref().map(|file| Secret::read(file, base));
    if let Some(public) = listen.iter().find(|l| l.is_public()).filter(|_| token.is_none()) {
        faults.push((
            "listen",
            format!("everybody who reaches {public} could read everything"),
            "set `token_file`, or listen on 127.0.0.1 and let a proxy guard the door".to_owned(),
        ));
    }
    let token = token.and_then(|read| {
        let wrong = |text| ("token_file", text, "write the token into the file".to_owned());
        read.map_err(|text| faults.push(wrong(text))).ok()
    });
    let hub = part.value.hub.as_deref().and_then(|text| Link::parse(text, None));
    if part.value.hub.is_some() && hub.is_none() {
        let remedy = "write for example `hub = \"https://hub.example.org/\"`";
        faults.push(("hub", "no http or https address".to_owned(), remedy.to_owned()));
    }
    part.report(faults, problems);
    Http { listen, token, metrics: part.value.metrics, hub }
}
