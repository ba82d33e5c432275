//! What lists of licenses are narrowed by, each with its index.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("m0060_license_lists_postgres.sql"),
            _ => include_str!("m0060_license_lists_sqlite.sql"),
        };
        ddl(manager, columns).await?;
        ddl(manager, include_str!("m0060_license_lists.sql")).await
    }
}
