//! What clients send of a pooled key.

use keystead_app::keys::Draft;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Link, MaybeLink};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Keys, Policies};

/// What a new key is.
#[derive(Debug, Default, Object, Deserialize)]
pub struct NewKey {
    /// The key: 8 to 1024 characters, unique among the account's keys.
    #[oai(validator(min_length = 1))]
    key: String,
}

/// What a new key is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewKeyRelationships {
    /// The policy whose pool it is for.
    policy: Link<Policies>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The body of `POST /keys`.
pub type NewKeyBody = Create<Keys, NewKey, NewKeyRelationships>;

/// What of a key may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct KeyChange {
    /// The key: 8 to 1024 characters, unique among the account's keys.
    #[oai(validator(min_length = 1))]
    pub key: Option<String>,
}

/// The body of `PATCH /keys/{key}`.
pub type KeyChangeBody = Update<Keys, KeyChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewKeyBody) -> Draft {
    let relationships = sent.data.relationships;
    Draft {
        key: sent.data.attributes.key,
        policy: relationships.policy.id(),
        environment: relationships.environment.sent().change(),
    }
}
