//! A database per test, copied from a template that is made once per build.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use keystead_api::telling::Printer;
use keystead_app::{App, Parts, Settings, accounts, sso};
use keystead_signing::url::UrlKey;
use keystead_signing::{MasterKey, Secret};
use keystead_storage::Local;
use keystead_store::{Db, Options, migrate};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;

use crate::clock::{TestClock, counted_ids};
use crate::world::{ADMIN_EMAIL, ADMIN_PASSWORD};

/// The master key of every test database: a template is opened by many servers.
pub const MASTER_KEY: &str = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A database with one account and its admin, alone for one test. Dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    home: Home,
}

#[derive(Debug)]
enum Home {
    File { _directory: TempDir },
    Server { admin_url: String, name: String },
}

impl TestDatabase {
    /// A fresh database of the kind that `KEYSTEAD_TEST_DATABASE` asks for.
    pub async fn create() -> Self {
        match std::env::var("KEYSTEAD_TEST_DATABASE").as_deref() {
            Err(_) | Ok("sqlite" | "") => Self::file().await,
            Ok("postgres") => {
                let server = std::env::var("KEYSTEAD_TEST_POSTGRES")
                    .expect("KEYSTEAD_TEST_POSTGRES names a server; `cargo xtask test` starts one");
                Self::on_server(&server).await
            }
            Ok(other) => panic!("KEYSTEAD_TEST_DATABASE is sqlite or postgres, not {other:?}"),
        }
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn file() -> Self {
        let template = file_template().await;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("keystead.db");
        std::fs::copy(&template, &file).expect("the template can be copied");
        let url = format!("sqlite://{}", file.display());
        Self {
            url,
            home: Home::File {
                _directory: directory,
            },
        }
    }

    async fn on_server(server: &str) -> Self {
        let template = server_template(server).await;
        let name = format!("keystead_test_{}", uuid::Uuid::new_v4().simple());
        let admin = connect(server).await;
        copy_database(&admin, &template, &name).await;
        admin.close().await.expect("the connection closes");
        Self {
            url: with_database(server, &name),
            home: Home::Server {
                admin_url: server.to_owned(),
                name,
            },
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Home::Server { admin_url, name } = &self.home else {
            return;
        };
        let (admin_url, name) = (admin_url.clone(), name.clone());
        // A runtime of its own: the test's may be shutting down, and drop can't wait in it.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    let admin = connect(&admin_url).await;
                    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    let _ = admin.execute_unprepared(&sql).await;
                });
            }
        });
        let _ = dropped.join();
    }
}

/// What the template depends on: the build that makes it.
fn fingerprint() -> String {
    let exe = std::env::current_exe().expect("a test has a path");
    let metadata = std::fs::metadata(&exe).expect("a test is a file");
    let modified = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_nanos());
    format!("{modified:x}_{:x}", metadata.len())
}

async fn file_template() -> PathBuf {
    let directory = std::env::temp_dir().join("keystead-templates");
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    let file = directory.join(format!("{}.db", fingerprint()));
    if file.exists() {
        return file;
    }
    let draft = tempfile::Builder::new()
        .prefix("draft-")
        .tempdir_in(&directory)
        .expect("a temporary directory");
    let path = draft.path().join("template.db");
    furnish(&format!("sqlite://{}", path.display())).await;
    // Whoever is first wins; the others made the same.
    std::fs::rename(&path, &file).expect("the template can be moved");
    forget_older(&directory, &file);
    file
}

/// Templates of earlier builds are of no use.
fn forget_older(directory: &Path, keep: &Path) {
    const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let old = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > HOUR));
        if old && entry.path() != keep {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

async fn server_template(server: &str) -> String {
    let name = format!("keystead_template_{}", fingerprint());
    let admin = connect(server).await;
    let tx = admin.begin().await.expect("a transaction");
    // One test makes the template while the others wait; the lock ends with the transaction.
    tx.execute_unprepared("SELECT pg_advisory_xact_lock(7310033)")
        .await
        .expect("the lock");
    let known = admin
        .query_one_raw(admin.statement(
            "SELECT 1 AS one FROM pg_database WHERE datname = $1",
            [name.clone().into()],
        ))
        .await
        .expect("the catalogue answers");
    if known.is_none() {
        let draft = format!("{name}_draft");
        let drop = format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)");
        admin
            .execute_unprepared(&drop)
            .await
            .expect("a half-made template goes");
        let create = format!("CREATE DATABASE {draft}");
        admin
            .execute_unprepared(&create)
            .await
            .expect("a database can be made");
        furnish(&with_database(server, &draft)).await;
        let rename = format!("ALTER DATABASE {draft} RENAME TO {name}");
        admin
            .execute_unprepared(&rename)
            .await
            .expect("the template is done");
    }
    tx.commit().await.expect("the lock is released");
    admin.close().await.expect("the connection closes");
    name
}

async fn copy_database(admin: &Db, template: &str, name: &str) {
    // Copying in blocks is quick for a database of a few megabytes, and needs no checkpoint.
    let sql = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log");
    admin
        .execute_unprepared(&sql)
        .await
        .expect("the template can be copied");
}

/// Migrates, and founds the account that every test starts with.
async fn furnish(url: &str) {
    let options = Options {
        max_connections: 2,
        ..Options::default()
    };
    let db = Db::connect(url, &options)
        .await
        .expect("the template's database answers");
    migrate::up(&db).await.expect("the schema can be made");
    let app = App::start(Parts {
        db: db.clone(),
        clock: TestClock::frozen().handle(),
        ids: counted_ids(1),
        master_key: MasterKey::from_text(MASTER_KEY).expect("a valid master key"),
        settings: Settings::default(),
        documents: Arc::new(Printer),
        storage: Arc::new(Local::new(
            std::env::temp_dir(),
            "http://localhost/objects",
            UrlKey::of(&MasterKey::from_text(MASTER_KEY).expect("a valid master key")),
        )),
        providers: Arc::new(sso::Nobody),
    });
    let founding = accounts::Founding {
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        email: ADMIN_EMAIL.to_owned(),
        password: Secret::new(ADMIN_PASSWORD.to_owned()),
        protected: true,
    };
    accounts::found(&app, founding)
        .await
        .expect("an account can be founded");
    db.close().await.expect("the connections close");
}

async fn connect(url: &str) -> Db {
    let options = Options {
        max_connections: 2,
        ..Options::default()
    };
    Db::connect(url, &options)
        .await
        .expect("the PostgreSQL server answers")
}

fn with_database(server: &str, name: &str) -> String {
    match server.rsplit_once('/') {
        Some((base, _)) if base.contains("://") && !base.ends_with('/') => format!("{base}/{name}"),
        _ => format!("{server}/{name}"),
    }
}
