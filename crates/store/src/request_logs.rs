//! What is kept of requests that were answered.

use keystead_domain::access::{Scope, Seen, Tie, Tied};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, Select};

use crate::entities::RequestLog;
use crate::entities::request_log::{Column, Entity};
use crate::history::{self, Days, Who};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Db, Result, Tx, visible};

impl Noun for Entity {
    const NAME: &'static str = "request log";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for RequestLog {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            ..Tie::default()
        }
    }
}

/// Which requests are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these days.
    pub days: Option<Days>,
    /// Made by this bearer.
    pub requestor: Option<Who>,
    /// To this record.
    pub resource: Option<Who>,
    /// From an address that starts so.
    pub ip: Option<String>,
    /// With this method, in any case.
    pub method: Option<String>,
    /// To a URL that holds this.
    pub url: Option<String>,
    /// Answered with this status; what is no number matches nothing.
    pub status: Option<String>,
}

/// The requests that `scope` sees.
fn visible(scope: &Scope) -> Select<Entity> {
    history::visible(scope, Column::AccountId, Column::EnvironmentId)
}

/// The request with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find(db: &Db, scope: &Scope, id: &str) -> Result<Seen<RequestLog>> {
    history::find(db, scope, visible(scope), id).await
}

/// One page of the requests that `scope` sees and `filter` lets through; not counted.
///
/// Uses `request_logs_by_account`, with a bearer `request_logs_by_requestor`, with a record
/// `request_logs_by_resource`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<RequestLog>> {
    let dialect = db.dialect();
    let status = |text: &String| match text.parse::<i64>() {
        Ok(status) => Column::Status.eq(status),
        Err(_) => visible::nothing(),
    };
    let wanted = Condition::all()
        .add_option(filter.days.map(|days| days.hold(Column::CreatedAt)))
        .add_option(filter.requestor.as_ref().map(|who| {
            who.is(
                dialect,
                Column::RequestorType,
                Column::RequestorId,
                Who::plural,
            )
        }))
        .add_option(filter.resource.as_ref().map(|what| {
            what.is(
                dialect,
                Column::ResourceType,
                Column::ResourceId,
                Who::plural,
            )
        }))
        .add_option(
            filter
                .ip
                .as_deref()
                .map(|ip| dialect.starts_with("request_logs.ip", ip)),
        )
        .add_option(
            filter
                .method
                .as_ref()
                .map(|it| Column::Method.eq(it.to_uppercase())),
        )
        .add_option(
            filter
                .url
                .as_deref()
                .map(|url| dialect.holds("request_logs.url", url)),
        )
        .add_option(filter.status.as_ref().map(status));
    noun::list_uncounted(db, visible(scope).filter(wanted), page, direction).await
}

/// Rows in one statement at most: nineteen values each, and PostgreSQL takes 65,535.
const CHUNK: usize = 500;

/// Appends what is known of requests, in statements of a bounded number of values.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &Tx, rows: &[RequestLog]) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
