//! Who holds a license: its owner, and the users attached to it. Callers hold the license's lock,
//! so that nobody comes or goes in between; those of users come first, as where a user is deleted.

use chrono::{DateTime, Utc};
use keystead_domain::access::Scope;
use keystead_domain::{GroupId, LicenseId, UserId};
use sea_orm::sea_query::{Expr, LockType, Value};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entities::license_user::{Column, Entity};
use crate::entities::{LicenseUser, User, license, machine, user};
use crate::{Result, Tx};

/// Those of the users with these ids that there are, in whatever environment. None of them goes
/// before the transaction ends: who deletes one gives back the places it has, and must see all.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &Tx, scope: &Scope, ids: &[UserId]) -> Result<Vec<User>> {
    Ok(user::Entity::find()
        .filter(user::Column::AccountId.eq(scope.account()))
        .filter(user::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(user::Column::Id)
        .lock(LockType::Share)
        .all(tx)
        .await?)
}

/// What attaches these users to the license. Uses `license_users_once`.
///
/// # Errors
/// When the database fails.
pub async fn attached(tx: &Tx, license: LicenseId, users: &[UserId]) -> Result<Vec<LicenseUser>> {
    Ok(Entity::find()
        .filter(Column::LicenseId.eq(license))
        .filter(Column::UserId.is_in(users.iter().copied()))
        .order_by_asc(Column::Id)
        .all(tx)
        .await?)
}

/// Attaches users, if the ceiling leaves room for all of them; false when it doesn't, and nothing
/// was changed. Whoever counts and whoever writes is the same statement.
///
/// # Errors
/// A duplicate when one is attached already; otherwise when the database fails.
pub async fn attach(
    tx: &Tx,
    license: LicenseId,
    rows: &[LicenseUser],
    ceiling: Option<i64>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut values: Vec<Value> = vec![license.into(), count(rows).into(), now.into()];
    let mut sql = "UPDATE licenses SET users_count = users_count + $2, \
        updated_at = CASE WHEN updated_at > $3 THEN updated_at ELSE $3 END WHERE id = $1"
        .to_owned();
    if let Some(ceiling) = ceiling {
        values.push(ceiling.into());
        sql.push_str(" AND users_count + $2 + CASE WHEN owner_id IS NULL THEN 0 ELSE 1 END <= $4");
    }
    let done = tx.execute_raw(tx.statement(sql, values)).await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows).exec(tx).await?;
    Ok(true)
}

/// Detaches users; the machines of the license that they owned stay, and are nobody's.
///
/// # Errors
/// When the database fails.
pub async fn detach(
    tx: &Tx,
    license: LicenseId,
    rows: &[LicenseUser],
    now: DateTime<Utc>,
) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    let sql = "UPDATE licenses SET users_count = users_count - $2, \
        updated_at = CASE WHEN updated_at > $3 THEN updated_at ELSE $3 END WHERE id = $1";
    let values: [Value; 3] = [license.into(), count(rows).into(), now.into()];
    tx.execute_raw(tx.statement(sql, values)).await?;
    machine::Entity::update_many()
        .col_expr(machine::Column::OwnerId, Expr::val(None::<UserId>))
        .col_expr(machine::Column::UpdatedAt, Expr::val(now))
        .filter(machine::Column::LicenseId.eq(license))
        .filter(machine::Column::OwnerId.is_in(rows.iter().map(|row| row.user_id)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives the license another owner, or none, and a group; false when the ceiling has no room for
/// an owner where there was none.
///
/// # Errors
/// When the database fails.
pub async fn set_owner(
    tx: &Tx,
    license: LicenseId,
    owner: Option<UserId>,
    group: Option<GroupId>,
    ceiling: Option<i64>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut values: Vec<Value> = vec![license.into(), owner.into(), group.into(), now.into()];
    let mut sql = "UPDATE licenses SET owner_id = $2, group_id = $3, \
        updated_at = CASE WHEN updated_at > $4 THEN updated_at ELSE $4 END WHERE id = $1"
        .to_owned();
    if let Some(ceiling) = ceiling.filter(|_| owner.is_some()) {
        values.push(ceiling.into());
        sql.push_str(" AND (owner_id IS NOT NULL OR users_count + 1 <= $5)");
    }
    let done = tx.execute_raw(tx.statement(sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// The license's row as it is now.
///
/// # Errors
/// When the database fails, or the license is gone.
pub async fn reread(tx: &Tx, id: LicenseId) -> Result<crate::entities::License> {
    let row = license::Entity::find_by_id(id).one(tx).await?;
    row.ok_or_else(|| keystead_domain::Refused::not_found("license", &id.to_string()).into())
}

fn count(rows: &[LicenseUser]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}
