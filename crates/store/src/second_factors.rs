//! Second factors: at most one per user, which a unique index sees to.

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Seen, Tie, Tied};
use keystead_domain::{AccountId, Refused, SecondFactorId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::entities::second_factor::{Column, Entity};
use crate::entities::{SecondFactor, User};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

/// A second factor with the user whose it is.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The factor.
    pub factor: SecondFactor,
    /// Its user.
    pub user: User,
}

impl Noun for Entity {
    const NAME: &'static str = "second factor";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Owned {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.factor.environment_id,
            ..self.user.tie()
        }
    }
}

/// A user's factors, in the environments that `scope` reads. Whether its bearer may see them is
/// asked of the user, who was looked up before. Uses `second_factors_once`.
fn of(scope: &Scope, user: UserId) -> Select<Entity> {
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(Column::UserId.eq(user))
}

/// The factor of a user with this id.
///
/// # Errors
/// Not found when there is none; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    user: &User,
    id: &str,
) -> Result<Seen<Owned>> {
    let not_found = || Refused::not_found(Entity::NAME, id);
    let known = Uuid::parse_str(id).map_err(|_| not_found())?;
    let factor = of(scope, user.id)
        .filter(Column::Id.eq(known))
        .one(connection)
        .await?;
    let user = user.clone();
    match factor {
        Some(factor) => Ok(scope.seen(Owned { factor, user })),
        None => Err(not_found().into()),
    }
}

/// One page of a user's factors.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    user: UserId,
    page: Page,
    direction: Direction,
) -> Result<Slice<SecondFactor>> {
    let select = of(scope, user);
    noun::list(connection, select, page, direction).await
}

/// The factor that a user must prove, wherever it was made; none when there is none or it is not
/// enabled.
///
/// # Errors
/// When the database fails.
pub async fn enabled<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    user: UserId,
) -> Result<Option<SecondFactor>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::UserId.eq(user))
        .filter(Column::Enabled.eq(true))
        .one(connection)
        .await?)
}

/// Stores a new factor.
///
/// # Errors
/// A duplicate when the user has one already; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: SecondFactor) -> Result<SecondFactor> {
    noun::insert(tx, row).await
}

/// Uses up the codes of `step` and of all before it. False when they were used up already: of two
/// who send the same code, one gets through.
///
/// # Errors
/// When the database fails.
pub async fn spend(tx: &Tx, id: SecondFactorId, step: i64) -> Result<bool> {
    let unspent = Condition::any()
        .add(Column::LastStep.is_null())
        .add(Column::LastStep.lt(step));
    let spent = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::Id.eq(id))
        .filter(unspent)
        .exec(tx)
        .await?;
    Ok(spent.rows_affected > 0)
}

/// Says whether a factor must be proven from now on; false when it is gone.
///
/// # Errors
/// When the database fails.
pub async fn enable(
    tx: &Tx,
    id: SecondFactorId,
    enabled: bool,
    now: DateTime<Utc>,
) -> Result<bool> {
    let changed = Entity::update_many()
        .col_expr(Column::Enabled, Expr::value(enabled))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Removes a factor; false when it is gone already.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: SecondFactorId) -> Result<bool> {
    Ok(Entity::delete_by_id(id).exec(tx).await?.rows_affected > 0)
}
