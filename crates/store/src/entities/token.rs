//! A bearer credential; only its digest is stored.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::BearerKind;
use keystead_domain::{AccountId, EnvironmentId, TokenId};
use sea_orm::entity::prelude::*;

/// A row of `tokens`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TokenId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub bearer_kind: BearerKind,
    pub bearer_id: Uuid,
    pub digest: Vec<u8>,
    pub name: Option<String>,
    pub expiry: Option<DateTimeUtc>,
    pub permissions: PermissionSet,
    pub max_activations: Option<i64>,
    pub activations: i64,
    pub max_deactivations: Option<i64>,
    pub deactivations: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
