//! Traces to an OpenTelemetry collector: OTLP as protobuf over HTTP, from a thread of their own.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// The path of traces below a collector's base URL, as the OTLP specification says.
const TRACES_PATH: &str = "v1/traces";

/// Exports a share of the traces to the collector at `endpoint`.
pub fn provider(
    endpoint: &Url,
    sample_share: f64,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let base = endpoint.as_str().trim_end_matches('/');
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{base}/{TRACES_PATH}"))
        .build()?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // What another service decided for its trace is kept.
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
            sample_share,
        ))))
        .with_resource(
            Resource::builder_empty()
                .with_service_name("keystead")
                .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
                .build(),
        )
        .build())
}

/// Turns spans of this program into traces.
pub fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer().with_tracer(provider.tracer("keystead"))
}
