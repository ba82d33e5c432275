//! Who a user is to the account's identity provider.

use keystead_domain::{AccountId, SsoIdentityId, UserId};
use sea_orm::entity::prelude::*;

/// A row of `sso_identities`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sso_identities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SsoIdentityId,
    pub account_id: AccountId,
    pub user_id: UserId,
    pub profile_id: String,
    pub connection_id: String,
    pub idp_id: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
