//! A user attached to a license without owning it.

use keystead_domain::{AccountId, EnvironmentId, LicenseId, LicenseUserId, UserId};
use sea_orm::entity::prelude::*;

/// A row of `license_users`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "license_users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LicenseUserId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub license_id: LicenseId,
    pub user_id: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
