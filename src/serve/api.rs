//! What every route has at hand: the state, a bounded way to read files, and checked parameters.

use super::parked::Parked;
use super::{Problem, State};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

/// Requests that read files at once: more would only make the disk's head jump, and each may hold
/// some megabytes.
const READS: usize = 8;

/// How long a body may take to come in: bodies are a line of JSON.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// What stands before a fault in a query and tells a client nothing.
const NOISE: &str = "Failed to deserialize query string: ";

/// The state as the routes see it.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) state: State,
    pub(super) parked: Parked,
    reads: Arc<Semaphore>,
}

impl Api {
    pub(super) fn new(state: State) -> Self {
        Self { state, parked: Parked::default(), reads: Arc::new(Semaphore::new(READS)) }
    }

    /// What `look` finds in archive or store, without keeping other requests waiting for the disk.
    pub(super) async fn read<T>(
        &self,
        look: impl FnOnce(&State) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let _permit = self.reads.acquire().await.map_err(Problem::broken)?;
        match Handle::current().runtime_flavor() {
            // The command line's own runtime has one thread and one request.
            RuntimeFlavor::CurrentThread => look(&self.state),
            _ => tokio::task::block_in_place(|| look(&self.state)),
        }
    }
}

/// The parameters behind the `?`; a wrong or unknown one is a problem that names it.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let named = |text: String| text.trim_start_matches(NOISE).to_owned();
        let Query(params) =
            Query::try_from_uri(&parts.uri).map_err(|e| Problem::bad(named(e.body_text())))?;
        Ok(Self(params))
    }
}

/// The name in a path; one that is no text is a problem.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name)).map_err(|e| Problem::bad(e.body_text()))
    }
}

/// The JSON that a request brings; anything else, or too much of it, is a problem.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = tokio::time::timeout(BODY_PATIENCE, Bytes::from_request(request, state));
        let body = body.await.map_err(|_| Problem::slow())?;
        let body = body.map_err(|e| Problem::body(e.status(), e.body_text()))?;
        serde_json::from_slice(&body).map(Self).map_err(|e| Problem::bad(format!("the body: {e}")))
    }
}
