//! What stands for traces in a program built without them.

use tracing::Subscriber;
use tracing_subscriber::layer::{Identity, Layer};

/// Whether a program of this build can make traces.
pub const TRACES: bool = false;

/// There are none.
#[derive(Debug)]
pub enum Traces {}

impl Traces {
    pub(super) fn layer<S: Subscriber>(&self) -> impl Layer<S> + use<S> {
        Identity::new()
    }

    /// Nothing.
    pub fn end(self) {}
}
