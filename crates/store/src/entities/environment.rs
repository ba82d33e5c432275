//! A partition of an account's records.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::IsolationStrategy;
use keystead_domain::{AccountId, EnvironmentId};
use sea_orm::entity::prelude::*;

/// A row of `environments`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "environments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnvironmentId,
    pub account_id: AccountId,
    pub name: String,
    pub code: String,
    pub isolation_strategy: IsolationStrategy,
    pub permissions: PermissionSet,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
