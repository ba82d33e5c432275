//! Jobs in the database itself: the outbox is the queue, and nothing has to be carried.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use keystead_store::outbox::{self, Claimed, NewJob, QueueStats, Settled};
use keystead_store::{Db, outbox::schedules};
use tokio::sync::watch;

use crate::{Clock, DeadLetter, Delivery, Envelope, JobBackend, JobId, Outcome, Report, Result};

/// The default backend, on PostgreSQL and on SQLite.
pub struct SqlBackend {
    db: Db,
    clock: Clock,
    wakes: watch::Sender<u64>,
}

impl SqlBackend {
    /// The jobs of `db`. Leases are measured with `clock`: the clocks of replicas may differ by
    /// less than a lease, or they take jobs from each other and run them twice.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            wakes: watch::Sender::new(0),
        }
    }
}

#[async_trait]
impl JobBackend for SqlBackend {
    fn name(&self) -> &'static str {
        "sql"
    }

    fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    async fn enqueue(&self, jobs: &[NewJob]) -> Result<u64> {
        let added = outbox::enqueue(&self.db, self.now(), jobs).await?;
        self.wake();
        Ok(added)
    }

    async fn once(&self, key: &str, ttl: Duration) -> Result<bool> {
        Ok(outbox::once(&self.db, self.now(), key, ttl).await?)
    }

    fn wake(&self) {
        self.wakes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn woken(&self) -> watch::Receiver<u64> {
        self.wakes.subscribe()
    }

    async fn carry(&self, _queue: &str) -> Result<u64> {
        Ok(0)
    }

    async fn claim(
        &self,
        queue: &str,
        worker: &str,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Delivery>> {
        let now = self.now();
        let claimed =
            outbox::claim(&self.db, queue, worker, now, now + lease, limit as u64).await?;
        Ok(claimed
            .into_iter()
            .map(|job| delivery(queue, job))
            .collect())
    }

    async fn settle(&self, _queue: &str, reports: &[Report]) -> Result<()> {
        let settled: Vec<Settled> = reports.iter().filter_map(settled).collect();
        Ok(outbox::settle(&self.db, self.now(), &settled).await?)
    }

    async fn renew(&self, _queue: &str, held: &[(JobId, u32)], lease: Duration) -> Result<()> {
        let held: Vec<(i64, u32)> = held
            .iter()
            .filter_map(|(id, attempt)| Some((row_id(id)?, *attempt)))
            .collect();
        Ok(outbox::renew(&self.db, self.now() + lease, &held).await?)
    }

    async fn recover(&self, queue: &str, limit: usize) -> Result<u64> {
        Ok(outbox::recover(&self.db, queue, self.now(), limit as u64).await?)
    }

    async fn schedule_finished(&self, name: &str, result: Result<(), &str>) -> Result<()> {
        Ok(schedules::finished(&self.db, name, self.now(), result).await?)
    }

    async fn stats(&self) -> Result<Vec<QueueStats>> {
        Ok(outbox::stats(&self.db, self.now()).await?)
    }

    async fn dead_letters(&self, queue: &str, limit: usize) -> Result<Vec<DeadLetter>> {
        let dead = outbox::dead_letters(&self.db, queue, limit as u64).await?;
        Ok(dead.into_iter().map(dead_letter).collect())
    }

    async fn retry_dead(&self, _queue: &str, id: &JobId) -> Result<bool> {
        let Some(id) = row_id(id) else {
            return Ok(false);
        };
        let retried = outbox::retry_dead(&self.db, self.now(), id).await?;
        self.wake();
        Ok(retried)
    }

    async fn drop_dead(&self, _queue: &str, id: &JobId) -> Result<bool> {
        let Some(id) = row_id(id) else {
            return Ok(false);
        };
        Ok(outbox::drop_dead(&self.db, id).await?)
    }

    async fn prune(&self, queue: &str, before: DateTime<Utc>, limit: u64) -> Result<u64> {
        Ok(outbox::prune(&self.db, queue, self.now(), before, limit).await?)
    }
}

/// The row behind an id that was made here.
pub(crate) fn row_id(id: &JobId) -> Option<i64> {
    id.0.parse().ok()
}

/// What was put is JSON; what somebody wrote into the table by hand is a text that no handler
/// will read, which it then says.
pub(crate) fn payload(text: String) -> serde_json::Value {
    serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
}

fn delivery(queue: &str, job: Claimed) -> Delivery {
    Delivery {
        id: JobId(job.id.to_string()),
        queue: queue.to_owned(),
        max_attempts: job.max_attempts,
        envelope: Envelope {
            v: job.version,
            kind: job.kind,
            attempt: job.attempt,
            unique: job.unique,
            payload: payload(job.payload),
        },
    }
}

fn settled(report: &Report) -> Option<Settled> {
    let outcome = match &report.outcome {
        Outcome::Done => outbox::Outcome::Done,
        Outcome::Retry(at, error) => outbox::Outcome::Retry {
            at: *at,
            error: error.clone(),
        },
        Outcome::Dead(error) => outbox::Outcome::Dead {
            error: error.clone(),
        },
        Outcome::Released => outbox::Outcome::Released,
    };
    Some(Settled {
        id: row_id(&report.id)?,
        attempt: report.attempt,
        outcome,
    })
}

pub(crate) fn dead_letter(job: outbox::DeadJob) -> DeadLetter {
    DeadLetter {
        id: JobId(job.id.to_string()),
        queue: job.queue,
        kind: job.kind,
        payload: payload(job.payload),
        attempt: job.attempt,
        error: job.error.unwrap_or_default(),
        died_at: job.died_at,
    }
}
