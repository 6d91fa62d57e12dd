//! A webhook's receiver on loopback: believes only what is signed, and answers as it is told.

use crate::support::{Answer, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What desk and receiver share.
const SECRET: [u8; 32] = *b"thirty-two bytes that none knows";

/// The receiver; it ends with the test.
pub(crate) struct Receiver {
    server: Server,
    answer: Arc<Mutex<Answer>>,
}

/// A message that came, its signature verified.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) json: Value,
    pub(crate) at: Instant,
}

impl Told {
    pub(crate) fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap()
    }

    /// The position of the change that it tells.
    pub(crate) fn seq(&self) -> u64 {
        self.json["data"]["seq"].as_u64().unwrap()
    }
}

impl Receiver {
    /// A receiver that takes everything.
    pub(crate) fn start() -> Self {
        Self::on("127.0.0.1:0").unwrap()
    }

    /// The same at another address; `None` where this machine has none like it.
    pub(crate) fn on(address: &str) -> Option<Self> {
        let answer = Arc::new(Mutex::new(Answer::status(204)));
        let given = Arc::clone(&answer);
        let server = Server::on(address, move |_| given.lock().unwrap().clone())?;
        Some(Self { server, answer })
    }

    /// Answers like this from now on.
    pub(crate) fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> u64 {
        self.server.connections()
    }

    /// Everything that came, taken or not, in order.
    #[track_caller]
    pub(crate) fn told(&self) -> Vec<Told> {
        self.server
            .asked()
            .iter()
            .map(|asked| {
                assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/in"));
                let header = |name: &str| asked.header(name).expect(name);
                assert_eq!(header("content-type"), "application/json");
                let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
                let age = jiff::Timestamp::now().as_second() - at.parse::<i64>().unwrap();
                assert!((0..120).contains(&age), "{age} seconds old");
                let signed = [format!("{id}.{at}.").as_bytes(), &asked.body].concat();
                let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET);
                let signature = header("webhook-signature").strip_prefix("v1,").unwrap();
                let signature = STANDARD.decode(signature).unwrap();
                hmac::verify(&key, &signed, &signature).expect("the signature is right");
                let json = serde_json::from_slice(&asked.body).unwrap();
                Told { id: id.to_owned(), json, at: asked.at }
            })
            .collect()
    }

    /// The configuration of a webhook that leads here, with further keys.
    /// [`Receiver::share`] writes its secret.
    pub(crate) fn hook(&self, id: &str, keys: &str) -> String {
        let url = self.server.link("/in");
        let url = url.as_str();
        format!(
            "[[webhook]]\nid = \"{id}\"\nurl = \"{url}\"\nsecret = {{ file = \"{id}.key\" }}\n{keys}"
        )
    }

    /// Writes the secret beside a desk's configuration.
    pub(crate) fn share(desk: &crate::desk::Desk, id: &str) {
        let text = format!("whsec_{}\n", STANDARD.encode(SECRET));
        std::fs::write(desk.config().with_file_name(format!("{id}.key")), text).unwrap();
    }
}
