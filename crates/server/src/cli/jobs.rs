//! `keystead jobs`: what waits and what failed for good, to retry or to drop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use keystead_jobs::{DeadLetter, JobBackend, JobId};
use keystead_store::Db;
use serde_json::json;

use super::{Global, output};
use crate::{boot, runtime, workers};

/// How many dead letters of a queue one go of `--all` takes.
const PAGE: usize = 500;

/// Arguments of `keystead jobs`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead jobs stats\n  keystead jobs list --json | jq -r '.error'\n  keystead jobs retry default --all\n  keystead jobs drop default 018f…"
)]
pub struct Jobs {
    #[command(subcommand)]
    command: Command,
    /// Prints one line of JSON for each row.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What waits, runs and failed, queue by queue.
    Stats,
    /// Jobs that failed for good, the latest first.
    List {
        /// Only this queue.
        #[arg(long)]
        queue: Option<String>,
        /// At most so many of each queue.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Gives jobs that failed for good all their attempts again.
    Retry(Chosen),
    /// Throws jobs away that failed for good.
    Drop(Chosen),
    /// When periodic work ran last, and how it ended.
    Schedules,
}

/// Which jobs are meant.
#[derive(Args, Debug)]
struct Chosen {
    /// Their queue.
    queue: String,
    /// Their ids.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// All of the queue that failed for good.
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy)]
enum Fate {
    Retry,
    Drop,
}

impl Jobs {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let config = global.load(Vec::new())?.config;
        let db = boot::connect(&config).await?;
        if !keystead_store::migrate::pending(&db).await?.is_empty() {
            bail!("the schema is not up to date: run `keystead migrate` first");
        }
        let backend = workers::backend(&config, &db, &runtime::system_clock())?;

        let code = match self.command {
            Command::Stats => stats(&*backend, self.json).await?,
            Command::List { queue, limit } => list(&*backend, queue, limit, self.json).await?,
            Command::Retry(chosen) => settle(&backend, chosen, Fate::Retry, self.json).await?,
            Command::Drop(chosen) => settle(&backend, chosen, Fate::Drop, self.json).await?,
            Command::Schedules => schedules(&db, self.json).await?,
        };
        db.close().await?;
        Ok(code)
    }
}

async fn stats(backend: &dyn JobBackend, json: bool) -> Result<ExitCode> {
    let now = backend.now();
    let mut rows = vec![words([
        "QUEUE",
        "WAITING",
        "DUE",
        "RUNNING",
        "DEAD",
        "OLDEST DUE",
    ])];
    for queue in backend.stats().await.context("can't ask the job store")? {
        let oldest_seconds = queue.due_since.map(|due| (now - due).num_seconds().max(0));
        if json {
            output::json(&json!({
                "queue": queue.queue,
                "waiting": queue.waiting,
                "due": queue.due,
                "running": queue.running,
                "dead": queue.dead,
                "oldest_due_seconds": oldest_seconds,
            }))?;
        }
        rows.push(vec![
            queue.queue,
            queue.waiting.to_string(),
            queue.due.to_string(),
            queue.running.to_string(),
            queue.dead.to_string(),
            oldest_seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds}s")),
        ]);
    }
    print(&rows, json, "no jobs")
}

async fn list(
    backend: &dyn JobBackend,
    queue: Option<String>,
    limit: usize,
    json: bool,
) -> Result<ExitCode> {
    let queues = match queue {
        Some(queue) => vec![queue],
        None => backend
            .stats()
            .await?
            .into_iter()
            .map(|queue| queue.queue)
            .collect(),
    };
    let mut rows = vec![words(["QUEUE", "ID", "KIND", "ATTEMPTS", "DIED", "ERROR"])];
    for queue in queues {
        for letter in backend.dead_letters(&queue, limit).await? {
            let DeadLetter {
                id,
                queue,
                kind,
                payload,
                attempt,
                error,
                died_at,
            } = letter;
            let died_at = died_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            if json {
                output::json(&json!({
                    "queue": queue,
                    "id": id.0,
                    "kind": kind,
                    "payload": payload,
                    "attempts": attempt,
                    "error": error,
                    "died_at": died_at,
                }))?;
            }
            rows.push(vec![queue, id.0, kind, attempt.to_string(), died_at, error]);
        }
    }
    print(&rows, json, "no job failed for good")
}

async fn settle(
    backend: &Arc<dyn JobBackend>,
    chosen: Chosen,
    fate: Fate,
    json: bool,
) -> Result<ExitCode> {
    let Chosen { queue, ids, all } = chosen;
    let (mut settled, mut missing) = (0_u64, Vec::new());
    for id in ids {
        if settle_one(&**backend, &queue, &JobId(id.clone()), fate).await? {
            settled += 1;
        } else {
            missing.push(id);
        }
    }
    if all {
        settled += settle_all(&**backend, &queue, fate).await?;
    }
    backend.wake();

    let word = match fate {
        Fate::Retry => "retried",
        Fate::Drop => "dropped",
    };
    if json {
        output::json(&json!({ word: settled, "missing": missing }))?;
    } else {
        output::line(&format!("{word}: {settled}"))?;
        for id in &missing {
            output::line(&format!("no job {id} in {queue} failed for good"))?;
        }
    }
    Ok(if missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Page by page, until a page has nothing that can be settled: a job whose key is waiting again
/// stays where it is.
async fn settle_all(backend: &dyn JobBackend, queue: &str, fate: Fate) -> Result<u64> {
    let mut settled = 0;
    loop {
        let before = settled;
        for letter in backend.dead_letters(queue, PAGE).await? {
            settled += u64::from(settle_one(backend, queue, &letter.id, fate).await?);
        }
        if settled == before {
            return Ok(settled);
        }
    }
}

async fn settle_one(backend: &dyn JobBackend, queue: &str, id: &JobId, fate: Fate) -> Result<bool> {
    Ok(match fate {
        Fate::Retry => backend.retry_dead(queue, id).await?,
        Fate::Drop => backend.drop_dead(queue, id).await?,
    })
}

async fn schedules(db: &Db, json: bool) -> Result<ExitCode> {
    let time =
        |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let mut rows = vec![words(["SCHEDULE", "FIRED", "FINISHED", "ERROR"])];
    for row in keystead_store::outbox::schedules::list(db).await? {
        let finished = row.finished_at.map(time);
        if json {
            output::json(&json!({
                "schedule": row.name,
                "fired_at": time(row.fired_at),
                "finished_at": finished,
                "error": row.error,
            }))?;
        }
        let dash = || "-".to_owned();
        rows.push(vec![
            row.name,
            time(row.fired_at),
            finished.unwrap_or_else(dash),
            row.error.unwrap_or_else(dash),
        ]);
    }
    print(&rows, json, "nothing ran yet")
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// The rows below their heading, unless they were printed as JSON already.
fn print(rows: &[Vec<String>], json: bool, nothing: &str) -> Result<ExitCode> {
    match rows {
        _ if json => {}
        [_heading] => output::line(nothing)?,
        rows => output::table(rows)?,
    }
    Ok(ExitCode::SUCCESS)
}
