//! What searches find rows by: trigram indexes on PostgreSQL, full-text tables on SQLite.
//!
//! PostgreSQL needs its extension `pg_trgm`, which every account that may create objects in the
//! database can install where the server has it. Where it doesn't, searches work and walk the
//! account's rows instead.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Each table with the columns that are searched in part, and whether its free data is.
#[rustfmt::skip]
const TABLES: &[(&str, &[&str], bool)] = &[
    ("entitlements", &["code", "name"],                    false),
    ("groups",       &["name"],                            false),
    ("licenses",     &["name"],                            true),
    ("machines",     &["fingerprint", "name"],             true),
    ("policies",     &["name"],                            true),
    ("products",     &["name"],                            true),
    ("users",        &["email", "first_name", "last_name"], true),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let statements = match manager.get_database_backend() {
            DbBackend::Postgres => postgres(has_trigrams(manager).await?),
            _ => sqlite(),
        };
        for statement in statements {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

/// Whether there is the extension, after trying to get it: one that can't be had fails nothing.
async fn has_trigrams(manager: &SchemaManager<'_>) -> Result<bool, DbErr> {
    let connection = manager.get_connection();
    connection
        .execute_unprepared(
            "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; \
             EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'searches go without pg_trgm: %', SQLERRM; \
             END $$",
        )
        .await?;
    let found = connection
        .query_one_raw(Statement::from_string(
            DbBackend::Postgres,
            "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'",
        ))
        .await?;
    Ok(found.is_some())
}

fn postgres(trigrams: bool) -> Vec<String> {
    let mut statements = Vec::new();
    for (table, columns, metadata) in TABLES {
        if trigrams {
            let columns: Vec<_> = ["(id::text)"]
                .iter()
                .chain(*columns)
                .map(|column| format!("{column} gin_trgm_ops"))
                .collect();
            let columns = columns.join(", ");
            statements.push(format!(
                "CREATE INDEX {table}_search ON {table} USING gin ({columns})"
            ));
        }
        if *metadata {
            statements.push(format!(
                "CREATE INDEX {table}_metadata ON {table} USING gin (metadata jsonb_path_ops)"
            ));
        }
    }
    statements
}

/// Full-text tables keep no copy of what they index, so a row's old texts are given when it changes
/// or goes. They are numbered by a table of their own: the numbers of rows with other keys may
/// change when a database is vacuumed.
fn sqlite() -> Vec<String> {
    let mut statements = vec![
        "CREATE TABLE search_rows (number integer PRIMARY KEY, id blob NOT NULL UNIQUE)".to_owned(),
    ];
    for (table, columns, metadata) in TABLES {
        let mut columns = columns.to_vec();
        if *metadata {
            columns.push("metadata");
        }
        let names = columns.join(", ");
        let of = |row: &str| {
            let texts: Vec<_> = columns
                .iter()
                .map(|column| format!("{row}.{column}"))
                .collect();
            format!("{}, {}", id_text(row), texts.join(", "))
        };
        let number = |row: &str| format!("(SELECT number FROM search_rows WHERE id = {row}.id)");
        let add = format!(
            "INSERT INTO search_{table} (rowid, id, {names}) VALUES ({}, {});",
            number("new"),
            of("new")
        );
        let take = format!(
            "INSERT INTO search_{table} (search_{table}, rowid, id, {names}) \
             VALUES ('delete', {}, {});",
            number("old"),
            of("old")
        );
        let differ: Vec<_> = ["id"]
            .iter()
            .chain(&columns)
            .map(|column| format!("old.{column} IS NOT new.{column}"))
            .collect();
        statements.extend([
            format!(
                "CREATE VIRTUAL TABLE search_{table} \
                 USING fts5(id, {names}, content = '', tokenize = 'trigram')"
            ),
            format!("INSERT INTO search_rows (id) SELECT id FROM {table}"),
            format!(
                "INSERT INTO search_{table} (rowid, id, {names}) SELECT {}, {} FROM {table} AS t",
                number("t"),
                of("t")
            ),
            format!(
                "CREATE TRIGGER search_{table}_insert AFTER INSERT ON {table} BEGIN \
                 INSERT INTO search_rows (id) VALUES (new.id); {add} END"
            ),
            format!(
                "CREATE TRIGGER search_{table}_update AFTER UPDATE OF id, {names} ON {table} \
                 WHEN {} BEGIN {take} \
                 UPDATE search_rows SET id = new.id WHERE id = old.id; {add} END",
                differ.join(" OR ")
            ),
            format!(
                "CREATE TRIGGER search_{table}_delete AFTER DELETE ON {table} BEGIN {take} \
                 DELETE FROM search_rows WHERE id = old.id; END"
            ),
        ]);
    }
    statements
}

/// An id as people write it.
fn id_text(row: &str) -> String {
    let parts: Vec<_> = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
        .iter()
        .map(|(from, length)| format!("substr(lower(hex({row}.id)), {from}, {length})"))
        .collect();
    parts.join(" || '-' || ")
}
