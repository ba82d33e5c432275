//! What searches find releases by, as they find other records.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let script = match manager.get_database_backend() {
            DbBackend::Postgres => postgres(manager).await?,
            _ => SQLITE.iter().map(|text| (*text).to_owned()).collect(),
        };
        for statement in script {
            manager
                .get_connection()
                .execute_unprepared(&statement)
                .await?;
        }
        Ok(())
    }
}

/// Trigrams where the database has them; free data in any case.
async fn postgres(manager: &SchemaManager<'_>) -> Result<Vec<String>, DbErr> {
    let trigrams = manager
        .get_connection()
        .query_one_raw(Statement::from_string(
            DbBackend::Postgres,
            "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'",
        ))
        .await?;
    let mut script = vec![
        "CREATE INDEX releases_metadata ON releases USING gin (metadata jsonb_path_ops)".to_owned(),
    ];
    if trigrams.is_some() {
        script.push(
            "CREATE INDEX releases_search ON releases USING gin \
             ((id::text) gin_trgm_ops, version gin_trgm_ops, tag gin_trgm_ops)"
                .to_owned(),
        );
    }
    Ok(script)
}

/// The id of a row as people write it.
macro_rules! id_text {
    ($row:literal) => {
        concat!(
            "substr(lower(hex(",
            $row,
            ".id)), 1, 8) || '-' || ",
            "substr(lower(hex(",
            $row,
            ".id)), 9, 4) || '-' || ",
            "substr(lower(hex(",
            $row,
            ".id)), 13, 4) || '-' || ",
            "substr(lower(hex(",
            $row,
            ".id)), 17, 4) || '-' || ",
            "substr(lower(hex(",
            $row,
            ".id)), 21, 12)"
        )
    };
}

/// The full-text table, which keeps no copy: a row's old texts are given when it changes or goes.
const SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE search_releases \
     USING fts5(id, version, tag, metadata, content = '', tokenize = 'trigram')",
    "INSERT INTO search_rows (id) SELECT id FROM releases",
    concat!(
        "INSERT INTO search_releases (rowid, id, version, tag, metadata) ",
        "SELECT (SELECT number FROM search_rows WHERE id = t.id), ",
        id_text!("t"),
        ", t.version, t.tag, t.metadata FROM releases AS t"
    ),
    concat!(
        "CREATE TRIGGER search_releases_insert AFTER INSERT ON releases BEGIN ",
        "INSERT INTO search_rows (id) VALUES (new.id); ",
        "INSERT INTO search_releases (rowid, id, version, tag, metadata) ",
        "VALUES ((SELECT number FROM search_rows WHERE id = new.id), ",
        id_text!("new"),
        ", new.version, new.tag, new.metadata); END"
    ),
    concat!(
        "CREATE TRIGGER search_releases_update AFTER UPDATE OF id, version, tag, metadata ",
        "ON releases WHEN old.id IS NOT new.id OR old.version IS NOT new.version ",
        "OR old.tag IS NOT new.tag OR old.metadata IS NOT new.metadata BEGIN ",
        "INSERT INTO search_releases (search_releases, rowid, id, version, tag, metadata) ",
        "VALUES ('delete', (SELECT number FROM search_rows WHERE id = old.id), ",
        id_text!("old"),
        ", old.version, old.tag, old.metadata); ",
        "UPDATE search_rows SET id = new.id WHERE id = old.id; ",
        "INSERT INTO search_releases (rowid, id, version, tag, metadata) ",
        "VALUES ((SELECT number FROM search_rows WHERE id = new.id), ",
        id_text!("new"),
        ", new.version, new.tag, new.metadata); END"
    ),
    concat!(
        "CREATE TRIGGER search_releases_delete AFTER DELETE ON releases BEGIN ",
        "INSERT INTO search_releases (search_releases, rowid, id, version, tag, metadata) ",
        "VALUES ('delete', (SELECT number FROM search_rows WHERE id = old.id), ",
        id_text!("old"),
        ", old.version, old.tag, old.metadata); ",
        "DELETE FROM search_rows WHERE id = old.id; END"
    ),
];
