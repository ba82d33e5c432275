//! A key that waits in a policy's pool.

use keystead_domain::{AccountId, EnvironmentId, KeyId, PolicyId};
use sea_orm::entity::prelude::*;

/// A row of `keys`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KeyId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub policy_id: PolicyId,
    pub key: String,
    pub key_digest: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
