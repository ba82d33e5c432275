//! Bringing the schema up to date: one replica migrates while the others wait.

use keystead_migrations::Migrator;
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use crate::dialect::Dialect;
use crate::{Db, Result};

/// Any constant will do, as long as nothing else on the server takes it: "keystead" in ASCII.
const LOCK: i64 = 0x6b65_7973_7465_6164;

/// The names of the migrations that the database lacks, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn pending(db: &Db) -> Result<Vec<String>> {
    let pending = Migrator::get_pending_migrations(db.connection()).await?;
    Ok(pending
        .into_iter()
        .map(|migration| migration.name().to_owned())
        .collect())
}

/// Runs what is missing and returns its names; a second replica waits and finds nothing to do.
///
/// # Errors
/// When a migration fails; on both databases it is then undone as a whole.
pub async fn up(db: &Db) -> Result<Vec<String>> {
    match db.dialect() {
        Dialect::Postgres => {
            // The lock lives in a transaction of its own: it goes with the connection, come what may.
            let guard = db.connection().begin().await?;
            guard
                .execute_raw(Statement::from_sql_and_values(
                    guard.get_database_backend(),
                    "SELECT pg_advisory_xact_lock($1)",
                    [LOCK.into()],
                ))
                .await?;
            let done = run(db).await;
            guard.commit().await?;
            done
        }
        // The file's write lock does it: each migration is a transaction that re-checks nothing,
        // but SQLite serves one process.
        Dialect::Sqlite => run(db).await,
    }
}

async fn run(db: &Db) -> Result<Vec<String>> {
    let names = pending(db).await?;
    if !names.is_empty() {
        Migrator::up(db.connection(), None).await?;
    }
    Ok(names)
}
