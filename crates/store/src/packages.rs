//! Packages: what a scope sees of them, and how they are written.

use keystead_domain::access::{Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::words::{Engine, FacetKind};
use keystead_domain::{PackageId, ReleaseId};
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoCondition, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use crate::entities::package::{Column, Entity};
use crate::entities::{Package, release};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::releases::Named;
use crate::{Result, Tx, facets, releases, visible};

impl Noun for Entity {
    const NAME: &'static str = "release package";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

/// A closed product's packages are in no scope of users, licenses and strangers, so their tie has
/// nothing to say of it.
impl Tied for Package {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment_id,
            product: Some(self.product_id),
            ..Tie::default()
        }
    }
}

/// Which packages are wanted, as the client names them: what is no id matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A product's id.
    pub product: Option<String>,
    /// An engine's id or key.
    pub engine: Option<Named>,
}

impl Filter {
    fn condition(&self, scope: &Scope) -> Condition {
        let mut all = Condition::all();
        if let Some(product) = &self.product {
            all = all.add(match Uuid::parse_str(product) {
                Ok(id) => Column::ProductId.eq(id),
                Err(_) => visible::nothing(),
            });
        }
        match &self.engine {
            Some(Named::Is(name)) => {
                let keys = releases::keys(scope, FacetKind::Engine, name);
                all.add(Column::Engine.in_subquery(keys))
            }
            Some(Named::None) => all.add(Column::Engine.is_null()),
            None => all,
        }
    }
}

/// The packages that `scope` sees (distribution §3).
fn visible(scope: &Scope) -> Select<Entity> {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => Column::ProductId.eq(id).into_condition(),
        Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => Column::ProductId
            .in_subquery(facets::products_for(scope))
            .into_condition(),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(own)
}

/// The package with this id or key. Uses `release_packages_key`.
///
/// # Errors
/// Not found when `scope` doesn't see one that `filter` lets through; otherwise when the database
/// fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_key: &str,
    filter: &Filter,
) -> Result<Seen<Package>> {
    let named = Condition::any()
        .add(Column::Key.eq(id_or_key))
        .add_option(Uuid::parse_str(id_or_key).ok().map(|id| Column::Id.eq(id)));
    let found = visible(scope)
        .filter(named)
        .filter(filter.condition(scope))
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?;
    noun::seen(scope, found, id_or_key)
}

/// The package of an engine with this id or, however it is spelled, this key, if `scope` sees one;
/// whose key is spelled like this comes first.
///
/// Uses `release_packages_by_engine`.
///
/// # Errors
/// When the database fails.
pub async fn spelled<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    engine: Engine,
    id_or_key: &str,
) -> Result<Option<Package>> {
    let id = Uuid::parse_str(id_or_key).ok().map(|id| Column::Id.eq(id));
    let lowered = Expr::expr(Func::lower(Expr::col(Column::Key))).eq(id_or_key.to_lowercase());
    let exactly = Column::Key.eq(id_or_key);
    Ok(visible(scope)
        .filter(Column::Engine.eq(engine.as_str()))
        .filter(Condition::any().add(lowered).add_option(id))
        .order_by_desc(exactly)
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?)
}

/// So many packages of an engine at most that `scope` sees, by their keys.
///
/// Uses `release_packages_by_engine`.
///
/// # Errors
/// When the database fails.
pub async fn of_engine<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    engine: Engine,
    limit: u64,
) -> Result<Vec<Package>> {
    Ok(visible(scope)
        .filter(Column::Engine.eq(engine.as_str()))
        .order_by_asc(Column::Key)
        .limit(limit)
        .all(connection)
        .await?)
}

/// The package with this id, if `scope` sees one.
///
/// # Errors
/// When the database fails.
pub async fn by_id<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: PackageId,
) -> Result<Option<Package>> {
    noun::by_id(connection, visible(scope), id).await
}

/// The engine of the package that a release is in, if it is in one that has one.
///
/// # Errors
/// When the database fails.
pub async fn engine_by_release<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    release: ReleaseId,
) -> Result<Option<Engine>> {
    let package = Query::select()
        .column(release::Column::PackageId)
        .from(release::Entity)
        .and_where(release::Column::AccountId.eq(scope.account()))
        .and_where(release::Column::Id.eq(release))
        .take();
    let engine: Option<Option<String>> = Entity::find()
        .select_only()
        .column(Column::Engine)
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::Id.in_subquery(package))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(engine.flatten().as_deref().and_then(Engine::parse))
}

/// The package with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: PackageId) -> Result<Package> {
    noun::lock(tx, visible(scope), id).await
}

/// One page of the packages that `scope` sees and `filter` lets through.
///
/// Uses `release_packages_by_account`, with a product `release_packages_by_product`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Package>> {
    noun::list(
        connection,
        visible(scope).filter(filter.condition(scope)),
        page,
        direction,
    )
    .await
}

/// Stores a new package.
///
/// # Errors
/// A duplicate when the key is taken; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: Package) -> Result<Package> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a package that [`lock`] holds.
///
/// # Errors
/// A duplicate when the key is taken; otherwise when the database fails.
pub async fn update(tx: &Tx, row: Package) -> Result<Package> {
    noun::update(tx, row).await
}

/// Removes a package, with its releases.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: PackageId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
