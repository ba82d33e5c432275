//! Room beside each license for its next version, so that a stamp touches no index; and one index
//! fewer, which another repeated.

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
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                ddl(manager, include_str!("m0097_room_for_stamps_postgres.sql")).await
            }
            // Its pages are written whole, and it has neither.
            _ => Ok(()),
        }
    }
}
