//! A product as it is answered (licensing reference §1.3).

use keystead_domain::words::DistributionStrategy;
use keystead_store::entities::Product;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToMany};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::Products;

/// A product's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct ProductAttributes {
    /// Its name.
    name: String,
    /// A name to look it up by, beside its id.
    code: Nullable<String>,
    /// Who may get its releases; null is as good as `LICENSED`.
    distribution_strategy: Nullable<OneOf<DistributionStrategy>>,
    /// Its home page.
    url: Nullable<String>,
    /// What it runs on, in the vendor's words.
    platforms: Nullable<Vec<String>>,
    /// What its tokens may do at most, ascending.
    permissions: Vec<String>,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A product's relationships.
#[derive(Object, Serialize)]
pub struct ProductRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The terms that its licenses are under.
    policies: ToMany,
    /// Its licenses.
    licenses: ToMany,
    /// The machines that its licenses are bound to.
    machines: ToMany,
    /// Who own or share its licenses.
    users: ToMany,
    /// Its tokens.
    tokens: ToMany,
    /// The platforms of its releases.
    platforms: ToMany,
    /// The channels of its releases.
    channels: ToMany,
    /// Its releases.
    releases: ToMany,
    /// The files of its releases.
    artifacts: ToMany,
}

impl Rendered for Products {
    const NAME: &'static str = "Product";
    type Attributes = ProductAttributes;
    type Relationships = ProductRelationships;
    type Meta = Nothing;
}

/// A product as it is answered.
pub fn resource(product: Product) -> Resource<Products> {
    let place = Place::of::<Products>(product.account_id, product.id);
    let relationships = ProductRelationships {
        account: place.account_link(),
        environment: place.environment_link(product.environment_id),
        policies: place.to_many("policies"),
        licenses: place.to_many("licenses"),
        machines: place.to_many("machines"),
        users: place.to_many("users"),
        tokens: place.to_many("tokens"),
        platforms: place.to_many("platforms"),
        channels: place.to_many("channels"),
        releases: place.to_many("releases"),
        artifacts: place.to_many("artifacts"),
    };
    let attributes = ProductAttributes {
        name: product.name,
        code: Nullable(product.code),
        distribution_strategy: Nullable(product.distribution_strategy.map(OneOf)),
        url: Nullable(product.url),
        platforms: Nullable(
            product
                .platforms
                .and_then(|list| serde_json::from_value(list).ok()),
        ),
        permissions: product.permissions.names().map(str::to_owned).collect(),
        metadata: product.metadata.into(),
        created: Time(product.created_at),
        updated: Time(product.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
