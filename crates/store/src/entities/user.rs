//! A person who administers the account or holds licenses.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::UserRole;
use keystead_domain::{AccountId, EnvironmentId, GroupId, UserId};
use sea_orm::entity::prelude::*;

/// A row of `users`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub group_id: Option<GroupId>,
    pub email: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub password_hash: Option<String>,
    pub role: UserRole,
    pub permissions: PermissionSet,
    pub metadata: Json,
    pub banned_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
