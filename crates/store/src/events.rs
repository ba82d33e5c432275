//! The event log: written in the same transaction as the change it tells of.

use sea_orm::{EntityTrait, IntoActiveModel};

use crate::entities::{Event, event};
use crate::{Result, Tx};

/// Appends one event.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &Tx, row: Event) -> Result<()> {
    event::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Appends many events, in statements of a bounded number of values.
///
/// # Errors
/// When the database fails.
pub async fn record_all(tx: &Tx, rows: &[Event]) -> Result<()> {
    for chunk in rows.chunks(500) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        event::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
