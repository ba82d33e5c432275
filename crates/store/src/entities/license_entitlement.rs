//! An entitlement that one license holds.

use keystead_domain::{AccountId, EntitlementId, EnvironmentId, LicenseEntitlementId, LicenseId};
use sea_orm::entity::prelude::*;

/// A row of `license_entitlements`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "license_entitlements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LicenseEntitlementId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub license_id: LicenseId,
    pub entitlement_id: EntitlementId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
