//! The licenses through which a bearer may have releases, and how products are distributed: what
//! a verdict looks at besides the release.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Viewer};
use keystead_domain::words::{DistributionStrategy, ExpirationStrategy};
use keystead_domain::{EntitlementId, LicenseId, PolicyId, ProductId};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entities::{license, license_entitlement, policy, policy_entitlement, product, user};
use crate::{Result, licenses};

/// A license of the bearer's.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// The product it is of.
    pub product: ProductId,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether its owner is banned.
    pub banned: bool,
    /// When it expires.
    pub expiry: Option<DateTime<Utc>>,
    /// What expiry takes away.
    pub strategy: ExpirationStrategy,
    /// What it is entitled to, by itself or through its policy.
    pub entitlements: Vec<EntitlementId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: LicenseId,
    product_id: ProductId,
    policy_id: PolicyId,
    suspended: bool,
    expiry: Option<DateTime<Utc>>,
    expiration_strategy: ExpirationStrategy,
    banned_at: Option<DateTime<Utc>>,
}

/// The licenses of these products that the scope's viewer is or holds, the newest first; none for
/// who needs none.
///
/// # Errors
/// When the database fails.
pub async fn holdings<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    products: &[ProductId],
) -> Result<Vec<Holding>> {
    let held: Condition = match scope.viewer() {
        Viewer::User(id) => licenses::held_by(scope.account(), id),
        Viewer::License(id) => license::Column::Id.eq(id).into_condition(),
        Viewer::All | Viewer::Environment(_) | Viewer::Product(_) | Viewer::Nobody => {
            return Ok(Vec::new());
        }
    };
    let mut query = Query::select();
    query
        .columns([
            (license::Entity, license::Column::Id),
            (license::Entity, license::Column::ProductId),
            (license::Entity, license::Column::PolicyId),
            (license::Entity, license::Column::Suspended),
            (license::Entity, license::Column::Expiry),
        ])
        .column((policy::Entity, policy::Column::ExpirationStrategy))
        .column((user::Entity, user::Column::BannedAt))
        .from(license::Entity)
        .inner_join(
            policy::Entity,
            Expr::col((policy::Entity, policy::Column::Id))
                .equals((license::Entity, license::Column::PolicyId)),
        )
        .left_join(
            user::Entity,
            Expr::col((user::Entity, user::Column::Id))
                .equals((license::Entity, license::Column::OwnerId)),
        )
        .and_where(license::Column::AccountId.eq(scope.account()))
        .and_where(license::Column::ProductId.is_in(products.iter().copied()))
        .cond_where(held)
        .order_by(
            (license::Entity, license::Column::CreatedAt),
            sea_orm::Order::Desc,
        );
    let rows = connection.query_all(&query).await?;
    let rows = rows
        .iter()
        .map(|row| Row::from_query_result(row, ""))
        .collect::<Result<Vec<_>, _>>()?;
    entitled(connection, rows).await
}

/// The same licenses with what they are entitled to: two statements for all of them.
async fn entitled<C: ConnectionTrait>(connection: &C, rows: Vec<Row>) -> Result<Vec<Holding>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let own = license_entitlement::Entity::find()
        .filter(license_entitlement::Column::LicenseId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(license_entitlement::Column::Id)
        .all(connection)
        .await?;
    let through = policy_entitlement::Entity::find()
        .filter(policy_entitlement::Column::PolicyId.is_in(rows.iter().map(|row| row.policy_id)))
        .order_by_asc(policy_entitlement::Column::Id)
        .all(connection)
        .await?;
    let holding = |row: Row| {
        let own = own.iter().filter(|held| held.license_id == row.id);
        let through = through
            .iter()
            .filter(|held| held.policy_id == row.policy_id);
        Holding {
            product: row.product_id,
            suspended: row.suspended,
            banned: row.banned_at.is_some(),
            expiry: row.expiry,
            strategy: row.expiration_strategy,
            entitlements: own
                .map(|held| held.entitlement_id)
                .chain(through.map(|held| held.entitlement_id))
                .collect(),
        }
    };
    Ok(rows.into_iter().map(holding).collect())
}

/// How these products are distributed.
///
/// # Errors
/// When the database fails.
pub async fn strategies<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    products: &[ProductId],
) -> Result<HashMap<ProductId, Option<DistributionStrategy>>> {
    let rows: Vec<(ProductId, Option<DistributionStrategy>)> = product::Entity::find()
        .select_only()
        .column(product::Column::Id)
        .column(product::Column::DistributionStrategy)
        .filter(product::Column::AccountId.eq(scope.account()))
        .filter(product::Column::Id.is_in(products.iter().copied()))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}
