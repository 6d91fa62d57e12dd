//! [`Hub`]: a WebSub hub on loopback that asks before it believes, and pushes what it is told.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use ring::hmac;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

/// The hub; it ends with the test's process.
#[derive(Clone)]
pub(crate) struct Hub {
    /// Where subscribers ask.
    pub(crate) url: String,
    taken: Arc<Mutex<Vec<Subscriber>>>,
}

/// Who asked, and confirmed it.
#[derive(Debug, Clone)]
pub(crate) struct Subscriber {
    /// What it wants.
    pub(crate) topic: String,
    /// Where it wants it.
    pub(crate) callback: String,
    secret: String,
}

impl Hub {
    /// A hub that grants a lease of so many seconds.
    pub(crate) fn start(lease_seconds: u64) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let hub = Self { url, taken: Arc::default() };
        let state = (hub.clone(), lease_seconds);
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let router = Router::new().route("/", post(subscribe)).with_state(state);
                axum::serve(listener, router).await.unwrap();
            });
        });
        hub
    }

    /// Everybody who asked and confirmed so far; one who asked twice stands here twice.
    pub(crate) fn subscribers(&self) -> Vec<Subscriber> {
        self.taken.lock().unwrap().clone()
    }
}

impl Subscriber {
    /// Pushes a document, signed; the status that came back.
    pub(crate) fn push(&self, body: &str) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let tag = hmac::sign(&key, body.as_bytes());
        let digits: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        self.push_signed(body, &format!("sha256={digits}"))
    }

    /// The same with any signature.
    pub(crate) fn push_signed(&self, body: &str, signature: &str) -> u16 {
        let headers = format!(
            "X-Hub-Signature: {signature}\r\nContent-Type: application/rss+xml\r\n\
             Content-Length: {}\r\n",
            body.len()
        );
        ask("POST", &self.callback, &headers, body).0
    }
}

async fn subscribe(State((hub, lease)): State<(Hub, u64)>, form: String) -> StatusCode {
    let field: HashMap<String, String> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let taken = |name: &str| field.get(name).cloned().unwrap();
    let new = Subscriber {
        topic: taken("hub.topic"),
        callback: taken("hub.callback"),
        secret: taken("hub.secret"),
    };
    let mode = taken("hub.mode");
    std::thread::spawn(move || {
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", &mode)
            .append_pair("hub.topic", &new.topic)
            .append_pair("hub.challenge", "say-this")
            .append_pair("hub.lease_seconds", &lease.to_string())
            .finish();
        let (status, said) = ask("GET", &format!("{}?{question}", new.callback), "", "");
        if status == 200 && said == "say-this" {
            hub.taken.lock().unwrap().push(new);
        }
    });
    StatusCode::ACCEPTED
}

/// One request by hand; the answer's status and body.
pub(crate) fn ask(method: &str, url: &str, headers: &str, body: &str) -> (u16, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}
