//! A pooled key as it is answered (licensing reference §8.1).

use keystead_store::keys::Pooled;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToOne};
use crate::fields::Time;
use crate::input::Nothing;
use crate::nouns::{Keys, Policies, Products};

/// A key's attributes.
#[derive(Object, Serialize)]
pub struct KeyAttributes {
    /// The key.
    key: String,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A key's relationships.
#[derive(Object, Serialize)]
pub struct KeyRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product of its policy.
    product: ToOne<Products>,
    /// The policy in whose pool it waits.
    policy: ToOne<Policies>,
}

impl Rendered for Keys {
    const NAME: &'static str = "Key";
    type Attributes = KeyAttributes;
    type Relationships = KeyRelationships;
    type Meta = Nothing;
}

/// A key as it is answered.
pub fn resource(Pooled { key, product }: Pooled) -> Resource<Keys> {
    let place = Place::of::<Keys>(key.account_id, key.id);
    let relationships = KeyRelationships {
        account: place.account_link(),
        environment: place.environment_link(key.environment_id),
        product: place.to_one("product", Some(product)),
        policy: place.to_one("policy", Some(key.policy_id)),
    };
    let attributes = KeyAttributes {
        key: key.key,
        created: Time(key.created_at),
        updated: Time(key.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
