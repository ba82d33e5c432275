//! How enqueueing fares with a thousand and with a million jobs waiting, and how fast a burst
//! drains: `cargo run --example bench -- [--deep N] URL...` prints one JSON document.
//!
//! `sqlite:` means a file of its own; `postgres://…` gets a database of its own on that server;
//! `redis://…` keys of their own. All are removed in the end.

#[path = "bench/place.rs"]
mod place;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use keystead_jobs::{Context, Handlers, Job, JobBackend, NewJob, WorkerSpec, Workers, new_job};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use place::{Failure, Place};

const QUEUE: &str = "bench";
const SHALLOW: u64 = 1_000;
const DEEP: u64 = 1_000_000;
const BURST: u64 = 50_000;

/// Calls timed one by one at each depth, and the rounds that they are split into. Rounds of
/// either sort take turns, so that a noisy neighbour hits both.
const CALLS: u64 = 3_000;
const ROUNDS: u64 = 60;

#[derive(Serialize, Deserialize)]
struct Load {
    number: u64,
    filling: String,
}

impl Job for Load {
    const KIND: &'static str = "bench.load";
    const QUEUE: &'static str = QUEUE;
}

/// About 200 bytes, as a webhook's or an event's.
fn load(number: u64) -> NewJob {
    new_job(&Load {
        number,
        filling: "x".repeat(160),
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut urls, mut deep) = (Vec::new(), DEEP);
    while let Some(arg) = args.next() {
        match (arg == "--deep").then(|| args.next()).flatten() {
            Some(depth) => deep = depth.parse().unwrap_or(DEEP),
            None => urls.push(arg),
        }
    }
    let mut results = Vec::new();
    for url in &urls {
        match measure(url, deep).await {
            Ok(result) => results.push(result),
            Err(error) => {
                print(&json!({ "error": error.to_string(), "url": url }));
                return ExitCode::FAILURE;
            }
        }
    }
    print(&json!({ "jobs": results }));
    ExitCode::SUCCESS
}

#[expect(
    clippy::print_stdout,
    reason = "the result is what this program is for"
)]
fn print(value: &Value) {
    println!("{value:#}");
}

async fn measure(url: &str, deep: u64) -> Result<Value, Failure> {
    let shallow_place = Place::new(url, "shallow").await?;
    let deep_place = Place::new(url, "deep").await?;
    let outcome = compare(&shallow_place, &deep_place, deep).await;
    shallow_place.remove().await?;
    deep_place.remove().await?;
    outcome
}

async fn compare(shallow_place: &Place, deep_place: &Place, deep: u64) -> Result<Value, Failure> {
    let shallow = shallow_place.backend();
    let deeper = deep_place.backend();
    fill(shallow.as_ref(), SHALLOW).await?;
    let filling = Instant::now();
    fill(deeper.as_ref(), deep).await?;
    let filled = filling.elapsed();
    shallow_place.settle().await?;
    deep_place.settle().await?;

    let (mut at_1k, mut at_depth) = (Times::default(), Times::default());
    for round in 0..ROUNDS {
        // Neither is always the one that comes after the other.
        if round % 2 == 0 {
            at_1k.round(shallow.as_ref(), round).await?;
            at_depth.round(deeper.as_ref(), round).await?;
        } else {
            at_depth.round(deeper.as_ref(), round).await?;
            at_1k.round(shallow.as_ref(), round).await?;
        }
    }
    let idle_1k = idle_poll(shallow.as_ref()).await?;
    let idle_deep = idle_poll(deeper.as_ref()).await?;
    let drained_1k = drain(shallow).await?;
    let drained_deep = drain(deeper).await?;

    let (at_1k, at_depth) = (at_1k.summary(), at_depth.summary());
    let ratio = |what: &str, key: &str| {
        let of = |times: &Value| times[what][key].as_f64().unwrap_or(f64::NAN);
        of(&at_depth) / of(&at_1k)
    };
    let ratios = json!({
        "enqueue_p50": ratio("enqueue", "p50_us"),
        "enqueue_mean": ratio("enqueue", "mean_us"),
        "unique_p50": ratio("unique", "p50_us"),
        "unique_mean": ratio("unique", "mean_us"),
        "duplicate_p50": ratio("duplicate", "p50_us"),
    });
    Ok(json!({
        "backend": deep_place.name(),
        "deep": deep,
        "filled_per_s": rate(deep, filled),
        "waiting_1k": at_1k,
        "waiting_deep": at_depth,
        "ratio_deep_to_1k": ratios,
        "idle_poll_us": { "waiting_1k": idle_1k, "waiting_deep": idle_deep },
        "burst_of_50000_s": {
            "waiting_1k": drained_1k.as_secs_f64(),
            "waiting_deep": drained_deep.as_secs_f64(),
        },
    }))
}

/// Half of the waiting jobs have a key, and all are due in a year.
async fn fill(backend: &dyn JobBackend, count: u64) -> Result<(), Failure> {
    let in_a_year = backend.now() + Duration::from_secs(365 * 86_400);
    for start in (0..count).step_by(1_000) {
        let jobs: Vec<_> = (start..(start + 1_000).min(count))
            .map(|number| NewJob {
                unique: number.is_multiple_of(2).then(|| key("waiting", number)),
                run_at: Some(in_a_year + Duration::from_millis(number)),
                ..load(number)
            })
            .collect();
        backend.enqueue(&jobs).await?;
    }
    Ok(())
}

/// Keys in no order, as those made of random ids are.
fn key(what: &str, number: u64) -> String {
    format!("{:016x}-{what}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// How long single calls took: without a key, with a new key, with a key that is waiting.
#[derive(Default)]
struct Times {
    plain: Vec<Duration>,
    unique: Vec<Duration>,
    duplicate: Vec<Duration>,
}

impl Times {
    async fn round(&mut self, backend: &dyn JobBackend, round: u64) -> Result<(), Failure> {
        let in_a_year = backend.now() + Duration::from_secs(365 * 86_400);
        let job = |number, unique| NewJob {
            run_at: Some(in_a_year),
            unique,
            ..load(number)
        };
        for number in round * CALLS / ROUNDS..(round + 1) * CALLS / ROUNDS {
            self.plain.push(timed(backend, job(number, None), 1).await?);
            let new = Some(key("new", number));
            self.unique.push(timed(backend, job(number, new), 1).await?);
            let taken = Some(key("waiting", number % (SHALLOW / 2) * 2));
            self.duplicate
                .push(timed(backend, job(number, taken), 0).await?);
        }
        Ok(())
    }

    fn summary(self) -> Value {
        json!({
            "enqueue": summary(self.plain),
            "unique": summary(self.unique),
            "duplicate": summary(self.duplicate),
        })
    }
}

async fn timed(backend: &dyn JobBackend, job: NewJob, added: u64) -> Result<Duration, Failure> {
    let start = Instant::now();
    let enqueued = backend.enqueue(&[job]).await?;
    let elapsed = start.elapsed();
    if enqueued == added {
        Ok(elapsed)
    } else {
        Err(format!("{enqueued} added").into())
    }
}

fn summary(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let us = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e6;
    let total: Duration = times.iter().sum();
    json!({
        "p50_us": us(50),
        "p99_us": us(99),
        "mean_us": total.as_secs_f64() * 1e6 / times.len() as f64,
        "per_s": rate(times.len() as u64, total),
    })
}

/// What it costs to find that nothing is due.
async fn idle_poll(backend: &dyn JobBackend) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        backend
            .claim(QUEUE, "idle", Duration::from_secs(60), 64)
            .await?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times[100].as_secs_f64() * 1e6)
}

async fn drain(backend: Arc<dyn JobBackend>) -> Result<Duration, Failure> {
    let jobs: Vec<_> = (0..BURST).map(load).collect();
    for jobs in jobs.chunks(1_000) {
        backend.enqueue(jobs).await?;
    }
    let done = Arc::new(AtomicU64::new(0));
    let stop = CancellationToken::new();
    let handlers = {
        let (done, stop) = (done.clone(), stop.clone());
        Handlers::new().on(move |_: Context, _: Load| {
            if done.fetch_add(1, Ordering::Relaxed) + 1 == BURST {
                stop.cancel();
            }
            async { Ok(()) }
        })
    };
    let spec = WorkerSpec {
        concurrency: 64,
        batch: 500,
        ..WorkerSpec::new(QUEUE)
    };
    let start = Instant::now();
    // Ends when the store knows of all of them.
    Workers::new(backend, handlers, "bench")
        .with(spec)
        .run(stop.cancelled_owned())
        .await?;
    Ok(start.elapsed())
}

fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
