//! Settings of accounts: few, and all in sight of whoever may see any.

use keystead_domain::access::{Scope, Seen, Tie, Tied};
use keystead_domain::setting::SettingKey;
use keystead_domain::{Refused, SettingId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::entities::AccountSetting;
use crate::entities::account_setting::{Column, Entity};
use crate::noun::{self, Noun};
use crate::page::{Direction, Page, Slice};
use crate::{Result, Tx};

impl Noun for Entity {
    const NAME: &'static str = "setting";
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
}

// Settings are the account's, and live outside of environments like it.
impl Tied for AccountSetting {
    fn tie(&self) -> Tie {
        Tie::default()
    }
}

fn visible(scope: &Scope) -> Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(scope.account()))
}

/// The setting with this id or key.
///
/// # Errors
/// Not found when there is none; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id_or_key: &str,
) -> Result<Seen<AccountSetting>> {
    let not_found = || Refused::not_found(Entity::NAME, id_or_key);
    let named = match (Uuid::parse_str(id_or_key), SettingKey::parse(id_or_key)) {
        (Ok(id), _) => Column::Id.eq(id),
        (_, Some(key)) => Column::Key.eq(key),
        _ => return Err(not_found().into()),
    };
    let found = visible(scope).filter(named).one(connection).await?;
    Ok(scope.seen(found.ok_or_else(not_found)?))
}

/// The value of a setting, when the account has it. Uses `account_settings_key`.
///
/// # Errors
/// When the database fails.
pub async fn value<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    key: SettingKey,
) -> Result<Option<serde_json::Value>> {
    let found = visible(scope)
        .filter(Column::Key.eq(key))
        .one(connection)
        .await?;
    Ok(found.map(|setting| setting.value))
}

/// The setting with this id, its row locked until the transaction ends.
///
/// # Errors
/// Not found when it is gone; otherwise when the database fails.
pub async fn lock(tx: &Tx, scope: &Scope, id: SettingId) -> Result<AccountSetting> {
    noun::lock(tx, visible(scope), id).await
}

/// One page of the account's settings. There is at most one of each key, so no index is asked for.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    page: Page,
    direction: Direction,
) -> Result<Slice<AccountSetting>> {
    noun::list(connection, visible(scope), page, direction).await
}

/// Stores a new setting.
///
/// # Errors
/// A duplicate when the account has one of this key; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: AccountSetting) -> Result<AccountSetting> {
    noun::insert(tx, row).await
}

/// Writes a setting that [`lock`] holds.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &Tx, row: AccountSetting) -> Result<AccountSetting> {
    noun::update(tx, row).await
}

/// Removes a setting.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: SettingId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
