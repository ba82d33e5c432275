//! A constraint as it is answered (distribution reference §5).

use keystead_store::entities::Constraint;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToOne};
use crate::fields::Time;
use crate::input::Nothing;
use crate::nouns::{Constraints, Entitlements, Releases};

/// A constraint's attributes.
#[derive(Object, Serialize)]
pub struct ConstraintAttributes {
    /// When it was made.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A constraint's relationships.
#[derive(Object, Serialize)]
pub struct ConstraintRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The entitlement that is asked for.
    entitlement: ToOne<Entitlements>,
    /// The release that asks.
    release: ToOne<Releases>,
}

impl Rendered for Constraints {
    const NAME: &'static str = "Constraint";
    type Attributes = ConstraintAttributes;
    type Relationships = ConstraintRelationships;
    type Meta = Nothing;
}

/// A constraint as it is answered.
pub fn constraint(row: Constraint) -> Resource<Constraints> {
    let account = row.account_id;
    let place = Place::of::<Constraints>(account, row.id);
    let release = Place::of::<Releases>(account, row.release_id);
    let entitlement = Place::of::<Entitlements>(account, row.entitlement_id);
    let relationships = ConstraintRelationships {
        account: place.account_link(),
        environment: place.environment_link(row.environment_id),
        entitlement: Place::to_one_at(entitlement),
        release: Place::to_one_at(release),
    };
    let attributes = ConstraintAttributes {
        created: Time(row.created_at),
        updated: Time(row.updated_at),
    };
    Resource {
        link: Link::Joined {
            place: release,
            name: "constraints",
            id: place.id(),
        },
        ..Resource::new(place, attributes, relationships)
    }
}
