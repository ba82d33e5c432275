//! A setting as it is answered.

use keystead_domain::setting::SettingKey;
use keystead_store::entities::AccountSetting;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::Value;

use crate::document::{AccountLink, Place, Rendered, Resource};
use crate::fields::{OneOf, Time};
use crate::input::Nothing;
use crate::nouns::Settings;

/// A setting's attributes.
#[derive(Object, Serialize)]
pub struct SettingAttributes {
    /// Which setting, in snake case.
    key: OneOf<SettingKey>,
    /// What it is set to.
    value: Value,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A setting's relationships.
#[derive(Object, Serialize)]
pub struct SettingRelationships {
    /// The account.
    account: AccountLink,
}

impl Rendered for Settings {
    const NAME: &'static str = "Setting";
    type Attributes = SettingAttributes;
    type Relationships = SettingRelationships;
    type Meta = Nothing;
}

/// A setting as it is answered.
pub fn resource(setting: AccountSetting) -> Resource<Settings> {
    let place = Place::of::<Settings>(setting.account_id, setting.id);
    let relationships = SettingRelationships {
        account: place.account_link(),
    };
    let attributes = SettingAttributes {
        key: OneOf(setting.key),
        value: setting.value,
        created: Time(setting.created_at),
        updated: Time(setting.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
