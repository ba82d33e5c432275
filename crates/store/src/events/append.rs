//! Writes events: one prepared statement, however many there are.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;
use uuid::Uuid;

use crate::dialect::{Column, Dialect, Rows};
use crate::entities::Event;
use crate::{Result, Tx};

/// Events in one statement at most.
pub(crate) const AT_ONCE: usize = 1_000;

/// Appends many events: one prepared statement, however many there are.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &Tx, events: &[Event]) -> Result<()> {
    for chunk in events.chunks(AT_ONCE) {
        let (sql, values) = insert(tx.dialect(), chunk);
        tx.execute_raw(tx.statement(sql, values)).await?;
    }
    Ok(())
}

/// The statement that appends these events.
pub(crate) fn insert(dialect: Dialect, events: &[Event]) -> (String, Vec<Value>) {
    let rows = rows(events);
    let sql = format!(
        "INSERT INTO events (id, account_id, environment_id, name, resource_type, resource_id, \
         bearer_type, bearer_id, request_id, metadata, created_at) \
         SELECT id, account_id, environment_id, name, resource_type, resource_id, \
         bearer_type, bearer_id, request_id, metadata, created_at FROM {}",
        rows.sql(dialect, 1)
    );
    (sql, rows.values(dialect))
}

fn rows(events: &[Event]) -> Rows {
    fn column<T>(events: &[Event], of: impl Fn(&Event) -> T) -> Vec<T> {
        events.iter().map(of).collect()
    }
    let texts =
        |of: fn(&Event) -> &str| Column::Texts(column(events, |event| of(event).to_owned()));
    let uuids = |of: fn(&Event) -> Uuid| Column::Uuids(column(events, of));
    let maybe = |of: fn(&Event) -> Option<Uuid>| Column::MaybeUuids(column(events, of));
    Rows::new(
        "v",
        vec![
            ("id", uuids(|event| event.id.0)),
            ("account_id", uuids(|event| event.account_id.0)),
            (
                "environment_id",
                maybe(|event| event.environment_id.map(|id| id.0)),
            ),
            ("name", texts(|event| &event.name)),
            ("resource_type", texts(|event| &event.resource_type)),
            ("resource_id", uuids(|event| event.resource_id)),
            (
                "bearer_type",
                Column::MaybeTexts(column(events, |event| event.bearer_type.clone())),
            ),
            ("bearer_id", maybe(|event| event.bearer_id)),
            ("request_id", maybe(|event| event.request_id)),
            (
                "metadata",
                Column::MaybeJson(column(events, |event| event.metadata.clone())),
            ),
            (
                "created_at",
                Column::Times(column(events, |event| event.created_at)),
            ),
        ],
    )
}
