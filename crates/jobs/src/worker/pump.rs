//! The flow between the store and one worker: fetch, keep alive, report, and outlast outages.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::WorkerSpec;
use crate::{Delivery, JobBackend, JobId, Outcome, Report, Result};

/// Jobs whose worker vanished, taken back at a time.
const RECOVERED: usize = 500;

/// Waits between tries while the store can't be reached: from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// Tries to tell a store that can't be reached, before a process that is to stop gives up. The
/// leases of its jobs run out then, and they run again.
const LAST_TRIES: u32 = 5;

pub(crate) struct Pump {
    backend: Arc<dyn JobBackend>,
    spec: WorkerSpec,
    worker: String,
    jobs: mpsc::UnboundedSender<Delivery>,
    reports: mpsc::UnboundedReceiver<Report>,
    wakes: watch::Receiver<u64>,
    stop: CancellationToken,
    /// Claimed, and the store not yet told what became of them: id and attempt. Both, for a
    /// process that slept through a lease may meet its own job again.
    held: HashSet<(JobId, u32)>,
    unsettled: Vec<Report>,
    /// The last fetch was full, or somebody knocked: there is more to be had.
    more: bool,
    next_poll: Instant,
    next_upkeep: Instant,
    failures: u32,
}

impl Pump {
    pub(crate) fn new(
        backend: Arc<dyn JobBackend>,
        spec: WorkerSpec,
        worker: String,
        jobs: mpsc::UnboundedSender<Delivery>,
        reports: mpsc::UnboundedReceiver<Report>,
        stop: CancellationToken,
    ) -> Self {
        let wakes = backend.woken();
        let now = Instant::now();
        Self {
            backend,
            spec,
            worker,
            jobs,
            reports,
            wakes,
            stop,
            held: HashSet::new(),
            unsettled: Vec::new(),
            more: true,
            next_poll: now,
            next_upkeep: now,
            failures: 0,
        }
    }

    pub(crate) async fn run(mut self) {
        while !self.is_through() {
            match self.round().await {
                Ok(()) => {
                    if self.failures > 0 {
                        tracing::info!(worker = self.worker, "the job store is back");
                    }
                    self.failures = 0;
                    self.wait().await;
                }
                Err(error) => {
                    self.failures += 1;
                    if self.stop.is_cancelled() && self.failures >= LAST_TRIES {
                        tracing::error!(
                            worker = self.worker, %error, jobs = self.held.len(),
                            "the job store can't be told what became of jobs; they will run again"
                        );
                        return;
                    }
                    if self.failures == 1 {
                        tracing::warn!(worker = self.worker, %error, "the job store fails");
                    }
                    self.pause().await;
                }
            }
        }
    }

    /// What jobs became first, so that a store that comes and goes loses none of it.
    async fn round(&mut self) -> Result<()> {
        while let Ok(report) = self.reports.try_recv() {
            self.unsettled.push(report);
        }
        self.report().await?;
        if self.next_upkeep <= Instant::now() {
            self.keep_up().await?;
        }
        if self.wants_more() && (self.more || self.next_poll <= Instant::now()) {
            self.fetch().await?;
        }
        Ok(())
    }

    async fn report(&mut self) -> Result<()> {
        if self.unsettled.is_empty() {
            return Ok(());
        }
        self.backend
            .settle(&self.spec.queue, &self.unsettled)
            .await?;
        for report in self.unsettled.drain(..) {
            self.held.remove(&(report.id, report.attempt));
        }
        Ok(())
    }

    /// Extends the leases of what is in hand and takes back what others let drop.
    async fn keep_up(&mut self) -> Result<()> {
        if !self.held.is_empty() {
            let held: Vec<_> = self.held.iter().cloned().collect();
            self.backend
                .renew(&self.spec.queue, &held, self.spec.lease)
                .await?;
        }
        while self.backend.recover(&self.spec.queue, RECOVERED).await? == RECOVERED as u64 {}
        self.next_upkeep = Instant::now() + self.spec.lease / 3;
        Ok(())
    }

    async fn fetch(&mut self) -> Result<()> {
        self.wakes.mark_unchanged();
        let room = self.spec.capacity() - self.held.len();
        let carried = self.backend.carry(&self.spec.queue).await?;
        let jobs = self
            .backend
            .claim(&self.spec.queue, &self.worker, self.spec.lease, room)
            .await?;
        self.more = carried > 0 || jobs.len() >= room;
        self.next_poll = Instant::now() + self.spec.poll;
        for job in jobs {
            self.held.insert((job.id.clone(), job.envelope.attempt));
            // A worker that stopped listening meanwhile has not begun the job.
            if let Err(mpsc::error::SendError(job)) = self.jobs.send(job) {
                self.unsettled.push(Report {
                    id: job.id,
                    attempt: job.envelope.attempt,
                    outcome: Outcome::Released,
                });
            }
        }
        Ok(())
    }

    /// Fetching few at a time costs a round trip for each; fetching only when all are done
    /// leaves the worker idle.
    fn wants_more(&self) -> bool {
        let held = self.held.len();
        !self.stop.is_cancelled()
            && (held < self.spec.concurrency || held <= self.spec.capacity() / 2)
            && held < self.spec.capacity()
    }

    /// Told to stop, and the store knows what became of every job.
    fn is_through(&self) -> bool {
        self.stop.is_cancelled() && self.held.is_empty()
    }

    /// Until there is something to do.
    async fn wait(&mut self) {
        // Looked at before the check below: a stop that comes after this look wakes us.
        let stopping = self.stop.is_cancelled();
        let wants_more = self.wants_more();
        if self.is_through() || !self.unsettled.is_empty() || (self.more && wants_more) {
            return;
        }
        let stop = self.stop.clone();
        tokio::select! {
            report = self.reports.recv() => match report {
                Some(report) => self.unsettled.push(report),
                // Without a worker there is nobody to hold jobs for.
                None => self.held.clear(),
            },
            () = sleep_until(self.next_upkeep) => {}
            () = sleep_until(self.next_poll), if wants_more => {}
            changed = self.wakes.changed() => self.more = changed.is_ok(),
            () = stop.cancelled(), if !stopping => {}
        }
    }

    /// Until it is time to try a failing store again.
    async fn pause(&self) {
        let doublings = self.failures.saturating_sub(1).min(10);
        let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LAST_PAUSE);
        let stop = self.stop.clone();
        let stopping = stop.is_cancelled();
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled(), if !stopping => {}
        }
    }
}
