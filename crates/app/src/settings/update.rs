//! Changes a setting.

use keystead_domain::SettingId;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::setting;
use keystead_store::entities::AccountSetting;
use keystead_store::{diff, settings};
use serde_json::Value;

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// A setting that the bearer may change.
#[derive(Debug)]
pub struct Changeable(SettingId);

/// The setting with this id or key, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_key: &str) -> Result<Changeable> {
    cx.bearer()?;
    let setting = settings::find(&cx.db, &cx.scope(), id_or_key).await?;
    Ok(Changeable(cx.allow(Action::SettingUpdate, setting)?.id))
}

/// Sets a setting to another value; without one it stays.
///
/// # Errors
/// 422 for a value that is none of this setting's, 404 when it is gone by now.
pub async fn update(cx: &Cx, setting: Changeable, value: Option<Value>) -> Result<AccountSetting> {
    let tx = cx.begin().await?;
    let was = settings::lock(&tx, &cx.scope(), setting.0).await?;
    let setting = AccountSetting {
        value: value.unwrap_or_else(|| was.value.clone()),
        updated_at: cx.now,
        ..was.clone()
    };
    setting::check(setting.key.as_str(), &setting.value)?;
    let setting = settings::update(&tx, setting).await?;
    let updated = EventName::AccountSettingsUpdated.as_str();
    let mut event = cx.event(updated, NOUN, setting.id.0);
    event.metadata = Some(diff(&was, &setting));
    cx.tell(&tx, event, Payload::Setting(&setting)).await?;
    tx.commit().await?;
    Ok(setting)
}
