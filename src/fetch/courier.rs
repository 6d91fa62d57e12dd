//! [`Courier`]: takes traces to their collector, which the person who runs the daemon names. It has
//! the shape that OpenTelemetry's exporter wants, and a small runtime of its own, driven by the
//! exporter's thread alone: a collector that hangs or is away costs the daemon nothing.

use super::client::{SetUpError, system_roots, verifying};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Longest time for one delivery; what was not taken by then is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest answer that is read: a collector has little to say.
const ANSWER_MAX: usize = 64 << 10;

/// Delivers traces.
#[derive(Debug)]
pub struct Courier {
    client: reqwest::Client,
    runtime: Runtime,
    /// True since a delivery failed, until one arrives.
    failing: AtomicBool,
}

impl Courier {
    /// A courier; nothing is sent yet.
    ///
    /// # Errors
    /// The client cannot be built.
    pub fn new() -> Result<Self, SetUpError> {
        let broken = |e: &dyn std::fmt::Display| SetUpError::Client(e.to_string());
        let runtime = Builder::new_current_thread().enable_all().build();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(verifying(system_roots())?.with_no_client_auth())
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(|e| broken(&e))?;
        let runtime = runtime.map_err(|e| broken(&e))?;
        Ok(Self { client, runtime, failing: AtomicBool::new(false) })
    }

    async fn deliver(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut answer = self.client.execute(request.try_into()?).await?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            body.extend_from_slice(&part);
            if body.len() > ANSWER_MAX {
                return Err("the collector's answer is too long".into());
            }
        }
        Ok(Response::builder().status(status).body(body.into())?)
    }

    /// Says once that deliveries fail, and once that they arrive again. The address is left out: it
    /// may hold what nobody should read.
    fn report(&self, result: &Result<Response<Bytes>, HttpError>) {
        let fault = match result {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(innermost(error.as_ref())),
        };
        match (fault, self.failing.load(Ordering::Relaxed)) {
            (Some(fault), false) => {
                tracing::warn!(fault, "the collector takes no traces; they are lost meanwhile");
                self.failing.store(true, Ordering::Relaxed);
            }
            (None, true) => {
                tracing::info!("the collector takes traces again");
                self.failing.store(false, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}

/// The future of a delivery, as the exporter's trait spells it.
type Delivery<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Courier {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Delivery<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            // The exporter's thread has no runtime; it waits here.
            let result = self.runtime.block_on(self.deliver(request));
            self.report(&result);
            result
        })
    }
}

/// The innermost reason, which names no address.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut reason = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}
