//! Sessions: looked up by a cookie before anybody is authenticated, and gone with their token.

use chrono::{DateTime, Utc};
use keystead_domain::access::BearerId;
use keystead_domain::{AccountId, EnvironmentId, SessionId, TokenId, UserId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
};

use crate::credentials::{self, TokenHolder, UserHolder};
use crate::entities::Session;
use crate::entities::session::{Column, Entity};
use crate::{Result, Tx, noun};

/// Rows that one statement purges at most.
const PURGE_BATCH: u64 = 1_000;

/// Who holds a session.
#[derive(Clone, Debug)]
pub enum SessionHolder {
    /// Whom its token speaks for.
    Token(Box<TokenHolder>),
    /// A user who signed on at a provider, and has no token.
    User(UserHolder),
}

/// The session with this id in an account and exactly this environment, with its holder.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    environment: Option<EnvironmentId>,
    id: SessionId,
) -> Result<Option<(Session, SessionHolder)>> {
    let here = match environment {
        Some(environment) => Column::EnvironmentId.eq(environment),
        None => Column::EnvironmentId.is_null(),
    };
    let found = Entity::find_by_id(id)
        .filter(Column::AccountId.eq(account))
        .filter(here)
        .one(connection)
        .await?;
    let Some(session) = found else {
        return Ok(None);
    };
    let holder = match session.token_id {
        Some(token) => credentials::by_token_id(connection, account, token)
            .await?
            .map(|holder| SessionHolder::Token(Box::new(holder))),
        None => credentials::by_user_id(connection, account, UserId(session.bearer_id))
            .await?
            .map(SessionHolder::User),
    };
    Ok(holder.map(|holder| (session, holder)))
}

/// Stores a new session.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &Tx, row: Session) -> Result<Session> {
    noun::insert(tx, row).await
}

/// Notes that a session was used; one that was ended meanwhile stays so.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &Tx, row: &Session) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Expiry, Expr::value(row.expiry))
        .col_expr(Column::LastUsedAt, Expr::value(row.last_used_at))
        .col_expr(Column::UserAgent, Expr::value(row.user_agent.clone()))
        .col_expr(Column::Ip, Expr::value(row.ip.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(row.updated_at))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The sessions that were opened from this one: one an environment, so they are few.
///
/// # Errors
/// When the database fails.
pub async fn children<C: ConnectionTrait>(
    connection: &C,
    parent: SessionId,
) -> Result<Vec<Session>> {
    Ok(Entity::find()
        .filter(Column::ParentId.eq(parent))
        .order_by_asc(Column::CreatedAt)
        .limit(100)
        .all(connection)
        .await?)
}

/// Ends every session of a token, and those that were opened from them.
///
/// # Errors
/// When the database fails.
pub async fn delete_of_token(tx: &Tx, token: TokenId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::TokenId.eq(token))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends every session of a bearer. Uses `sessions_by_bearer`.
///
/// # Errors
/// When the database fails.
pub async fn delete_of_bearer(tx: &Tx, account: AccountId, bearer: BearerId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::BearerKind.eq(bearer.kind()))
        .filter(Column::BearerId.eq(bearer.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes sessions that ended before `before`, a batch at a time; says how many. Uses
/// `sessions_expiry`.
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
