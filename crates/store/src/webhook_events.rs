//! Webhook events: what a scope sees of what is on its way, and what became of it.

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::words::WebhookStatus;
use keystead_domain::{ProductId, Refused, WebhookEventId};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};
use uuid::Uuid;

use crate::entities::webhook_event::{Column, Entity};
use crate::entities::{WebhookEvent, webhook_endpoint};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

/// An event with the product of its endpoint: who may touch it depends on that.
#[derive(Clone, Debug, PartialEq)]
pub struct Routed {
    /// The event.
    pub event: WebhookEvent,
    /// The product of its endpoint, if that is still there and has one.
    pub product: Option<ProductId>,
}

impl Noun for Entity {
    const NAME: &'static str = "webhook event";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Routed {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.event.environment_id,
            product: self.product,
            ..Tie::default()
        }
    }
}

/// The events that `scope` sees: a product those of its endpoints (machines §5.3).
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => {
            let endpoints: SelectStatement = Query::select()
                .column(webhook_endpoint::Column::Id)
                .from(webhook_endpoint::Entity)
                .and_where(webhook_endpoint::Column::AccountId.eq(scope.account()))
                .and_where(webhook_endpoint::Column::ProductId.eq(id))
                .take();
            Condition::all().add(Column::EndpointId.in_subquery(endpoints))
        }
        Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            Condition::all().add(visible::nothing())
        }
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// The event with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Routed>> {
    let not_found = || Refused::not_found(Entity::NAME, id);
    let known = Uuid::parse_str(id).map_err(|_| not_found())?;
    let event = visible(scope)
        .filter(Column::Id.eq(known))
        .one(connection)
        .await?
        .ok_or_else(not_found)?;
    let product: Option<Option<ProductId>> =
        webhook_endpoint::Entity::find_by_id(event.endpoint_id)
            .select_only()
            .column(webhook_endpoint::Column::ProductId)
            .into_tuple()
            .one(connection)
            .await?;
    let product = product.flatten();
    Ok(scope.seen(Routed { event, product }))
}

/// The event with this id, of whatever account: for the job that delivers it.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: WebhookEventId,
) -> Result<Option<WebhookEvent>> {
    Ok(Entity::find_by_id(id).one(connection).await?)
}

/// One page of the events that `scope` sees, of these names if any are given; not counted.
///
/// Uses `webhook_events_by_account`, with one name `webhook_events_by_event`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    names: &[String],
    page: Page,
    direction: Direction,
) -> Result<Slice<WebhookEvent>> {
    let named = (!names.is_empty()).then(|| Column::Event.is_in(names));
    noun::list_uncounted(
        connection,
        visible(scope).filter(Condition::all().add_option(named)),
        page,
        direction,
    )
    .await
}

/// Stores an event.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &Tx, row: WebhookEvent) -> Result<WebhookEvent> {
    noun::insert(tx, row).await
}

/// Removes an event; if it is on its way, it is not tried again.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: WebhookEventId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// What came back of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What the event is now.
    pub status: WebhookStatus,
    /// The status code, if there was an answer.
    pub code: Option<u16>,
    /// What was said, or why nothing was.
    pub body: String,
}

/// Notes what came back of a try.
///
/// # Errors
/// When the database fails.
pub async fn note(tx: &Tx, id: WebhookEventId, reply: &Reply, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(reply.status))
        .col_expr(
            Column::LastResponseCode,
            Expr::value(reply.code.map(i64::from)),
        )
        .col_expr(Column::LastResponseBody, Expr::value(reply.body.as_str()))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
