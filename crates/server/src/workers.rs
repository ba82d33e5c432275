//! What a process does besides answering: notes that it is alive, keeps schedules, runs jobs.

mod jobs;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use keystead_app::mail::MAILS;
use keystead_app::webhooks::WEBHOOKS;
use keystead_app::{App, CHORES, Clock, PACKAGES, heartbeats};
use keystead_jobs::{
    JobBackend, QueueStats, RedisBackend, Schedules, SqlBackend, WorkerSpec, Workers,
};
use keystead_signing::Secret;
use keystead_store::Db;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::config::{Backend, Config};
use crate::mail::Post;
use crate::runtime;

/// What every Redis key of ours starts with, so that a Redis may be shared.
const REDIS_PREFIX: &str = "keystead";

/// How often schedules look at the clock.
const SCHEDULE_POLL: Duration = Duration::from_secs(1);

/// How often the queues are measured.
const MEASURE_EVERY: Duration = Duration::from_secs(30);

/// The configured job store.
///
/// # Errors
/// When its URL can't be used. Whether it can be reached shows later: workers wait for it.
pub fn backend(config: &Config, db: &Db, clock: &Clock) -> Result<Arc<dyn JobBackend>> {
    let clock = clock.clone();
    let clock: keystead_jobs::Clock = Arc::new(move || clock.now());
    Ok(match config.jobs.backend {
        Backend::Sql => Arc::new(SqlBackend::new(db.clone(), clock)),
        Backend::Redis => {
            let url = config
                .redis
                .url
                .as_ref()
                .context("`redis.url` is not set")?;
            let backend = RedisBackend::new(url.expose(), REDIS_PREFIX, db.clone(), clock);
            Arc::new(backend.context("`redis.url` can't be used")?)
        }
    })
}

/// What an operator should change about a Redis, lest it lose jobs.
///
/// # Errors
/// When Redis can't be reached.
pub async fn redis_advice(url: &Secret<String>, db: &Db) -> Result<Vec<String>> {
    let clock = runtime::system_clock();
    let clock: keystead_jobs::Clock = Arc::new(move || clock.now());
    let backend = RedisBackend::new(url.expose(), REDIS_PREFIX, db.clone(), clock)?;
    Ok(backend.advice().await?)
}

/// What runs beside the public port.
pub struct Background {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Background {
    /// Nothing.
    pub fn none() -> Self {
        Self {
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Starts what the configured role does.
    ///
    /// # Errors
    /// When the job store's URL can't be used.
    pub fn start(app: &Arc<App>, config: &Config, post: &Arc<Post>) -> Result<Self> {
        let mut background = Self::none();
        let Self { stop, tasks } = &mut background;
        tasks.spawn(pulse(app.clone(), stop.clone()));
        if config.role.runs_jobs() {
            let backend = backend(config, &app.db, &app.clock)?;
            let schedules =
                Schedules::new(app.db.clone(), backend.clone(), jobs::schedules(config));
            let stopped = stop.clone();
            tasks.spawn(async move { schedules.run(SCHEDULE_POLL, stopped).await });
            tasks.spawn(measure(backend.clone(), stop.clone()));

            let workers = workers(app, config, post, backend)?;
            let stopped = stop.clone().cancelled_owned();
            tasks.spawn(async move {
                if let Err(error) = workers.run(stopped).await {
                    tracing::error!(%error, "no jobs are run any more");
                }
            });
        }
        Ok(background)
    }

    /// Starts nothing new, and lets running jobs finish within the drain time.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "work in the background did not end in order");
            }
        }
    }
}

fn workers(
    app: &Arc<App>,
    config: &Config,
    post: &Arc<Post>,
    backend: Arc<dyn JobBackend>,
) -> Result<Workers> {
    let handlers = jobs::handlers(app, backend.clone(), config, post)?;
    let sweeps = WorkerSpec {
        // Sweeps are one at a time by their unique keys; two, so that a long one delays no other.
        concurrency: config.jobs.concurrency.min(2),
        timeout: jobs::SWEEP_TIMEOUT,
        ..WorkerSpec::new(jobs::SWEEPS)
    };
    let chores = WorkerSpec {
        concurrency: config.jobs.concurrency.min(2),
        timeout: jobs::CHORE_TIMEOUT,
        ..WorkerSpec::new(CHORES)
    };
    let packages = WorkerSpec {
        // Each has pieces of a file in memory, and a thread to itself.
        concurrency: config.jobs.concurrency.min(2),
        timeout: jobs::PACKAGE_TIMEOUT,
        ..WorkerSpec::new(PACKAGES)
    };
    let webhooks = WorkerSpec {
        concurrency: config.webhooks.concurrency,
        timeout: jobs::DELIVERY_TIMEOUT,
        lease: 2 * jobs::DELIVERY_TIMEOUT,
        ..WorkerSpec::new(WEBHOOKS)
    };
    let mails = WorkerSpec {
        // A mail server that is slow holds up mails, and nothing else.
        concurrency: config.jobs.concurrency.min(4),
        timeout: jobs::MAIL_TIMEOUT,
        ..WorkerSpec::new(MAILS)
    };
    Ok(Workers::new(backend, handlers, &replica(app))
        .with(sweeps)
        .with(chores)
        .with(packages)
        .with(webhooks)
        .with(mails)
        .drain_for(config.drain_timeout))
}

/// Does what jobs of a queue are due, without workers.
///
/// # Errors
/// When the store of jobs can't be used.
pub async fn work_off(
    app: &Arc<App>,
    config: &Config,
    post: &Arc<Post>,
    queue: &str,
) -> Result<usize> {
    let backend = backend(config, &app.db, &app.clock)?;
    let handlers = jobs::handlers(app, backend.clone(), config, post)?;
    Ok(keystead_jobs::work_off(&backend, &handlers, queue).await?)
}

/// A name for this process in tables and logs.
fn replica(app: &App) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let chance: uuid::Uuid = app.ids.next();
    let host = match host.trim() {
        "" => "keystead",
        host => host,
    };
    format!(
        "{host}-{}-{:08x}",
        std::process::id(),
        chance.as_u128() as u32
    )
}

/// Notes every few seconds that the server is alive, so that an absence can be told from silence.
async fn pulse(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = Ticks::new(app.settings.heartbeats.pulse_every, stop);
    let mut failing = false;
    while ticks.next().await {
        let pulsed = heartbeats::pulse(&app, app.clock.now()).await;
        if let (Err(error), false) = (&pulsed, failing) {
            tracing::warn!(%error, "can't note that the server is alive");
        }
        failing = pulsed.is_err();
    }
}

/// Tells metrics how full the queues are.
async fn measure(backend: Arc<dyn JobBackend>, stop: CancellationToken) {
    let mut ticks = Ticks::new(MEASURE_EVERY, stop);
    while ticks.next().await {
        match backend.stats().await {
            Ok(queues) => {
                let now = backend.now();
                queues.into_iter().for_each(|queue| publish(queue, now));
            }
            Err(error) => tracing::debug!(%error, "can't measure the queues"),
        }
    }
}

fn publish(stats: QueueStats, now: DateTime<Utc>) {
    let age = stats
        .due_since
        .map_or(0, |since| (now - since).num_milliseconds().max(0));
    let gauge = |name: &'static str, value: f64| {
        metrics::gauge!(name, "queue" => stats.queue.clone()).set(value);
    };
    gauge("keystead_jobs_waiting", stats.waiting as f64);
    gauge("keystead_jobs_due", stats.due as f64);
    gauge("keystead_jobs_running", stats.running as f64);
    gauge("keystead_jobs_dead", stats.dead as f64);
    gauge("keystead_jobs_due_age_seconds", age as f64 / 1000.0);
}

/// Now, and every so often until told to stop; a tick that comes late is not made up.
struct Ticks {
    interval: tokio::time::Interval,
    stop: CancellationToken,
}

impl Ticks {
    fn new(period: Duration, stop: CancellationToken) -> Self {
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, stop }
    }

    /// Waits for the next tick; false when there will be none.
    async fn next(&mut self) -> bool {
        self.stop
            .run_until_cancelled(self.interval.tick())
            .await
            .is_some()
    }
}
