//! Prometheus metrics, served on a port of their own.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::{Route, Server, get, handler};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::process;

/// Bounds of histograms in seconds: fine where the hot paths are, coarse where time-outs are.
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
];

/// Bounds of histograms that count things.
const COUNTS: &[f64] = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];

/// How often histograms are folded, so that they don't grow between scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// One recorder for the process, however many servers are started within it.
static RECORDER: OnceLock<Option<(PrometheusHandle, Instant)>> = OnceLock::new();

/// The port that serves metrics.
#[derive(Debug)]
pub struct MetricsServer {
    /// The address that was taken.
    pub address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Starts recording and serves `GET /metrics`.
///
/// # Errors
/// When the address can't be taken.
pub async fn serve(listen: SocketAddr) -> std::io::Result<MetricsServer> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    RECORDER.get_or_init(record);
    let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let routes = Route::new().at("/metrics", get(page));
        let served = server.run_with_graceful_shutdown(
            routes,
            stopped.clone().cancelled_owned(),
            Some(Duration::from_secs(1)),
        );
        let mut upkeep = tokio::time::interval(UPKEEP);
        let fold = async {
            loop {
                upkeep.tick().await;
                if let Some(Some((recorder, _))) = RECORDER.get() {
                    recorder.run_upkeep();
                }
            }
        };
        tokio::select! {
            served = served => if let Err(error) = served {
                tracing::error!(%error, "metrics are no longer served");
            },
            () = fold => {}
        }
    });
    Ok(MetricsServer {
        address,
        stop,
        task,
    })
}

impl MetricsServer {
    /// Closes the port.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the metrics port did not close in order");
        }
    }
}

/// `None` when another program that this server runs in records metrics its own way.
fn record() -> Option<(PrometheusHandle, Instant)> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .and_then(|builder| builder.set_buckets(COUNTS))
        .expect("the bounds are not empty");
    match builder.install_recorder() {
        Ok(handle) => Some((handle, Instant::now())),
        Err(error) => {
            tracing::warn!(%error, "metrics are recorded elsewhere");
            None
        }
    }
}

#[handler]
fn page() -> poem::Response {
    let Some(Some((recorder, started))) = RECORDER.get() else {
        return StatusCode::SERVICE_UNAVAILABLE.into();
    };
    process::observe(*started);
    poem::Response::builder()
        .content_type("text/plain; version=0.0.4")
        .body(recorder.render())
}
