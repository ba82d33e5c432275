//! Policies: what a scope sees of them, and how they are written.

use keystead_domain::PolicyId;
use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};
use uuid::Uuid;

use crate::entities::policy::{Column, Entity};
use crate::entities::{Policy, license};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, licenses, orphans, visible};

impl Noun for Entity {
    const NAME: &'static str = "policy";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Policy {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            product: Some(self.product_id),
            policy_protected: self.protected,
            ..Tie::default()
        }
    }
}

/// Which policies are wanted, as the client names them: what is no id matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A product's id.
    pub product: Option<String>,
}

/// The policies that `scope` sees (licensing §2.1): users and licenses see those of their
/// licenses.
fn visible(scope: &Scope) -> Select<Entity> {
    let of_licenses = |held: Condition| {
        let policies = Query::select()
            .column(license::Column::PolicyId)
            .from(license::Entity)
            .and_where(license::Column::AccountId.eq(scope.account()))
            .cond_where(held)
            .take();
        Condition::all().add(Column::Id.in_subquery(policies))
    };
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => Condition::all().add(Column::ProductId.eq(id)),
        Viewer::User(id) => of_licenses(licenses::held_by(scope.account(), id)),
        Viewer::License(id) => of_licenses(Condition::all().add(license::Column::Id.eq(id))),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// The policy with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Policy>> {
    noun::find(connection, scope, visible(scope), id).await
}

/// The policy with this id, if `scope` sees one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: PolicyId,
) -> Result<Option<Policy>> {
    noun::by_id(connection, visible(scope), id).await
}

/// The policy with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: PolicyId) -> Result<Policy> {
    noun::lock(tx, visible(scope), id).await
}

/// The policy with this id, if `scope` sees one; it doesn't go before the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &Tx, scope: &Scope, id: PolicyId) -> Result<Option<Policy>> {
    Ok(visible(scope)
        .filter(Column::Id.eq(id))
        .lock(LockType::KeyShare)
        .one(tx)
        .await?)
}

/// One page of the policies that `scope` sees and `filter` lets through.
///
/// Uses `policies_by_account`, with a product `policies_by_product`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Policy>> {
    let mut select = visible(scope);
    if let Some(product) = &filter.product {
        select = select.filter(match Uuid::parse_str(product) {
            Ok(id) => Column::ProductId.eq(id),
            Err(_) => visible::nothing(),
        });
    }
    noun::list(connection, select, page, direction).await
}

/// Stores a new policy.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &Tx, row: Policy) -> Result<Policy> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a policy that [`lock`] holds.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: Policy) -> Result<Policy> {
    noun::update(tx, row).await
}

/// Removes a policy, its licenses, their machines and tokens.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, policy: &Policy) -> Result<()> {
    let licenses = license::Column::PolicyId.eq(policy.id);
    orphans::of_licenses(tx, policy.account_id, licenses).await?;
    Entity::delete_by_id(policy.id).exec(tx).await?;
    Ok(())
}
