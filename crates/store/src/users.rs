//! Users: what a scope sees of them, and how they are written.

mod activity;
mod admins;
mod filter;
mod holdings;

use keystead_domain::access::{BearerId, Scope, Seen, Tie, Tied, UserTie, Viewer};
use keystead_domain::words::UserRole;
use keystead_domain::{AccountId, GroupId, ProductId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    Select,
};
use uuid::Uuid;

pub use activity::active_since;
use activity::recent;
pub use admins::{last_admin, lock_admins, other_admins};
pub use filter::{Filter, Wanted};
pub use holdings::holds;

use crate::entities::user::{Column, Entity};
use crate::entities::{User, license, license_user};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Db, Result, Tx, orphans, visible};

impl Noun for Entity {
    const NAME: &'static str = "user";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for User {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            subject: Some(BearerId::User(self.id)),
            user: Some(UserTie {
                role: self.role,
                permissions: self.permissions,
                sole_product: false,
            }),
            ..Tie::default()
        }
    }
}

/// The users that `scope` sees (identity §14.5): products see every role-`user` user, users see
/// themselves and those they share a license with, licenses their owner and attached users.
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All => Condition::all(),
        Viewer::Environment(_) | Viewer::Product(_) => {
            Condition::all().add(Column::Role.eq(UserRole::User))
        }
        Viewer::User(id) => {
            let owned = || {
                Query::select()
                    .column(license::Column::Id)
                    .from(license::Entity)
                    .and_where(license::Column::AccountId.eq(scope.account()))
                    .and_where(license::Column::OwnerId.eq(id))
                    .take()
            };
            let attached = || {
                Query::select()
                    .column(license_user::Column::LicenseId)
                    .from(license_user::Entity)
                    .and_where(license_user::Column::AccountId.eq(scope.account()))
                    .and_where(license_user::Column::UserId.eq(id))
                    .take()
            };
            let shared = Condition::any()
                .add(license_user::Column::LicenseId.in_subquery(owned()))
                .add(license_user::Column::LicenseId.in_subquery(attached()));
            Condition::any()
                .add(Column::Id.eq(id))
                .add(
                    Column::Id.in_subquery(
                        Query::select()
                            .column(license_user::Column::UserId)
                            .from(license_user::Entity)
                            .and_where(license_user::Column::AccountId.eq(scope.account()))
                            .cond_where(shared)
                            .take(),
                    ),
                )
                .add(
                    Column::Id.in_subquery(
                        Query::select()
                            .column(license::Column::OwnerId)
                            .from(license::Entity)
                            .and_where(license::Column::AccountId.eq(scope.account()))
                            .and_where(license::Column::Id.in_subquery(attached()))
                            .take(),
                    ),
                )
        }
        Viewer::License(id) => Condition::any()
            .add(
                Column::Id.in_subquery(
                    Query::select()
                        .column(license::Column::OwnerId)
                        .from(license::Entity)
                        .and_where(license::Column::Id.eq(id))
                        .take(),
                ),
            )
            .add(
                Column::Id.in_subquery(
                    Query::select()
                        .column(license_user::Column::UserId)
                        .from(license_user::Entity)
                        .and_where(license_user::Column::LicenseId.eq(id))
                        .take(),
                ),
            ),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// The user with this id or e-mail (in any case); the oldest wins on a tie.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_email: &str,
) -> Result<Seen<User>> {
    let email = Column::Email.eq(id_or_email.to_lowercase());
    let named = match Uuid::parse_str(id_or_email) {
        Ok(id) => Condition::any().add(Column::Id.eq(id)).add(email),
        Err(_) => Condition::any().add(email),
    };
    let found = visible(scope)
        .filter(named)
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?;
    noun::seen(scope, found, id_or_email)
}

/// The user of an account with this e-mail, in whatever environment, for logging in.
///
/// Uses `users_email`.
///
/// # Errors
/// When the database fails.
pub async fn by_email<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    email: &str,
) -> Result<Option<User>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Email.eq(email.to_lowercase()))
        .one(connection)
        .await?)
}

/// The user with this id, if `scope` sees one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: UserId,
) -> Result<Option<User>> {
    noun::by_id(connection, visible(scope), id).await
}

/// The user with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: UserId) -> Result<User> {
    noun::lock(tx, visible(scope), id).await
}

/// A user, and whether it is known to be no product's customer but one's.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The user.
    pub user: User,
    /// Whether every license it owns or shares is of that one product.
    pub sole_product: bool,
}

impl Tied for Customer {
    fn tie(&self) -> Tie {
        let mut tie = self.user.tie();
        if let Some(user) = &mut tie.user {
            user.sole_product = self.sole_product;
        }
        tie
    }
}

/// Whether a user owns or shares a license of any product but this one.
///
/// # Errors
/// When the database fails.
pub async fn has_other_product<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: UserId,
    product: ProductId,
) -> Result<bool> {
    let other = filter::customers(scope.account(), license::Column::ProductId.ne(product));
    let found = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(other)
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// One page of the users that `scope` sees and `filter` lets through.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<User>> {
    let select = visible(scope).filter(filter.condition(db.dialect(), scope.account()));
    noun::list(db, select, page, direction).await
}

/// Stores a new user.
///
/// # Errors
/// A duplicate when the e-mail is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: User) -> Result<User> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a user that [`lock`] holds.
///
/// # Errors
/// A duplicate when the e-mail is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: User) -> Result<User> {
    noun::update(tx, row).await
}

/// Removes a user, the licenses it owns, and all of their tokens.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, user: &User) -> Result<()> {
    let (account, id) = (user.account_id, user.id);
    give_back_places(tx, account, id).await?;
    orphans::of_licenses(tx, account, license::Column::OwnerId.eq(id)).await?;
    orphans::of_bearer(tx, account, BearerId::User(id)).await?;
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// The licenses that a user shares count one user less. Uses `license_users_by_user`.
async fn give_back_places(tx: &Tx, account: AccountId, id: UserId) -> Result<()> {
    let shared = Query::select()
        .column(license_user::Column::LicenseId)
        .from(license_user::Entity)
        .and_where(license_user::Column::AccountId.eq(account))
        .and_where(license_user::Column::UserId.eq(id))
        .take();
    license::Entity::update_many()
        .col_expr(
            license::Column::UsersCount,
            Expr::col(license::Column::UsersCount).sub(1),
        )
        .filter(license::Column::Id.in_subquery(shared))
        .exec(tx)
        .await?;
    Ok(())
}

/// How many users are in a locked group.
///
/// # Errors
/// When the database fails.
pub async fn in_group(tx: &Tx, account: AccountId, group: GroupId) -> Result<i64> {
    let count = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::GroupId.eq(group))
        .count(tx)
        .await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
