//! Releases in the order of their versions (distribution reference §1.3).

use chrono::{DateTime, Utc};
use keystead_domain::access::Scope;
use sea_orm::sea_query::{Expr, NullOrdering};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::{Filter, select};
use crate::Result;
use crate::entities::Release;
use crate::entities::release::{Column, Entity};

/// Which part of the order is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Ranked {
    /// The least first number of a version.
    pub least_major: i64,
    /// How many are left out at the top.
    pub skip: u64,
    /// How many are wanted.
    pub limit: u64,
}

/// The highest version first. What has no word is finished, and comes before all that have one.
pub(crate) fn by_version<E: EntityTrait>(select: Select<E>) -> Select<E> {
    let select = [
        Column::VersionMajor,
        Column::VersionMinor,
        Column::VersionPatch,
    ]
    .into_iter()
    .fold(select, |select, column| {
        select.order_by(Expr::col((Entity, column)), Order::Desc)
    });
    let nulls = [
        (Column::PreWord, NullOrdering::First),
        (Column::PreNum, NullOrdering::Last),
        (Column::BuildWord, NullOrdering::Last),
        (Column::BuildNum, NullOrdering::Last),
    ];
    nulls.into_iter().fold(select, |select, (column, nulls)| {
        select.order_by_with_nulls(Expr::col((Entity, column)), Order::Desc, nulls)
    })
}

/// Releases that `scope` sees at an instant and `filter` lets through, the highest version first.
///
/// Uses `releases_by_product`, with a package `releases_by_package`.
///
/// # Errors
/// When the database fails.
pub async fn ranked<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    now: DateTime<Utc>,
    filter: &Filter,
    part: Ranked,
) -> Result<Vec<Release>> {
    Ok(by_version(select(scope, now, filter))
        .filter(Column::VersionMajor.gte(part.least_major))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .offset(part.skip)
        .limit(part.limit)
        .all(connection)
        .await?)
}
