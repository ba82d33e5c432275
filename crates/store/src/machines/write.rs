//! How machines are written.

use chrono::{DateTime, Utc};
use keystead_domain::{MachineId, TokenId};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};

use super::Pulse;
use crate::entities::machine::Entity;
use crate::entities::{Heartbeat, Machine, heartbeat};
use crate::{Result, Tx};

/// Stores a new machine and its heart.
///
/// # Errors
/// A duplicate when the license has the fingerprint already, or the id is taken; otherwise when
/// the database fails.
pub async fn insert(tx: &Tx, row: &Machine, pulse: Pulse) -> Result<()> {
    let heart = Heartbeat {
        machine_id: row.id,
        account_id: row.account_id,
        last_at: pulse.last_at,
        due_at: pulse.due_at,
        died_at: pulse.died_at,
    };
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    heartbeat::Entity::insert(heart.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Writes every attribute of a machine.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: Machine) -> Result<Machine> {
    Ok(row.into_active_model().reset_all().update(tx).await?)
}

/// Notes that a machine changed, without changing an attribute.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &Tx, id: MachineId, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE machines SET updated_at = $2 WHERE id = $1";
    tx.execute_raw(tx.statement(sql, [id.into(), now.into()]))
        .await?;
    Ok(())
}

/// Removes a machine and its heart. False when it was gone already.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: MachineId) -> Result<bool> {
    Ok(Entity::delete_by_id(id).exec(tx).await?.rows_affected == 1)
}

/// Counts an activation on the token that asks for it. False when it may do no more.
///
/// # Errors
/// When the database fails.
pub async fn count_activation(tx: &Tx, token: TokenId, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE tokens SET activations = activations + 1, updated_at = $2 \
        WHERE id = $1 AND (max_activations IS NULL OR activations < max_activations)";
    let done = tx
        .execute_raw(tx.statement(sql, [token.into(), now.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts a deactivation on the token that asks for it. False when it may do no more.
///
/// # Errors
/// When the database fails.
pub async fn count_deactivation(tx: &Tx, token: TokenId, now: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE tokens SET deactivations = deactivations + 1, updated_at = $2 \
        WHERE id = $1 AND (max_deactivations IS NULL OR deactivations < max_deactivations)";
    let done = tx
        .execute_raw(tx.statement(sql, [token.into(), now.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How many activations and deactivations a token may do at most.
///
/// # Errors
/// When the database fails.
pub async fn counted_most(tx: &Tx, token: TokenId) -> Result<(Option<i64>, Option<i64>)> {
    let sql = "SELECT max_activations, max_deactivations FROM tokens WHERE id = $1";
    let Some(row) = tx.query_one_raw(tx.statement(sql, [token.into()])).await? else {
        return Ok((None, None));
    };
    Ok((
        row.try_get("", "max_activations")?,
        row.try_get("", "max_deactivations")?,
    ))
}
