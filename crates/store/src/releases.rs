//! Releases: what a scope sees of them, and who holds licenses that give them.

mod filter;
mod holdings;
mod ranked;
mod taken;
mod visible;
mod write;

use visible::visible;

use chrono::{DateTime, Utc};
use keystead_domain::ReleaseId;
use keystead_domain::access::{Scope, Seen, Tie, Tied};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
};
use uuid::Uuid;

pub use filter::{FileFilter, Filter, Named};
pub(crate) use filter::{keys, of_engine, of_package, on_channel};
pub use holdings::{Holding, holdings, strategies};
pub(crate) use ranked::by_version;
pub use ranked::{Ranked, ranked};
pub use taken::{Taken, taken};
pub(crate) use visible::theirs;
pub use write::{delete, insert, update};

use crate::entities::Release;
use crate::entities::release::{Column, Entity};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx};

impl Noun for Entity {
    const NAME: &'static str = "release";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

/// A closed product's releases are in no scope of users, licenses and strangers, so their tie has
/// nothing to say of it.
impl Tied for Release {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            product: Some(self.product_id),
            ..Tie::default()
        }
    }
}

/// The releases that `scope` sees at an instant and `filter` lets through.
fn select(scope: &Scope, now: DateTime<Utc>, filter: &Filter) -> Select<Entity> {
    Entity::find()
        .filter(visible(scope, now))
        .filter(filter.condition(scope))
}

/// The release with this id, version or tag; the oldest wins on a tie.
///
/// Uses `releases_by_version` and `releases_by_tag`.
///
/// # Errors
/// Not found when `scope` doesn't see one that `filter` lets through; otherwise when the database
/// fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    name: &str,
    filter: &Filter,
) -> Result<Seen<Release>> {
    let found = select(scope, now, filter)
        .filter(named(name))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .one(connection)
        .await?;
    noun::seen(scope, found, name)
}

/// Releases with this id, version or tag.
pub(crate) fn named(name: &str) -> Condition {
    Condition::any()
        .add_option(Uuid::parse_str(name).ok().map(|id| Column::Id.eq(id)))
        .add(Column::Version.eq(name))
        .add(Column::Tag.eq(name))
}

/// The releases with these ids, whoever asks: what artifacts and constraints belong to.
///
/// # Errors
/// When the database fails.
pub async fn by_ids<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    ids: impl IntoIterator<Item = ReleaseId>,
) -> Result<Vec<Release>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The release with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: ReleaseId) -> Result<Release> {
    let among = Entity::find().filter(Column::AccountId.eq(scope.account()));
    noun::lock(tx, among, id).await
}

/// One page of the releases that `scope` sees at an instant and `filter` lets through.
///
/// Uses `releases_by_account`, with a product `releases_by_product`, with a channel
/// `releases_by_channel`, with a status `releases_by_status`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Release>> {
    noun::list(connection, select(scope, now, filter), page, direction).await
}
