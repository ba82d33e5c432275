//! From the outbox to Redis: what is due, a bounded number at a time.
//!
//! A row is lent to this process, stored in Redis under an id made from its own, and removed.
//! A crash in between leaves it lent; it is then stored again, which Redis knows by the id.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use keystead_store::outbox::{self, Claimed, NewJob, Outcome, QueueStats, Settled};
use tokio::time::Instant;

use super::RedisBackend;
use crate::sql::payload;
use crate::{JobBackend, Result};

/// Rows carried at a time.
const BATCH: u64 = 500;

/// Jobs due in Redis beyond which the others wait in the database, which has room for them.
const ENOUGH: u64 = 5_000;

/// How long a crashed carrier keeps its rows from the others.
const LEASE: Duration = Duration::from_secs(30);

/// How often an idle process looks into the outbox, however many workers it has.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// When each queue's outbox was found empty.
#[derive(Default)]
pub(super) struct Carrier {
    next_look: Mutex<HashMap<String, Instant>>,
}

impl Carrier {
    /// Somebody has put something.
    pub(super) fn hurry(&self) {
        self.lock().clear();
    }

    fn is_early(&self, queue: &str) -> bool {
        self.lock()
            .get(queue)
            .is_some_and(|at| Instant::now() < *at)
    }

    fn look_again_later(&self, queue: &str) {
        self.lock()
            .insert(queue.to_owned(), Instant::now() + LOOK_EVERY);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        // A map of times can't be left half changed.
        self.next_look
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

pub(super) async fn carry(to: &RedisBackend, queue: &str) -> Result<u64> {
    if to.carrier.is_early(queue) {
        return Ok(0);
    }
    // Before the look: what is put after it calls `hurry` and undoes this.
    to.carrier.look_again_later(queue);
    if to.queue_stats(queue).await?.due >= ENOUGH {
        return Ok(0);
    }
    let now = to.now();
    let rows = outbox::lend(&to.db, queue, "carrier", now, now + LEASE, BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let lent: Vec<(i64, u32)> = rows.iter().map(|row| (row.id, row.attempt)).collect();
    let jobs: Vec<_> = rows.into_iter().map(|row| job(queue, row)).collect();
    if let Err(error) = to.store(queue, &jobs).await {
        outbox::hand_back(&to.db, to.now(), &lent).await?;
        return Err(error);
    }
    let carried: Vec<_> = lent
        .iter()
        .map(|&(id, attempt)| Settled {
            id,
            attempt,
            outcome: Outcome::Done,
        })
        .collect();
    outbox::settle(&to.db, to.now(), &carried).await?;
    if lent.len() as u64 == BATCH {
        to.carrier.hurry();
    }
    Ok(lent.len() as u64)
}

/// Takes back what a crashed carrier was lent.
pub(super) async fn recover(to: &RedisBackend, queue: &str, limit: usize) -> Result<u64> {
    Ok(outbox::recover(&to.db, queue, to.now(), limit as u64).await?)
}

/// The due time in Redis is now: the row has waited for its own already.
fn job(queue: &str, row: Claimed) -> (String, NewJob) {
    let job = NewJob {
        queue: queue.to_owned(),
        kind: row.kind,
        version: row.version,
        payload: payload(row.payload),
        unique: row.unique,
        run_at: None,
        max_attempts: row.max_attempts,
    };
    (format!("s{}", row.id), job)
}

/// What waits in the database counts with what waits here.
pub(super) fn add(there: &mut QueueStats, here: QueueStats) {
    there.waiting += here.waiting;
    there.due += here.due;
    there.due_since = [there.due_since, here.due_since]
        .into_iter()
        .flatten()
        .min();
    there.running += here.running;
    there.dead += here.dead;
}
