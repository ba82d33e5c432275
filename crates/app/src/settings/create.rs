//! Creates a setting.

use keystead_domain::access::{Action, Tie};
use keystead_domain::event::EventName;
use keystead_domain::{At, Code, setting};
use keystead_store::entities::AccountSetting;
use keystead_store::{OnDuplicate, settings};
use serde_json::Value;

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// A setting to be made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which setting, in snake case.
    pub key: String,
    /// What it is set to.
    pub value: Value,
}

/// Who may, asked before the body is read.
///
/// # Errors
/// 401, 403 by the access matrix.
pub fn creatable(cx: &Cx) -> Result<()> {
    cx.bearer()?;
    Ok(cx.allow_create(Action::SettingCreate, &Tie::default())?)
}

/// Creates a setting of the account.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for a key or value that is none, or a key that is set.
pub async fn create(cx: &Cx, draft: Draft) -> Result<AccountSetting> {
    creatable(cx)?;
    let (key, _) = setting::check(&draft.key, &draft.value)?;

    let setting = AccountSetting {
        id: cx.ids.next(),
        account_id: cx.account(),
        key,
        value: draft.value,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let tx = cx.begin().await?;
    let setting = settings::insert(&tx, setting)
        .await
        .on_duplicate(Code::KeyTaken.at(At::Attribute("key".into())))?;
    let created = EventName::AccountSettingsCreated.as_str();
    let event = cx.event(created, NOUN, setting.id.0);
    cx.tell(&tx, event, Payload::Setting(&setting)).await?;
    tx.commit().await?;
    Ok(setting)
}
