//! Products: what a scope sees of them, and how they are written.

use keystead_domain::access::{BearerId, Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::words::DistributionStrategy;
use keystead_domain::{ProductId, UserId};
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select,
};
use uuid::Uuid;

use crate::entities::product::{Column, Entity};
use crate::entities::{Product, license, license_user};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, licenses, orphans, visible};

impl Noun for Entity {
    const NAME: &'static str = "product";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Product {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            subject: Some(BearerId::Product(self.id)),
            product: Some(self.id),
            closed: self.distribution_strategy == Some(DistributionStrategy::Closed),
            ..Tie::default()
        }
    }
}

/// The products that `scope` sees (licensing §1.1): users and licenses see open products, and
/// those they hold a license of.
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => Condition::all().add(Column::Id.eq(id)),
        Viewer::User(id) => open_or(
            Query::select()
                .column(license::Column::ProductId)
                .from(license::Entity)
                .and_where(license::Column::AccountId.eq(scope.account()))
                .cond_where(
                    Condition::any().add(license::Column::OwnerId.eq(id)).add(
                        license::Column::Id.in_subquery(
                            Query::select()
                                .column(license_user::Column::LicenseId)
                                .from(license_user::Entity)
                                .and_where(license_user::Column::AccountId.eq(scope.account()))
                                .and_where(license_user::Column::UserId.eq(id))
                                .take(),
                        ),
                    ),
                )
                .take(),
        ),
        Viewer::License(id) => open_or(
            Query::select()
                .column(license::Column::ProductId)
                .from(license::Entity)
                .and_where(license::Column::Id.eq(id))
                .take(),
        )
        .add(Column::DistributionStrategy.ne(DistributionStrategy::Closed)),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

fn open_or(licensed: sea_orm::sea_query::SelectStatement) -> Condition {
    Condition::all().add(
        Condition::any()
            .add(Column::DistributionStrategy.eq(DistributionStrategy::Open))
            .add(Column::Id.in_subquery(licensed)),
    )
}

/// The product with this id or code; the oldest wins on a tie.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_code: &str,
) -> Result<Seen<Product>> {
    let code = Column::Code.eq(id_or_code);
    let named = match Uuid::parse_str(id_or_code) {
        Ok(id) => Condition::any().add(Column::Id.eq(id)).add(code),
        Err(_) => Condition::any().add(code),
    };
    let found = visible(scope)
        .filter(named)
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?;
    noun::seen(scope, found, id_or_code)
}

/// The product with this id, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: ProductId,
) -> Result<Option<Product>> {
    noun::by_id(connection, visible(scope), id).await
}

/// The product with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: ProductId) -> Result<Product> {
    noun::lock(tx, visible(scope), id).await
}

/// One page of the products that `scope` sees.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    page: Page,
    direction: Direction,
) -> Result<Slice<Product>> {
    noun::list(connection, visible(scope), page, direction).await
}

/// One page of the products that `scope` sees and `user` holds or shares a license of, each once.
///
/// # Errors
/// When the database fails.
pub async fn list_of_user<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    user: UserId,
    page: Page,
    direction: Direction,
) -> Result<Slice<Product>> {
    noun::list(
        connection,
        visible(scope).filter(held_by(scope, user)),
        page,
        direction,
    )
    .await
}

/// Whether a user holds or shares a license of a product.
///
/// # Errors
/// When the database fails.
pub async fn is_held_by<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    product: ProductId,
    user: UserId,
) -> Result<bool> {
    let found = visible(scope)
        .filter(Column::Id.eq(product))
        .filter(held_by(scope, user))
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// Uses `licenses_by_owner` and `license_users_by_user`.
fn held_by(scope: &Scope, user: UserId) -> SimpleExpr {
    let licensed = Query::select()
        .column(license::Column::ProductId)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(scope.account()))
        .cond_where(licenses::held_by(scope.account(), user))
        .take();
    Column::Id.in_subquery(licensed)
}

/// Stores a new product.
///
/// # Errors
/// A duplicate when the code is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Product) -> Result<Product> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a product that [`lock`] holds.
///
/// # Errors
/// A duplicate when the code is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: Product) -> Result<Product> {
    noun::update(tx, row).await
}

/// Removes a product, its policies, its licenses, and all of their tokens.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, product: &Product) -> Result<()> {
    let (account, id) = (product.account_id, product.id);
    orphans::of_licenses(tx, account, license::Column::ProductId.eq(id)).await?;
    orphans::of_bearer(tx, account, BearerId::Product(id)).await?;
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
