//! Groups and their owners as they are answered (identity reference §19).

use keystead_store::entities::{Group, GroupOwner};
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{
    AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToMany, ToOne,
};
use crate::fields::{Metadata, Nullable, Time};
use crate::input::Nothing;
use crate::nouns::{GroupOwners, Groups, Users};

/// A group's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct GroupAttributes {
    /// Its name.
    name: String,
    /// How many users may be in it; any number when null.
    max_users: Nullable<i64>,
    /// How many licenses may be in it; any number when null.
    max_licenses: Nullable<i64>,
    /// How many machines may be in it; any number when null.
    max_machines: Nullable<i64>,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A group's relationships.
#[derive(Object, Serialize)]
pub struct GroupRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The users who may look into it.
    owners: ToMany,
    /// The users in it.
    users: ToMany,
    /// The licenses in it.
    licenses: ToMany,
    /// The machines in it.
    machines: ToMany,
}

impl Rendered for Groups {
    const NAME: &'static str = "Group";
    type Attributes = GroupAttributes;
    type Relationships = GroupRelationships;
    type Meta = Nothing;
}

/// An ownership's attributes.
#[derive(Object, Serialize)]
pub struct GroupOwnerAttributes {
    /// When it was made.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// An ownership's relationships.
#[derive(Object, Serialize)]
pub struct GroupOwnerRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The group.
    group: ToOne<Groups>,
    /// The user who owns it.
    user: ToOne<Users>,
}

impl Rendered for GroupOwners {
    const NAME: &'static str = "GroupOwner";
    type Attributes = GroupOwnerAttributes;
    type Relationships = GroupOwnerRelationships;
    type Meta = Nothing;
}

/// A group as it is answered.
pub fn resource(group: Group) -> Resource<Groups> {
    let place = Place::of::<Groups>(group.account_id, group.id);
    let relationships = GroupRelationships {
        account: place.account_link(),
        environment: place.environment_link(group.environment_id),
        owners: place.to_many("owners"),
        users: place.to_many("users"),
        licenses: place.to_many("licenses"),
        machines: place.to_many("machines"),
    };
    let attributes = GroupAttributes {
        name: group.name,
        max_users: Nullable(group.max_users),
        max_licenses: Nullable(group.max_licenses),
        max_machines: Nullable(group.max_machines),
        metadata: group.metadata.into(),
        created: Time(group.created_at),
        updated: Time(group.updated_at),
    };
    Resource::new(place, attributes, relationships)
}

/// An ownership of a group as it is answered: it lives below its group.
pub fn owner(owner: &GroupOwner) -> Resource<GroupOwners> {
    let account = owner.account_id;
    let group = Place::of::<Groups>(account, owner.group_id);
    let place = Place::of::<GroupOwners>(account, owner.id);
    let relationships = GroupOwnerRelationships {
        account: place.account_link(),
        environment: place.environment_link(owner.environment_id),
        group: Place::to_one_at(group),
        user: Place::to_one_at(Place::of::<Users>(account, owner.user_id)),
    };
    let attributes = GroupOwnerAttributes {
        created: Time(owner.created_at),
        updated: Time(owner.updated_at),
    };
    Resource {
        link: Link::Below {
            place: group,
            name: "owners",
        },
        ..Resource::new(place, attributes, relationships)
    }
}
