//! A user as it is answered (identity reference §17.5).

use keystead_app::users::Person;
use keystead_domain::words::{UserRole, UserStatus};
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToMany, ToOne};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Groups, Users};

/// A user's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct UserAttributes {
    /// First and last name; null when either is missing.
    full_name: Nullable<String>,
    /// The first name.
    first_name: Nullable<String>,
    /// The last name.
    last_name: Nullable<String>,
    /// The address, in lower case.
    email: String,
    /// What the user is now: inactive 90 days after the last sign of life.
    status: OneOf<UserStatus>,
    /// How the user may act.
    role: OneOf<UserRole>,
    /// What the user may do, ascending.
    permissions: Vec<String>,
    /// Free data.
    metadata: Metadata,
    /// When the user was created.
    created: Time,
    /// When the user was last changed.
    updated: Time,
}

/// A user's relationships.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct UserRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The group whose limits the user shares.
    group: ToOne<Groups>,
    /// The products that the user holds licenses of.
    products: ToMany,
    /// The licenses that the user owns or shares.
    licenses: ToMany,
    /// The machines of those licenses.
    machines: ToMany,
    /// The user's tokens.
    tokens: ToMany,
    /// The user's second factors.
    second_factors: ToMany,
}

impl Rendered for Users {
    const NAME: &'static str = "User";
    type Attributes = UserAttributes;
    type Relationships = UserRelationships;
    type Meta = Nothing;
}

/// A user as it is answered.
pub fn resource(person: Person) -> Resource<Users> {
    let Person { user, status } = person;
    let place = Place::of::<Users>(user.account_id, user.id);
    let relationships = UserRelationships {
        account: place.account_link(),
        environment: place.environment_link(user.environment_id),
        group: place.to_one("group", user.group_id),
        products: place.to_many("products"),
        licenses: place.to_many("licenses"),
        machines: place.to_many("machines"),
        tokens: place.to_many("tokens"),
        second_factors: place.to_many("second-factors"),
    };
    let names = user.first_name.as_ref().zip(user.last_name.as_ref());
    let attributes = UserAttributes {
        full_name: Nullable(names.map(|(first, last)| format!("{first} {last}"))),
        first_name: Nullable(user.first_name),
        last_name: Nullable(user.last_name),
        email: user.email,
        status: OneOf(status),
        role: OneOf(user.role),
        permissions: user.permissions.names().map(str::to_owned).collect(),
        metadata: user.metadata.into(),
        created: Time(user.created_at),
        updated: Time(user.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
