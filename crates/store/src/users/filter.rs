//! Which users a list is narrowed to.

use chrono::{DateTime, Utc};
use keystead_domain::words::{UserRole, UserStatus};
use keystead_domain::{AccountId, ProductId};
use sea_orm::sea_query::{Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::recent;
use crate::dialect::Dialect;
use crate::entities::user::Column;
use crate::entities::{license, license_user};
use crate::visible::nothing;

/// Which users are wanted (identity §17.1), as the client names them: what is no id where one is
/// needed matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these roles; in any when unsaid.
    pub roles: Option<Vec<UserRole>>,
    /// Who own or share a license of a product with this id.
    pub product: Option<String>,
    /// Who own or share the license with this id.
    pub license: Option<String>,
    /// Who are in the group with this id.
    pub group: Option<String>,
    /// Who own a license, or none.
    pub assigned: Option<bool>,
    /// Who are in this state, at an instant.
    pub status: Option<Wanted>,
    /// Members of the metadata, all of them, with their values as text.
    pub metadata: Vec<(String, String)>,
}

/// A state that users are wanted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The state; none when the client named one that there is not.
    pub status: Option<UserStatus>,
    /// After when activity counts.
    pub since: DateTime<Utc>,
}

impl Filter {
    /// Uses `licenses_by_product`, `licenses_by_owner`, `license_users_by_user` and the primary
    /// keys; role, group, state and metadata are looked at while `users_by_account` is walked.
    pub(super) fn condition(&self, dialect: Dialect, account: AccountId) -> Condition {
        Condition::all()
            .add_option(
                self.roles
                    .as_ref()
                    .map(|roles| Column::Role.is_in(roles.iter().copied())),
            )
            .add_option(self.product.as_deref().map(|id| {
                with_id(id, |id| {
                    customers(account, license::Column::ProductId.eq(ProductId(id)))
                })
            }))
            .add_option(
                self.license
                    .as_deref()
                    .map(|id| with_id(id, |id| customers(account, license::Column::Id.eq(id)))),
            )
            .add_option(
                self.group
                    .as_deref()
                    .map(|id| with_id(id, |id| Condition::all().add(Column::GroupId.eq(id)))),
            )
            .add_option(self.assigned.map(|assigned| owning(account, assigned)))
            .add_option(self.status.map(|wanted| in_state(account, wanted)))
            .add(
                self.metadata
                    .iter()
                    .fold(Condition::all(), |all, (key, value)| {
                        all.add(dialect.member_is("users.metadata", key, value))
                    }),
            )
    }
}

fn with_id(text: &str, condition: impl FnOnce(Uuid) -> Condition) -> Condition {
    Uuid::parse_str(text).map_or_else(|_| Condition::all().add(nothing()), condition)
}

/// Users who own or share a license among the `wanted` ones.
pub(super) fn customers(account: AccountId, wanted: SimpleExpr) -> Condition {
    let licenses = |column: license::Column| {
        Query::select()
            .column(column)
            .from(license::Entity)
            .and_where(license::Column::AccountId.eq(account))
            .and_where(wanted.clone())
            .take()
    };
    // What is not in a list that holds a null is not known to be outside of it, either.
    let owners = licenses(license::Column::OwnerId)
        .and_where(license::Column::OwnerId.is_not_null())
        .take();
    let members = Query::select()
        .column(license_user::Column::UserId)
        .from(license_user::Entity)
        .and_where(license_user::Column::AccountId.eq(account))
        .and_where(license_user::Column::LicenseId.in_subquery(licenses(license::Column::Id)))
        .take();
    Condition::any()
        .add(Column::Id.in_subquery(owners))
        .add(Column::Id.in_subquery(members))
}

fn owning(account: AccountId, assigned: bool) -> Condition {
    let owners: SelectStatement = Query::select()
        .column(license::Column::OwnerId)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(account))
        // `NOT IN` would hold for nobody if a single owner were null.
        .and_where(license::Column::OwnerId.is_not_null())
        .take();
    Condition::all().add(if assigned {
        Column::Id.in_subquery(owners)
    } else {
        Column::Id.not_in_subquery(owners)
    })
}

fn in_state(account: AccountId, wanted: Wanted) -> Condition {
    let Wanted { status, since } = wanted;
    let active = || {
        Condition::any()
            .add(Column::CreatedAt.gt(since))
            .add(customers(account, recent(since)))
    };
    match status {
        None => Condition::all().add(nothing()),
        Some(UserStatus::Banned) => Condition::all().add(Column::BannedAt.is_not_null()),
        Some(UserStatus::Active) => Condition::all()
            .add(Column::BannedAt.is_null())
            .add(active()),
        Some(UserStatus::Inactive) => Condition::all()
            .add(Column::BannedAt.is_null())
            .add(active().not()),
    }
}
