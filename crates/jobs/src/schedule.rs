//! Work that comes round: once per tick, however many replicas watch the clock.

use std::sync::Arc;
use std::time::Duration;

use keystead_store::Db;
use keystead_store::outbox::{self, schedules};
use tokio_util::sync::CancellationToken;

use crate::{JobBackend, NewJob, Result, ScheduleRow};

/// Marks the unique key of a schedule's job.
const PREFIX: &str = "schedule:";

/// The schedule that a job with this unique key belongs to.
pub(crate) fn schedule_of(unique: &str) -> Option<&str> {
    unique.strip_prefix(PREFIX)
}

/// A job that is due every so often. It fires at multiples of `every` since 1970, and not while
/// its last job is still waiting or running. When its job fails for good the next tick is its
/// next try; it leaves no dead letter, but its error is in the schedule's row.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Its name, the same for ever.
    pub name: &'static str,
    /// The time between two ticks, at least a second.
    pub every: Duration,
    /// What is to be done. Its unique key is the schedule's.
    pub job: NewJob,
}

impl Schedule {
    fn tick(&self, now_seconds: i64) -> i64 {
        let every = i64::try_from(self.every.as_secs())
            .unwrap_or(i64::MAX)
            .max(1);
        now_seconds.div_euclid(every)
    }
}

/// The schedules of a process. Every replica may run the same ones.
pub struct Schedules {
    db: Db,
    backend: Arc<dyn JobBackend>,
    schedules: Vec<Schedule>,
    /// The latest tick of each that is known to be taken, by whomever.
    seen: tokio::sync::Mutex<Vec<Option<i64>>>,
}

impl Schedules {
    /// Schedules whose ticks are settled in `db` and whose jobs go through its outbox.
    pub fn new(db: Db, backend: Arc<dyn JobBackend>, schedules: Vec<Schedule>) -> Self {
        let seen = tokio::sync::Mutex::new(vec![None; schedules.len()]);
        Self {
            db,
            backend,
            schedules,
            seen,
        }
    }

    /// Fires what is due by now and returns the names of those that this call fired. Between
    /// ticks it touches nothing.
    ///
    /// # Errors
    /// When the database fails; what it did not take is due still.
    pub async fn fire_due(&self) -> Result<Vec<&'static str>> {
        let now = self.backend.now();
        let mut seen = self.seen.lock().await;
        let mut fired = Vec::new();
        for (schedule, seen) in self.schedules.iter().zip(seen.iter_mut()) {
            let tick = schedule.tick(now.timestamp());
            if *seen == Some(tick) {
                continue;
            }
            let job = NewJob {
                unique: Some(format!("{PREFIX}{}", schedule.name)),
                ..schedule.job.clone()
            };
            // The tick and its job are one commit: no replica takes a tick and dies with it.
            let tx = self.db.begin().await?;
            let taken = schedules::take_tick(&tx, schedule.name, tick, now).await?;
            if taken {
                outbox::put(&tx, now, &[job]).await?;
            }
            tx.commit().await?;
            *seen = Some(tick);
            if taken {
                fired.push(schedule.name);
            }
        }
        if !fired.is_empty() {
            self.backend.wake();
        }
        Ok(fired)
    }

    /// When every schedule fired last, and how its job ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<ScheduleRow>> {
        Ok(schedules::list(&self.db).await?)
    }

    /// Fires what is due, looking every `poll`, until `stop`.
    pub async fn run(&self, poll: Duration, stop: CancellationToken) {
        let mut failing = false;
        while !stop.is_cancelled() {
            match self.fire_due().await {
                Ok(_) => failing = false,
                Err(error) if !failing => {
                    failing = true;
                    tracing::warn!(%error, "schedules can't be fired");
                }
                Err(_) => {}
            }
            tokio::select! {
                () = tokio::time::sleep(poll) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}
