//! Who presents a credential: one statement for all that arrive together.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::{AuthenticationStrategy, BearerKind, ExpirationStrategy, UserRole};
use keystead_domain::{AccountId, EnvironmentId, LicenseId, PolicyId, ProductId, TokenId, UserId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryResult, Statement,
};
use uuid::Uuid;

use crate::cells::{Cells, Listed, answers, listed, put};
use crate::dialect::{Column, Rows};
use crate::entities::user;
use crate::fixed::Fixed;
use crate::{Db, Result};

/// A token and what is needed of its bearer to let it in or turn it away.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    /// The token's id.
    pub id: TokenId,
    /// The token's environment.
    pub environment_id: Option<EnvironmentId>,
    /// When the token ends, if ever.
    pub expiry: Option<DateTimeUtc>,
    /// The token's own permissions, as names.
    pub permissions: PermissionSet,
    /// Whom the token speaks for; `None` when that record is gone.
    pub bearer: Option<Holder>,
}

/// The record behind a credential.
#[derive(Clone, Debug)]
pub enum Holder {
    /// A user.
    User(UserHolder),
    /// A product.
    Product(ProductHolder),
    /// A license.
    License(Box<LicenseHolder>),
    /// An environment.
    Environment(EnvironmentHolder),
}

/// A user as a bearer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct UserHolder {
    /// The user's id.
    pub id: UserId,
    /// The user's environment.
    pub environment_id: Option<EnvironmentId>,
    /// The user's role.
    pub role: UserRole,
    /// The user's permissions, as names.
    pub permissions: PermissionSet,
    /// Since when the user is banned.
    pub banned_at: Option<DateTimeUtc>,
}

/// A product as a bearer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ProductHolder {
    /// The product's id.
    pub id: ProductId,
    /// The product's environment.
    pub environment_id: Option<EnvironmentId>,
    /// The product's permissions, as names.
    pub permissions: PermissionSet,
}

/// An environment as a bearer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct EnvironmentHolder {
    /// The environment's id.
    pub id: EnvironmentId,
    /// The environment's permissions, as names.
    pub permissions: PermissionSet,
}

/// A license as a bearer, with its policy's word on how it may authenticate.
#[derive(Clone, Debug)]
pub struct LicenseHolder {
    /// The license's id.
    pub id: LicenseId,
    /// The license's environment.
    pub environment_id: Option<EnvironmentId>,
    /// The license's product.
    pub product_id: ProductId,
    /// The license's policy.
    pub policy_id: PolicyId,
    /// The license's owner.
    pub owner_id: Option<UserId>,
    /// The license's own permissions, as names.
    pub permissions: PermissionSet,
    /// Whether the license is suspended.
    pub suspended: bool,
    /// Whether the license is protected from its users.
    pub protected: bool,
    /// When the license ends, if ever.
    pub expiry: Option<DateTimeUtc>,
    /// How the policy lets its licenses authenticate.
    pub authentication_strategy: AuthenticationStrategy,
    /// What expiry takes away under the policy.
    pub expiration_strategy: ExpirationStrategy,
    /// Since when the owner is banned.
    pub owner_banned_at: Option<DateTimeUtc>,
    /// The owner's permissions, as names.
    pub owner_permissions: Option<PermissionSet>,
}

listed!(LicenseHolder as "l_" {
    id: one = "licenses.id",
    environment_id: maybe = "licenses.environment_id",
    product_id: one = "licenses.product_id",
    policy_id: one = "licenses.policy_id",
    owner_id: maybe = "licenses.owner_id",
    permissions: one = "licenses.permissions",
    suspended: one = "licenses.suspended",
    protected: one = "licenses.protected",
    expiry: maybe = "licenses.expiry",
    authentication_strategy: one = "policies.authentication_strategy",
    expiration_strategy: one = "policies.expiration_strategy",
    owner_banned_at: maybe = "owners.banned_at",
    owner_permissions: maybe = "owners.permissions",
});

const TOKEN: &str = "t.id AS t_id, t.environment_id AS t_environment_id, t.expiry AS t_expiry, \
    t.permissions AS t_permissions, t.bearer_kind AS t_bearer_kind, t.bearer_id AS t_bearer_id, \
    u.id AS u_id, u.environment_id AS u_environment_id, u.role AS u_role, \
    u.permissions AS u_permissions, u.banned_at AS u_banned_at, \
    d.id AS d_id, d.environment_id AS d_environment_id, d.permissions AS d_permissions, \
    e.id AS e_id, e.permissions AS e_permissions";

/// Whoever a token may speak for; one of them is there.
const BEARERS: &str = "\
    LEFT JOIN users u ON t.bearer_kind = 'user' AND u.id = t.bearer_id \
    LEFT JOIN products d ON t.bearer_kind = 'product' AND d.id = t.bearer_id \
    LEFT JOIN environments e ON t.bearer_kind = 'environment' AND e.id = t.bearer_id \
    LEFT JOIN licenses ON t.bearer_kind = 'license' AND licenses.id = t.bearer_id \
    LEFT JOIN policies ON policies.id = licenses.policy_id \
    LEFT JOIN users owners ON owners.id = licenses.owner_id";

/// The holders of tokens with these digests, one answer per (account, digest), in order.
///
/// Uses `tokens_digest` and primary keys.
///
/// # Errors
/// When the database fails.
pub async fn by_token(
    db: &Db,
    wanted: Vec<(AccountId, [u8; 32])>,
) -> Result<Vec<Option<TokenHolder>>> {
    let count = wanted.len();
    let rows = wanted_rows(wanted);
    static SQL: Fixed = Fixed::new();
    let sql = SQL.get(db.dialect(), || {
        format!(
            "SELECT {}, {TOKEN}, v.n AS n FROM {} \
             JOIN tokens t ON t.account_id = v.account_id AND t.digest = v.digest {BEARERS}",
            LicenseHolder::list(),
            rows.sql(db.dialect(), 1),
        )
    });
    let found = db
        .query_all_raw(db.statement(sql, rows.values(db.dialect())))
        .await?;
    let mut answers = vec![None; count];
    for row in found {
        put(&mut answers, row.try_get("", "n")?, holder(&row)?);
    }
    Ok(answers)
}

/// A token of this account with its bearer, as [`by_token`] finds it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn by_token_id<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    token: TokenId,
) -> Result<Option<TokenHolder>> {
    let sql = format!(
        "SELECT {}, {TOKEN} FROM tokens t {BEARERS} WHERE t.account_id = $1 AND t.id = $2",
        LicenseHolder::list()
    );
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        sql,
        [account.into(), token.into()],
    );
    let found = connection.query_one_raw(statement).await?;
    found.as_ref().map(holder).transpose()
}

/// A user of this account as a bearer without a token.
///
/// # Errors
/// When the database fails.
pub(crate) async fn by_user_id<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    id: UserId,
) -> Result<Option<UserHolder>> {
    Ok(user::Entity::find_by_id(id)
        .filter(user::Column::AccountId.eq(account))
        .into_model::<UserHolder>()
        .one(connection)
        .await?)
}

/// Reads a row that starts with the columns of a [`LicenseHolder`].
fn holder(row: &QueryResult) -> Result<TokenHolder> {
    let kind: BearerKind = row.try_get("t_", "bearer_kind")?;
    let bearer = match kind {
        BearerKind::User => UserHolder::from_query_result_optional(row, "u_")?.map(Holder::User),
        BearerKind::Product => {
            ProductHolder::from_query_result_optional(row, "d_")?.map(Holder::Product)
        }
        BearerKind::License => Cells::of(row)
            .joined::<LicenseHolder>()?
            .map(|license| Holder::License(Box::new(license))),
        BearerKind::Environment => {
            EnvironmentHolder::from_query_result_optional(row, "e_")?.map(Holder::Environment)
        }
    };
    Ok(TokenHolder {
        id: row.try_get("t_", "id")?,
        environment_id: row.try_get("t_", "environment_id")?,
        expiry: row.try_get("t_", "expiry")?,
        permissions: row.try_get("t_", "permissions")?,
        bearer,
    })
}

/// The licenses with keys of these digests, one answer per (account, digest), in order.
///
/// Uses `licenses_key` and primary keys.
///
/// # Errors
/// When the database fails.
pub async fn by_license_key(
    db: &Db,
    wanted: Vec<(AccountId, [u8; 32])>,
) -> Result<Vec<Option<LicenseHolder>>> {
    let rows = wanted_rows(wanted);
    static SQL: Fixed = Fixed::new();
    let sql = SQL.get(db.dialect(), || {
        format!(
            "SELECT {}, v.n AS n FROM {} \
             JOIN licenses ON licenses.account_id = v.account_id \
             AND licenses.key_digest = v.digest \
             JOIN policies ON policies.id = licenses.policy_id \
             LEFT JOIN users owners ON owners.id = licenses.owner_id",
            LicenseHolder::list(),
            rows.sql(db.dialect(), 1),
        )
    });
    answers(db, sql, rows, LicenseHolder::read).await
}

fn wanted_rows(wanted: Vec<(AccountId, [u8; 32])>) -> Rows {
    let numbers = (0..).take(wanted.len()).collect();
    let (accounts, digests): (Vec<Uuid>, Vec<Vec<u8>>) = wanted
        .into_iter()
        .map(|(account, digest)| (account.0, digest.to_vec()))
        .unzip();
    Rows::new(
        "v",
        vec![
            ("n", Column::Ints(numbers)),
            ("account_id", Column::Uuids(accounts)),
            ("digest", Column::Bytes(digests)),
        ],
    )
}
