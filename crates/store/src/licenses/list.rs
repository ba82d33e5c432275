//! Lists of licenses.

use std::collections::{BTreeMap, BTreeSet};

use keystead_domain::access::Scope;
use keystead_domain::{AccountId, UserId};
use sea_orm::sea_query::{Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};
use uuid::Uuid;

use super::{Loaded, Owner, held_by, visible};
use crate::Result;
use crate::entities::license::{Column, Entity};
use crate::entities::{License, license_user, machine, policy, user};
use crate::page::{self, Direction, Page, Slice};
use crate::visible::nothing;

/// Which licenses are wanted, as the client names them (licensing §3.12): what is no id where
/// one is needed matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A product's id.
    pub product: Option<String>,
    /// A policy's id.
    pub policy: Option<String>,
    /// A group's id.
    pub group: Option<String>,
    /// A machine's id.
    pub machine: Option<String>,
    /// The id or address of the owner.
    pub owner: Option<String>,
    /// The id or address of the owner or an attached user.
    pub user: Option<String>,
}

impl Filter {
    /// Each condition has its index: `licenses_by_product`, `_by_policy`, `_by_group`,
    /// `_by_owner`, `license_users_by_user`, and the primary keys of machines and users.
    fn condition(&self, account: AccountId) -> Condition {
        let by_machine = |id: Uuid| {
            Column::Id.in_subquery(
                Query::select()
                    .column(machine::Column::LicenseId)
                    .from(machine::Entity)
                    .and_where(machine::Column::AccountId.eq(account))
                    .and_where(machine::Column::Id.eq(id))
                    .take(),
            )
        };
        let by_id = |column: Column| move |id: Uuid| column.eq(id);
        Condition::all()
            .add_option(
                self.product
                    .as_deref()
                    .map(|id| with_id(id, by_id(Column::ProductId))),
            )
            .add_option(
                self.policy
                    .as_deref()
                    .map(|id| with_id(id, by_id(Column::PolicyId))),
            )
            .add_option(
                self.group
                    .as_deref()
                    .map(|id| with_id(id, by_id(Column::GroupId))),
            )
            .add_option(self.machine.as_deref().map(|id| with_id(id, by_machine)))
            .add_option(self.owner.as_deref().map(|user| owned_by(account, user)))
            .add_option(
                self.user
                    .as_deref()
                    .map(|user| held_by_named(account, user)),
            )
    }
}

fn with_id(text: &str, condition: impl FnOnce(Uuid) -> SimpleExpr) -> SimpleExpr {
    Uuid::parse_str(text).map_or_else(|_| nothing(), condition)
}

fn owned_by(account: AccountId, user: &str) -> Condition {
    Condition::all().add(match Uuid::parse_str(user) {
        Ok(id) => Column::OwnerId.eq(id),
        Err(_) => Column::OwnerId.in_subquery(with_address(account, user)),
    })
}

fn held_by_named(account: AccountId, user: &str) -> Condition {
    if let Ok(id) = Uuid::parse_str(user) {
        return held_by(account, UserId(id));
    }
    let attached = Query::select()
        .column(license_user::Column::LicenseId)
        .from(license_user::Entity)
        .and_where(license_user::Column::AccountId.eq(account))
        .and_where(license_user::Column::UserId.in_subquery(with_address(account, user)))
        .take();
    Condition::any()
        .add(Column::OwnerId.in_subquery(with_address(account, user)))
        .add(Column::Id.in_subquery(attached))
}

/// Uses `users_email`.
fn with_address(account: AccountId, email: &str) -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::AccountId.eq(account))
        .and_where(user::Column::Email.eq(email.to_lowercase()))
        .take()
}

/// One page of the licenses that `scope` sees and `filter` lets through.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let select = Entity::find()
        .filter(visible(scope))
        .filter(filter.condition(scope.account()));
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
