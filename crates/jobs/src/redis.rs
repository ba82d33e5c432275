//! Jobs in Redis, for installations whose workers would crowd the database.
//!
//! A job that belongs to a change waits in the outbox until it is due and is then carried over,
//! a bounded number at a time. Redis holds what is due soon; the database what is far away.

mod outbox;
mod scripts;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use keystead_store::Db;
use keystead_store::outbox::{NewJob, QueueStats, schedules};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, ScriptInvocation};
use tokio::sync::watch;

use self::outbox::Carrier;
use crate::sql::{dead_letter, payload, row_id};
use crate::{Clock, DeadLetter, Delivery, Envelope, JobBackend, JobId, Outcome, Report, Result};

/// Jobs in one script call at most: Redis does nothing else meanwhile.
const CHUNK: usize = 500;

/// How long Redis may take to answer, and to be connected to.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// The backend on Redis. Redis must keep what it is given: `appendonly yes`, and no eviction
/// (see [`advice`](Self::advice)).
pub struct RedisBackend {
    connection: ConnectionManager,
    prefix: String,
    db: Db,
    clock: Clock,
    wakes: watch::Sender<u64>,
    carrier: Carrier,
}

/// What [`scripts::CLAIM`] says of a job.
type Claimed = (String, u32, String, u16, String, String, u32);
/// What [`scripts::DEAD`] says of one.
type Dead = (String, f64, String, String, u32, String);

impl RedisBackend {
    /// Jobs in the Redis at `url` under keys that start with `prefix`, fed from the outbox in
    /// `db`. Connects when first needed, and again whenever the connection is lost.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn new(url: &str, prefix: &str, db: Db, clock: Clock) -> Result<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN))
            // Workers have a patience of their own.
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        Ok(Self {
            connection,
            prefix: prefix.to_owned(),
            db,
            clock,
            wakes: watch::Sender::new(0),
            carrier: Carrier::default(),
        })
    }

    /// What an operator should change about this Redis, lest it lose jobs. Nothing when all is
    /// well, or when Redis doesn't let itself be asked.
    ///
    /// # Errors
    /// When Redis can't be reached.
    pub async fn advice(&self) -> Result<Vec<String>> {
        let mut connection = self.connection.clone();
        let info: String = redis::cmd("INFO")
            .arg("everything")
            .query_async(&mut connection)
            .await?;
        let says = |fact: &str| info.lines().any(|line| line.trim_end() == fact);
        let mut advice = Vec::new();
        if says("aof_enabled:0") {
            advice.push("set `appendonly yes`: a restart of redis loses jobs".to_owned());
        }
        if info.contains("maxmemory_policy:") && !says("maxmemory_policy:noeviction") {
            advice.push("set `maxmemory-policy noeviction`: redis may throw jobs away".to_owned());
        }
        Ok(advice)
    }

    fn queue(&self, queue: &str) -> String {
        format!("{}:{queue}:", self.prefix)
    }

    async fn call<T: redis::FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T> {
        Ok(script.invoke_async(&mut self.connection.clone()).await?)
    }

    /// Stores jobs of one queue; with an id, a job that is there already is not stored again.
    async fn store(&self, queue: &str, jobs: &[(String, NewJob)]) -> Result<u64> {
        let now = self.now();
        let mut added = 0;
        for chunk in jobs.chunks(CHUNK) {
            let mut call = scripts::ENQUEUE.key(self.queue(queue));
            call.key(format!("{}:queues", self.prefix)).arg(queue);
            for (id, job) in chunk {
                let args: [String; scripts::JOB_ARGS] = [
                    id.clone(),
                    job.kind.clone(),
                    job.version.to_string(),
                    job.payload.to_string(),
                    job.unique.clone().unwrap_or_default(),
                    micros(job.run_at.unwrap_or(now)),
                    job.max_attempts.max(1).to_string(),
                ];
                for arg in args {
                    call.arg(arg);
                }
            }
            added += self.call::<u64>(&call).await?;
        }
        Ok(added)
    }
}

#[async_trait]
impl JobBackend for RedisBackend {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    async fn enqueue(&self, jobs: &[NewJob]) -> Result<u64> {
        let mut queues: Vec<&str> = jobs.iter().map(|job| job.queue.as_str()).collect();
        queues.sort_unstable();
        queues.dedup();
        let mut added = 0;
        for queue in queues {
            let jobs: Vec<_> = jobs
                .iter()
                .filter(|job| job.queue == queue)
                .map(|job| (String::new(), job.clone()))
                .collect();
            added += self.store(queue, &jobs).await?;
        }
        self.wake();
        Ok(added)
    }

    async fn once(&self, key: &str, ttl: Duration) -> Result<bool> {
        let now = self.now();
        let mut call = scripts::ONCE.key(format!("{}:once:{key}", self.prefix));
        let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        call.arg(micros(now)).arg(micros(now + ttl)).arg(millis);
        Ok(self.call::<u8>(&call).await? == 1)
    }

    fn wake(&self) {
        self.carrier.hurry();
        self.wakes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn woken(&self) -> watch::Receiver<u64> {
        self.wakes.subscribe()
    }

    async fn carry(&self, queue: &str) -> Result<u64> {
        outbox::carry(self, queue).await
    }

    async fn claim(
        &self,
        queue: &str,
        worker: &str,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Delivery>> {
        let now = self.now();
        let mut call = scripts::CLAIM.key(self.queue(queue));
        call.arg(micros(now))
            .arg(micros(now + lease))
            .arg(limit.min(CHUNK))
            .arg(worker);
        let claimed: Vec<Claimed> = self.call(&call).await?;
        Ok(claimed
            .into_iter()
            .map(|job| delivery(queue, job))
            .collect())
    }

    async fn settle(&self, queue: &str, reports: &[Report]) -> Result<()> {
        let now = self.now();
        for chunk in reports.chunks(CHUNK) {
            let mut call = scripts::SETTLE.key(self.queue(queue));
            call.arg(micros(now));
            for report in chunk {
                let (outcome, at, error) = match &report.outcome {
                    Outcome::Done => ("done", now, ""),
                    Outcome::Retry(at, error) => ("retry", *at, error.as_str()),
                    Outcome::Dead(error) => ("dead", now, error.as_str()),
                    Outcome::Released => ("released", now, ""),
                };
                let error: String = error.chars().take(2_000).collect();
                call.arg(&report.id.0)
                    .arg(report.attempt)
                    .arg(outcome)
                    .arg(micros(at))
                    .arg(error);
            }
            self.call::<()>(&call).await?;
        }
        Ok(())
    }

    async fn renew(&self, queue: &str, held: &[(JobId, u32)], lease: Duration) -> Result<()> {
        let until = micros(self.now() + lease);
        for chunk in held.chunks(CHUNK) {
            let mut call = scripts::RENEW.key(self.queue(queue));
            call.arg(&until);
            for (id, attempt) in chunk {
                call.arg(&id.0).arg(attempt);
            }
            self.call::<()>(&call).await?;
        }
        Ok(())
    }

    async fn recover(&self, queue: &str, limit: usize) -> Result<u64> {
        outbox::recover(self, queue, limit).await?;
        let mut call = scripts::RECOVER.key(self.queue(queue));
        call.arg(micros(self.now()))
            .arg(limit.min(CHUNK))
            .arg("its worker vanished");
        self.call(&call).await
    }

    async fn schedule_finished(&self, name: &str, result: Result<(), &str>) -> Result<()> {
        Ok(schedules::finished(&self.db, name, self.now(), result).await?)
    }

    async fn stats(&self) -> Result<Vec<QueueStats>> {
        let mut stats = keystead_store::outbox::stats(&self.db, self.now()).await?;
        let mut connection = self.connection.clone();
        let queues: Vec<String> = connection
            .smembers(format!("{}:queues", self.prefix))
            .await?;
        for name in queues {
            let here = self.queue_stats(&name).await?;
            match stats.iter_mut().find(|there| there.queue == name) {
                Some(there) => outbox::add(there, here),
                None => stats.push(here),
            }
        }
        stats.sort_by(|a, b| a.queue.cmp(&b.queue));
        Ok(stats)
    }

    async fn dead_letters(&self, queue: &str, limit: usize) -> Result<Vec<DeadLetter>> {
        let mut call = scripts::DEAD.key(self.queue(queue));
        call.arg(limit);
        let dead: Vec<Dead> = self.call(&call).await?;
        let mut letters: Vec<_> = dead.into_iter().map(|job| letter(queue, job)).collect();
        // Left over from a time when the jobs of this installation were run in the database.
        let older = keystead_store::outbox::dead_letters(&self.db, queue, limit as u64).await?;
        letters.extend(older.into_iter().map(dead_letter));
        letters.truncate(limit);
        Ok(letters)
    }

    async fn retry_dead(&self, queue: &str, id: &JobId) -> Result<bool> {
        let now = self.now();
        let retried = if let Some(row) = row_id(id) {
            keystead_store::outbox::retry_dead(&self.db, now, row).await?
        } else {
            let mut call = scripts::RETRY.key(self.queue(queue));
            call.arg(&id.0).arg(micros(now));
            self.call::<u8>(&call).await? == 1
        };
        self.wake();
        Ok(retried)
    }

    async fn drop_dead(&self, queue: &str, id: &JobId) -> Result<bool> {
        if let Some(row) = row_id(id) {
            return Ok(keystead_store::outbox::drop_dead(&self.db, row).await?);
        }
        let mut call = scripts::DROP.key(self.queue(queue));
        call.arg(&id.0);
        Ok(self.call::<u8>(&call).await? == 1)
    }

    async fn prune(&self, queue: &str, before: DateTime<Utc>, limit: u64) -> Result<u64> {
        let rows =
            keystead_store::outbox::prune(&self.db, queue, self.now(), before, limit).await?;
        let mut call = scripts::PRUNE.key(self.queue(queue));
        call.arg(micros(before)).arg(limit.min(CHUNK as u64));
        Ok(rows + self.call::<u64>(&call).await?)
    }
}

impl RedisBackend {
    async fn queue_stats(&self, queue: &str) -> Result<QueueStats> {
        let key = |set: &str| format!("{}{set}", self.queue(queue));
        let now = micros(self.now());
        let (waiting, due, first, running, dead): (u64, u64, Vec<(String, f64)>, u64, u64) =
            redis::pipe()
                .zcard(key("waiting"))
                .zcount(key("waiting"), "-inf", &now)
                .zrange_withscores(key("waiting"), 0, 0)
                .zcard(key("running"))
                .zcard(key("dead"))
                .query_async(&mut self.connection.clone())
                .await?;
        let due_since = first
            .first()
            .filter(|_| due > 0)
            .map(|(_, score)| time(*score));
        Ok(QueueStats {
            queue: queue.to_owned(),
            waiting,
            due,
            due_since,
            running,
            dead,
        })
    }
}

fn delivery(queue: &str, job: Claimed) -> Delivery {
    let (id, attempt, kind, v, text, unique, max_attempts) = job;
    Delivery {
        id: JobId(id),
        queue: queue.to_owned(),
        max_attempts,
        envelope: Envelope {
            v,
            kind,
            attempt,
            unique: (!unique.is_empty()).then_some(unique),
            payload: payload(text),
        },
    }
}

fn letter(queue: &str, job: Dead) -> DeadLetter {
    let (id, died_at, kind, text, attempt, error) = job;
    DeadLetter {
        id: JobId(id),
        queue: queue.to_owned(),
        kind,
        payload: payload(text),
        attempt,
        error,
        died_at: time(died_at),
    }
}

fn micros(time: DateTime<Utc>) -> String {
    time.timestamp_micros().to_string()
}

/// Scores are exact up to 2^53, which is the year 2255 in microseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a score was an integer when it was stored"
)]
fn time(score: f64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(score as i64).unwrap_or_default()
}
