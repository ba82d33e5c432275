//! A store that is there for one measurement.

use std::sync::Arc;

use chrono::Utc;
use keystead_jobs::{Clock, JobBackend, RedisBackend, SqlBackend};
use keystead_store::{Db, Options};
use redis::AsyncCommands;
use sea_orm::ConnectionTrait;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

pub struct Place {
    db: Db,
    backend: Arc<dyn JobBackend>,
    kind: Kind,
    _directory: tempfile::TempDir,
}

enum Kind {
    Sqlite,
    Postgres { server: String, database: String },
    Redis { url: String, prefix: String },
}

impl Place {
    pub async fn new(url: &str, name: &str) -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        let own = format!("keystead_bench_{}_{name}", std::process::id());
        let file = format!("sqlite://{}", directory.path().join("jobs.db").display());
        let (kind, database_url) = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => (Kind::Sqlite, file),
            Some("redis" | "rediss") => (
                Kind::Redis {
                    url: url.to_owned(),
                    prefix: own,
                },
                file,
            ),
            _ => {
                let server = Db::connect(url, &Options::default()).await?;
                server
                    .execute_unprepared(&format!("CREATE DATABASE {own}"))
                    .await?;
                let (base, _) = url.rsplit_once('/').ok_or("the URL names no database")?;
                let database_url = format!("{base}/{own}");
                (
                    Kind::Postgres {
                        server: url.to_owned(),
                        database: own,
                    },
                    database_url,
                )
            }
        };
        let db = Db::connect(&database_url, &Options::default()).await?;
        keystead_store::migrate::up(&db).await?;
        let clock = clock();
        let backend: Arc<dyn JobBackend> = match &kind {
            Kind::Redis { url, prefix } => {
                Arc::new(RedisBackend::new(url, prefix, db.clone(), clock)?)
            }
            _ => Arc::new(SqlBackend::new(db.clone(), clock)),
        };
        Ok(Self {
            db,
            backend,
            kind,
            _directory: directory,
        })
    }

    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite => "sqlite",
            Kind::Postgres { .. } => "postgres",
            Kind::Redis { .. } => "redis",
        }
    }

    pub fn backend(&self) -> Arc<dyn JobBackend> {
        self.backend.clone()
    }

    /// What a database does in the minutes after a million inserts, done at once, so that it
    /// does not do it during the measurement.
    pub async fn settle(&self) -> Result<(), Failure> {
        match self.kind {
            Kind::Postgres { .. } => {
                self.db.execute_unprepared("VACUUM ANALYZE jobs").await?;
                self.db.execute_unprepared("CHECKPOINT").await?;
            }
            Kind::Sqlite => {
                self.db
                    .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                    .await?;
            }
            Kind::Redis { .. } => {}
        }
        Ok(())
    }

    pub async fn remove(self) -> Result<(), Failure> {
        self.db.close().await?;
        match self.kind {
            Kind::Sqlite => {}
            Kind::Postgres { server, database } => {
                let server = Db::connect(&server, &Options::default()).await?;
                let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
                server.execute_unprepared(&drop).await?;
            }
            Kind::Redis { url, prefix } => forget(&url, &prefix).await?,
        }
        Ok(())
    }
}

async fn forget(url: &str, prefix: &str) -> Result<(), Failure> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut deleting = connection.clone();
    let mut scan = connection
        .scan_match::<_, String>(format!("{prefix}:*"))
        .await?;
    let mut keys = Vec::new();
    loop {
        let next = scan.next_item().await.transpose()?;
        let last = next.is_none();
        keys.extend(next);
        if keys.len() >= 1_000 || (last && !keys.is_empty()) {
            let _: () = deleting.unlink(&keys).await?;
            keys.clear();
        }
        if last {
            return Ok(());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement is of real time")]
fn clock() -> Clock {
    Arc::new(Utc::now)
}
