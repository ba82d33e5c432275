//! Deletes a setting.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::settings;

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the setting with this id or key: what it decided is as usual again.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_key: &str) -> Result<()> {
    cx.bearer()?;
    let setting = settings::find(&cx.db, &cx.scope(), id_or_key).await?;
    let setting = cx.allow(Action::SettingDelete, setting)?;

    let tx = cx.begin().await?;
    let deleted = EventName::AccountSettingsDeleted.as_str();
    let event = cx.event(deleted, NOUN, setting.id.0);
    cx.tell(&tx, event, Payload::Setting(&setting)).await?;
    settings::delete(&tx, setting.id).await?;
    tx.commit().await?;
    Ok(())
}
