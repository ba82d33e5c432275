//! Errors and panics to a Sentry-compatible service.

use std::str::FromStr;

use sentry::ClientInitGuard;
use sentry::integrations::tracing::{BreadcrumbLayer, ErrorLayer};
use sentry::types::Dsn;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::registry::LookupSpan;

use super::TelemetryError;
use crate::config::Config;
use keystead_signing::Secret;

/// Starts reporting. Panics are reported too.
pub fn start(dsn: &Secret<String>, config: &Config) -> Result<ClientInitGuard, TelemetryError> {
    let dsn = Dsn::from_str(dsn.expose())
        .map_err(|error| TelemetryError::SentryDsn(error.to_string()))?;
    let mut options = sentry::ClientOptions::new()
        .release(concat!("keystead@", env!("CARGO_PKG_VERSION")))
        .environment(if config.is_production() {
            "production"
        } else {
            "development"
        });
    options.dsn = Some(dsn);
    Ok(sentry::init(options))
}

/// Turns errors into reports, and what came before them into their breadcrumbs.
pub fn layer<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let breadcrumbs = BreadcrumbLayer::new().with_filter(LevelFilter::INFO);
    breadcrumbs.and_then(ErrorLayer::new().with_filter(LevelFilter::ERROR))
}
