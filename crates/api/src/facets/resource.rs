//! A platform, arch, channel or engine as it is answered (distribution reference §4).

use keystead_domain::FacetId;
use keystead_store::entities::Facet;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, Link, Place, Rendered, Resource};
use crate::fields::{Nullable, Time};
use crate::input::Nothing;
use crate::nouns::{Arches, Channels, Engines, Platforms};

/// A facet's attributes.
#[derive(Object, Serialize)]
pub struct FacetAttributes {
    /// Its name, if somebody gave it one.
    name: Nullable<String>,
    /// What releases and files say to have it.
    key: String,
    /// When it was first used.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A facet's relationships.
#[derive(Object, Serialize)]
pub struct FacetRelationships {
    /// The account.
    account: AccountLink,
}

impl Rendered for Platforms {
    const NAME: &'static str = "Platform";
    type Attributes = FacetAttributes;
    type Relationships = FacetRelationships;
    type Meta = Nothing;
}

impl Rendered for Arches {
    const NAME: &'static str = "Arch";
    type Attributes = FacetAttributes;
    type Relationships = FacetRelationships;
    type Meta = Nothing;
}

impl Rendered for Channels {
    const NAME: &'static str = "Channel";
    type Attributes = FacetAttributes;
    type Relationships = FacetRelationships;
    type Meta = Nothing;
}

impl Rendered for Engines {
    const NAME: &'static str = "Engine";
    type Attributes = FacetAttributes;
    type Relationships = FacetRelationships;
    type Meta = Nothing;
}

/// A facet as it is answered.
pub fn resource<N>(facet: Facet) -> Resource<N>
where
    N: Rendered<Id = FacetId, Attributes = FacetAttributes, Relationships = FacetRelationships>,
{
    let place = Place::of::<N>(facet.account_id, facet.id);
    let relationships = FacetRelationships {
        account: place.account_link(),
    };
    let attributes = FacetAttributes {
        name: Nullable(facet.name),
        key: facet.key,
        created: Time(facet.created_at),
        updated: Time(facet.updated_at),
    };
    Resource {
        link: Link::Related,
        ..Resource::new(place, attributes, relationships)
    }
}
