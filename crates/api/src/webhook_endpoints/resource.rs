//! A webhook endpoint as it is answered.

use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookSignatureAlgorithm;
use keystead_store::entities::WebhookEndpoint;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToElsewhere};
use crate::fields::{OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Products, WebhookEndpoints};

/// An endpoint's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct EndpointAttributes {
    /// Where it is called.
    url: String,
    /// The events it is told of; none when it asked not to be called any more.
    subscriptions: Vec<String>,
    /// How what it is sent is signed.
    signature_algorithm: OneOf<WebhookSignatureAlgorithm>,
    /// The version of the API that it reads.
    api_version: OneOf<ApiVersion>,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// An endpoint's relationships.
#[derive(Object, Serialize)]
pub struct EndpointRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product whose records it is told of; those of all products when null.
    product: ToElsewhere<Products>,
}

impl Rendered for WebhookEndpoints {
    const NAME: &'static str = "WebhookEndpoint";
    type Attributes = EndpointAttributes;
    type Relationships = EndpointRelationships;
    type Meta = Nothing;
}

/// An endpoint as it is answered.
pub fn resource(endpoint: WebhookEndpoint) -> Resource<WebhookEndpoints> {
    let place = Place::of::<WebhookEndpoints>(endpoint.account_id, endpoint.id);
    let relationships = EndpointRelationships {
        account: place.account_link(),
        environment: place.environment_link(endpoint.environment_id),
        product: ToElsewhere::of(endpoint.account_id, endpoint.product_id),
    };
    let attributes = EndpointAttributes {
        url: endpoint.url,
        subscriptions: serde_json::from_value(endpoint.subscriptions).unwrap_or_default(),
        signature_algorithm: OneOf(endpoint.signature_algorithm),
        api_version: OneOf(endpoint.api_version),
        created: Time(endpoint.created_at),
        updated: Time(endpoint.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
