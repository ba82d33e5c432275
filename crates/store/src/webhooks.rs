//! Webhooks: who listens, and what is on its way to them.

use std::collections::BTreeSet;

use keystead_domain::permissions::PermissionSet;
use keystead_domain::version::ApiVersion;
use keystead_domain::{AccountId, EnvironmentId, ProductId, WebhookEndpointId};
use sea_orm::sea_query::Value;
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, JsonValue, QueryResult,
};

use crate::dialect::{Column, Dialect, Rows};
use crate::entities::{Event, WebhookEvent, webhook_event};
use crate::{Result, Tx, events};

/// Rows in one statement at most.
const CHUNK: usize = 500;

/// Somebody who may have subscribed, with what decides whether they hear of an event.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Listener {
    /// The endpoint.
    pub id: WebhookEndpointId,
    /// Its account.
    pub account_id: AccountId,
    /// The environment whose events it hears.
    pub environment_id: Option<EnvironmentId>,
    /// The product whose records it hears of; of all when none.
    pub product_id: Option<ProductId>,
    /// What that product may do.
    pub product_permissions: Option<PermissionSet>,
    /// The environment that the product lives in.
    pub product_environment_id: Option<EnvironmentId>,
    /// Where it is called.
    pub url: String,
    /// The version of the contract that it reads.
    pub api_version: ApiVersion,
    subscriptions: JsonValue,
}

impl Listener {
    /// Whether it subscribed to the event with this name, or to all.
    pub fn subscribes(&self, name: &str) -> bool {
        subscribes(&self.subscriptions, name)
    }
}

/// Whether a list of subscriptions holds this event, or all.
pub fn subscribes(subscriptions: &JsonValue, name: &str) -> bool {
    subscriptions
        .as_array()
        .is_some_and(|names| names.iter().any(|known| known == "*" || known == name))
}

/// The endpoints of these accounts that subscribe to anything: one statement, over
/// `webhook_endpoints_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn listeners(tx: &Tx, accounts: BTreeSet<AccountId>) -> Result<Vec<Listener>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, values) = listening(tx.dialect(), accounts, 1);
    found(tx.query_all_raw(tx.statement(sql, values)).await?)
}

/// Appends events to the log and says who of their accounts subscribes to anything: one round
/// trip where the database can write and read in one.
///
/// # Errors
/// When the database fails.
pub async fn append_and_listen(
    tx: &Tx,
    log: &[Event],
    accounts: BTreeSet<AccountId>,
) -> Result<Vec<Listener>> {
    let dialect = tx.dialect();
    if !dialect.writes_within_with() || log.len() > events::AT_ONCE {
        events::append(tx, log).await?;
        return listeners(tx, accounts).await;
    }
    let (insert, mut values) = events::insert(dialect, log);
    let (select, wanted) = listening(dialect, accounts, values.len() + 1);
    values.extend(wanted);
    let sql = format!("WITH said AS ({insert}) {select}");
    found(tx.query_all_raw(tx.statement(sql, values)).await?)
}

/// The statement that finds listeners; its placeholders start at `$first`.
fn listening(
    dialect: Dialect,
    accounts: BTreeSet<AccountId>,
    first: usize,
) -> (String, Vec<Value>) {
    let ids = accounts.into_iter().map(|account| account.0).collect();
    let wanted = Rows::new("wanted", vec![("account_id", Column::Uuids(ids))]);
    let sql = format!(
        "SELECT endpoints.id, endpoints.account_id, endpoints.environment_id, \
         endpoints.product_id, endpoints.url, endpoints.api_version, endpoints.subscriptions, \
         products.permissions AS product_permissions, \
         products.environment_id AS product_environment_id \
         FROM {} JOIN webhook_endpoints AS endpoints \
         ON endpoints.account_id = wanted.account_id \
         LEFT JOIN products ON products.id = endpoints.product_id \
         ORDER BY endpoints.created_at, endpoints.id",
        wanted.sql(dialect, first)
    );
    (sql, wanted.values(dialect))
}

fn found(rows: Vec<QueryResult>) -> Result<Vec<Listener>> {
    let listeners = rows
        .iter()
        .map(|row| Listener::from_query_result(row, ""))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(listeners)
}

/// Puts events on their way, in statements of a bounded number of values.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &Tx, rows: Vec<WebhookEvent>) -> Result<()> {
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    loop {
        let chunk: Vec<webhook_event::ActiveModel> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        webhook_event::Entity::insert_many(chunk)
            .exec_without_returning(tx)
            .await?;
    }
}
