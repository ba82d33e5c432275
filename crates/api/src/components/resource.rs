//! A component as it is answered (machines reference §2.1).

use keystead_store::components::Loaded;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToOne};
use crate::fields::{Metadata, Time};
use crate::input::Nothing;
use crate::nouns::{Components, Licenses, Machines, Products};

/// A component's attributes.
#[derive(Object, Serialize)]
pub struct ComponentAttributes {
    /// What tells it from other components.
    fingerprint: String,
    /// A name for people.
    name: String,
    /// Free data.
    metadata: Metadata,
    /// When it was added.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// What a component is related to.
#[derive(Object, Serialize)]
pub struct ComponentRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product of its machine's license.
    product: ToOne<Products>,
    /// Its machine's license.
    license: ToOne<Licenses>,
    /// The machine that it is of.
    machine: ToOne<Machines>,
}

impl Rendered for Components {
    const NAME: &'static str = "Component";
    type Attributes = ComponentAttributes;
    type Relationships = ComponentRelationships;
    type Meta = Nothing;
}

/// A component as it is answered.
pub fn resource(loaded: Loaded) -> Resource<Components> {
    let Loaded { component, of } = loaded;
    let place = Place::of::<Components>(component.account_id, component.id);
    let attributes = ComponentAttributes {
        fingerprint: component.fingerprint,
        name: component.name,
        metadata: Metadata::from(component.metadata),
        created: Time(component.created_at),
        updated: Time(component.updated_at),
    };
    let relationships = ComponentRelationships {
        account: place.account_link(),
        environment: place.environment_link(component.environment_id),
        product: place.to_one("product", Some(of.product_id)),
        license: place.to_one("license", Some(of.license_id)),
        machine: place.to_one("machine", Some(component.machine_id)),
    };
    Resource::new(place, attributes, relationships)
}
