//! Pooled keys: what a scope sees of them, how they are written, and how one is handed out.

use std::collections::BTreeMap;

use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::{KeyId, PolicyId, ProductId, Refused};
use sea_orm::sea_query::{
    Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use crate::entities::key::{Column, Entity};
use crate::entities::{Key, license, policy};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

/// A key with the product of its policy: who may touch it depends on that.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooled {
    /// The key.
    pub key: Key,
    /// The product of the key's policy.
    pub product: ProductId,
}

impl Noun for Entity {
    const NAME: &'static str = "key";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Pooled {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.key.environment_id,
            product: Some(self.product),
            ..Tie::default()
        }
    }
}

/// Which keys are wanted, as the client names them: what is no id matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A product's id.
    pub product: Option<String>,
    /// A policy's id.
    pub policy: Option<String>,
}

/// The keys that `scope` sees (licensing §8.1): neither users nor licenses see any.
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => Condition::all().add(of_product(scope, id.0)),
        Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            Condition::all().add(visible::nothing())
        }
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// Keys of a product's policies. Uses `policies_by_product` and `keys_by_policy`.
fn of_product(scope: &Scope, product: Uuid) -> SimpleExpr {
    let policies: SelectStatement = Query::select()
        .column(policy::Column::Id)
        .from(policy::Entity)
        .and_where(policy::Column::AccountId.eq(scope.account()))
        .and_where(policy::Column::ProductId.eq(product))
        .take();
    Column::PolicyId.in_subquery(policies)
}

/// The key with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Pooled>> {
    let not_found = || Refused::not_found(Entity::NAME, id);
    let known = Uuid::parse_str(id).map_err(|_| not_found())?;
    let key = visible(scope)
        .filter(Column::Id.eq(known))
        .one(connection)
        .await?;
    let found = pooled(connection, key.into_iter().collect()).await?.pop();
    Ok(scope.seen(found.ok_or_else(not_found)?))
}

/// The key with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: KeyId) -> Result<Pooled> {
    let key = visible(scope)
        .filter(Column::Id.eq(id))
        .lock(LockType::Update)
        .one(tx)
        .await?;
    let found = pooled(tx, key.into_iter().collect()).await?.pop();
    found.ok_or_else(|| Refused::not_found(Entity::NAME, &id.to_string()).into())
}

/// One page of the keys that `scope` sees and `filter` lets through.
///
/// Uses `keys_by_account`, with a policy `keys_by_policy`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Pooled>> {
    let with_id = |text: &str, condition: &dyn Fn(Uuid) -> SimpleExpr| {
        Uuid::parse_str(text).map_or_else(|_| visible::nothing(), condition)
    };
    let product = filter.product.as_deref();
    let policy = filter.policy.as_deref();
    let wanted = Condition::all()
        .add_option(product.map(|text| with_id(text, &|id| of_product(scope, id))))
        .add_option(policy.map(|text| with_id(text, &|id| Column::PolicyId.eq(id))));
    let slice = noun::list(connection, visible(scope).filter(wanted), page, direction).await?;
    let Slice { rows, total, more } = slice;
    let rows = pooled(connection, rows).await?;
    Ok(Slice { rows, total, more })
}

/// The keys with the products of their policies; a policy that vanished in between took its keys
/// along.
async fn pooled<C: ConnectionTrait>(connection: &C, keys: Vec<Key>) -> Result<Vec<Pooled>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let products: BTreeMap<PolicyId, ProductId> = policy::Entity::find()
        .select_only()
        .columns([policy::Column::Id, policy::Column::ProductId])
        .filter(policy::Column::Id.is_in(keys.iter().map(|key| key.policy_id)))
        .into_tuple()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let with_product = |key: Key| {
        let product = *products.get(&key.policy_id)?;
        Some(Pooled { key, product })
    };
    Ok(keys.into_iter().filter_map(with_product).collect())
}

/// Stores a new key.
///
/// # Errors
/// A duplicate when the key is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Key) -> Result<Key> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a key that [`lock`] holds.
///
/// # Errors
/// A duplicate when the key is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: Key) -> Result<Key> {
    noun::update(tx, row).await
}

/// Removes a key, and says whether it was still there.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: KeyId) -> Result<bool> {
    Ok(Entity::delete_by_id(id).exec(tx).await?.rows_affected == 1)
}

/// Takes the oldest key out of a policy's pool; none when the pool is empty.
///
/// Nobody else gets the same key: its row stays locked until the transaction ends, and then it is
/// gone. Uses `keys_by_policy`.
///
/// # Errors
/// When the database fails.
pub async fn pop(tx: &Tx, scope: &Scope, policy: PolicyId) -> Result<Option<Key>> {
    take(tx, waiting(scope, policy)).await
}

/// Like [`pop`], for a license: keys that became a license's by another way are left.
///
/// # Errors
/// When the database fails.
pub async fn pop_unused(tx: &Tx, scope: &Scope, policy: PolicyId) -> Result<Option<Key>> {
    let used = Query::select()
        .column(license::Column::KeyDigest)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(scope.account()))
        .and_where(
            Expr::col((license::Entity, license::Column::KeyDigest))
                .equals((Entity, Column::KeyDigest)),
        )
        .take();
    take(tx, waiting(scope, policy).filter(Expr::exists(used).not())).await
}

/// A policy's keys, the oldest first.
fn waiting(scope: &Scope, policy: PolicyId) -> Select<Entity> {
    visible(scope)
        .filter(Column::PolicyId.eq(policy))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(1)
}

/// Keys that others are taking right now are passed by, so that nobody queues. Only when no other
/// is left are they waited for: whoever holds the last one may yet put it back.
async fn take(tx: &Tx, waiting: Select<Entity>) -> Result<Option<Key>> {
    let free = waiting
        .clone()
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx)
        .await?;
    let key = match free {
        None if tx.dialect().has_one_writer() => None,
        None => waiting.lock(LockType::Update).one(tx).await?,
        free => free,
    };
    if let Some(key) = &key {
        delete(tx, key.id).await?;
    }
    Ok(key)
}

/// Whether a key is some license's of the account, in whatever environment. Uses `licenses_key`.
///
/// # Errors
/// When the database fails.
pub async fn is_licenses<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    digest: [u8; 32],
) -> Result<bool> {
    let found = license::Entity::find()
        .select_only()
        .column(license::Column::Id)
        .filter(license::Column::AccountId.eq(scope.account()))
        .filter(license::Column::KeyDigest.eq(digest.to_vec()))
        .into_tuple::<Uuid>()
        .one(connection)
        .await?;
    Ok(found.is_some())
}
