//! Requests to reset a password: one per user, the latest. Only digests are stored.

use keystead_domain::{AccountId, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::entities::PasswordReset;
use crate::entities::password_reset::{Column, Entity};
use crate::{Result, Tx};

/// Stores a request in the place of an earlier one, whose token resets nothing from now on.
///
/// # Errors
/// When the database fails.
pub async fn replace(tx: &Tx, row: PasswordReset) -> Result<()> {
    let latest = OnConflict::column(Column::UserId)
        .update_columns([Column::Digest, Column::CreatedAt])
        .to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(latest)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The request that a user's password may be reset by, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn of_user<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    user: UserId,
) -> Result<Option<PasswordReset>> {
    Ok(Entity::find_by_id(user)
        .filter(Column::AccountId.eq(account))
        .one(connection)
        .await?)
}

/// Uses a request up; false when somebody else did, or it was replaced meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn spend(tx: &Tx, reset: &PasswordReset) -> Result<bool> {
    let spent = Entity::delete_many()
        .filter(Column::UserId.eq(reset.user_id))
        .filter(Column::Digest.eq(reset.digest.clone()))
        .exec(tx)
        .await?;
    Ok(spent.rows_affected > 0)
}
