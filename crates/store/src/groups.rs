//! Groups: what a scope sees of them, how they are written, and whom their limits count.

mod owners;

use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::{AccountId, GroupId, LicenseId, Refused, UserId};
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    Select,
};
use uuid::Uuid;

pub use owners::{attach, candidates, detach, find_owner, list_owners, of_users, owned_by};

use crate::entities::group::{Column, Entity};
use crate::entities::{Group, group_owner, license, user};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

/// A group, and how it hangs together with the one who looks.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The group.
    pub group: Group,
    /// The user who looks, when it owns the group.
    pub owner: Option<UserId>,
    /// Whether the user or license that looks is a member.
    pub member: bool,
}

impl Noun for Entity {
    const NAME: &'static str = "group";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

/// As everybody sees it.
impl Tied for Group {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            ..Tie::default()
        }
    }
}

impl Tied for Loaded {
    fn tie(&self) -> Tie {
        Tie {
            owner: self.owner,
            member: self.member,
            ..self.group.tie()
        }
    }
}

/// The groups that `scope` sees (identity §14.5): users those they own or are members of, licenses
/// the one they are in.
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) | Viewer::Product(_) => Condition::all(),
        Viewer::User(id) => Condition::any()
            .add(
                Column::Id.in_subquery(
                    Query::select()
                        .column(user::Column::GroupId)
                        .from(user::Entity)
                        .and_where(user::Column::Id.eq(id))
                        .take(),
                ),
            )
            .add(
                // Uses `group_owners_by_user`.
                Column::Id.in_subquery(
                    Query::select()
                        .column(group_owner::Column::GroupId)
                        .from(group_owner::Entity)
                        .and_where(group_owner::Column::UserId.eq(id))
                        .take(),
                ),
            ),
        Viewer::License(id) => Condition::all().add(
            Column::Id.in_subquery(
                Query::select()
                    .column(license::Column::GroupId)
                    .from(license::Entity)
                    .and_where(license::Column::Id.eq(id))
                    .take(),
            ),
        ),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    in_account(scope).filter(own)
}

fn in_account(scope: &Scope) -> Select<Entity> {
    visible::rows(scope, Column::AccountId, Column::EnvironmentId)
}

/// The group with this id, if `viewer` sees it.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Loaded>> {
    one(connection, scope, scope.viewer(), visible(scope), id).await
}

/// The group with this id, whoever asks: outsiders are turned away by the rules, not by a look-up
/// that finds nothing (identity §14.5).
///
/// # Errors
/// Not found when there is none in the environment of `scope`; otherwise when the database fails.
pub async fn find_for<C: ConnectionTrait>(
    connection: &C,
    existing: &Scope,
    viewer: Viewer,
    id: &str,
) -> Result<Seen<Loaded>> {
    one(connection, existing, viewer, in_account(existing), id).await
}

async fn one<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    viewer: Viewer,
    among: Select<Entity>,
    id: &str,
) -> Result<Seen<Loaded>> {
    let not_found = || Refused::not_found(Entity::NAME, id);
    let known = Uuid::parse_str(id).map_err(|_| not_found())?;
    let found = among.filter(Column::Id.eq(known)).one(connection).await?;
    let group = found.ok_or_else(not_found)?;
    let (owner, member) = match viewer {
        Viewer::User(id) => (
            owned_by(connection, group.id, id).await?.then_some(id),
            has_user(connection, group.id, id).await?,
        ),
        Viewer::License(id) => (None, has_license(connection, group.id, id).await?),
        _ => (None, false),
    };
    Ok(scope.seen(Loaded {
        group,
        owner,
        member,
    }))
}

async fn has_user<C: ConnectionTrait>(connection: &C, group: GroupId, id: UserId) -> Result<bool> {
    let found = user::Entity::find_by_id(id).filter(user::Column::GroupId.eq(group));
    Ok(found.count(connection).await? > 0)
}

async fn has_license<C: ConnectionTrait>(
    connection: &C,
    group: GroupId,
    id: LicenseId,
) -> Result<bool> {
    let found = license::Entity::find_by_id(id).filter(license::Column::GroupId.eq(group));
    Ok(found.count(connection).await? > 0)
}

/// One page of the groups that `scope` sees.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    page: Page,
    direction: Direction,
) -> Result<Slice<Group>> {
    noun::list(connection, visible(scope), page, direction).await
}

/// The group with this id, if there is one in the scope's environment: groups are named in bodies
/// and by records that were seen already, so what a bearer sees of them is not asked here.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: GroupId,
) -> Result<Option<Group>> {
    noun::by_id(connection, in_account(scope), id).await
}

/// The group with this id, its row locked until the transaction ends, so that its members are
/// counted and added one after the other; none when there is none.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: GroupId) -> Result<Option<Group>> {
    Ok(in_account(scope)
        .filter(Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?)
}

/// Stores a new group.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &Tx, row: Group) -> Result<Group> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a group that [`lock`] holds.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: Group) -> Result<Group> {
    noun::update(tx, row).await
}

/// Removes a group: its members stay without one, its owners own it no more.
///
/// Uses `users_by_group`, `licenses_by_group`, `machines_by_group` and `group_owners_by_group`.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: GroupId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// How many licenses are in a locked group. Uses `licenses_by_group`.
///
/// # Errors
/// When the database fails.
pub async fn licenses(tx: &Tx, account: AccountId, id: GroupId) -> Result<i64> {
    let count = license::Entity::find()
        .filter(license::Column::AccountId.eq(account))
        .filter(license::Column::GroupId.eq(id))
        .count(tx)
        .await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
