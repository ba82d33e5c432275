//! An entitlement that a release asks for.

use keystead_domain::{AccountId, ConstraintId, EntitlementId, EnvironmentId, ReleaseId};
use sea_orm::entity::prelude::*;

/// A row of `release_constraints`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "release_constraints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConstraintId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub release_id: ReleaseId,
    pub entitlement_id: EntitlementId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
