//! What clients send of a setting.

use keystead_app::settings::Draft;
use poem_openapi::Object;
use serde::Deserialize;
use serde_json::Value;

use crate::casing;
use crate::input::{Create, Update};
use crate::nouns::Settings;

/// What a new setting is.
#[derive(Debug, Default, Object, Deserialize)]
pub struct NewSetting {
    /// Which setting: `default_license_permissions` or `default_user_permissions`, in any casing.
    key: String,
    /// What it is set to: names of permissions.
    value: Value,
}

/// The body of `POST /settings`.
pub type NewSettingBody = Create<Settings, NewSetting>;

/// What of a setting may be changed.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct SettingChange {
    /// What it is set to: names of permissions.
    pub value: Option<Value>,
}

/// The body of `PATCH /settings/{setting}`.
pub type SettingChangeBody = Update<Settings, SettingChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewSettingBody) -> Draft {
    let NewSetting { key, value } = sent.data.attributes;
    Draft {
        key: casing::snake(&key).into_owned(),
        value,
    }
}
