//! A database for every scenario, with the schema and nothing else. Files are copied from a template,
//! ahead of whoever waits for one. A server takes longer to make and drop a database than most
//! scenarios take, so there each is emptied for the next.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
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
    again: mpsc::Sender<Result<String>>,
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
    again: mpsc::Sender<Result<String>>,
}

impl Databases {
    /// Makes the template, and keeps `ahead` copies ready; no more than that are ever in use of a server.
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
        let again = made.clone();
        tokio::spawn(async move {
            let wanted = match kind {
                Kind::Sqlite => usize::MAX,
                Kind::Postgres => ahead.max(1),
            };
            for number in 0..wanted {
                let Ok(place) = made.reserve().await else {
                    break;
                };
                place.send(maker.copy(number).await);
            }
        });
        Ok(Self {
            home,
            ready: Arc::new(Mutex::new(ready)),
            again,
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
            again: self.again.clone(),
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
    /// Closes the database, and empties it for another scenario or removes it.
    pub async fn drop(self) {
        // What can't be closed or removed is nobody's loss: the name is never used again.
        let _ = self.db.close().await;
        match &*self.home {
            Home::Directory { .. } => self.home.remove(&self.name).await,
            Home::Server { url, .. } => {
                let emptied = empty(url, &self.name).await.map(|()| self.name);
                // Nobody takes one any more when the run is over.
                let _ = self.again.try_send(emptied);
            }
        }
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

    async fn copy(&self, number: usize) -> Result<String> {
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

/// Every table but the ledger of migrations.
const TABLES: &str = "SELECT quote_ident(tablename) AS name FROM pg_tables \
     WHERE schemaname = 'public' AND tablename <> 'seaql_migrations' ORDER BY tablename";

/// Leaves the schema and nothing else. Foreign keys would be checked table by table: all go.
async fn empty(server: &str, name: &str) -> Result<()> {
    let db = connect(&with_database(server, name), 1).await?;
    let sql = format!(
        "DO $$ DECLARE t record; BEGIN SET LOCAL session_replication_role = replica; \
         FOR t IN {TABLES} LOOP EXECUTE 'DELETE FROM ' || t.name; END LOOP; END $$"
    );
    db.execute_unprepared(&sql).await?;
    db.close().await?;
    Ok(())
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
    let full = db.query_all_raw(db.statement(TABLES, [])).await?;
    for table in full {
        let table: String = table.try_get("", "name")?;
        let sql = format!("SELECT 1 AS one FROM {table} LIMIT 1");
        if db.query_one_raw(db.statement(&sql, [])).await?.is_some() {
            bail!("the schema comes with rows in {table}: emptying it would lose them");
        }
    }
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
