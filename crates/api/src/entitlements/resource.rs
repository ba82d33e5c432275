//! An entitlement as it is answered (licensing reference §8.2).

use keystead_store::entities::Entitlement;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource};
use crate::fields::{Metadata, Time};
use crate::input::Nothing;
use crate::nouns::Entitlements;

/// An entitlement's attributes.
#[derive(Object, Serialize)]
pub struct EntitlementAttributes {
    /// Its name.
    name: String,
    /// What programs ask for it by.
    code: String,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// An entitlement's relationships.
#[derive(Object, Serialize)]
pub struct EntitlementRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
}

impl Rendered for Entitlements {
    const NAME: &'static str = "Entitlement";
    type Attributes = EntitlementAttributes;
    type Relationships = EntitlementRelationships;
    type Meta = Nothing;
}

/// An entitlement as it is answered.
pub fn resource(entitlement: Entitlement) -> Resource<Entitlements> {
    let place = Place::of::<Entitlements>(entitlement.account_id, entitlement.id);
    let relationships = EntitlementRelationships {
        account: place.account_link(),
        environment: place.environment_link(entitlement.environment_id),
    };
    let attributes = EntitlementAttributes {
        name: entitlement.name,
        code: entitlement.code,
        metadata: entitlement.metadata.into(),
        created: Time(entitlement.created_at),
        updated: Time(entitlement.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
