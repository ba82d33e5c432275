//! Logs, traces, error reports and metrics, each switched by configuration at run time.

mod metrics;
mod otlp;
mod process;
mod sentry;

use std::io::IsTerminal;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::{Config, LogFormat};

pub use metrics::{MetricsServer, serve as serve_metrics};

/// Why telemetry can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.filter` can't be read.
    #[error("`log.filter` {0:?} is not a filter such as \"info,keystead_store=debug\": {1}")]
    Filter(String, tracing_subscriber::filter::ParseError),
    /// The exporter of traces can't be built.
    #[error("can't export traces to `telemetry.otlp_endpoint`: {0}")]
    Otlp(#[from] opentelemetry_otlp::ExporterBuildError),
    /// `telemetry.sentry_dsn` can't be read.
    #[error(
        "`telemetry.sentry_dsn` is not a DSN such as \"https://key@sentry.example.com/1\": {0}"
    )]
    SentryDsn(String),
    /// Something else listens to traces in this process.
    #[error("telemetry is already set up in this process")]
    Twice,
}

/// What is to be flushed before the process ends.
#[must_use = "traces and reports still waiting are lost unless `flush` is called"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    reports: Option<::sentry::ClientInitGuard>,
}

/// Sets up logs, traces and error reports for the whole process. Only the program's `main` may: a
/// server started within another program writes to whatever that one has set up.
///
/// # Errors
/// When a value of the configuration can't be used, or this was done before.
pub fn install(config: &Config) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&config.log.filter)
        .map_err(|error| TelemetryError::Filter(config.log.filter.clone(), error))?;
    let reports = config
        .telemetry
        .sentry_dsn
        .as_ref()
        .map(|dsn| sentry::start(dsn, config))
        .transpose()?;
    let traces = config
        .telemetry
        .otlp_endpoint
        .as_ref()
        .map(|endpoint| otlp::provider(endpoint, config.telemetry.otlp_sample_share))
        .transpose()?;

    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(log_layer(config.log.format))
        .with(traces.as_ref().map(otlp::layer))
        .with(reports.as_ref().map(|_| sentry::layer()));
    registry.try_init().map_err(|_| TelemetryError::Twice)?;
    Ok(Telemetry { traces, reports })
}

fn log_layer(format: LogFormat) -> Box<dyn Layer<LogRegistry> + Send + Sync> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Pretty => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed(),
    }
}

/// What the log layer is put on.
type LogRegistry = tracing_subscriber::layer::Layered<EnvFilter, Registry>;

impl Telemetry {
    /// Sends what waits; bounded by the exporters' own time limits. Blocks the thread.
    pub fn flush(self) {
        if let Some(traces) = self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "some traces were not exported");
        }
        // Dropping the guard sends what waits.
        drop(self.reports);
    }
}
