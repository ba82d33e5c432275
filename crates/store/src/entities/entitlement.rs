//! A named right that a license may hold.

use keystead_domain::{AccountId, EntitlementId, EnvironmentId};
use sea_orm::entity::prelude::*;

/// A row of `entitlements`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "entitlements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntitlementId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub name: String,
    pub code: String,
    pub metadata: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
