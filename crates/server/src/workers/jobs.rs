//! The jobs of the server itself, when they are due, and what they do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use keystead_app::accounts::destroy::{Destroy, destroy};
use keystead_app::artifacts::{Clear, Process};
use keystead_app::environments::Empty;
use keystead_app::heartbeats::Rewindow;
use keystead_app::history::{self, Keep};
use keystead_app::mail::SendMail;
use keystead_app::webhooks::{self, Deliver, Deliveries};
use keystead_app::{App, artifacts, environments, heartbeats, notices, processes, sessions};
use keystead_jobs::{Handlers, Job, JobBackend, Schedule, new_job};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::courier::Messenger;
use crate::mail::Post;

/// The queue of work that comes round.
pub const SWEEPS: &str = "sweeps";

/// A sweep commits batch by batch: one that is stopped here goes on at its next tick.
pub const SWEEP_TIMEOUT: Duration = Duration::from_secs(600);

/// A chore does its work piece by piece, and does no harm when it begins again.
pub const CHORE_TIMEOUT: Duration = Duration::from_secs(600);

/// A package is read once, as fast as the storage has it.
pub const PACKAGE_TIMEOUT: Duration = Duration::from_secs(300);

/// How often licenses' terms are looked at.
const NOTICES_EVERY: Duration = Duration::from_secs(600);

/// A mail server has its own, shorter patience; this is for a database that is slow as well.
pub const MAIL_TIMEOUT: Duration = Duration::from_secs(120);

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

/// Looks for processes whose hearts stopped.
#[derive(Debug, Serialize, Deserialize)]
struct SweepProcesses {}

impl Job for SweepProcesses {
    const KIND: &'static str = "processes.sweep";
    const QUEUE: &'static str = SWEEPS;
    const MAX_ATTEMPTS: u32 = 1;
}

/// Tells of licenses that expire or must check in.
#[derive(Debug, Serialize, Deserialize)]
struct TellTerms {}

impl Job for TellTerms {
    const KIND: &'static str = "licenses.notices";
    const QUEUE: &'static str = SWEEPS;
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

/// How long one delivery may take, its writes included.
pub const DELIVERY_TIMEOUT: Duration = Duration::from_secs(60);

/// How often what is too old is looked for.
const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// Forgets events, requests and deliveries that are too old.
#[derive(Debug, Serialize, Deserialize)]
struct ForgetHistory {}

impl Job for ForgetHistory {
    const KIND: &'static str = "history.prune";
    const QUEUE: &'static str = SWEEPS;
    const MAX_ATTEMPTS: u32 = 1;
}

/// Throws away sessions and tokens that ended long ago.
#[derive(Debug, Serialize, Deserialize)]
struct PruneCredentials {}

impl Job for PruneCredentials {
    const KIND: &'static str = "credentials.prune";
    const QUEUE: &'static str = SWEEPS;
    const MAX_ATTEMPTS: u32 = 1;
}

/// How often objects are looked for that are waited for.
const ARRIVALS_EVERY: Duration = Duration::from_secs(30);

/// How often objects are looked for that nobody knows any more.
const TIDY_EVERY: Duration = Duration::from_secs(24 * 3600);

/// Looks for objects that were uploaded behind the server's back, or that don't come.
#[derive(Debug, Serialize, Deserialize)]
struct SweepObjects {}

impl Job for SweepObjects {
    const KIND: &'static str = "artifacts.sweep";
    const QUEUE: &'static str = SWEEPS;
    const MAX_ATTEMPTS: u32 = 1;
}

/// Removes objects that nobody knows any more.
#[derive(Debug, Serialize, Deserialize)]
struct TidyObjects {}

impl Job for TidyObjects {
    const KIND: &'static str = "artifacts.tidy";
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
            name: "processes.sweep",
            every: config.heartbeat.sweep_interval,
            job: new_job(&SweepProcesses {}),
        },
        Schedule {
            name: "artifacts.sweep",
            every: ARRIVALS_EVERY,
            job: new_job(&SweepObjects {}),
        },
        Schedule {
            name: "artifacts.tidy",
            every: TIDY_EVERY,
            job: new_job(&TidyObjects {}),
        },
        Schedule {
            name: "licenses.notices",
            every: NOTICES_EVERY,
            job: new_job(&TellTerms {}),
        },
        Schedule {
            name: "jobs.prune",
            every: PRUNE_EVERY,
            job: new_job(&PruneJobs {}),
        },
        Schedule {
            name: "history.prune",
            every: FORGET_EVERY,
            job: new_job(&ForgetHistory {}),
        },
        Schedule {
            name: "credentials.prune",
            every: PRUNE_EVERY,
            job: new_job(&PruneCredentials {}),
        },
    ]
}

/// How long things are kept: what is kept for no time is kept for good.
fn keep(config: &Config) -> Keep {
    let kept = |time: Duration| {
        TimeDelta::from_std(time)
            .ok()
            .filter(|time| !time.is_zero())
    };
    let history = &config.history;
    Keep {
        events: kept(history.keep_events),
        requests: kept(history.keep_requests),
        webhooks: kept(history.keep_webhooks),
    }
}

/// Who does which job.
///
/// # Errors
/// When the client for webhooks can't be set up.
pub fn handlers(
    app: &Arc<App>,
    backend: Arc<dyn JobBackend>,
    config: &Config,
    post: &Arc<Post>,
) -> Result<Handlers> {
    let deliveries = Deliveries::new(Arc::new(Messenger::new(app.settings.webhooks)?));
    let [
        delivering,
        forgetting,
        rewindowing,
        emptying,
        processing,
        telling,
        mailing,
        destroying,
        pruning,
        arriving,
        tidying,
        clearing,
        understanding,
    ] = [(); 13].map(|()| app.clone());
    let post = post.clone();
    let keep = keep(config);
    let app = app.clone();
    let keep_dead = TimeDelta::from_std(config.jobs.keep_dead).unwrap_or(TimeDelta::MAX);
    let handlers = Handlers::new()
        .on(move |context, job: Deliver| {
            let (app, deliveries) = (delivering.clone(), deliveries.clone());
            async move {
                webhooks::deliver(&app, &deliveries, job, context.now).await?;
                Ok(())
            }
        })
        .on(move |context, ForgetHistory {}| {
            let app = forgetting.clone();
            async move {
                history::prune(&app, keep, context.now).await?;
                Ok(())
            }
        })
        .on(move |context, SweepHearts {}| {
            let app = app.clone();
            async move {
                heartbeats::sweep(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |_, Destroy { account }| {
            let app = destroying.clone();
            async move {
                destroy(&app, account).await?;
                Ok(())
            }
        })
        .on(move |context, SweepProcesses {}| {
            let app = processing.clone();
            async move {
                processes::sweep(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |context, TellTerms {}| {
            let app = telling.clone();
            async move {
                notices::sweep(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |_, Rewindow { policy, license }| {
            let app = rewindowing.clone();
            async move {
                match license {
                    Some(license) => heartbeats::rewindow_license(&app, license).await?,
                    None => heartbeats::rewindow(&app, policy).await?,
                }
                Ok(())
            }
        })
        .on(move |context, PruneCredentials {}| {
            let app = pruning.clone();
            async move {
                sessions::purge(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |context, SweepObjects {}| {
            let app = arriving.clone();
            async move {
                artifacts::sweep(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |context, TidyObjects {}| {
            let app = tidying.clone();
            async move {
                artifacts::tidy(&app, context.now).await?;
                Ok(())
            }
        })
        .on(move |_, Clear { artifact }| {
            let app = clearing.clone();
            async move {
                artifacts::clear(&app, artifact).await?;
                Ok(())
            }
        })
        .on(move |context, job: Process| {
            let app = understanding.clone();
            async move {
                artifacts::process(&app, job, context.is_last_attempt(), context.now).await?;
                Ok(())
            }
        })
        .on(move |_, SendMail { letter }| {
            let (app, post) = (mailing.clone(), post.clone());
            async move { post.send(&app, &letter).await }
        })
        .on(move |_, Empty { environment }| {
            let app = emptying.clone();
            async move {
                environments::empty(&app, environment).await?;
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
        });
    Ok(handlers)
}
