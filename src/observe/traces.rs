//! Traces: polls and the journeys of articles as OpenTelemetry spans, sent to a collector where one
//! is named. Finished spans wait in a queue of bounded length for a thread of their own; what does
//! not fit or is not taken is lost, and nobody waits for it.

use super::LogError;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::HttpClient;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::time::Duration;
use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt, FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// How long the end of the program waits for the last delivery.
const LAST: Duration = Duration::from_secs(3);

/// Whether a program of this build can make traces.
pub const TRACES: bool = true;

/// Traces on their way to a collector.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Traces that `client` takes to `endpoint`, the whole address (`http://…/v1/traces`).
    ///
    /// # Errors
    /// The address, or what `OTEL_` variables say besides, is of no use.
    pub fn to(endpoint: &str, client: impl HttpClient + 'static) -> Result<Self, LogError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(endpoint)
            .build()
            .map_err(|e| LogError(e.to_string()))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource())
            .build();
        Ok(Self { provider })
    }

    /// What makes spans of ours into traces.
    pub(super) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let ours: FilterFn = filter_fn(|metadata| metadata.target() == super::JOURNEY);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("wiredesk"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(ours.and(LevelFilter::INFO))
    }

    /// Sends what still waits; what the collector does not take in a moment is lost.
    pub fn end(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST) {
            tracing::debug!(%error, "the last traces were not taken");
        }
    }
}

/// Who speaks: what `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say wins.
fn resource() -> Resource {
    let named = ["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"].iter().any(|variable| {
        let said = std::env::var(variable).unwrap_or_default();
        !said.is_empty() && (*variable == "OTEL_SERVICE_NAME" || said.contains("service.name="))
    });
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let builder = Resource::builder().with_attribute(version);
    let builder = if named { builder } else { builder.with_service_name("wiredesk") };
    builder.build()
}
