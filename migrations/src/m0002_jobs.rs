//! The jobs table: what is to be done later, written with the change that asks for it.
//!
//! Times are microseconds since 1970 in a `bigint`: both databases then compare, index and
//! return them alike, and the due time is arithmetic for nobody to misread as text.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// An id is never used again, not even after its row is gone: together with the attempt it is
/// what tells a worker's late report from that of the job's present holder.
const ID_POSTGRES: &str = "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
const ID_SQLITE: &str = "integer PRIMARY KEY AUTOINCREMENT";

/// One index answers for every state: what is due (0, waiting), whose lease ran out (1, running),
/// what was buried when (2, dead). An idle poll reads its first entry and stops.
///
/// No column is an account's: jobs belong to the installation, whatever their payload names.
const SCRIPT: &str = "
    CREATE TABLE jobs (
      id            {id},
      queue         text NOT NULL,
      state         smallint NOT NULL DEFAULT 0,
      due_at        bigint NOT NULL,
      kind          text NOT NULL,
      version       integer NOT NULL,
      payload       text NOT NULL,
      unique_key    text,
      attempt       integer NOT NULL DEFAULT 0,
      max_attempts  integer NOT NULL,
      worker        text,
      error         text,
      created_at    bigint NOT NULL
    );
    CREATE INDEX jobs_due ON jobs (queue, state, due_at, id);
    CREATE UNIQUE INDEX jobs_unique ON jobs (queue, unique_key)
      WHERE unique_key IS NOT NULL AND state < 2;

    CREATE TABLE job_keys (
      key         text PRIMARY KEY,
      expires_at  bigint NOT NULL
    );
    CREATE INDEX job_keys_expired ON job_keys (expires_at);

    CREATE TABLE schedules (
      name         text PRIMARY KEY,
      tick         bigint NOT NULL,
      fired_at     bigint NOT NULL,
      finished_at  bigint,
      error        text
    )
";

/// Every job leaves dead rows behind it; the share at which PostgreSQL cleans up by default
/// would let a million waiting jobs hide two hundred thousand of them.
const VACUUM_EARLY: &str = "
    ALTER TABLE jobs SET (
      autovacuum_vacuum_scale_factor = 0.01,
      autovacuum_analyze_scale_factor = 0.02
    )
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        ddl(
            manager,
            &SCRIPT.replace("{id}", if postgres { ID_POSTGRES } else { ID_SQLITE }),
        )
        .await?;
        if postgres {
            ddl(manager, VACUUM_EARLY).await?;
        }
        Ok(())
    }
}
