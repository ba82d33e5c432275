//! Facets: the platforms, arches, channels, file types and engines that an account's releases are
//! told apart by.

use chrono::{DateTime, Utc};
use keystead_domain::access::{Environment, Scope, Seen, Tie, Tied, Viewer};
use keystead_domain::ids::Ids;
use keystead_domain::words::{DistributionStrategy, FacetKind};
use keystead_domain::{EnvironmentId, ProductId, Refused};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Select,
};
use uuid::Uuid;

use crate::entities::facet::{Column, Entity};
use crate::entities::{Facet, artifact, license, package, product, release};
use crate::page::{self, Direction, Page, Slice};
use crate::visible::in_environment;
use crate::{Result, Tx, licenses};

/// A facet as it was found in an environment: it has none itself, and is read in each that has
/// something with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The facet.
    pub facet: Facet,
    environment: Option<EnvironmentId>,
}

impl Tied for Found {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.environment,
            ..Tie::default()
        }
    }
}

/// The facets of a kind that `scope` sees (distribution §4): those in use by what it may see of
/// products; of a product, if one is given.
fn visible(scope: &Scope, kind: FacetKind, product: Option<ProductId>) -> Select<Entity> {
    let own = Entity::find()
        .filter(Column::AccountId.eq(scope.account()))
        .filter(Column::Kind.eq(kind));
    let staff = matches!(scope.viewer(), Viewer::All | Viewer::Environment(_));
    let everywhere = matches!(scope.environment(), None | Some(Environment::Global));
    // Channels are there whether or not something is on them; in an environment, something is.
    if kind == FacetKind::Channel && staff && everywhere && product.is_none() {
        return own;
    }
    own.filter(Expr::exists(used(scope, kind, product)))
}

/// What uses a facet within the products that the scope sees.
fn used(scope: &Scope, kind: FacetKind, product: Option<ProductId>) -> SelectStatement {
    let mut query = Query::select();
    query.expr(Expr::val(1));
    let key = (Entity, Column::Key);
    match kind {
        FacetKind::Platform | FacetKind::Arch | FacetKind::Filetype => {
            let column = match kind {
                FacetKind::Platform => artifact::Column::Platform,
                FacetKind::Arch => artifact::Column::Arch,
                _ => artifact::Column::Filetype,
            };
            query
                .from(artifact::Entity)
                .inner_join(
                    release::Entity,
                    Expr::col((release::Entity, release::Column::Id))
                        .equals((artifact::Entity, artifact::Column::ReleaseId)),
                )
                .and_where(artifact::Column::AccountId.eq(scope.account()))
                .cond_where(in_environment(scope, artifact::Column::EnvironmentId))
                .and_where(Expr::col((artifact::Entity, column)).equals(key))
                .cond_where(of_products(scope, release::Column::ProductId, product));
        }
        FacetKind::Channel => {
            query
                .from(release::Entity)
                .and_where(release::Column::AccountId.eq(scope.account()))
                .cond_where(in_environment(scope, release::Column::EnvironmentId))
                .and_where(Expr::col((release::Entity, release::Column::Channel)).equals(key))
                .cond_where(of_products(scope, release::Column::ProductId, product));
        }
        FacetKind::Engine => {
            query
                .from(package::Entity)
                .and_where(package::Column::AccountId.eq(scope.account()))
                .cond_where(in_environment(scope, package::Column::EnvironmentId))
                .and_where(Expr::col((package::Entity, package::Column::Engine)).equals(key))
                .cond_where(of_products(scope, package::Column::ProductId, product));
        }
    }
    query
}

/// Whose product the scope sees, or only the given one.
fn of_products<C: ColumnTrait>(scope: &Scope, column: C, product: Option<ProductId>) -> Condition {
    let given = product.map(|id| column.eq(id));
    let theirs = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => column.eq(id).into_condition(),
        Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            column.in_subquery(products_for(scope)).into_condition()
        }
    };
    theirs.add_option(given)
}

/// The products that users, licenses and strangers may know the packages of: open ones, and
/// licensed ones they hold a license of.
pub(crate) fn products_for(scope: &Scope) -> SelectStatement {
    let held = match scope.viewer() {
        Viewer::User(id) => Some(licenses::held_by(scope.account(), id)),
        Viewer::License(id) => Some(license::Column::Id.eq(id).into_condition()),
        _ => None,
    };
    let strategy = product::Column::DistributionStrategy;
    let licensed = held.map(|held| {
        let theirs = Query::select()
            .column(license::Column::ProductId)
            .from(license::Entity)
            .and_where(license::Column::AccountId.eq(scope.account()))
            .cond_where(held)
            .take();
        Condition::all()
            .add(
                Condition::any()
                    .add(strategy.is_null())
                    .add(strategy.ne(DistributionStrategy::Closed)),
            )
            .add(product::Column::Id.in_subquery(theirs))
    });
    Query::select()
        .column(product::Column::Id)
        .from(product::Entity)
        .and_where(product::Column::AccountId.eq(scope.account()))
        .cond_where(
            Condition::any()
                .add(strategy.eq(DistributionStrategy::Open))
                .add_option(licensed),
        )
        .take()
}

/// The facet of a kind with this id; engines may be named by their keys, too.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    kind: FacetKind,
    product: Option<ProductId>,
    name: &str,
) -> Result<Seen<Found>> {
    let id = Uuid::parse_str(name).ok().map(|id| Column::Id.eq(id));
    let key = (kind == FacetKind::Engine).then(|| Column::Key.eq(name));
    let found = if id.is_none() && key.is_none() {
        None
    } else {
        visible(scope, kind, product)
            .filter(Condition::any().add_option(id).add_option(key))
            .one(connection)
            .await?
    };
    match found {
        Some(facet) => Ok(scope.seen(Found {
            facet,
            environment: scope.environment().and_then(Environment::id),
        })),
        None => Err(Refused::not_found(&format!("release {kind}"), name).into()),
    }
}

/// One page of the facets of a kind that `scope` sees. Uses `release_facets_by_account`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    kind: FacetKind,
    product: Option<ProductId>,
    page: Page,
    direction: Direction,
) -> Result<Slice<Facet>> {
    page::read(
        connection,
        visible(scope, kind, product),
        Column::CreatedAt,
        Column::Id,
        page,
        direction,
    )
    .await
}

/// Makes sure that an account has a facet with this key. Whoever comes second changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn ensure(
    tx: &Tx,
    scope: &Scope,
    kind: FacetKind,
    key: &str,
    ids: &Ids,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = Facet {
        id: ids.next(),
        account_id: scope.account(),
        kind,
        key: key.to_owned(),
        name: None,
        created_at: now,
        updated_at: now,
    };
    let once = OnConflict::columns([Column::AccountId, Column::Kind, Column::Key])
        .do_nothing()
        .to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
