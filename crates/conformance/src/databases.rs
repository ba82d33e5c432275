//! A database for every scenario: copied from a template, made ahead by whoever waits for nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use keystead_store::{Db, Options, migrate};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;
use tokio::sync::{Mutex, mpsc};

/// Which database the scenarios run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// One file per scenario.
    Sqlite,
    /// One database of a server per scenario.
    Postgres,
}

impl Kind {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Makes databases, each with the schema and nothing else.
#[derive(Clone)]
pub struct Databases {
    home: Arc<Home>,
    ready: Arc<Mutex<mpsc::Receiver<Result<String>>>>,
}

enum Home {
    Directory {
        template: PathBuf,
        copies: TempDir,
    },
    Server {
        url: String,
        admin: Db,
        template: String,
    },
}

/// A database that one scenario has to itself.
pub struct Database {
    /// The pool.
    pub db: Db,
    name: String,
    home: Arc<Home>,
}

impl Databases {
    /// Makes the template, and keeps `ahead` copies ready.
    ///
    /// # Errors
    /// When the template can't be made.
    pub async fn start(kind: Kind, postgres: &str, ahead: usize) -> Result<Self> {
        let home = Arc::new(match kind {
            Kind::Sqlite => directory().await?,
            Kind::Postgres => server(postgres).await?,
        });
        let (made, ready) = mpsc::channel(ahead.max(1));
        let maker = home.clone();
        tokio::spawn(async move {
            for number in 0_u64.. {
                let Ok(place) = made.reserve().await else {
                    break;
                };
                place.send(maker.copy(number).await);
            }
        });
        Ok(Self {
            home,
            ready: Arc::new(Mutex::new(ready)),
        })
    }

    /// A database nobody else uses.
    ///
    /// # Errors
    /// When none can be made or opened.
    pub async fn take(&self) -> Result<Database> {
        let name = self
            .ready
            .lock()
            .await
            .recv()
            .await
            .context("no more databases are made")??;
        let db = connect(&self.home.url(&name), 3).await?;
        Ok(Database {
            db,
            name,
            home: self.home.clone(),
        })
    }

    /// Removes the template and what was made ahead.
    pub async fn finish(self) {
        let mut ready = self.ready.lock().await;
        ready.close();
        while let Some(made) = ready.recv().await {
            if let Ok(name) = made {
                self.home.remove(&name).await;
            }
        }
        if let Home::Server { template, .. } = &*self.home {
            self.home.remove(template).await;
        }
    }
}

impl Database {
    /// Closes and removes the database.
    pub async fn drop(self) {
        // What can't be closed or removed is nobody's loss: the name is never used again.
        let _ = self.db.close().await;
        self.home.remove(&self.name).await;
    }
}

impl Home {
    fn url(&self, name: &str) -> String {
        match self {
            Self::Directory { copies, .. } => {
                format!("sqlite://{}", copies.path().join(name).display())
            }
            Self::Server { url, .. } => with_database(url, name),
        }
    }

    async fn copy(&self, number: u64) -> Result<String> {
        match self {
            Self::Directory { template, copies } => {
                let name = format!("{number}.db");
                std::fs::copy(template, copies.path().join(&name))?;
                Ok(name)
            }
            Self::Server {
                admin, template, ..
            } => {
                let name = format!("{template}_{number}");
                let sql = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log");
                admin.execute_unprepared(&sql).await?;
                Ok(name)
            }
        }
    }

    async fn remove(&self, name: &str) {
        match self {
            Self::Directory { copies, .. } => {
                for ending in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(copies.path().join(format!("{name}{ending}")));
                }
            }
            Self::Server { admin, .. } => {
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let _ = admin.execute_unprepared(&sql).await;
            }
        }
    }
}

/// In memory where the system offers that: nothing of a scenario is worth a disk's time.
async fn directory() -> Result<Home> {
    let memory = Path::new("/dev/shm");
    let copies = match memory.is_dir() {
        true => tempfile::Builder::new()
            .prefix("keystead-conformance-")
            .tempdir_in(memory)?,
        false => tempfile::tempdir()?,
    };
    let template = copies.path().join("template.db");
    let db = connect(&format!("sqlite://{}", template.display()), 1).await?;
    migrate::up(&db).await?;
    // All of it into the one file that is copied.
    db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
        .await?;
    db.close().await?;
    Ok(Home::Directory { template, copies })
}

async fn server(url: &str) -> Result<Home> {
    let admin = connect(url, 4).await?;
    let template = format!("keystead_conformance_{}", std::process::id());
    for sql in [
        format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)"),
        format!("CREATE DATABASE {template}"),
    ] {
        admin.execute_unprepared(&sql).await?;
    }
    // The migrator holds a lock on one connection while it works on another.
    let db = connect(&with_database(url, &template), 2).await?;
    migrate::up(&db).await?;
    db.close().await?;
    Ok(Home::Server {
        url: url.to_owned(),
        admin,
        template,
    })
}

async fn connect(url: &str, connections: u32) -> Result<Db> {
    let options = Options {
        max_connections: connections,
        ..Options::default()
    };
    Db::connect(url, &options)
        .await
        .context("the database does not answer")
}

fn with_database(server: &str, name: &str) -> String {
    match server.rsplit_once('/') {
        Some((base, _)) if base.contains("://") && !base.ends_with('/') => format!("{base}/{name}"),
        _ => format!("{server}/{name}"),
    }
}
