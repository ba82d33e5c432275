//! What a user's authenticator app makes codes from.

use keystead_domain::{AccountId, EnvironmentId, SecondFactorId, UserId};
use sea_orm::entity::prelude::*;

/// A row of `second_factors`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecondFactorId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub user_id: UserId,
    /// Sealed.
    pub seed: Vec<u8>,
    pub enabled: bool,
    /// The last step that a code was taken for.
    pub last_step: Option<i64>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
