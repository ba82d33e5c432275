//! Where an apalis worker gets its jobs: from a [`Pump`] of its own, which never fails.
//!
//! A store that can't be reached is the pump's affair. Told of it, apalis would end the worker
//! and drop the jobs that it is running.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use apalis::prelude::{Backend, Task, TaskBuilder, TaskId, WorkerContext};
use apalis_core::backend::BackendConfig;
use apalis_core::backend::finalize::Ephemeral;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::WorkerSpec;
use super::pump::Pump;
use super::verdict::VerdictLayer;
use crate::{Delivery, JobBackend, JobId, Outcome, Report};

/// The pump is gone although nobody told it to stop.
#[derive(Debug, thiserror::Error)]
#[error("the flow of jobs broke off")]
pub(crate) struct BrokeOff;

pub(crate) struct Source {
    backend: Arc<dyn JobBackend>,
    spec: WorkerSpec,
    jobs: mpsc::UnboundedReceiver<Delivery>,
    reports: mpsc::UnboundedSender<Report>,
    stop: CancellationToken,
    /// Starts at the first poll, when there surely is a runtime to start it on.
    pump: Result<AbortOnDropHandle<()>, Option<Pump>>,
}

impl Source {
    pub(crate) fn new(backend: Arc<dyn JobBackend>, spec: WorkerSpec, worker: String) -> Self {
        let (job_sender, jobs) = mpsc::unbounded_channel();
        let (reports, report_receiver) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let pump = Pump::new(
            backend.clone(),
            spec.clone(),
            worker,
            job_sender,
            report_receiver,
            stop.clone(),
        );
        Self {
            backend,
            spec,
            jobs,
            reports,
            stop,
            pump: Err(Some(pump)),
        }
    }

    fn start(&mut self) {
        if let Err(pump) = &mut self.pump
            && let Some(pump) = pump.take()
        {
            self.pump = Ok(AbortOnDropHandle::new(tokio::spawn(pump.run())));
        }
    }
}

impl Backend for Source {
    type Task = Task<Delivery>;
    type Error = BrokeOff;

    fn poll_ready(
        &mut self,
        _cx: &mut Context<'_>,
        _worker: &WorkerContext,
    ) -> Poll<Result<(), BrokeOff>> {
        self.start();
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<Delivery>, BrokeOff>>> {
        let next = ready!(self.jobs.poll_recv(cx)).map(task).ok_or(BrokeOff);
        Poll::Ready(Some(next))
    }

    /// Called when no job is running any more. What was fetched and not begun goes back, and
    /// the pump ends once the store knows what became of every job.
    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        _worker: &WorkerContext,
    ) -> Poll<Result<(), BrokeOff>> {
        self.jobs.close();
        while let Ok(delivery) = self.jobs.try_recv() {
            // The pump has ended only if there is nobody left to tell.
            let _ = self.reports.send(Report {
                id: delivery.id,
                attempt: delivery.envelope.attempt,
                outcome: Outcome::Released,
            });
        }
        self.stop.cancel();
        match &mut self.pump {
            Ok(pump) => Pin::new(pump).poll(cx).map(|_| Ok(())),
            Err(_) => Poll::Ready(Ok(())),
        }
    }
}

impl BackendConfig for Source {
    type Args = Delivery;
    type Id = JobId;
    type Kind = Ephemeral;
    type Config = Option<Infallible>;
    type Layer = VerdictLayer;

    fn config(&self) -> &Self::Config {
        &None
    }

    fn middleware(&mut self, _worker: &mut WorkerContext) -> VerdictLayer {
        VerdictLayer {
            backend: self.backend.clone(),
            reports: self.reports.clone(),
            backoff: self.spec.backoff,
        }
    }
}

fn task(delivery: Delivery) -> Task<Delivery> {
    let id = TaskId::from_string(format!("{}/{}", delivery.id, delivery.envelope.attempt));
    TaskBuilder::new(delivery).task_id(id).build()
}
