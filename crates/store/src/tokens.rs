//! Tokens: what a scope sees of them, and how they are written. Only digests are stored.

use chrono::{DateTime, Utc};
use keystead_domain::access::{BearerId, Role, Scope, Seen, Tie, Tied, UserTie, Viewer};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::{BearerKind, UserRole};
use keystead_domain::{LicenseId, ProductId, Refused, TokenId, UserId};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, Select};
use uuid::Uuid;

use crate::entities::token::{Column, Entity};
use crate::entities::{Token, environment, license, license_user, product, user};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx, visible};

/// A token with what rules and documents need of its bearer.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token's row.
    pub token: Token,
    /// The bearer's role and set, when the bearer is a user.
    pub user: Option<(UserRole, PermissionSet)>,
    /// The bearer's own set, when it is no user; a license's is what its owner permits, too.
    pub permissions: Option<PermissionSet>,
    /// The product of a license bearer, or the product itself.
    pub product: Option<ProductId>,
}

impl Noun for Entity {
    const NAME: &'static str = "token";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

impl Tied for Issued {
    fn tie(&self) -> Tie {
        let token = &self.token;
        Tie {
            environment: token.environment_id,
            subject: Some(BearerId::new(token.bearer_kind, token.bearer_id)),
            product: self.product,
            license: (token.bearer_kind == BearerKind::License)
                .then_some(LicenseId(token.bearer_id)),
            user: self.user.map(|(role, permissions)| UserTie {
                role,
                permissions,
                sole_product: false,
            }),
            ..Tie::default()
        }
    }
}

/// Whose tokens a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The bearer's kind.
    pub kind: Option<BearerKind>,
    /// The bearer's id; one that is no UUID matches nothing.
    pub bearer: Option<Uuid>,
    /// The bearer's role; empty means any.
    pub roles: Vec<Role>,
    /// Whether nothing can match.
    pub nothing: bool,
}

/// The tokens that `scope` sees: its own, and those of what belongs to it (identity §10.3).
fn visible(scope: &Scope) -> Select<Entity> {
    let of = |kind: BearerKind| Condition::all().add(Column::BearerKind.eq(kind));
    let own = |kind: BearerKind, id: Uuid| of(kind).add(Column::BearerId.eq(id));
    let seen = match scope.viewer() {
        Viewer::All => Condition::all(),
        Viewer::Environment(id) => Condition::any()
            .add(own(BearerKind::Environment, id.0))
            .add(Column::BearerKind.is_in([BearerKind::Product, BearerKind::License]))
            .add(of(BearerKind::User).add(Column::BearerId.in_subquery(customers(scope)))),
        Viewer::Product(id) => Condition::any()
            .add(own(BearerKind::Product, id.0))
            .add(of(BearerKind::License).add(Column::BearerId.in_subquery(licenses_of(scope, id))))
            .add(of(BearerKind::User).add(Column::BearerId.in_subquery(customers_of(scope, id)))),
        Viewer::User(id) => own(BearerKind::User, id.0),
        Viewer::License(id) => own(BearerKind::License, id.0),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::rows(scope, Column::AccountId, Column::EnvironmentId).filter(seen)
}

fn customers(scope: &Scope) -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::AccountId.eq(scope.account()))
        .and_where(user::Column::Role.eq(UserRole::User))
        .take()
}

fn licenses_of(scope: &Scope, product: ProductId) -> SelectStatement {
    Query::select()
        .column(license::Column::Id)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(scope.account()))
        .and_where(license::Column::ProductId.eq(product))
        .take()
}

fn customers_of(scope: &Scope, product: ProductId) -> SelectStatement {
    let owners = Query::select()
        .column(license::Column::OwnerId)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(scope.account()))
        .and_where(license::Column::ProductId.eq(product))
        .and_where(license::Column::OwnerId.is_not_null())
        .take();
    let members = Query::select()
        .column(license_user::Column::UserId)
        .from(license_user::Entity)
        .and_where(license_user::Column::AccountId.eq(scope.account()))
        .and_where(license_user::Column::LicenseId.in_subquery(licenses_of(scope, product)))
        .take();
    customers(scope)
        .cond_where(
            Condition::any()
                .add(user::Column::Id.in_subquery(owners))
                .add(user::Column::Id.in_subquery(members)),
        )
        .take()
}

/// Whether a user holds or shares a license of a product: then the product is its vendor's.
///
/// # Errors
/// When the database fails.
pub async fn is_customer<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    user: UserId,
    product: ProductId,
) -> Result<bool> {
    let found = user::Entity::find()
        .filter(user::Column::Id.eq(user))
        .filter(user::Column::Id.in_subquery(customers_of(scope, product)))
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// The token with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Issued>> {
    let not_found = || Refused::not_found(Entity::NAME, id);
    let known = Uuid::parse_str(id).map_err(|_| not_found())?;
    let token = visible(scope)
        .filter(Column::Id.eq(known))
        .one(connection)
        .await?;
    let token = token.ok_or_else(not_found)?;
    let mut issued = with_bearers(connection, vec![token]).await?;
    issued
        .pop()
        .map(|issued| scope.seen(issued))
        .ok_or_else(|| not_found().into())
}

/// One page of the tokens that `scope` sees.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let mut select = visible(scope);
    if filter.nothing {
        select = select.filter(visible::nothing());
    }
    if let Some(kind) = filter.kind {
        select = select.filter(Column::BearerKind.eq(kind));
    }
    if let Some(bearer) = filter.bearer {
        select = select.filter(Column::BearerId.eq(bearer));
    }
    if !filter.roles.is_empty() {
        select = select.filter(in_roles(scope, &filter.roles));
    }
    let slice = noun::list(connection, select, page, direction).await?;
    let (total, more) = (slice.total, slice.more);
    let rows = with_bearers(connection, slice.rows).await?;
    Ok(Slice { rows, total, more })
}

/// Tokens of bearers in one of these roles; products, licenses and environments have their own.
fn in_roles(scope: &Scope, roles: &[Role]) -> Condition {
    let has = |role: UserRole| roles.contains(&Role::from(role));
    let users = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::AccountId.eq(scope.account()))
        .and_where(user::Column::Role.is_in(UserRole::ALL.iter().copied().filter(|r| has(*r))))
        .take();
    let kinds = [
        (Role::Product, BearerKind::Product),
        (Role::License, BearerKind::License),
        (Role::Environment, BearerKind::Environment),
    ];
    let kinds = kinds
        .into_iter()
        .filter(|(role, _)| roles.contains(role))
        .map(|(_, kind)| kind);
    Condition::any().add(Column::BearerKind.is_in(kinds)).add(
        Condition::all()
            .add(Column::BearerKind.eq(BearerKind::User))
            .add(Column::BearerId.in_subquery(users)),
    )
}

/// Loads what rules and documents need of the bearers: a statement per kind that occurs.
async fn with_bearers<C: ConnectionTrait>(
    connection: &C,
    tokens: Vec<Token>,
) -> Result<Vec<Issued>> {
    let ids = |kind: BearerKind| -> Vec<Uuid> {
        tokens
            .iter()
            .filter(|t| t.bearer_kind == kind)
            .map(|t| t.bearer_id)
            .collect()
    };
    let (of_users, of_licenses, of_products) = (
        ids(BearerKind::User),
        ids(BearerKind::License),
        ids(BearerKind::Product),
    );
    let mut licenses = Vec::new();
    if !of_licenses.is_empty() {
        let found = license::Entity::find().filter(license::Column::Id.is_in(of_licenses));
        licenses = found.all(connection).await?;
    }
    let owners = licenses.iter().filter_map(|license| license.owner_id);
    let people: Vec<Uuid> = of_users
        .into_iter()
        .chain(owners.map(|owner| owner.0))
        .collect();
    let mut users = Vec::new();
    if !people.is_empty() {
        let found = user::Entity::find().filter(user::Column::Id.is_in(people));
        users = found.all(connection).await?;
    }
    let mut environments = Vec::new();
    let of_environments = ids(BearerKind::Environment);
    if !of_environments.is_empty() {
        let known = environment::Column::Id.is_in(of_environments);
        environments = environment::Entity::find()
            .filter(known)
            .all(connection)
            .await?;
    }
    let mut products = Vec::new();
    if !of_products.is_empty() {
        let found = product::Entity::find().filter(product::Column::Id.is_in(of_products));
        products = found.all(connection).await?;
    }
    let issued = tokens.into_iter().map(|token| {
        let id = token.bearer_id;
        let user = users
            .iter()
            .find(|user| token.bearer_kind == BearerKind::User && user.id.0 == id);
        let license = licenses.iter().find(|license| license.id.0 == id);
        let product = products.iter().find(|product| product.id.0 == id);
        let environment = environments.iter().find(|known| known.id.0 == id);
        Issued {
            user: user.map(|user| (user.role, user.permissions)),
            permissions: license
                .map(|license| {
                    let owner = users.iter().find(|user| Some(user.id) == license.owner_id);
                    owner.map_or(license.permissions, |owner| {
                        license.permissions.meet(owner.permissions)
                    })
                })
                .or(product.map(|product| product.permissions))
                .or(environment.map(|environment| environment.permissions)),
            product: license
                .map(|license| license.product_id)
                .or(product.map(|product| product.id)),
            token,
        }
    });
    Ok(issued.collect())
}

/// Stores a new token.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &Tx, row: Token) -> Result<Token> {
    noun::insert(tx, row).await
}

/// Writes every attribute of a token.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: Token) -> Result<Token> {
    noun::update(tx, row).await
}

/// Removes a token: it is revoked from the next request on.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: TokenId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Removes every token of a bearer but one, and says how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete_of(tx: &Tx, bearer: BearerId, except: Option<TokenId>) -> Result<u64> {
    let mut tokens = Entity::delete_many()
        .filter(Column::BearerKind.eq(bearer.kind()))
        .filter(Column::BearerId.eq(bearer.uuid()));
    if let Some(id) = except {
        tokens = tokens.filter(Column::Id.ne(id));
    }
    Ok(tokens.exec(tx).await?.rows_affected)
}

/// Rows that one statement purges at most.
const PURGE_BATCH: u64 = 1_000;

/// Removes tokens that ended before `before`, a batch at a time; says how many. Uses
/// `tokens_expiry`.
///
/// # Errors
/// When the database fails.
pub async fn purge(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let old = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Expiry.lt(before))
        .order_by(Column::Expiry, Order::Asc)
        .limit(PURGE_BATCH)
        .take();
    let deleted = Entity::delete_many()
        .filter(Column::Id.in_subquery(old))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}
