//! Reads an answer's body: inflated on the way, bounded in bytes, silence and, together with all
//! other bodies, in memory.

use super::failure;
use super::inflate::{Fault, Inflater};
use super::outcome::{Failure, FailureKind};
use bytes::Bytes;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// A body may grow to this size without asking; nearly all feeds and pages stay below.
const SMALL: u64 = 1 << 20;
/// Larger bodies growing at once: with their cap of 16 MiB the most memory that all servers
/// together can make us fill is eight times that, and [`SMALL`] for each other request.
pub(super) const LARGE_AT_ONCE: usize = 8;
/// What each piece is charged besides its bytes, so that an endless stream of one-byte chunks
/// comes to its cap before it has cost much work.
const PIECE_COST: u64 = 32;

/// Bounds of one body.
pub(super) struct Bounds<'a> {
    /// Most bytes, on the wire and inflated.
    pub(super) max: u64,
    /// Longest silence.
    pub(super) idle: Duration,
    /// Permits for bodies larger than [`SMALL`].
    pub(super) large: &'a Semaphore,
}

/// The document and its size on the wire.
pub(super) async fn read(
    mut response: Response,
    bounds: &Bounds<'_>,
) -> Result<(Bytes, u64), Failure> {
    let encodings = response.headers().get_all(CONTENT_ENCODING).iter();
    let encodings = encodings.map(|value| value.to_str().unwrap_or("?"));
    let max = usize::try_from(bounds.max).unwrap_or(usize::MAX);
    let mut inflater = Inflater::new(encodings, max).map_err(|fault| refuse(fault, bounds))?;
    if response.content_length().is_some_and(|length| length > bounds.max) {
        return Err(refuse(Fault::TooBig, bounds));
    }
    let (mut wire, mut cost) = (0, 0);
    let mut permit: Option<SemaphorePermit<'_>> = None;
    while let Some(piece) = next(&mut response, bounds.idle).await? {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        wire += length;
        cost += length + PIECE_COST;
        if wire > bounds.max || cost > bounds.max.saturating_mul(2) {
            return Err(refuse(Fault::TooBig, bounds));
        }
        inflater.push(&piece).map_err(|fault| refuse(fault, bounds))?;
        if permit.is_none() && inflater.len() > SMALL {
            permit = bounds.large.acquire().await.ok();
        }
    }
    let document = inflater.finish().map_err(|fault| refuse(fault, bounds))?;
    Ok((Bytes::from(document), wire))
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
