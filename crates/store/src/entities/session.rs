//! A portal session: a cookie's way to a token, or to a user who signed on.

use keystead_domain::words::BearerKind;
use keystead_domain::{AccountId, EnvironmentId, SessionId, TokenId};
use sea_orm::entity::prelude::*;

/// A row of `sessions`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    /// The token that it stands for; who signed on at a provider has none.
    pub token_id: Option<TokenId>,
    pub bearer_kind: BearerKind,
    pub bearer_id: Uuid,
    pub parent_id: Option<SessionId>,
    pub expiry: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
