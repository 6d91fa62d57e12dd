//! [`Answer`]: what the server does with a connection after a request, step by step.

use std::time::Duration;

/// One thing that the server does.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Does nothing for so long.
    Pause(Duration),
    /// Sends these bytes again and again, with a pause after each time, until nobody takes them.
    Forever(Vec<u8>, Duration),
    /// Ends the connection as if all had been said.
    Close,
    /// Says that nothing more will come, and leaves the other half open.
    HalfClose,
    /// Does nothing until the other side hangs up, a minute at most.
    Wait,
    /// Breaks the connection (RST).
    Reset,
}

/// What the server does after a request. The connection stays open unless a step ends it.
#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// `Content-Length` as sent; the body's own where `None`.
    length: Option<usize>,
    steps: Option<Vec<Step>>,
}

impl Answer {
    /// 200 with a document.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }
    }

    /// An answer with this status and no document.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), length: None, steps: None }
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, target: &str) -> Self {
        Self::status(status).header("Location", target)
    }

    /// Exactly these steps, header included.
    pub(crate) fn steps(steps: impl Into<Vec<Step>>) -> Self {
        Self { steps: Some(steps.into()), ..Self::status(0) }
    }

    /// The same with another status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// One more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Another `Content-Length` than the body has.
    pub(crate) fn length(mut self, length: usize) -> Self {
        self.length = Some(length);
        self
    }

    /// The header as it goes over the wire, its empty line included.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let chunked = self.headers.iter().any(|(name, _)| name == "Transfer-Encoding");
        if !chunked && self.status != 304 {
            let length = self.length.unwrap_or(self.body.len()).to_string();
            head.extend(["Content-Length: ", &length, "\r\n"]);
        }
        (head + "\r\n").into_bytes()
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        match self.steps {
            Some(steps) => steps,
            None => vec![Step::Send([self.head(), self.body].concat())],
        }
    }
}
