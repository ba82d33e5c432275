//! Which licenses a list is narrowed to.
//!
//! Every condition has an index, named beside it; those that hold for many licenses are looked at
//! while the list is walked in its order.

use std::ops::Bound;

use chrono::{DateTime, Utc};
use keystead_domain::{AccountId, UserId};
use sea_orm::sea_query::{
    Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{ColumnTrait, Condition};
use serde_json::Value;
use uuid::Uuid;

use super::held_by;
use crate::dialect::Dialect;
use crate::entities::license::{Column, Entity};
use crate::entities::{license_user, machine, user};
use crate::visible::nothing;

/// Which licenses are wanted (licensing §3.12), ids and addresses as the client names them: what
/// is no id where one is needed matches nothing.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Suspended, or not.
    pub suspended: Option<bool>,
    /// Owned or shared by somebody, or by nobody; each that was asked for.
    pub assigned: Vec<bool>,
    /// How many machines.
    pub machines: Vec<Range<i64>>,
    /// When they expire.
    pub expiry: Vec<Expiry>,
    /// When they showed life last.
    pub activity: Vec<Activity>,
    /// Whether a banned user is wanted as the owner.
    pub banned: bool,
    /// Free data that must be contained: one of each list.
    pub metadata: Vec<Vec<Value>>,
    /// Whether something was asked for that nothing can be.
    pub nothing: bool,
}

/// From where to where.
pub type Range<T> = (Bound<T>, Bound<T>);

/// When a license expires: within a time, or not within it; then it may also never expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The time.
    pub within: Range<DateTime<Utc>>,
    /// Whether those within are wanted, or the others.
    pub wanted: bool,
}

/// Whether a license of no banned owner was created, validated, checked out or checked in since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Since when, inclusively.
    pub since: DateTime<Utc>,
    /// Whether the lively ones are wanted, or the others.
    pub wanted: bool,
}

/// Counts of machines at which an index has another entry, ascending: with
/// `licenses.machines_tier` of the schema, one tier further from each.
const TIERS: [i64; 8] = [1, 2, 4, 8, 16, 64, 256, 4096];

impl Filter {
    pub(super) fn condition(&self, dialect: Dialect, account: AccountId) -> Condition {
        let mut all = Condition::all()
            // licenses_by_product, licenses_by_policy, licenses_by_group, and machines_pkey.
            .add_option(self.product.as_deref().map(|id| is(Column::ProductId, id)))
            .add_option(self.policy.as_deref().map(|id| is(Column::PolicyId, id)))
            .add_option(self.group.as_deref().map(|id| is(Column::GroupId, id)))
            .add_option(self.machine.as_deref().map(|id| of_machine(account, id)))
            // licenses_by_owner, license_users_by_user, users_email.
            .add_option(self.owner.as_deref().map(|user| owned_by(account, user)))
            .add_option(
                self.user
                    .as_deref()
                    .map(|user| held_by_named(account, user)),
            )
            .add_option(self.suspended.map(suspended));
        for assigned in &self.assigned {
            all = all.add(held(*assigned));
        }
        for range in &self.machines {
            all = all.add(with_machines(*range));
        }
        for expiry in &self.expiry {
            all = all.add(expiring(*expiry));
        }
        for activity in &self.activity {
            all = all
                .add(active(*activity))
                .add(owner_is_banned(account).not());
        }
        if self.banned {
            all = all.add(of_banned(account));
        }
        for alternatives in &self.metadata {
            all = all.add(alternatives.iter().fold(Condition::any(), |any, wanted| {
                any.add(dialect.contains("licenses.metadata", wanted))
            }));
        }
        match self.nothing {
            true => all.add(nothing()),
            false => all,
        }
    }
}

fn is(column: Column, id: &str) -> SimpleExpr {
    Uuid::parse_str(id).map_or_else(|_| nothing(), |id| column.eq(id))
}

fn of_machine(account: AccountId, id: &str) -> SimpleExpr {
    let Ok(id) = Uuid::parse_str(id) else {
        return nothing();
    };
    Column::Id.in_subquery(
        Query::select()
            .column(machine::Column::LicenseId)
            .from(machine::Entity)
            .and_where(machine::Column::AccountId.eq(account))
            .and_where(machine::Column::Id.eq(id))
            .take(),
    )
}

fn owned_by(account: AccountId, user: &str) -> SimpleExpr {
    match Uuid::parse_str(user) {
        Ok(id) => Column::OwnerId.eq(id),
        Err(_) => Column::OwnerId.in_subquery(with_address(account, user)),
    }
}

fn held_by_named(account: AccountId, user: &str) -> SimpleExpr {
    if let Ok(id) = Uuid::parse_str(user) {
        return held_by(account, UserId(id)).into();
    }
    holding(
        account,
        Column::OwnerId.in_subquery(with_address(account, user)),
        license_user::Column::UserId.in_subquery(with_address(account, user)),
    )
}

/// Licenses whose owner, or one of whose attached users, is the one. Both halves have an index of
/// their own, which an `OR` would use neither of.
pub(super) fn holding(account: AccountId, owner: SimpleExpr, attached: SimpleExpr) -> SimpleExpr {
    let attached = Query::select()
        .column(license_user::Column::LicenseId)
        .from(license_user::Entity)
        .and_where(license_user::Column::AccountId.eq(account))
        .and_where(attached)
        .take();
    let held = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::AccountId.eq(account))
        .and_where(owner)
        .union(UnionType::All, attached)
        .take();
    Column::Id.in_subquery(held)
}

fn with_address(account: AccountId, email: &str) -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::AccountId.eq(account))
        .and_where(user::Column::Email.eq(email.to_lowercase()))
        .take()
}

/// Uses `licenses_suspended`, which a bound value would hide.
fn suspended(wanted: bool) -> SimpleExpr {
    Expr::cust(match wanted {
        true => "licenses.suspended",
        false => "NOT licenses.suspended",
    })
}

/// Uses `licenses_assigned` and `licenses_unassigned`, whose words these are.
fn held(wanted: bool) -> SimpleExpr {
    Expr::cust(match wanted {
        true => "(licenses.owner_id IS NOT NULL OR licenses.users_count > 0)",
        false => "(licenses.owner_id IS NULL AND licenses.users_count = 0)",
    })
}

/// Uses `licenses_by_machines`.
fn with_machines((from, until): Range<i64>) -> Condition {
    let tier = |count: i64| {
        let tier = TIERS.iter().take_while(|least| count >= **least).count();
        i64::try_from(tier).unwrap_or(i64::MAX)
    };
    let within = |bound: Bound<i64>| match bound {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(count) | Bound::Excluded(count) => Bound::Included(tier(count)),
    };
    let column = |name: &'static str| Expr::col(("licenses", name));
    between(|| column("machines_count"), (from, until)).add(between(
        || column("machines_tier"),
        (within(from), within(until)),
    ))
}

/// Uses `licenses_by_expiry`.
fn expiring(Expiry { within, wanted }: Expiry) -> Condition {
    let column = || Expr::col(Column::Expiry.as_column_ref());
    let (from, until) = within;
    if wanted {
        return between(column, within).add(column().is_not_null());
    }
    let flipped = |bound: Bound<DateTime<Utc>>| match bound {
        Bound::Included(at) => Bound::Excluded(at),
        Bound::Excluded(at) => Bound::Included(at),
        Bound::Unbounded => Bound::Unbounded,
    };
    let mut others = Condition::any().add(column().is_null());
    if from != Bound::Unbounded {
        others = others.add(between(column, (Bound::Unbounded, flipped(from))));
    }
    if until != Bound::Unbounded {
        others = others.add(between(column, (flipped(until), Bound::Unbounded)));
    }
    others
}

/// Uses `licenses_by_activity`: the day finds them, the times decide.
fn active(Activity { since, wanted }: Activity) -> Condition {
    let lively = [
        Column::CreatedAt,
        Column::LastValidatedAt,
        Column::LastCheckOutAt,
        Column::LastCheckInAt,
    ];
    let day = Expr::col(("licenses", "active_on"));
    let on = since.date_naive();
    if wanted {
        let any = lively
            .into_iter()
            .fold(Condition::any(), |any, at| any.add(at.gte(since)));
        return Condition::all().add(any).add(day.gte(on));
    }
    lively
        .into_iter()
        .fold(Condition::all(), |all, at| {
            all.add(at.is_null().or(at.lt(since)))
        })
        .add(day.lte(on))
}

/// Uses `users_by_ban`.
fn of_banned(account: AccountId) -> SimpleExpr {
    Column::OwnerId.in_subquery(
        Query::select()
            .column(user::Column::Id)
            .from(user::Entity)
            .and_where(user::Column::AccountId.eq(account))
            .and_where(user::Column::BannedAt.is_not_null())
            .take(),
    )
}

/// Asked of one license at a time, by the owner's id.
fn owner_is_banned(account: AccountId) -> SimpleExpr {
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from(user::Entity)
            .and_where(user::Column::AccountId.eq(account))
            .and_where(
                Expr::col((user::Entity, user::Column::Id))
                    .equals(Column::OwnerId.as_column_ref().into_column_ref()),
            )
            .and_where(user::Column::BannedAt.is_not_null())
            .take(),
    )
}

fn between<T>(column: impl Fn() -> Expr, (from, until): Range<T>) -> Condition
where
    T: Into<sea_orm::Value>,
{
    let value = |value: T| Expr::val(value);
    let from = match from {
        Bound::Included(at) => Some(column().gte(value(at))),
        Bound::Excluded(at) => Some(column().gt(value(at))),
        Bound::Unbounded => None,
    };
    let until = match until {
        Bound::Included(at) => Some(column().lte(value(at))),
        Bound::Excluded(at) => Some(column().lt(value(at))),
        Bound::Unbounded => None,
    };
    Condition::all().add_option(from).add_option(until)
}
