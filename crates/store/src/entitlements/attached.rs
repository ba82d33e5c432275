//! The entitlements of one policy, license or release.

use keystead_domain::access::{Scope, Seen};
use keystead_domain::{LicenseId, PolicyId, ReleaseId};
use sea_orm::ConnectionTrait;

use super::{by_license, by_policy, by_release};
use crate::entities::Entitlement;
use crate::page::{Direction, Page, Slice};
use crate::{Result, noun};

/// One page of a policy's entitlements.
///
/// # Errors
/// When the database fails.
pub async fn list_of_policy<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    policy: PolicyId,
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    noun::list(connection, by_policy(scope, policy), page, direction).await
}

/// One page of a license's entitlements: its own and its policy's, each once.
///
/// # Errors
/// When the database fails.
pub async fn list_of_license<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    (license, policy): (LicenseId, PolicyId),
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    let select = by_license(scope, license, policy);
    noun::list(connection, select, page, direction).await
}

/// One page of the entitlements that a release asks for.
///
/// # Errors
/// When the database fails.
pub async fn list_of_release<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    release: ReleaseId,
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    noun::list(connection, by_release(scope, release), page, direction).await
}

/// The entitlement with this id, if the release asks for it.
///
/// # Errors
/// Not found when it doesn't; otherwise when the database fails.
pub async fn find_of_release<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    release: ReleaseId,
    id: &str,
) -> Result<Seen<Entitlement>> {
    noun::find(connection, scope, by_release(scope, release), id).await
}

/// The entitlement with this id, if it is the policy's.
///
/// # Errors
/// Not found when it isn't; otherwise when the database fails.
pub async fn find_of_policy<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    policy: PolicyId,
    id: &str,
) -> Result<Seen<Entitlement>> {
    noun::find(connection, scope, by_policy(scope, policy), id).await
}

/// The entitlement with this id, if it is the license's or its policy's.
///
/// # Errors
/// Not found when it isn't; otherwise when the database fails.
pub async fn find_of_license<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    (license, policy): (LicenseId, PolicyId),
    id: &str,
) -> Result<Seen<Entitlement>> {
    noun::find(connection, scope, by_license(scope, license, policy), id).await
}
