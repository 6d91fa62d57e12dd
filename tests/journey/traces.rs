//! Traces of the real daemon, taken by a collector on loopback that reads as much of the protocol as
//! it takes to find spans, their parents and attributes.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, config};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What must never be sent.
const SECRET: &str = "hunter2";

/// A collector on loopback.
#[derive(Clone, Default)]
struct Collector {
    /// `http://127.0.0.1:PORT`
    base: String,
    bodies: Arc<Mutex<Vec<Bytes>>>,
}

/// A span as it came.
#[derive(Debug, Default)]
struct Span {
    name: String,
    id: Vec<u8>,
    parent: Vec<u8>,
    attributes: BTreeMap<String, String>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let collector = Self { base, ..Self::default() };
        let take = |State(own): State<Self>, body: Bytes| async move {
            own.bodies.lock().unwrap().push(body);
        };
        let router = Router::new().route("/v1/traces", post(take)).with_state(collector.clone());
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        collector
    }

    fn spans(&self) -> Vec<Span> {
        let bodies = self.bodies.lock().unwrap().clone();
        let within = |bytes: Vec<u8>, number| parts(&bytes, number);
        bodies
            .iter()
            .flat_map(|body| parts(body, 1))
            .flat_map(|resource| within(resource, 2))
            .flat_map(|scope| within(scope, 2))
            .map(|span| Span::read(&span))
            .collect()
    }

    /// The attributes of the resources that sent something.
    fn resources(&self) -> Vec<BTreeMap<String, String>> {
        let bodies = self.bodies.lock().unwrap().clone();
        let resources = bodies.iter().flat_map(|body| parts(body, 1));
        resources.flat_map(|resource| parts(&resource, 1)).map(|r| attributes(&r, 1)).collect()
    }
}

impl Span {
    fn read(bytes: &[u8]) -> Self {
        let one = |number| parts(bytes, number).pop().unwrap_or_default();
        Self {
            name: String::from_utf8(one(5)).unwrap(),
            id: one(2),
            parent: one(4),
            attributes: attributes(bytes, 9),
        }
    }
}

fn attributes(bytes: &[u8], number: u64) -> BTreeMap<String, String> {
    let pair = |bytes: Vec<u8>| {
        let key = String::from_utf8(parts(&bytes, 1).pop().unwrap()).unwrap();
        let value = parts(&bytes, 2).pop().unwrap_or_default();
        (key, fields(&value).pop().map(|(_, value)| value.to_string()).unwrap_or_default())
    };
    parts(bytes, number).into_iter().map(pair).collect()
}

/// A field of a message: a number, or bytes.
enum Field {
    Number(u64),
    Bytes(Vec<u8>),
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Bytes(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
        }
    }
}

/// The messages and texts in the fields of this number.
fn parts(bytes: &[u8], number: u64) -> Vec<Vec<u8>> {
    let fields = fields(bytes).into_iter().filter(|(n, _)| *n == number);
    fields
        .filter_map(|(_, field)| match field {
            Field::Bytes(bytes) => Some(bytes),
            Field::Number(_) => None,
        })
        .collect()
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Field)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut bytes)),
            1 => Field::Bytes(take(&mut bytes, 8)),
            2 => {
                let length = varint(&mut bytes);
                Field::Bytes(take(&mut bytes, usize::try_from(length).unwrap()))
            }
            5 => Field::Bytes(take(&mut bytes, 4)),
            other => panic!("no such kind of field: {other}"),
        };
        found.push((tag >> 3, field));
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let length = bytes.iter().position(|b| b & 0x80 == 0).unwrap() + 1;
    let digits = take(bytes, length);
    digits.iter().rev().fold(0, |number, digit| number << 7 | u64::from(digit & 0x7f))
}

fn take(bytes: &mut &[u8], length: usize) -> Vec<u8> {
    let (head, rest) = bytes.split_at(length);
    *bytes = rest;
    head.to_vec()
}

/// A desk that polls one feed, with secrets in its address, and makes traces.
fn desk(log: &str, site: &Site) -> Desk {
    let address = site.feed(0).replace("http://", &format!("http://reader:{SECRET}@"));
    let feeds = config(QUICK, site, 1).replace(&site.feed(0), &format!("{address}?key={SECRET}"));
    Desk::new(&format!("[log]\n{log}\n{feeds}"))
}

/// Starts the daemon with its traces sent soon, and more in its environment.
fn start(desk: &mut Desk, environment: &str) {
    desk.launch_by(&format!("export OTEL_BSP_SCHEDULE_DELAY=50 {environment}; exec \"$@\""));
}

#[test]
fn polls_and_journeys_become_traces_without_secrets() {
    let (site, collector) = (Site::start(Duration::from_millis(1), 2), Collector::start());
    // The log's own level has no say in it.
    let log = format!("level = \"error\"\ntraces = \"{}\"", collector.base);
    let mut desk = desk(&log, &site);
    start(&mut desk, "");
    desk.wait("both journeys are traced", |_| {
        collector.spans().iter().filter(|span| span.name == "article").count() == 2
    });
    assert!(desk.stop().success(), "{}", desk.log());
    let spans = collector.spans();
    let child = |parent: &Span, name: &str| {
        let mut all = spans.iter().filter(|span| span.parent == parent.id && span.name == name);
        all.next().unwrap_or_else(|| panic!("no {name} below {parent:?}"))
    };
    for article in spans.iter().filter(|span| span.name == "article") {
        assert!(article.parent.is_empty());
        assert_eq!(article.attributes["feed.id"], "pier-0");
        assert_eq!(article.attributes["outcome"], "filed");
        let fetch = child(article, "fetch");
        assert_eq!(fetch.attributes["http.response.status_code"], "200");
        assert_eq!(fetch.attributes["server.address"], "127.0.0.1");
        child(article, "extract");
        let decide = child(child(article, "file"), "decide");
        assert_eq!(decide.attributes["outcome"], "new");
    }
    let mut polls = spans.iter().filter(|span| span.name == "poll");
    let first = polls.next().unwrap();
    assert_eq!(first.attributes["feed.id"], "pier-0");
    assert_eq!(first.attributes["outcome"], "document");
    assert_eq!(first.attributes["http.response.status_code"], "200");
    assert!(first.attributes["http.response.body.size"].parse::<u64>().unwrap() > 100);
    child(first, "fetch");
    assert_eq!(collector.resources()[0]["service.name"], "wiredesk");
    for body in collector.bodies.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(body);
        assert!(!text.contains(SECRET) && !text.contains("feed.xml"), "{text}");
    }
}

#[test]
fn the_standard_variable_names_the_collector() {
    let (site, collector) = (Site::start(Duration::from_millis(1), 1), Collector::start());
    let mut desk = desk("", &site);
    let variables =
        format!("OTEL_EXPORTER_OTLP_ENDPOINT={} OTEL_SERVICE_NAME=desk-7", collector.base);
    start(&mut desk, &variables);
    desk.wait("a poll is traced", |_| collector.spans().iter().any(|span| span.name == "poll"));
    assert_eq!(collector.resources()[0]["service.name"], "desk-7");
    assert!(desk.stop().success(), "{}", desk.log());
}

#[test]
fn a_collector_that_is_away_or_hangs_costs_the_daemon_nothing() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = nobody.local_addr().unwrap();
    drop(nobody);
    // Takes connections into its queue and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for (collector, complaint) in [(away, true), (silent.local_addr().unwrap(), false)] {
        let site = Site::start(Duration::from_millis(1), 3);
        let mut desk = desk(&format!("traces = \"http://{collector}\""), &site);
        start(&mut desk, "");
        desk.wait("the articles are there", |desk| {
            desk.ask("/v1/status").is_some() && desk.articles().len() == 3
        });
        if complaint {
            desk.wait("it is said", |desk| desk.log().contains("takes no traces"));
        }
        assert!(desk.stop().success(), "{}", desk.log());
        assert!(desk.log().matches("takes no traces").count() <= 1, "{}", desk.log());
    }
}
