//! How accounts sign on, and who their users are to identity providers.

use keystead_domain::{AccountId, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::account_sso::{Column, Entity};
use crate::entities::{AccountSso, SsoIdentity, account, sso_identity};
use crate::{Result, Tx, noun};

/// How an account signs on, if it does. Uses `account_sso_account`.
///
/// # Errors
/// When the database fails.
pub async fn of<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
) -> Result<Option<AccountSso>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account))
        .one(connection)
        .await?)
}

/// How the account with one of these organizations signs on; the first that signed up when there
/// are several. Uses `account_sso_organization`.
///
/// # Errors
/// When the database fails.
pub async fn of_organization<C: ConnectionTrait>(
    connection: &C,
    organizations: Vec<String>,
) -> Result<Option<AccountSso>> {
    Ok(Entity::find()
        .filter(Column::Organization.is_in(organizations))
        .order_by_asc(Column::CreatedAt)
        .one(connection)
        .await?)
}

/// How the one account signs on that does so, when it is the only one.
///
/// # Errors
/// When the database fails.
pub async fn sole<C: ConnectionTrait>(connection: &C) -> Result<Option<AccountSso>> {
    let served = sea_orm::sea_query::Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::DoomedAt.is_null())
        .take();
    let mut found = Entity::find()
        .filter(Column::AccountId.in_subquery(served))
        .limit(2)
        .all(connection)
        .await?;
    Ok(match found.len() {
        1 => found.pop(),
        _ => None,
    })
}

/// Stores how an account signs on from now on.
///
/// # Errors
/// A duplicate when the organization is another account's; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: AccountSso) -> Result<AccountSso> {
    noun::insert(tx, row).await
}

/// Changes how an account signs on.
///
/// # Errors
/// A duplicate when the organization is another account's; otherwise when the database fails.
pub async fn update(tx: &Tx, row: AccountSso) -> Result<AccountSso> {
    noun::update(tx, row).await
}

/// An account signs on no more; whether it did.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, account: AccountId) -> Result<bool> {
    let gone = Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Who a user is to the account's provider. Uses `sso_identities_user`.
///
/// # Errors
/// When the database fails.
pub async fn identity_of<C: ConnectionTrait>(
    connection: &C,
    user: UserId,
) -> Result<Option<SsoIdentity>> {
    Ok(sso_identity::Entity::find()
        .filter(sso_identity::Column::UserId.eq(user))
        .one(connection)
        .await?)
}

/// Whose a profile is in an account. Uses `sso_identities_profile`.
///
/// # Errors
/// When the database fails.
pub async fn identity<C: ConnectionTrait>(
    connection: &C,
    account: AccountId,
    profile: &str,
) -> Result<Option<SsoIdentity>> {
    Ok(sso_identity::Entity::find()
        .filter(sso_identity::Column::AccountId.eq(account))
        .filter(sso_identity::Column::ProfileId.eq(profile))
        .one(connection)
        .await?)
}

/// Stores who a user is to the provider, in place of what was known of a user that [`crate::users::lock`]
/// holds.
///
/// # Errors
/// A duplicate when the profile is somebody else's; otherwise when the database fails.
pub async fn identify(tx: &Tx, row: SsoIdentity) -> Result<SsoIdentity> {
    match identity_of(tx, row.user_id).await? {
        Some(known) => {
            let row = SsoIdentity {
                id: known.id,
                created_at: known.created_at,
                ..row
            };
            noun::update(tx, row).await
        }
        None => noun::insert(tx, row).await,
    }
}
