//! Licenses: what a scope sees of them, loaded together with the policy and owner that every rule
//! about them asks for.

mod activation;
mod facts;
mod filter;
mod find;
mod list;
pub mod members;
mod stamps;
mod usage;
mod validation;
mod write;

use keystead_domain::access::{BearerId, Scope, Tie, Tied, Viewer};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::{AccountId, EnvironmentId, GroupId, UserId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbErr, FromQueryResult, QueryResult};

pub use activation::{Activatable, to_activate};
pub use facts::{Answers, OwnerTally, ProcessTally, Questions, Running, Tallied, facts};
pub use filter::{Activity, Expiry, Filter, Range};
pub use find::{by_id, by_ids, find, lock};
pub use list::list;
pub(crate) use list::read;
pub use stamps::{Stamp, stamp_all};
pub use usage::{Spent, checked_out, spend};
pub use validation::{Candidate, Key, Pulse, by_key, candidate};
pub use write::{delete, insert, rekey, update};

use crate::cells::{Cells, Listed, listed};
use crate::entities::license::{self, Column};
use crate::entities::{License, Policy, license_user, policy, user};
use crate::{Result, visible};

/// A license with its policy and its owner: no rule about a license can do without them.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The license.
    pub license: License,
    /// The license's policy.
    pub policy: Policy,
    /// The user who owns the license.
    pub owner: Option<Owner>,
    /// Whether the bearer is known to be attached to the license without owning it. What a user
    /// finds through its own scope needs no such proof.
    pub member: bool,
}

/// What is needed of a license's owner.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Owner {
    /// The user's id.
    pub id: UserId,
    /// The user's environment.
    pub environment_id: Option<EnvironmentId>,
    /// The user's group, which licenses and machines inherit.
    pub group_id: Option<GroupId>,
    /// The user's address, which a validation may name.
    pub email: String,
    /// The user's own permissions.
    pub permissions: PermissionSet,
    /// Since when the user is banned.
    pub banned_at: Option<DateTimeUtc>,
}

listed!(Owner as "users_" of "users" {
    id: one,
    environment_id: maybe,
    group_id: maybe,
    email: one,
    permissions: one,
    banned_at: maybe,
});

impl Loaded {
    /// How many users hold the license: those attached, and the owner.
    pub fn users(&self) -> i64 {
        self.license.users_count + i64::from(self.license.owner_id.is_some())
    }

    /// What the license permits: its own set, met with its owner's (identity §14.4).
    pub fn permissions(&self) -> PermissionSet {
        match &self.owner {
            Some(owner) => self.license.permissions.meet(owner.permissions),
            None => self.license.permissions,
        }
    }
}

impl Tied for Loaded {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.license.environment_id,
            subject: Some(BearerId::License(self.license.id)),
            product: Some(self.license.product_id),
            license: Some(self.license.id),
            owner: self.license.owner_id,
            license_owner: self.license.owner_id,
            member: self.member,
            protected: self.license.protected,
            policy_protected: self.policy.protected,
            ..Tie::default()
        }
    }
}

/// The licenses that `scope` sees (licensing §3.1): a user those it owns or is attached to, a
/// license itself.
pub(crate) fn visible(scope: &Scope) -> Condition {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => Condition::all().add(Column::ProductId.eq(id)),
        Viewer::User(id) => held_by(scope.account(), id),
        Viewer::License(id) => Condition::all().add(Column::Id.eq(id)),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::in_account(scope, Column::AccountId, Column::EnvironmentId).add(own)
}

/// Licenses that a user owns or is attached to. Uses `licenses_by_owner` and
/// `license_users_by_user`.
pub(crate) fn held_by(account: AccountId, user: UserId) -> Condition {
    let owned = Column::OwnerId.eq(user);
    let attached = license_user::Column::UserId.eq(user);
    Condition::all().add(filter::holding(account, owned, attached))
}

/// A license joined with its policy and owner, read by [`loaded`].
fn joined(scope: &Scope) -> SelectStatement {
    whole().cond_where(visible(scope)).take()
}

/// The same, whoever asks.
fn whole() -> SelectStatement {
    Query::select()
        .expr(Expr::cust(select_list()))
        .from(license::Entity)
        .inner_join(
            policy::Entity,
            Expr::col((policy::Entity, policy::Column::Id))
                .equals(Column::PolicyId.as_column_ref()),
        )
        .left_join(
            user::Entity,
            Expr::col((user::Entity, user::Column::Id)).equals(Column::OwnerId.as_column_ref()),
        )
        .take()
}

/// The columns of a license, its policy and its owner, each under its table's name.
fn select_list() -> String {
    Loaded::list()
}

fn loaded(row: &QueryResult) -> Result<Loaded> {
    Ok(Loaded::read(&mut Cells::of(row))?)
}

impl Listed for Loaded {
    const COLUMNS: usize = License::COLUMNS + Policy::COLUMNS + Owner::COLUMNS;

    fn list() -> String {
        [License::list(), Policy::list(), Owner::list()].join(", ")
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self {
            license: License::read(cells)?,
            policy: Policy::read(cells)?,
            owner: cells.joined()?,
            member: false,
        })
    }
}
