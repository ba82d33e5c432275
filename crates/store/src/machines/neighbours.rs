//! What a new or changed machine must get along with: other machines, its group, its owner.

use keystead_domain::access::Scope;
use keystead_domain::words::MachineUniquenessStrategy;
use keystead_domain::{EnvironmentId, GroupId, LicenseId, MachineId, UserId};
use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::of_licenses;
use crate::entities::machine::Column;
use crate::entities::{License, license, license_user, machine, user};
use crate::{Result, Tx, visible};

/// Makes activations of one fingerprint in one account wait for each other until the transaction
/// ends, so that a search for it can be trusted. Needed where no unique index decides: under
/// every strategy that looks beyond the license.
///
/// # Errors
/// When the database fails.
pub async fn reserve_fingerprint(tx: &Tx, scope: &Scope, digest: [u8; 32]) -> Result<()> {
    if tx.dialect().has_one_writer() {
        return Ok(());
    }
    let mut words = [0; 8];
    for (word, (a, b)) in words.iter_mut().zip(
        digest
            .iter()
            .zip(scope.account().0.as_bytes().iter().cycle()),
    ) {
        *word = a ^ b;
    }
    let key = i64::from_be_bytes(words);
    tx.execute_raw(tx.statement("SELECT pg_advisory_xact_lock($1)", [key.into()]))
        .await?;
    Ok(())
}

/// The license of a machine that has this fingerprint already, where `strategy` looks; a machine
/// of the same license comes first.
///
/// Uses `machines_fingerprint` or `machines_by_fingerprint`.
///
/// # Errors
/// When the database fails.
pub async fn taken(
    tx: &Tx,
    license: &License,
    strategy: MachineUniquenessStrategy,
    digest: [u8; 32],
) -> Result<Option<LicenseId>> {
    let beside = |column: license::Column, id: Uuid| {
        of_licenses(license.account_id, Condition::all().add(column.eq(id)))
    };
    let within = match strategy {
        MachineUniquenessStrategy::UniquePerAccount => {
            Condition::all().add(Column::AccountId.eq(license.account_id))
        }
        MachineUniquenessStrategy::UniquePerProduct => {
            beside(license::Column::ProductId, license.product_id.0)
        }
        MachineUniquenessStrategy::UniquePerPolicy => {
            beside(license::Column::PolicyId, license.policy_id.0)
        }
        MachineUniquenessStrategy::UniquePerLicense => {
            Condition::all().add(Column::LicenseId.eq(license.id))
        }
    };
    let mut select = Query::select();
    select
        .column((machine::Entity, Column::LicenseId))
        .from(machine::Entity)
        .and_where(Column::AccountId.eq(license.account_id))
        .and_where(Column::FingerprintDigest.eq(digest.to_vec()))
        .cond_where(
            Condition::any()
                .add(Column::LicenseId.eq(license.id))
                .add(within),
        )
        .order_by_expr(
            Expr::case(Column::LicenseId.eq(license.id), Expr::val(0))
                .finally(Expr::val(1))
                .into(),
            sea_orm::Order::Asc,
        )
        .limit(1);
    let found = tx
        .query_one_raw(tx.get_database_backend().build(&select))
        .await?;
    Ok(found.map(|row| row.try_get("", "license_id")).transpose()?)
}

/// Whether a fingerprint in the shape of an id is the id of a machine of the account.
///
/// # Errors
/// When the database fails.
pub async fn fingerprint_is_an_id(tx: &Tx, scope: &Scope, id: MachineId) -> Result<bool> {
    let mut select = Query::select();
    select
        .expr(Expr::val(1))
        .from(machine::Entity)
        .and_where(Column::Id.eq(id))
        .and_where(Column::AccountId.eq(scope.account()));
    Ok(tx
        .query_one_raw(tx.get_database_backend().build(&select))
        .await?
        .is_some())
}

/// How many machines a group has. Uses `machines_by_group`.
///
/// # Errors
/// When the database fails.
pub async fn in_group(tx: &Tx, scope: &Scope, id: GroupId) -> Result<i64> {
    let mut select = Query::select();
    select
        .expr_as(Column::Id.count(), "machines")
        .from(machine::Entity)
        .and_where(Column::AccountId.eq(scope.account()))
        .and_where(Column::GroupId.eq(id));
    let found = tx
        .query_one_raw(tx.get_database_backend().build(&select))
        .await?;
    Ok(found
        .map(|row| row.try_get("", "machines"))
        .transpose()?
        .unwrap_or(0))
}

/// What is needed of a machine's owner.
#[derive(Clone, Copy, Debug, PartialEq, FromQueryResult)]
pub struct Owner {
    /// The user.
    pub id: UserId,
    /// The user's environment.
    pub environment_id: Option<EnvironmentId>,
    /// The user's group, which the machine may inherit.
    pub group_id: Option<GroupId>,
    /// Whether the user owns the license, or is attached to it.
    pub holds: bool,
}

/// A user, and whether the license is the user's.
///
/// Uses the primary key and `license_users_once`.
///
/// # Errors
/// When the database fails.
pub async fn owner(
    tx: &Tx,
    scope: &Scope,
    license: LicenseId,
    license_owner: Option<UserId>,
    id: UserId,
) -> Result<Option<Owner>> {
    let attached = Query::select()
        .expr(Expr::val(1))
        .from(license_user::Entity)
        .and_where(license_user::Column::LicenseId.eq(license))
        .and_where(license_user::Column::UserId.eq(id))
        .take();
    let holds: SimpleExpr = if license_owner == Some(id) {
        Expr::val(true)
    } else {
        Expr::exists(attached)
    };
    let mut select = Query::select();
    select
        .columns([
            user::Column::Id,
            user::Column::EnvironmentId,
            user::Column::GroupId,
        ])
        .expr_as(holds, "holds")
        .from(user::Entity)
        .cond_where(visible::in_account(
            scope,
            user::Column::AccountId,
            user::Column::EnvironmentId,
        ))
        .and_where(user::Column::Id.eq(id));
    let found = tx
        .query_one_raw(tx.get_database_backend().build(&select))
        .await?;
    Ok(found
        .map(|row| Owner::from_query_result(&row, ""))
        .transpose()?)
}
