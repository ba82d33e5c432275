//! An environment as it is answered (identity reference §15.4).

use keystead_domain::words::IsolationStrategy;
use keystead_store::entities::Environment;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, Place, Rendered, Resource};
use crate::fields::{OneOf, Time};
use crate::input::Nothing;
use crate::nouns::Environments;

/// An environment's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentAttributes {
    /// Its name.
    name: String,
    /// A name to look it up by, beside its id.
    code: String,
    /// Whether it sees the global records too.
    isolation_strategy: OneOf<IsolationStrategy>,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// An environment's relationships.
#[derive(Object, Serialize)]
pub struct EnvironmentRelationships {
    /// The account.
    account: AccountLink,
}

impl Rendered for Environments {
    const NAME: &'static str = "Environment";
    type Attributes = EnvironmentAttributes;
    type Relationships = EnvironmentRelationships;
    type Meta = Nothing;
}

/// An environment as it is answered.
pub fn resource(environment: Environment) -> Resource<Environments> {
    let place = Place::of::<Environments>(environment.account_id, environment.id);
    let relationships = EnvironmentRelationships {
        account: place.account_link(),
    };
    let attributes = EnvironmentAttributes {
        name: environment.name,
        code: environment.code,
        isolation_strategy: OneOf(environment.isolation_strategy),
        created: Time(environment.created_at),
        updated: Time(environment.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
