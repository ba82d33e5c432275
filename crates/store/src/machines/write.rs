//! How machines are written.

use chrono::{DateTime, Utc};
use keystead_domain::{MachineId, TokenId};
use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
};

use super::{Pulse, Seat, tally};
use crate::entities::machine::Entity;
use crate::entities::{Event, Heartbeat, Machine, event, heartbeat};
use crate::{Db, Result, Tx};

/// Stores a new machine and its heart in the seat it takes; false when the ceilings leave no room,
/// and nothing was changed. One round trip where the database can write several tables in one:
/// the license stays locked meanwhile, and other activations wait for it.
///
/// # Errors
/// A duplicate when the license has the fingerprint already, or the id is taken; otherwise when
/// the database fails.
pub async fn seat(
    tx: &Tx,
    seat: Seat,
    row: &Machine,
    pulse: Pulse,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !tx.dialect().writes_within_with() {
        return Ok(match tally::take(tx, seat, now).await? {
            true => {
                insert(tx, row, heart(row, pulse)).await?;
                true
            }
            false => false,
        });
    }
    let (sql, values) = seating(seat, row, pulse, None, now);
    let taken = tx.query_one_raw(tx.statement(sql, values)).await?;
    Ok(taken.is_some())
}

/// Whether the database can do [`seat_at_once`].
pub fn seats_at_once(db: &Db) -> bool {
    db.dialect().writes_within_with()
}

/// Like [`seat`], with the event that tells of it, in one statement that is a transaction by
/// itself: nothing is locked while the client's side of a round trip passes. Nobody is told of the
/// event beyond the log.
///
/// # Errors
/// As [`seat`].
pub async fn seat_at_once(
    db: &Db,
    seat: Seat,
    row: &Machine,
    pulse: Pulse,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (sql, values) = seating(seat, row, pulse, Some(event), now);
    let taken = db.query_one_raw(db.statement(sql, values)).await?;
    Ok(taken.is_some())
}

/// The statement that takes a seat and writes the machine in it, its heart and its event; a row
/// comes back when the ceilings left room.
fn seating(
    seat: Seat,
    row: &Machine,
    pulse: Pulse,
    event: Option<&Event>,
    now: DateTime<Utc>,
) -> (String, Vec<Value>) {
    let (take, mut values) = tally::taking(seat, now);
    let mut listed = |model: Vec<(&'static str, Value)>| {
        let mut names = String::new();
        let mut places = String::new();
        for (name, value) in model {
            values.push(value);
            for (list, item) in [(&mut names, name), (&mut places, "$")] {
                if !list.is_empty() {
                    list.push_str(", ");
                }
                list.push_str(item);
            }
            places.push_str(&values.len().to_string());
        }
        (names, places)
    };
    let (columns, machine) = listed(values_of::<Entity>(row.clone().into_active_model()));
    let heart = heart(row, pulse).into_active_model();
    let (heart_columns, heart) = listed(values_of::<heartbeat::Entity>(heart));
    let mut sql = format!(
        "WITH taken AS ({take} RETURNING id), \
         made AS (INSERT INTO machines ({columns}) SELECT {machine} FROM taken RETURNING id), \
         beating AS (INSERT INTO heartbeats ({heart_columns}) SELECT {heart} FROM made)"
    );
    if let Some(event) = event {
        let (columns, event) = listed(values_of::<event::Entity>(
            event.clone().into_active_model(),
        ));
        sql.push_str(&format!(
            ", said AS (INSERT INTO events ({columns}) SELECT {event} FROM made)"
        ));
    }
    sql.push_str(" SELECT id FROM made");
    (sql, values)
}

/// The columns of a row with their values, in the table's order.
fn values_of<E: EntityTrait>(row: impl ActiveModelTrait<Entity = E>) -> Vec<(&'static str, Value)> {
    E::Column::iter()
        .filter_map(|column| Some((column.as_str(), row.get(column).into_value()?)))
        .collect()
}

fn heart(row: &Machine, pulse: Pulse) -> Heartbeat {
    Heartbeat {
        machine_id: row.id,
        account_id: row.account_id,
        last_at: pulse.last_at,
        due_at: pulse.due_at,
        died_at: pulse.died_at,
    }
}

async fn insert(tx: &Tx, row: &Machine, heart: Heartbeat) -> Result<()> {
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

/// Notes when a machine was checked out last.
///
/// # Errors
/// When the database fails.
pub async fn checked_out(tx: &Tx, id: MachineId, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE machines SET last_check_out_at = $2, \
        updated_at = CASE WHEN updated_at > $2 THEN updated_at ELSE $2 END WHERE id = $1";
    tx.execute_raw(tx.statement(sql, [id.into(), now.into()]))
        .await?;
    Ok(())
}
