//! Workers: who takes jobs from which queue, and how many at once.
//!
//! apalis runs them (concurrency, time limit, panics, drain); where jobs come from and what
//! becomes of them is ours, in [`source`], [`pump`] and [`verdict`].

mod pump;
mod source;
mod verdict;
mod work_off;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis::layers::catch_panic::CatchPanicLayer;
use apalis::prelude::{Monitor, ParallelizeExt, WorkerBuilder};
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

pub use self::work_off::work_off;

use self::source::Source;
use crate::error::Failure;
use crate::{Backoff, Delivery, Error, Handlers, JobBackend, JobError, Result};

/// How one queue is worked off.
#[derive(Clone, Debug)]
pub struct WorkerSpec {
    /// The queue.
    pub queue: String,
    /// Jobs that run at once in this process.
    pub concurrency: usize,
    /// Jobs in hand at most, running or about to; never less than `concurrency`. More are
    /// quicker for short jobs, fewer are fairer to other replicas for long ones.
    pub batch: usize,
    /// How long one try may take. It is stopped then, at its next await, and has failed.
    pub timeout: Duration,
    /// How long a job stays in hand without a sign of life of this process, before another
    /// replica takes it over. A running job's lease is extended every third of this.
    pub lease: Duration,
    /// How often to look for work while there is none.
    pub poll: Duration,
    /// How long failed jobs wait.
    pub backoff: Backoff,
}

impl WorkerSpec {
    /// Eight jobs of `queue` at once, a minute for each.
    pub fn new(queue: &str) -> Self {
        Self {
            queue: queue.to_owned(),
            concurrency: 8,
            batch: 64,
            timeout: Duration::from_secs(60),
            lease: Duration::from_secs(60),
            poll: Duration::from_millis(500),
            backoff: Backoff::default(),
        }
    }

    fn capacity(&self) -> usize {
        self.batch.max(self.concurrency).max(1)
    }
}

/// The workers of one process.
pub struct Workers {
    backend: Arc<dyn JobBackend>,
    handlers: Handlers,
    replica: String,
    specs: Vec<WorkerSpec>,
    drain: Duration,
}

impl Workers {
    /// No workers yet. `replica` names this process in tables and logs (host, process id and
    /// something random); nothing breaks when two share it.
    pub fn new(backend: Arc<dyn JobBackend>, handlers: Handlers, replica: &str) -> Self {
        Self {
            backend,
            handlers,
            replica: replica.to_owned(),
            specs: Vec::new(),
            drain: Duration::from_secs(25),
        }
    }

    /// These and a worker for one more queue.
    #[must_use]
    pub fn with(mut self, spec: WorkerSpec) -> Self {
        self.specs.push(spec);
        self
    }

    /// How long running jobs are given to end after the signal; 25 seconds unless told, which
    /// is less than what process managers wait before they kill. What has not ended then is
    /// run again elsewhere when its lease runs out.
    #[must_use]
    pub fn drain_for(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// Works until `signal`, then lets running jobs end and hands back what was not begun.
    ///
    /// A store that goes away stops nothing: workers try again until it is back.
    ///
    /// # Errors
    /// When the workers end by themselves, which is a fault of ours.
    pub async fn run(self, signal: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        if self.specs.is_empty() {
            signal.await;
            return Ok(());
        }
        let drain = self.drain;
        // Whatever ends a worker (nothing should), another one takes its place.
        let monitor = Monitor::new().should_restart(|worker, error| {
            tracing::error!(worker = worker.name(), %error, "a worker ended and is replaced");
            true
        });
        self.register(monitor)
            .shutdown_timeout(drain)
            .run_with_signal(async move {
                signal.await;
                Ok(())
            })
            .await
            .map_err(|error| Error::Workers(error.to_string()))
    }

    fn register(self, mut monitor: Monitor) -> Monitor {
        let Self {
            backend,
            handlers,
            replica,
            specs,
            ..
        } = self;
        for (index, spec) in specs.into_iter().enumerate() {
            let backend = backend.clone();
            let handlers = handlers.clone();
            let name = format!("{replica}-{}-{index}", spec.queue);
            monitor = monitor.register(move |restarts| {
                let worker = format!("{name}-{restarts}");
                let source = Source::new(backend.clone(), spec.clone(), worker.clone());
                let backend = backend.clone();
                let handlers = handlers.clone();
                // Outermost first. The time limit is outside of the spawned task, so that a
                // handler that never yields can't hold up its own deadline.
                WorkerBuilder::new(worker)
                    .backend(source)
                    .concurrency(spec.concurrency.max(1))
                    .timeout(spec.timeout)
                    .parallelize(spawn)
                    .layer(CatchPanicLayer::with_panic_handler(|panic| {
                        Failure(JobError::Retry(
                            format!("panicked: {}", said(panic.as_ref())).into(),
                        ))
                    }))
                    .build(move |delivery: Delivery| {
                        run(handlers.clone(), backend.clone(), delivery)
                    })
            });
        }
        monitor
    }
}

async fn run(
    handlers: Handlers,
    backend: Arc<dyn JobBackend>,
    delivery: Delivery,
) -> Result<(), Failure> {
    let span = tracing::info_span!(
        "job",
        id = %delivery.id,
        kind = delivery.envelope.kind,
        queue = delivery.queue,
        attempt = delivery.envelope.attempt,
    );
    let now = backend.now();
    handlers
        .run(delivery, now)
        .instrument(span)
        .await
        .map_err(Failure)
}

/// A task that ends with the worker that asked for it.
fn spawn<F>(job: F) -> impl Future<Output = Result<F::Output, JoinError>> + Send + 'static
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    AbortOnDropHandle::new(tokio::spawn(job))
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a word")
}
