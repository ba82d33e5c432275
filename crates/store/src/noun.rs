//! What the queries of most nouns do alike: they find, lock, list and write rows of a table of their
//! own. Which rows is for each noun to say: its queries start from what a scope sees of it.

use std::fmt;

use keystead_domain::Refused;
use keystead_domain::access::{Scope, Seen, Tied};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait,
    IntoActiveModel, ModelTrait, QueryFilter, QuerySelect, Select, Value,
};
use uuid::Uuid;

use crate::page::{self, Direction, Page, Slice};
use crate::{Result, Tx};

/// A table whose rows have an id and a time of creation.
pub(crate) trait Noun: EntityTrait<Model: Send + Sync> {
    /// What a row is called where a client is told that there is no such.
    const NAME: &'static str;
    /// The id.
    const ID: Self::Column;
    /// The time of creation, by which lists are ordered.
    const CREATED_AT: Self::Column;
}

/// What was found under a name, as `scope` sees it.
///
/// # Errors
/// Not found when there was nothing.
pub(crate) fn seen<M>(scope: &Scope, found: Option<M>, name: &str) -> Result<Seen<M>>
where
    M: ModelTrait + Tied,
    M::Entity: Noun,
{
    match found {
        Some(row) => Ok(scope.seen(row)),
        None => Err(Refused::not_found(M::Entity::NAME, name).into()),
    }
}

/// The one among these with the id that a client sent.
///
/// # Errors
/// Not found when there is none, or it is no id; otherwise when the database fails.
pub(crate) async fn find<N: Noun<Model: Tied>, C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    among: Select<N>,
    id: &str,
) -> Result<Seen<N::Model>> {
    let found = match Uuid::parse_str(id) {
        Ok(id) => by_id(connection, among, id).await?,
        Err(_) => None,
    };
    seen(scope, found, id)
}

/// The one among these with this id.
///
/// # Errors
/// When the database fails.
pub(crate) async fn by_id<N: Noun, C: ConnectionTrait>(
    connection: &C,
    among: Select<N>,
    id: impl Into<Value>,
) -> Result<Option<N::Model>> {
    Ok(among.filter(N::ID.eq(id)).one(connection).await?)
}

/// The one among these with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub(crate) async fn lock<N: Noun>(
    tx: &Tx,
    among: Select<N>,
    id: impl Into<Value> + fmt::Display + Copy,
) -> Result<N::Model> {
    let found = among
        .filter(N::ID.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    found.ok_or_else(|| Refused::not_found(N::NAME, &id.to_string()).into())
}

/// One page of these, ordered by creation.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list<N: Noun, C: ConnectionTrait>(
    connection: &C,
    among: Select<N>,
    page: Page,
    direction: Direction,
) -> Result<Slice<N::Model>> {
    page::read(connection, among, N::CREATED_AT, N::ID, page, direction).await
}

/// Like [`list`], for what is too long to be counted.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_uncounted<N: Noun, C: ConnectionTrait>(
    connection: &C,
    among: Select<N>,
    page: Page,
    direction: Direction,
) -> Result<Slice<N::Model>> {
    page::read_uncounted(connection, among, N::CREATED_AT, N::ID, page, direction).await
}

/// Stores a new row.
///
/// # Errors
/// A duplicate when a unique index says so; otherwise when the database fails.
pub(crate) async fn insert<M, A>(tx: &Tx, row: M) -> Result<M>
where
    M: ModelTrait + IntoActiveModel<A>,
    M::Entity: EntityTrait<Model = M, ActiveModel = A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    let insert = M::Entity::insert(row.into_active_model());
    Ok(insert.exec_with_returning(tx).await?)
}

/// Writes every column of a row that is locked.
///
/// # Errors
/// A duplicate when a unique index says so; otherwise when the database fails.
pub(crate) async fn update<M, A>(tx: &Tx, row: M) -> Result<M>
where
    M: ModelTrait + IntoActiveModel<A>,
    M::Entity: EntityTrait<Model = M, ActiveModel = A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    Ok(row.into_active_model().reset_all().update(tx).await?)
}
