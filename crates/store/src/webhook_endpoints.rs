//! Webhook endpoints: what a scope sees of them, and how they are written.

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::{AccountId, EnvironmentId, WebhookEndpointId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
};

use crate::entities::WebhookEndpoint;
use crate::entities::webhook_endpoint::{Column, Entity};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

impl Noun for Entity {
    const NAME: &'static str = "webhook endpoint";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for WebhookEndpoint {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            product: self.product_id,
            ..Tie::default()
        }
    }
}

/// The endpoints that `scope` sees: neither users nor licenses see any (machines §5.1).
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => Condition::all().add(Column::ProductId.eq(id)),
        Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            Condition::all().add(visible::nothing())
        }
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// The endpoint with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<WebhookEndpoint>> {
    noun::find(connection, scope, visible(scope), id).await
}

/// The endpoint with this id, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>> {
    let found = visible(scope).filter(Column::Id.eq(id));
    Ok(found.one(connection).await?)
}

/// The endpoint that is called at this URL in exactly this environment; `preferred` before others,
/// then the oldest.
///
/// Uses `webhook_endpoints_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn at_url<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    environment: Option<EnvironmentId>,
    url: &str,
    preferred: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>> {
    let environment = match environment {
        Some(id) => Column::EnvironmentId.eq(id),
        None => Column::EnvironmentId.is_null(),
    };
    let found = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(environment)
        .filter(Column::Url.eq(url))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    let own = found.iter().position(|endpoint| endpoint.id == preferred);
    Ok(found.into_iter().nth(own.unwrap_or_default()))
}

/// The endpoint with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: WebhookEndpointId) -> Result<WebhookEndpoint> {
    noun::lock(tx, visible(scope), id).await
}

/// One page of the endpoints that `scope` sees. Uses `webhook_endpoints_by_account`, for a product
/// `webhook_endpoints_by_product`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    page: Page,
    direction: Direction,
) -> Result<Slice<WebhookEndpoint>> {
    noun::list(connection, visible(scope), page, direction).await
}

/// Stores a new endpoint.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &Tx, row: WebhookEndpoint) -> Result<WebhookEndpoint> {
    noun::insert(tx, row).await
}

/// Writes every attribute of an endpoint that [`lock`] holds.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: WebhookEndpoint) -> Result<WebhookEndpoint> {
    noun::update(tx, row).await
}

/// Removes an endpoint; what is on its way to it stops there.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: WebhookEndpointId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Takes every subscription from an endpoint that asked not to be called any more. It counts as no
/// change of the vendor's.
///
/// # Errors
/// When the database fails.
pub async fn disable(tx: &Tx, id: WebhookEndpointId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Subscriptions, Expr::value(serde_json::json!([])))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Counts one more failure in a row, or forgets them all; says how many there are now.
///
/// # Errors
/// When the database fails.
pub async fn count_failure(tx: &Tx, id: WebhookEndpointId) -> Result<i64> {
    let statement = tx.statement(
        "UPDATE webhook_endpoints SET failures = failures + 1 WHERE id = $1 RETURNING failures",
        [id.into()],
    );
    match tx.query_one_raw(statement).await? {
        Some(row) => Ok(row.try_get("", "failures")?),
        None => Ok(0),
    }
}

/// Leaves an endpoint alone until a time.
///
/// # Errors
/// When the database fails.
pub async fn rest(tx: &Tx, id: WebhookEndpointId, until: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RestsUntil, Expr::value(until))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets the failures of an endpoint that answers again.
///
/// # Errors
/// When the database fails.
pub async fn recovered(tx: &Tx, id: WebhookEndpointId) -> Result<()> {
    let none: Option<DateTime<Utc>> = None;
    Entity::update_many()
        .col_expr(Column::Failures, Expr::value(0_i64))
        .col_expr(Column::RestsUntil, Expr::value(none))
        .filter(Column::Id.eq(id))
        .filter(Column::Failures.gt(0))
        .exec(tx)
        .await?;
    Ok(())
}
