//! What a scope sees of releases (distribution reference §6.1, §6.2).

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Viewer};
use keystead_domain::words::{DistributionStrategy, ExpirationStrategy, ReleaseStatus};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::entities::release::{Column, Entity};
use crate::entities::{
    constraint, license, license_entitlement, policy, policy_entitlement, product,
};
use crate::{licenses, visible as seen};

/// The releases that `scope` sees at an instant. Who holds licenses sees what is published and
/// given by one of them, and with everybody else what open products publish without conditions.
pub(crate) fn visible(scope: &Scope, now: DateTime<Utc>) -> Condition {
    seen::in_account(scope, Column::AccountId, Column::EnvironmentId).add(theirs(scope, now))
}

/// The same in every environment: for what belongs to a release and has an environment itself.
pub(crate) fn theirs(scope: &Scope, now: DateTime<Utc>) -> Condition {
    let all = Condition::all();
    match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => all,
        Viewer::Product(id) => all.add(Column::ProductId.eq(id)),
        Viewer::User(id) => {
            let held = licenses::held_by(scope.account(), id);
            published(
                Condition::any()
                    .add(open(scope))
                    .add(given(scope, held, now)),
            )
        }
        Viewer::License(id) => {
            let held = license::Column::Id.eq(id).into_condition();
            published(
                Condition::any()
                    .add(open(scope))
                    .add(given(scope, held, now)),
            )
        }
        Viewer::Nobody => published(open(scope)),
    }
}

fn published(which: Condition) -> Condition {
    Condition::all()
        .add(Column::Status.eq(ReleaseStatus::Published))
        .add(which)
}

/// Products that somebody may have releases of who is not their vendor.
fn products(scope: &Scope, strategy: Condition) -> SelectStatement {
    Query::select()
        .column(product::Column::Id)
        .from(product::Entity)
        .and_where(product::Column::AccountId.eq(scope.account()))
        .cond_where(strategy)
        .take()
}

/// Releases of open products that ask for nothing.
fn open(scope: &Scope) -> Condition {
    let strategy = product::Column::DistributionStrategy.eq(DistributionStrategy::Open);
    let products = products(scope, strategy.into_condition());
    let constrained = Query::select()
        .expr(Expr::val(1))
        .from(constraint::Entity)
        .and_where(of_release(constraint::Column::ReleaseId))
        .take();
    Condition::all()
        .add(Column::ProductId.in_subquery(products))
        .add(Expr::exists(constrained).not())
}

fn of_release(column: constraint::Column) -> sea_orm::sea_query::SimpleExpr {
    Expr::col((constraint::Entity, column)).equals((Entity, Column::Id))
}

/// Releases that one of the licenses `held` gives. Uses `licenses_by_product` or, through `held`,
/// the index of the holder.
fn given(scope: &Scope, held: Condition, now: DateTime<Utc>) -> Condition {
    let shared = Condition::any()
        .add(product::Column::DistributionStrategy.is_null())
        .add(product::Column::DistributionStrategy.ne(DistributionStrategy::Closed));
    let giving = Query::select()
        .expr(Expr::val(1))
        .from(license::Entity)
        .inner_join(
            policy::Entity,
            Expr::col((policy::Entity, policy::Column::Id))
                .equals((license::Entity, license::Column::PolicyId)),
        )
        .and_where(license::Column::AccountId.eq(scope.account()))
        .and_where(
            Expr::col((license::Entity, license::Column::ProductId))
                .equals((Entity, Column::ProductId)),
        )
        .cond_where(held)
        .cond_where(within(now))
        .and_where(Expr::exists(unmet()).not())
        .take();
    Condition::all()
        .add(Column::ProductId.in_subquery(products(scope, shared)))
        .add(Expr::exists(giving))
}

/// Whether a release falls into the time that a license gives.
fn within(now: DateTime<Utc>) -> Condition {
    use ExpirationStrategy::{AllowAccess, MaintainAccess, RestrictAccess};
    let expiry = || Expr::col((license::Entity, license::Column::Expiry));
    let before = |column| Expr::col((Entity, column)).lte(expiry());
    Condition::any()
        .add(expiry().is_null())
        .add(expiry().gt(now))
        .add(policy::Column::ExpirationStrategy.eq(AllowAccess))
        .add(
            Condition::all()
                .add(policy::Column::ExpirationStrategy.is_in([RestrictAccess, MaintainAccess]))
                .add(
                    Condition::any()
                        .add(before(Column::CreatedAt))
                        .add(before(Column::BackdatedAt)),
                ),
        )
}

/// What a release asks for and a license has neither by itself nor through its policy.
fn unmet() -> SelectStatement {
    let own = Query::select()
        .column(license_entitlement::Column::EntitlementId)
        .from(license_entitlement::Entity)
        .and_where(
            Expr::col((
                license_entitlement::Entity,
                license_entitlement::Column::LicenseId,
            ))
            .equals((license::Entity, license::Column::Id)),
        )
        .take();
    let through_policy = Query::select()
        .column(policy_entitlement::Column::EntitlementId)
        .from(policy_entitlement::Entity)
        .and_where(
            Expr::col((
                policy_entitlement::Entity,
                policy_entitlement::Column::PolicyId,
            ))
            .equals((license::Entity, license::Column::PolicyId)),
        )
        .take();
    Query::select()
        .expr(Expr::val(1))
        .from(constraint::Entity)
        .and_where(of_release(constraint::Column::ReleaseId))
        .and_where(constraint::Column::EntitlementId.not_in_subquery(own))
        .and_where(constraint::Column::EntitlementId.not_in_subquery(through_policy))
        .take()
}
