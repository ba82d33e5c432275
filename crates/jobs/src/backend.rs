//! What every job store can do.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use keystead_store::outbox::{NewJob, QueueStats};
use tokio::sync::watch;

use crate::Result;

/// The name of a job, unique within its backend and never used again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub String);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a job says, the same in every store.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The shape of the payload.
    pub v: u16,
    /// The name of its handler.
    pub kind: String,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// The key that keeps it single.
    pub unique: Option<String>,
    /// What the handler needs to know.
    pub payload: serde_json::Value,
}

/// A job in a worker's hands, until its lease runs out.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The job.
    pub id: JobId,
    /// Where it was queued.
    pub queue: String,
    /// How often it may be tried.
    pub max_attempts: u32,
    /// What it says.
    pub envelope: Envelope,
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done and forgotten.
    Done,
    /// It failed and is tried again, not before this time.
    Retry(DateTime<Utc>, String),
    /// It failed for good.
    Dead(String),
    /// It was not tried.
    Released,
}

/// The report on one try of a job. Id and attempt together say whose report it is: one that
/// comes after the lease ran out and somebody else took the job changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The job.
    pub id: JobId,
    /// The try.
    pub attempt: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// A job that failed for good.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// The job.
    pub id: JobId,
    /// Where it was queued.
    pub queue: String,
    /// The name of its handler.
    pub kind: String,
    /// What it said.
    pub payload: serde_json::Value,
    /// How often it was tried.
    pub attempt: u32,
    /// Why it failed last.
    pub error: String,
    /// When it was given up.
    pub died_at: DateTime<Utc>,
}

/// A store of jobs. Any number of replicas may use the same one.
///
/// The upper half is for those who have work, the middle for workers, the rest for operators.
#[async_trait]
pub trait JobBackend: Send + Sync + 'static {
    /// `sql` or `redis`.
    fn name(&self) -> &'static str;

    /// What time it is.
    fn now(&self) -> DateTime<Utc>;

    /// Stores jobs and returns how many are new: one whose key is waiting or running is let
    /// drop. For jobs that belong to a change in the database, see [`put`](crate::put).
    async fn enqueue(&self, jobs: &[NewJob]) -> Result<u64>;

    /// Whether the caller is the first of all replicas to ask for `key` within `ttl`.
    async fn once(&self, key: &str, ttl: Duration) -> Result<bool>;

    /// Tells this process' workers to look for work now rather than at their next poll. Worth
    /// calling after the commit of a transaction that [put](crate::put) jobs.
    fn wake(&self);

    /// Changes whenever [`wake`](Self::wake) is called.
    fn woken(&self) -> watch::Receiver<u64>;

    /// Takes over what was [put](crate::put) and is due, where that is not the same place.
    /// Returns how many jobs were moved.
    async fn carry(&self, queue: &str) -> Result<u64>;

    /// Takes up to `limit` due jobs, earliest first, for as long as `lease`.
    async fn claim(
        &self,
        queue: &str,
        worker: &str,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Delivery>>;

    /// Records what became of jobs; safe to repeat.
    async fn settle(&self, queue: &str, reports: &[Report]) -> Result<()>;

    /// Extends the leases of jobs, given as (id, attempt).
    async fn renew(&self, queue: &str, held: &[(JobId, u32)], lease: Duration) -> Result<()>;

    /// Takes back up to `limit` jobs whose lease ran out. Those that had their last attempt are
    /// dead letters, the others wait again. Returns how many there were.
    async fn recover(&self, queue: &str, limit: usize) -> Result<u64>;

    /// Notes how the job of a schedule ended.
    async fn schedule_finished(&self, name: &str, result: Result<(), &str>) -> Result<()>;

    /// Every queue that holds anything.
    async fn stats(&self) -> Result<Vec<QueueStats>>;

    /// The dead letters of a queue, the latest first.
    async fn dead_letters(&self, queue: &str, limit: usize) -> Result<Vec<DeadLetter>>;

    /// Gives a dead letter all its attempts again. `false` when there is none with this id, or
    /// another job with its key is waiting or running.
    async fn retry_dead(&self, queue: &str, id: &JobId) -> Result<bool>;

    /// Throws a dead letter away. `false` when there is none with this id.
    async fn drop_dead(&self, queue: &str, id: &JobId) -> Result<bool>;

    /// Forgets up to `limit` dead letters that died before `before`, and as many keys of
    /// [`once`](Self::once) that expired. Returns how many went; call again while that is many.
    async fn prune(&self, queue: &str, before: DateTime<Utc>, limit: u64) -> Result<u64>;
}
