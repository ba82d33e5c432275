//! The schema's history. Each migration widens first; a later release narrows.
//!
//! One schema serves both databases: statements are written once, with the few type names that
//! differ in braces (see [`ddl`]).

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

mod m0001_core;
mod m0002_jobs;
mod m0004_pool;
mod m0010_telling;
mod m0020_people;
mod m0030_credentials;
mod m0040_places;
mod m0041_search;
mod m0050_accounts;
mod m0060_license_lists;
mod m0070_parts;
mod m0080_releases;
mod m0085_validated_releases;
mod m0090_release_search;
mod m0095_sso;
mod m0096_list_filters;
mod m0097_room_for_stamps;
mod m0098_more_filters;
mod m0101_manifests;

/// Runs every migration that the database does not have yet, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_core::Migration),
            Box::new(m0002_jobs::Migration),
            Box::new(m0004_pool::Migration),
            Box::new(m0010_telling::Migration),
            Box::new(m0020_people::Migration),
            Box::new(m0030_credentials::Migration),
            Box::new(m0040_places::Migration),
            Box::new(m0041_search::Migration),
            Box::new(m0050_accounts::Migration),
            Box::new(m0060_license_lists::Migration),
            Box::new(m0070_parts::Migration),
            Box::new(m0080_releases::Migration),
            Box::new(m0085_validated_releases::Migration),
            Box::new(m0090_release_search::Migration),
            Box::new(m0095_sso::Migration),
            Box::new(m0096_list_filters::Migration),
            Box::new(m0097_room_for_stamps::Migration),
            Box::new(m0098_more_filters::Migration),
            Box::new(m0101_manifests::Migration),
        ]
    }
}

/// What the braces stand for: (placeholder, PostgreSQL, SQLite).
#[rustfmt::skip]
const TYPES: &[(&str, &str, &str)] = &[
    ("{uuid}",  "uuid",        "blob"),
    ("{bytes}", "bytea",       "blob"),
    ("{time}",  "timestamptz", "text"),
    ("{json}",  "jsonb",       "text"),
    ("{bool}",  "boolean",     "boolean"),
    ("{int}",   "bigint",      "bigint"),
    ("{text}",  "text",        "text"),
    // Text in the order of its bytes, whatever the database's locale.
    ("{word}",  "text COLLATE \"C\"", "text"),
    // Room on every page for the next version of a row, so that a ping stays off the indexes.
    ("{hot}",   "WITH (fillfactor = 50)", ""),
];

/// Runs semicolon-separated statements, with the type names of the connected database.
///
/// # Errors
/// When the database refuses a statement.
pub async fn ddl(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let script = TYPES
        .iter()
        .fold(script.to_owned(), |script, (name, pg, sqlite)| {
            script.replace(name, if postgres { pg } else { sqlite })
        });
    // A semicolon in a comment ends no statement.
    let script: String = script
        .split_inclusive('\n')
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect();
    for statement in script.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
    }
    Ok(())
}
