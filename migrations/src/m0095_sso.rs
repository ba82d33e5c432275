//! Sessions without a token, and accounts that sign on by the installation's provider.

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
        let sessions = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("m0095_sso_postgres.sql"),
            _ => include_str!("m0095_sso_sqlite.sql"),
        };
        ddl(manager, sessions).await?;
        ddl(manager, include_str!("m0095_sso.sql")).await
    }
}
