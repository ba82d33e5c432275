//! A store of its own for every test, a clock that stands still, and workers to watch.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use keystead_jobs::{
    Backoff, Clock, Context, Handlers, Job, JobBackend, JobError, NewJob, RedisBackend, SqlBackend,
    WorkerSpec, Workers, new_job,
};
use keystead_store::{Db, Options};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const QUEUE: &str = "contract";

/// How long anything may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long workers may take to stop once their jobs are through: less than their timers wait.
const PROMPTLY: Duration = Duration::from_secs(10);

/// The job of these tests.
#[derive(Debug, Serialize, Deserialize)]
pub struct Probe {
    pub number: u64,
}

impl Job for Probe {
    const KIND: &'static str = "probe";
    const QUEUE: &'static str = QUEUE;
    const MAX_ATTEMPTS: u32 = 4;
}

pub fn probe(number: u64) -> NewJob {
    new_job(&Probe { number })
}

pub fn unique_probe(number: u64, key: &str) -> NewJob {
    NewJob {
        unique: Some(key.to_owned()),
        ..probe(number)
    }
}

#[derive(Clone, Debug)]
enum Place {
    Sql,
    Redis { url: String, prefix: String },
}

/// A store with a clock.
pub struct Stage {
    place: Place,
    pub database_url: String,
    pub db: Db,
    now: Arc<AtomicI64>,
    litter: Litter,
}

/// What a test leaves behind. It goes with the test, even with one that fails before it starts.
struct Litter {
    redis: Option<(String, String)>,
    postgres: Option<(String, String)>,
    directory: tempfile::TempDir,
}

impl Litter {
    fn new(place: &Place) -> Self {
        let redis = match place {
            Place::Redis { url, prefix } => Some((url.clone(), prefix.clone())),
            Place::Sql => None,
        };
        Self {
            redis,
            postgres: None,
            directory: tempfile::tempdir().unwrap(),
        }
    }
}

impl Stage {
    pub async fn sqlite() -> Self {
        Self::on_sqlite(Place::Sql).await
    }

    pub async fn redis() -> Self {
        let url = server("KEYSTEAD_TEST_REDIS");
        Self::on_sqlite(Place::Redis {
            url,
            prefix: format!("test-{}", unique_name()),
        })
        .await
    }

    async fn on_sqlite(place: Place) -> Self {
        let litter = Litter::new(&place);
        let url = format!(
            "sqlite://{}",
            litter.directory.path().join("jobs.db").display()
        );
        Self::start(place, url, litter).await
    }

    pub async fn postgres() -> Self {
        let server = server("KEYSTEAD_TEST_POSTGRES");
        let name = format!("keystead_{}", unique_name());
        let mut litter = Litter::new(&Place::Sql);
        execute(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').expect("a URL with a database");
        let url = format!("{base}/{name}");
        litter.postgres = Some((server, name));
        Self::start(Place::Sql, url, litter).await
    }

    async fn start(place: Place, database_url: String, litter: Litter) -> Self {
        let db = Db::connect(&database_url, &Options::default())
            .await
            .unwrap();
        keystead_store::migrate::up(&db).await.unwrap();
        let start = DateTime::parse_from_rfc3339("2030-01-01T00:00:00Z").unwrap();
        let now = Arc::new(AtomicI64::new(start.timestamp_micros()));
        Self {
            place,
            database_url,
            db,
            now,
            litter,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.now.load(Ordering::SeqCst)).unwrap()
    }

    pub fn advance(&self, by: Duration) {
        self.now
            .fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        self.clock_ahead(TimeDelta::zero())
    }

    pub fn clock_ahead(&self, by: TimeDelta) -> Clock {
        let now = self.now.clone();
        Arc::new(move || DateTime::from_timestamp_micros(now.load(Ordering::SeqCst)).unwrap() + by)
    }

    /// A replica's view of the store.
    pub fn backend(&self) -> Arc<dyn JobBackend> {
        self.backend_with(self.clock())
    }

    pub fn backend_with(&self, clock: Clock) -> Arc<dyn JobBackend> {
        match &self.place {
            Place::Sql => Arc::new(SqlBackend::new(self.db.clone(), clock)),
            Place::Redis { url, prefix } => {
                Arc::new(RedisBackend::new(url, prefix, self.db.clone(), clock).unwrap())
            }
        }
    }

    /// The address of the server that holds the queues, if it is one.
    pub fn server(&self) -> Option<String> {
        let url = match &self.place {
            Place::Redis { url, .. } => url,
            Place::Sql if self.litter.postgres.is_some() => &self.database_url,
            Place::Sql => return None,
        };
        let rest = url.split_once("://").unwrap().1;
        let authority = rest.split('/').next().unwrap();
        Some(authority.rsplit('@').next().unwrap().to_owned())
    }

    /// A replica that reaches that server at another address.
    pub async fn backend_at(&self, address: &str) -> Arc<dyn JobBackend> {
        let server = self.server().expect("a store with a server");
        match &self.place {
            Place::Redis { url, prefix } => {
                let url = url.replace(&server, address);
                let redis = RedisBackend::new(&url, prefix, self.db.clone(), self.clock());
                Arc::new(redis.unwrap())
            }
            Place::Sql => {
                let url = self.database_url.replace(&server, address);
                let db = Db::connect(&url, &Options::default()).await.unwrap();
                Arc::new(SqlBackend::new(db, self.clock()))
            }
        }
    }

    /// One replica's workers, as patient as tests are.
    pub fn work(&self, handlers: Handlers) -> Running {
        Running::start(self.backend(), handlers, spec())
    }
}

impl Drop for Litter {
    fn drop(&mut self) {
        let (redis, postgres) = (self.redis.take(), self.postgres.take());
        // There is no runtime to wait on in a drop, so another thread brings one.
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                if let Some((url, prefix)) = redis {
                    forget(&url, &prefix).await;
                }
                if let Some((server, name)) = postgres {
                    execute(
                        &server,
                        &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                    )
                    .await;
                }
            });
        });
        let _ = cleaning.join();
    }
}

/// Quick to look, slow to retry.
pub fn spec() -> WorkerSpec {
    WorkerSpec {
        poll: Duration::from_millis(20),
        backoff: Backoff {
            base: Duration::from_secs(10),
            cap: Duration::from_secs(10_000),
        },
        ..WorkerSpec::new(QUEUE)
    }
}

/// Workers that run until they are stopped.
pub struct Running {
    pub stop: CancellationToken,
    handle: JoinHandle<keystead_jobs::Result<()>>,
}

impl Running {
    pub fn start(backend: Arc<dyn JobBackend>, handlers: Handlers, spec: WorkerSpec) -> Self {
        Self::start_workers(Workers::new(backend, handlers, "replica").with(spec))
    }

    pub fn start_workers(workers: Workers) -> Self {
        let stop = CancellationToken::new();
        let signal = stop.clone().cancelled_owned();
        Self {
            stop,
            handle: tokio::spawn(workers.run(signal)),
        }
    }

    /// Until the workers are through; panics when they failed.
    pub async fn stopped(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PROMPTLY, self.handle).await;
        ended.expect("the workers stop").unwrap().unwrap();
    }
}

/// What a handler saw.
#[derive(Clone, Debug)]
pub struct Seen {
    pub number: u64,
    pub attempt: u32,
}

/// Remembers every run of a probe.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    pub fn note(&self, context: &Context, probe: &Probe) {
        let seen = Seen {
            number: probe.number,
            attempt: context.attempt,
        };
        self.0.lock().unwrap().push(seen);
    }

    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    pub fn runs_of(&self, number: u64) -> usize {
        self.all()
            .iter()
            .filter(|seen| seen.number == number)
            .count()
    }

    /// Handlers that note each probe and then answer like this.
    pub fn answering(&self, answer: fn(&Context, &Probe) -> Result<(), JobError>) -> Handlers {
        let log = self.clone();
        Handlers::new().on(move |context: Context, probe: Probe| {
            let log = log.clone();
            async move {
                log.note(&context, &probe);
                answer(&context, &probe)
            }
        })
    }

    pub fn succeeding(&self) -> Handlers {
        self.answering(|_, _| Ok(()))
    }
}

/// Waits for something that is bound to happen.
pub async fn eventually<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !condition().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "waited in vain until {what}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Until no job of the queue waits for its turn or is being run.
pub async fn drained(backend: &dyn JobBackend) {
    eventually("the queue is empty", || async {
        counts(backend)
            .await
            .is_none_or(|queue| queue.waiting + queue.running == 0)
    })
    .await;
}

/// Until what has run is in the books: nothing is running, and this many are waiting.
pub async fn settled(backend: &dyn JobBackend, waiting: u64) {
    eventually("the reports have arrived", || async {
        counts(backend).await.map_or(waiting == 0, |queue| {
            queue.running == 0 && queue.waiting == waiting
        })
    })
    .await;
}

pub async fn counts(backend: &dyn JobBackend) -> Option<keystead_jobs::QueueStats> {
    let stats = backend.stats().await.unwrap();
    stats.into_iter().find(|queue| queue.queue == QUEUE)
}

fn unique_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // Processes that start in turn may get the same id; a directory's name is never given twice.
    let random = tempfile::tempdir().unwrap();
    let random: String = random
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}_{count}_{}", std::process::id(), random.to_lowercase())
}

#[expect(
    clippy::disallowed_methods,
    reason = "which servers to test on is the caller's to say"
)]
fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("`{variable}` is not set: run `cargo xtask test`, or point it at a server")
    })
}

async fn execute(url: &str, sql: &str) {
    use sea_orm::ConnectionTrait;
    let db = Db::connect(url, &Options::default()).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

async fn forget(url: &str, prefix: &str) {
    use redis::AsyncCommands;
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut keys = Vec::new();
    let mut scan = connection
        .scan_match::<_, String>(format!("{prefix}:*"))
        .await
        .unwrap();
    while let Some(key) = scan.next_item().await {
        keys.push(key.unwrap());
    }
    drop(scan);
    for keys in keys.chunks(1_000) {
        let _: () = connection.unlink(keys).await.unwrap();
    }
}
