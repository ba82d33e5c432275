//! A package as it is answered (distribution reference §3).

use keystead_store::entities::Package;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToOne};
use crate::fields::{Metadata, Nullable, Time};
use crate::input::Nothing;
use crate::nouns::{Packages, Products};

/// A package's attributes.
#[derive(Object, Serialize)]
pub struct PackageAttributes {
    /// Its name.
    name: String,
    /// What clients ask for it by, unique in the account.
    key: String,
    /// Whose clients it is served to, besides the API's own.
    engine: Nullable<String>,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A package's relationships.
#[derive(Object, Serialize)]
pub struct PackageRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product whose releases it groups.
    product: ToOne<Products>,
}

impl Rendered for Packages {
    const NAME: &'static str = "Package";
    type Attributes = PackageAttributes;
    type Relationships = PackageRelationships;
    type Meta = Nothing;
}

/// A package as it is answered.
pub fn resource(package: Package) -> Resource<Packages> {
    let place = Place::of::<Packages>(package.account_id, package.id);
    let product = Place::of::<Products>(package.account_id, package.product_id);
    let relationships = PackageRelationships {
        account: place.account_link(),
        environment: place.environment_link(package.environment_id),
        product: Place::to_one_at(product),
    };
    let attributes = PackageAttributes {
        name: package.name,
        key: package.key,
        engine: Nullable(package.engine),
        metadata: package.metadata.into(),
        created: Time(package.created_at),
        updated: Time(package.updated_at),
    };
    Resource {
        link: Link::Related,
        ..Resource::new(place, attributes, relationships)
    }
}
