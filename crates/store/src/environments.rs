//! Environments: what a scope sees of them, how they are written, and how they are emptied.

mod empty;

use chrono::{DateTime, Utc};
use keystead_domain::access::{BearerId, Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::{EnvironmentId, Refused, ids};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
};

pub use empty::{PIECES, Piece, forget, remove};

use crate::entities::Environment;
use crate::entities::environment::{Column, Entity};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

impl Noun for Entity {
    const NAME: &'static str = "environment";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

// Environments live outside of environments: they are managed from the global one.
impl Tied for Environment {
    fn tie(&self) -> Tie {
        Tie {
            subject: Some(BearerId::Environment(self.id)),
            ..Tie::default()
        }
    }
}

/// The environments that `scope` sees: who runs the account all of them, an environment itself.
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All => Condition::all(),
        Viewer::Environment(id) => Condition::all().add(Column::Id.eq(id)),
        Viewer::Product(_) | Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            Condition::all().add(visible::nothing())
        }
    };
    Entity::find()
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::DeletedAt.is_null())
        .filter(own)
}

/// The environment with this id or code (in any case); the oldest wins on a tie.
///
/// Uses `environments_code` or the primary key.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_code: &str,
) -> Result<Seen<Environment>> {
    let lower =
        Expr::expr(Func::lower(Expr::col(Column::Code))).eq(Func::lower(Expr::val(id_or_code)));
    let named = match ids::id_shaped(id_or_code) {
        Some(id) => Condition::any().add(Column::Id.eq(id)).add(lower),
        None => Condition::any().add(lower),
    };
    let found = visible(scope)
        .filter(named)
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?;
    noun::seen(scope, found, id_or_code)
}

/// The environment with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: EnvironmentId) -> Result<Environment> {
    noun::lock(tx, visible(scope), id).await
}

/// One page of the environments that `scope` sees. Uses `environments_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    page: Page,
    direction: Direction,
) -> Result<Slice<Environment>> {
    noun::list(connection, visible(scope), page, direction).await
}

/// Stores a new environment.
///
/// # Errors
/// A duplicate when the code is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Environment) -> Result<Environment> {
    noun::insert(tx, row).await
}

/// Writes every attribute of an environment that [`lock`] holds.
///
/// # Errors
/// A duplicate when the code is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: Environment) -> Result<Environment> {
    noun::update(tx, row).await
}

/// Closes an environment for good: nobody finds it any more, and its code is free.
///
/// # Errors
/// Not found when somebody was faster; otherwise when the database fails.
pub async fn close(tx: &Tx, id: EnvironmentId, now: DateTime<Utc>) -> Result<()> {
    let closed = Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::DeletedAt.is_null())
        .exec(tx)
        .await?;
    match closed.rows_affected {
        0 => Err(Refused::not_found(Entity::NAME, &id.to_string()).into()),
        _ => Ok(()),
    }
}
