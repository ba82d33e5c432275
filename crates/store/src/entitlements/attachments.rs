//! What attaches entitlements to policies and licenses. Callers hold the lock of the policy or
//! license, so that nobody attaches or detaches in between.

use keystead_domain::{
    EntitlementId, LicenseEntitlementId, LicenseId, PolicyEntitlementId, PolicyId,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::entities::{
    LicenseEntitlement, PolicyEntitlement, license_entitlement as of_license,
    policy_entitlement as of_policy,
};
use crate::{Result, Tx};

/// What attaches these entitlements to a policy. Uses `policy_entitlements_once`.
///
/// # Errors
/// When the database fails.
pub async fn held_by_policy(
    tx: &Tx,
    policy: PolicyId,
    entitlements: &[EntitlementId],
) -> Result<Vec<PolicyEntitlement>> {
    Ok(of_policy::Entity::find()
        .filter(of_policy::Column::PolicyId.eq(policy))
        .filter(of_policy::Column::EntitlementId.is_in(entitlements.iter().copied()))
        .order_by_asc(of_policy::Column::Id)
        .all(tx)
        .await?)
}

/// What attaches these entitlements to a license itself. Uses `license_entitlements_once`.
///
/// # Errors
/// When the database fails.
pub async fn held_by_license(
    tx: &Tx,
    license: LicenseId,
    entitlements: &[EntitlementId],
) -> Result<Vec<LicenseEntitlement>> {
    Ok(of_license::Entity::find()
        .filter(of_license::Column::LicenseId.eq(license))
        .filter(of_license::Column::EntitlementId.is_in(entitlements.iter().copied()))
        .order_by_asc(of_license::Column::Id)
        .all(tx)
        .await?)
}

/// Attaches entitlements to a policy, all or none.
///
/// # Errors
/// A duplicate when one is attached already; otherwise when the database fails.
pub async fn attach_to_policy(tx: &Tx, rows: &[PolicyEntitlement]) -> Result<()> {
    let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
    of_policy::Entity::insert_many(rows).exec(tx).await?;
    Ok(())
}

/// Attaches entitlements to a license, all or none.
///
/// # Errors
/// A duplicate when one is attached already; otherwise when the database fails.
pub async fn attach_to_license(tx: &Tx, rows: &[LicenseEntitlement]) -> Result<()> {
    let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
    of_license::Entity::insert_many(rows).exec(tx).await?;
    Ok(())
}

/// Removes attachments to policies.
///
/// # Errors
/// When the database fails.
pub async fn detach_from_policy(tx: &Tx, ids: Vec<PolicyEntitlementId>) -> Result<()> {
    of_policy::Entity::delete_many()
        .filter(of_policy::Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes attachments to licenses.
///
/// # Errors
/// When the database fails.
pub async fn detach_from_license(tx: &Tx, ids: Vec<LicenseEntitlementId>) -> Result<()> {
    of_license::Entity::delete_many()
        .filter(of_license::Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(())
}
