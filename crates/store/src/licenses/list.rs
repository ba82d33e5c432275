//! Lists of licenses.

use std::collections::{BTreeMap, BTreeSet};

use keystead_domain::access::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select};

use super::{Filter, Loaded, Owner, visible};
use crate::entities::license::{Column, Entity};
use crate::entities::{License, policy, user};
use crate::page::{self, Direction, Page, Slice};
use crate::{Db, Result};

/// One page of the licenses that `scope` sees and `filter` lets through.
///
/// # Errors
/// When the database fails.
pub async fn list(
    connection: &Db,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let select = Entity::find()
        .filter(visible(scope))
        .filter(filter.condition(connection.dialect(), scope.account()));
    read(connection, select, page, direction).await
}

/// One page of selected licenses, with their policies and owners.
pub(crate) async fn read<C: ConnectionTrait>(
    connection: &C,
    select: Select<Entity>,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let slice = page::read(
        connection,
        select,
        Column::CreatedAt,
        Column::Id,
        page,
        direction,
    )
    .await?;
    let policies = by_id(
        policy::Entity::find()
            .filter(policy::Column::Id.is_in(distinct(&slice.rows, |row| Some(row.policy_id))))
            .all(connection)
            .await?,
        |policy| policy.id,
    );
    let owners = by_id(owners(connection, &slice.rows).await?, |owner| owner.id);
    let Slice { rows, total, more } = slice;
    let rows = rows
        .into_iter()
        .filter_map(|license| {
            // A policy that vanished in between took its licenses along.
            let policy = policies.get(&license.policy_id)?.clone();
            let owner = license.owner_id.and_then(|id| owners.get(&id)).cloned();
            Some(Loaded {
                license,
                policy,
                owner,
                member: false,
            })
        })
        .collect();
    Ok(Slice { rows, total, more })
}

async fn owners<C: ConnectionTrait>(connection: &C, rows: &[License]) -> Result<Vec<Owner>> {
    let ids = distinct(rows, |row| row.owner_id);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(user::Entity::find()
        .select_only()
        .columns([
            user::Column::Id,
            user::Column::EnvironmentId,
            user::Column::GroupId,
            user::Column::Email,
            user::Column::Permissions,
            user::Column::BannedAt,
        ])
        .filter(user::Column::Id.is_in(ids))
        .into_model::<Owner>()
        .all(connection)
        .await?)
}

/// The ids that the rows name, each once.
fn distinct<I: Ord>(rows: &[License], id: impl Fn(&License) -> Option<I>) -> Vec<I> {
    rows.iter()
        .filter_map(id)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn by_id<T, I: Ord>(rows: Vec<T>, id: impl Fn(&T) -> I) -> BTreeMap<I, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}
