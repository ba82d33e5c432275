//! An entitlement that every license of a policy holds.

use keystead_domain::{AccountId, EntitlementId, EnvironmentId, PolicyEntitlementId, PolicyId};
use sea_orm::entity::prelude::*;

/// A row of `policy_entitlements`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_entitlements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PolicyEntitlementId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub policy_id: PolicyId,
    pub entitlement_id: EntitlementId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
