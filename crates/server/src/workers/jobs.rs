//! The jobs of the server itself, when they are due, and what they do.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use keystead_app::heartbeats::Rewindow;
use keystead_app::{App, heartbeats};
use keystead_jobs::{Handlers, Job, JobBackend, Schedule, new_job};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The queue of work that comes round.
pub const SWEEPS: &str = "sweeps";

/// A sweep commits batch by batch: one that is stopped here goes on at its next tick.
pub const SWEEP_TIMEOUT: Duration = Duration::from_secs(600);

/// A chore does its work piece by piece, and does no harm when it begins again.
pub const CHORE_TIMEOUT: Duration = Duration::from_secs(600);

/// How often old dead letters are thrown away, and how many in one statement.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
const PRUNE_BATCH: u64 = 1_000;

/// Looks for machines whose hearts stopped.
#[derive(Debug, Serialize, Deserialize)]
struct SweepHearts {}

impl Job for SweepHearts {
    const KIND: &'static str = "heartbeats.sweep";
    const QUEUE: &'static str = SWEEPS;
    // The next tick is the next try.
    const MAX_ATTEMPTS: u32 = 1;
}

/// Throws away jobs that failed for good long ago.
#[derive(Debug, Serialize, Deserialize)]
struct PruneJobs {}

impl Job for PruneJobs {
    const KIND: &'static str = "jobs.prune";
    const QUEUE: &'static str = SWEEPS;
    const MAX_ATTEMPTS: u32 = 1;
}

/// What comes round, and how often.
pub fn schedules(config: &Config) -> Vec<Schedule> {
    vec![
        Schedule {
            name: "heartbeats.sweep",
            every: config.heartbeat.sweep_interval,
            job: new_job(&SweepHearts {}),
        },
        Schedule {
            name: "jobs.prune",
            every: PRUNE_EVERY,
            job: new_job(&PruneJobs {}),
        },
    ]
}

/// Who does which job.
pub fn handlers(app: &Arc<App>, backend: Arc<dyn JobBackend>, config: &Config) -> Handlers {
    let rewindowing = app.clone();
    let app = app.clone();
    let keep_dead = TimeDelta::from_std(config.jobs.keep_dead).unwrap_or(TimeDelta::MAX);
    Handlers::new()
        .on(move |context, SweepHearts {}| {
            let app = app.clone();
            async move {
                heartbeats::sweep(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |_, Rewindow { policy }| {
            let app = rewindowing.clone();
            async move {
                heartbeats::rewindow(&app, policy).await?;
                Ok(())
            }
        })
        .on(move |context, PruneJobs {}| {
            let backend = backend.clone();
            async move {
                let Some(before) = context.now.checked_sub_signed(keep_dead) else {
                    return Ok(());
                };
                for queue in backend.stats().await? {
                    while backend.prune(&queue.queue, before, PRUNE_BATCH).await? >= PRUNE_BATCH {}
                }
                Ok(())
            }
        })
}
