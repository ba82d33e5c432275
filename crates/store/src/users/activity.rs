//! Which users were lately active: through a license they own or share.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use keystead_domain::UserId;
use keystead_domain::access::Scope;
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::Result;
use crate::entities::{license, license_user};

/// Licenses that were created, validated, checked out or checked in after `since`.
pub(super) fn recent(since: DateTime<Utc>) -> SimpleExpr {
    Condition::any()
        .add(license::Column::CreatedAt.gt(since))
        .add(license::Column::LastValidatedAt.gt(since))
        .add(license::Column::LastCheckOutAt.gt(since))
        .add(license::Column::LastCheckInAt.gt(since))
        .into()
}

/// Those of `users` who own or share a license that was in use after `since`.
///
/// Two statements, over `licenses_by_owner` and `license_users_by_user`; none for nobody.
///
/// # Errors
/// When the database fails.
pub async fn active_since<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    users: &[UserId],
    since: DateTime<Utc>,
) -> Result<HashSet<UserId>> {
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let owners: Vec<UserId> = license::Entity::find()
        .select_only()
        .column(license::Column::OwnerId)
        .distinct()
        .filter(license::Column::AccountId.eq(scope.account()))
        .filter(license::Column::OwnerId.is_in(users.iter().copied()))
        .filter(recent(since))
        .into_tuple()
        .all(connection)
        .await?;
    let mut active: HashSet<UserId> = owners.into_iter().collect();
    let rest: Vec<UserId> = users
        .iter()
        .copied()
        .filter(|id| !active.contains(id))
        .collect();
    if rest.is_empty() {
        return Ok(active);
    }
    let licenses = Query::select()
        .column(license::Column::Id)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(scope.account()))
        .and_where(recent(since))
        .take();
    let members: Vec<UserId> = license_user::Entity::find()
        .select_only()
        .column(license_user::Column::UserId)
        .distinct()
        .filter(license_user::Column::AccountId.eq(scope.account()))
        .filter(license_user::Column::UserId.is_in(rest))
        .filter(license_user::Column::LicenseId.in_subquery(licenses))
        .into_tuple()
        .all(connection)
        .await?;
    active.extend(members);
    Ok(active)
}
