//! The event log: written in the same transaction as the change it tells of, by who tells
//! webhooks too (`app/herald`).

mod append;

use keystead_domain::access::{Scope, Seen, Tie, Tied};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};

use crate::entities::Event;
use crate::entities::event::{Column, Entity};
use crate::history::{self, Days, Who};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Db, Result};

pub use append::append;
pub(crate) use append::{AT_ONCE, insert};

impl Noun for Entity {
    const NAME: &'static str = "event log";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

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

/// The events that `scope` sees.
fn visible(scope: &Scope) -> Select<Entity> {
    history::visible(scope, Column::AccountId, Column::EnvironmentId)
}

/// The event with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find(db: &Db, scope: &Scope, id: &str) -> Result<Seen<Event>> {
    history::find(db, scope, visible(scope), id).await
}

/// One page of the events that `scope` sees and `filter` lets through; not counted.
///
/// Uses `events_by_account`, with a name `events_by_name`, with a record `events_by_record`, with a
/// bearer `events_by_bearer`, with a request `events_by_request`.
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
        .add_option(
            filter
                .request
                .as_deref()
                .map(|id| history::id_is(dialect, Column::RequestId, id)),
        )
        .add_option(filter.names.as_ref().map(|names| Column::Name.is_in(names)));
    noun::list_uncounted(db, visible(scope).filter(wanted), page, direction).await
}
