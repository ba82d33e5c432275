//! A user's ownership of a group.

use keystead_domain::{AccountId, EnvironmentId, GroupId, GroupOwnerId, UserId};
use sea_orm::entity::prelude::*;

/// A row of `group_owners`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "group_owners")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GroupOwnerId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub group_id: GroupId,
    pub user_id: UserId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
