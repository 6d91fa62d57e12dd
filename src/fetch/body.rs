//! Reads an answer's body: inflated on the way, bounded in bytes, silence and, together with all
//! other bodies, in memory.

use super::failure;
use super::inflate::{Fault, GZIP_MAGIC, Inflater};
use super::outcome::{Failure, FailureKind};
use bytes::Bytes;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// A body may grow to this size without asking; most feeds and pages stay below.
const SMALL: usize = 512 << 10;
/// Larger bodies growing at once. With their cap of 16 MiB, and with what each other request holds
/// below [`SMALL`] on the wire and inflated, all servers together can make us fill some 160 MiB.
pub(super) const LARGE_AT_ONCE: usize = 4;
/// What each piece is charged besides its bytes, so that an endless stream of one-byte chunks
/// comes to an end before it has cost much work. A line of text, the smallest piece that honest
/// servers send, has some eighty bytes.
const PIECE_COST: u64 = 256;
/// What all pieces together may be charged, as a multiple of the cap: four lets a document through
/// that comes line by line.
const COST_MAX: u64 = 4;

/// Bounds of one body.
pub(super) struct Bounds<'a> {
    /// Most bytes, on the wire and inflated.
    pub(super) max: u64,
    /// Longest silence.
    pub(super) idle: Duration,
    /// Permits for bodies larger than [`SMALL`].
    pub(super) large: &'a Semaphore,
}

impl Bounds<'_> {
    fn max(&self) -> usize {
        usize::try_from(self.max).unwrap_or(usize::MAX)
    }
}

/// A body on its way in.
struct Reading<'b> {
    bounds: &'b Bounds<'b>,
    encodings: Vec<String>,
    inflater: Inflater,
    /// What came so far, to be inflated again where the document turns out to be large: a few
    /// bytes of the wire may be millions of the document, and those may not come before the permit.
    kept: Vec<Bytes>,
    permit: Option<SemaphorePermit<'b>>,
    wire: u64,
    cost: u64,
}

/// The document and its size on the wire.
pub(super) async fn read(
    mut response: Response,
    bounds: &Bounds<'_>,
) -> Result<(Bytes, u64), Failure> {
    if response.content_length().is_some_and(|length| length > bounds.max) {
        return Err(refuse(Fault::TooBig, bounds));
    }
    let mut reading = Reading::new(&response, bounds).map_err(|fault| refuse(fault, bounds))?;
    while let Some(piece) = next(&mut response, bounds.idle).await? {
        reading.take(piece).await.map_err(|fault| refuse(fault, bounds))?;
    }
    let wire = reading.wire;
    let document = reading.finish().await.map_err(|fault| refuse(fault, bounds))?;
    Ok((Bytes::from(document), wire))
}

impl<'b> Reading<'b> {
    fn new(response: &Response, bounds: &'b Bounds<'b>) -> Result<Self, Fault> {
        let encodings = response.headers().get_all(CONTENT_ENCODING).iter();
        let encodings: Vec<_> =
            encodings.map(|value| value.to_str().unwrap_or("?").to_owned()).collect();
        let inflater = Inflater::new(&encodings, bounds.max().min(SMALL))?;
        Ok(Self { bounds, encodings, inflater, kept: Vec::new(), permit: None, wire: 0, cost: 0 })
    }

    async fn take(&mut self, piece: Bytes) -> Result<(), Fault> {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.wire += length;
        self.cost += length + PIECE_COST;
        let max = self.bounds.max;
        if self.wire > max || self.cost > max.saturating_mul(COST_MAX) {
            return Err(Fault::TooBig);
        }
        if self.permit.is_some() {
            return self.inflater.push(&piece);
        }
        self.kept.push(piece.clone());
        match self.inflater.push(&piece) {
            Err(Fault::TooBig) if self.bounds.max() > SMALL => self.grow().await,
            other => other,
        }
    }

    /// The whole document. A compressed file that was compressed once more on its way is unpacked.
    async fn finish(self) -> Result<Vec<u8>, Fault> {
        let document = self.inflater.finish()?;
        if self.encodings.is_empty() || !document.starts_with(&GZIP_MAGIC) {
            return Ok(document);
        }
        let _permit = match self.permit {
            None => self.bounds.large.acquire().await.ok(),
            held => held,
        };
        let mut file = Inflater::new(&[], self.bounds.max())?;
        file.push(&document)?;
        file.finish()
    }

    /// Goes on as a large document: begins anew, with a permit and the whole cap.
    async fn grow(&mut self) -> Result<(), Fault> {
        self.permit = self.bounds.large.acquire().await.ok();
        self.inflater = Inflater::new(&self.encodings, self.bounds.max())?;
        std::mem::take(&mut self.kept).iter().try_for_each(|piece| self.inflater.push(piece))
    }
}

async fn next(response: &mut Response, idle: Duration) -> Result<Option<Bytes>, Failure> {
    match tokio::time::timeout(idle, response.chunk()).await {
        Ok(piece) => piece.map_err(|error| failure::of_body(&error)),
        Err(_) => Err(Failure::new(
            FailureKind::Timeout,
            format!("the server fell silent for {} s within the body", idle.as_secs()),
        )),
    }
}

fn refuse(fault: Fault, bounds: &Bounds<'_>) -> Failure {
    match fault {
        Fault::TooBig => Failure::new(
            FailureKind::TooBig,
            format!("the document is larger than {} bytes", bounds.max),
        ),
        Fault::Bad(what) => Failure::new(FailureKind::BadEncoding, what),
        Fault::Truncated => {
            Failure::new(FailureKind::Truncated, "the compressed document ends too early")
        }
    }
}
