//! A setting of an account.

use keystead_domain::setting::SettingKey;
use keystead_domain::{AccountId, SettingId};
use sea_orm::entity::prelude::*;

/// A row of `account_settings`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SettingId,
    pub account_id: AccountId,
    pub key: SettingKey,
    pub value: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
