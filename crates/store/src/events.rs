//! The event log: written in the same transaction as the change it tells of, by who tells
//! webhooks too (`app/herald`).

mod append;

use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::entities::Event;
use crate::entities::event::{Column, Entity};
use crate::history::{Days, Who, unknown};
use crate::page::{self, Direction, Page, Slice};
use crate::{Db, Result, visible};

pub use append::append;
pub(crate) use append::{AT_ONCE, insert};

impl Tied for Event {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            ..Tie::default()
        }
    }
}

/// Which events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these days.
    pub days: Option<Days>,
    /// Done by this bearer.
    pub whodunnit: Option<Who>,
    /// About this record.
    pub resource: Option<Who>,
    /// Of the request with this id, or one that holds it.
    pub request: Option<String>,
    /// With one of these names.
    pub names: Option<Vec<String>>,
}

/// The events that `scope` sees: those who run the account see all of its environment.
fn visible(scope: &Scope) -> Select<Entity> {
    let all = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        _ => Condition::all().add(visible::nothing()),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(all)
}

/// The event with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find(db: &Db, scope: &Scope, id: &str) -> Result<Seen<Event>> {
    let not_found = || unknown("event log");
    let known = Uuid::parse_str(id).map_err(|_| not_found())?;
    let found = visible(scope).filter(Column::Id.eq(known)).one(db).await?;
    Ok(scope.seen(found.ok_or_else(not_found)?))
}

/// One page of the events that `scope` sees and `filter` lets through; not counted.
///
/// Uses `events_by_account`, with a name `events_by_name`, with a record `events_by_resource`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Event>> {
    let dialect = db.dialect();
    let wanted = Condition::all()
        .add_option(filter.days.map(|days| days.hold(Column::CreatedAt)))
        .add_option(
            filter
                .whodunnit
                .as_ref()
                .map(|who| who.is(dialect, Column::BearerType, Column::BearerId, Who::singular)),
        )
        .add_option(filter.resource.as_ref().map(|what| {
            what.is(
                dialect,
                Column::ResourceType,
                Column::ResourceId,
                Who::plural,
            )
        }))
        .add_option(filter.request.as_deref().map(|id| request(dialect, id)))
        .add_option(filter.names.as_ref().map(|names| Column::Name.is_in(names)));
    page::read_uncounted(
        db,
        visible(scope).filter(wanted),
        Column::CreatedAt,
        Column::Id,
        page,
        direction,
    )
    .await
}

fn request(dialect: Dialect, id: &str) -> Condition {
    crate::history::id_is(dialect, Column::RequestId, id)
}
