//! Entitlements: what a scope sees of them, how they are written, and whom they are attached to.

mod attached;
mod attachments;

use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::{EntitlementId, LicenseId, PolicyId, ReleaseId};
use sea_orm::sea_query::{
    Expr, ExprTrait, Func, LockType, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

pub use attached::{
    find_of_license, find_of_policy, find_of_release, list_of_license, list_of_policy,
    list_of_release,
};
pub use attachments::{
    attach_to_license, attach_to_policy, detach_from_license, detach_from_policy, held_by_license,
    held_by_policy,
};

use crate::entities::entitlement::{Column, Entity};
use crate::entities::{Entitlement, constraint, license, license_entitlement, policy_entitlement};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, licenses, visible};

impl Noun for Entity {
    const NAME: &'static str = "entitlement";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Entitlement {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            ..Tie::default()
        }
    }
}

/// The entitlements that `scope` sees (licensing §8.2): users and licenses those they hold.
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) | Viewer::Product(_) => Condition::all(),
        Viewer::User(id) => held(scope, &licenses::held_by(scope.account(), id)),
        Viewer::License(id) => held(scope, &license::Column::Id.eq(id).into()),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// Entitlements of `licenses`, by themselves or through their policies.
fn held(scope: &Scope, licenses: &Condition) -> Condition {
    let of = |column: license::Column| {
        Query::select()
            .column(column)
            .from(license::Entity)
            .and_where(license::Column::AccountId.eq(scope.account()))
            .cond_where(licenses.clone())
            .take()
    };
    Condition::all().add(either(
        of(license::Column::Id),
        of(license::Column::PolicyId),
    ))
}

/// Those of licenses and those of policies: an `OR` would use the index of neither.
fn either(licenses: SelectStatement, policies: SelectStatement) -> SimpleExpr {
    Column::Id.in_subquery(
        of_licenses(licenses)
            .union(UnionType::All, of_policies(policies))
            .take(),
    )
}

/// Uses `license_entitlements_once`.
fn of_licenses(licenses: SelectStatement) -> SelectStatement {
    Query::select()
        .column(license_entitlement::Column::EntitlementId)
        .from(license_entitlement::Entity)
        .and_where(license_entitlement::Column::LicenseId.in_subquery(licenses))
        .take()
}

/// Uses `policy_entitlements_once`.
fn of_policies(policies: SelectStatement) -> SelectStatement {
    Query::select()
        .column(policy_entitlement::Column::EntitlementId)
        .from(policy_entitlement::Entity)
        .and_where(policy_entitlement::Column::PolicyId.in_subquery(policies))
        .take()
}

/// The entitlement with this id or code; the oldest wins on a tie.
///
/// A code is matched exactly; in lower case it is what `entitlements_code` finds it by.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_code: &str,
) -> Result<Seen<Entitlement>> {
    let lower =
        Expr::expr(Func::lower(Expr::col(Column::Code))).eq(Func::lower(Expr::val(id_or_code)));
    let code = Condition::all().add(lower).add(Column::Code.eq(id_or_code));
    let named = match Uuid::parse_str(id_or_code) {
        Ok(id) => Condition::any().add(Column::Id.eq(id)).add(code),
        Err(_) => code,
    };
    let found = visible(scope)
        .filter(named)
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?;
    noun::seen(scope, found, id_or_code)
}

/// The entitlement with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: EntitlementId) -> Result<Entitlement> {
    noun::lock(tx, visible(scope), id).await
}

/// Those of the entitlements with these ids that there are. None of them goes before the
/// transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &Tx, scope: &Scope, ids: &[EntitlementId]) -> Result<Vec<Entitlement>> {
    Ok(visible(scope)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id)
        .lock(LockType::KeyShare)
        .all(tx)
        .await?)
}

/// One page of the entitlements that `scope` sees. Uses `entitlements_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    noun::list(connection, visible(scope), page, direction).await
}

/// Stores a new entitlement.
///
/// # Errors
/// A duplicate when the code is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Entitlement) -> Result<Entitlement> {
    noun::insert(tx, row).await
}

/// Writes every attribute of an entitlement that [`lock`] holds.
///
/// # Errors
/// A duplicate when the code is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: Entitlement) -> Result<Entitlement> {
    noun::update(tx, row).await
}

/// Removes an entitlement, from whatever it is attached to as well.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: EntitlementId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// A subquery of one id.
fn only<I: Into<sea_orm::Value>>(id: I) -> SelectStatement {
    Query::select().expr(Expr::val(id)).take()
}

/// The entitlements of a policy.
fn by_policy(scope: &Scope, policy: PolicyId) -> Select<Entity> {
    anybodys(scope).filter(Column::Id.in_subquery(of_policies(only(policy))))
}

/// The entitlements of a license and its policy, each once.
fn by_license(scope: &Scope, license: LicenseId, policy: PolicyId) -> Select<Entity> {
    anybodys(scope).filter(either(only(license), only(policy)))
}

/// The entitlements that a release asks for. Uses `release_constraints_once`.
fn by_release(scope: &Scope, release: ReleaseId) -> Select<Entity> {
    let asked_for = Query::select()
        .column(constraint::Column::EntitlementId)
        .from(constraint::Entity)
        .and_where(constraint::Column::ReleaseId.eq(release))
        .take();
    anybodys(scope).filter(Column::Id.in_subquery(asked_for))
}

/// Whose entitlements they are was allowed already: what is left is where they may be read.
fn anybodys(scope: &Scope) -> Select<Entity> {
    visible::rows(scope, Column::AccountId, Column::EnvironmentId)
}
