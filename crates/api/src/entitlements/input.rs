//! What clients send of an entitlement.

use keystead_app::entitlements::{Change, Draft};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{MaybeLink, Metadata};
use crate::input::{Create, Update};
use crate::nouns::{Entitlements, Environments};

/// What a new entitlement is given.
#[derive(Debug, Default, Object, Deserialize)]
pub struct NewEntitlement {
    /// Its name, at most 255 characters.
    name: String,
    /// What programs ask for it by: unique in the account, at most 255 characters.
    #[oai(validator(min_length = 1))]
    code: String,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new entitlement is related to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewEntitlementRelationships {
    /// The environment; the request's when absent.
    environment: MaybeLink<Environments>,
}

/// The body of `POST /entitlements`.
pub type NewEntitlementBody =
    Create<Entitlements, NewEntitlement, Option<NewEntitlementRelationships>>;

/// What of an entitlement may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct EntitlementChange {
    /// Its name, at most 255 characters.
    name: Option<String>,
    /// What programs ask for it by: unique in the account, at most 255 characters.
    #[oai(validator(min_length = 1))]
    code: Option<String>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /entitlements/{entitlement}`.
pub type EntitlementChangeBody = Update<Entitlements, EntitlementChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewEntitlementBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships.unwrap_or_default();
    Draft {
        name: new.name,
        code: new.code,
        metadata: new.metadata.map(Into::into),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: EntitlementChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name,
        code: change.code,
        metadata: change.metadata.map(Into::into),
    }
}
