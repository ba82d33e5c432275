//! What clients send of a webhook endpoint.

use keystead_app::webhook_endpoints::{Change, Draft};
use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookSignatureAlgorithm;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Judged, MaybeLink, OneOf};
use crate::input::{Create, Doc, Sent};
use crate::nouns::{Environments, Products, WebhookEndpoints};

/// What a new endpoint is.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewEndpoint {
    /// Where it is called: `https`, and a name on the public internet.
    #[oai(validator(min_length = 1))]
    url: String,
    /// The events it is told of; every one when absent.
    subscriptions: Option<Vec<String>>,
    /// How what it is sent is signed; with Ed25519 when absent.
    signature_algorithm: Option<Judged<WebhookSignatureAlgorithm>>,
    /// The version of the API that it reads; the request's when absent.
    api_version: Option<OneOf<ApiVersion>>,
}

/// What a new endpoint is related to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewEndpointRelationships {
    /// The environment; the request's when absent.
    environment: MaybeLink<Environments>,
    /// The product whose records it is told of; those of all products when absent.
    product: MaybeLink<Products>,
}

/// The body of `POST /webhook-endpoints`.
pub type NewEndpointBody = Create<WebhookEndpoints, NewEndpoint, Option<NewEndpointRelationships>>;

/// What of an endpoint may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct EndpointChange {
    /// Where it is called: `https`, and a name on the public internet.
    #[oai(validator(min_length = 1))]
    url: Option<String>,
    /// The events it is told of.
    subscriptions: Option<Vec<String>>,
    /// How what it is sent is signed.
    signature_algorithm: Option<Judged<WebhookSignatureAlgorithm>>,
    /// The version of the API that it reads.
    api_version: Option<OneOf<ApiVersion>>,
}

/// What an endpoint may be related to anew.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct EndpointChangeRelationships {
    /// The product whose records it is told of; null for all products.
    product: MaybeLink<Products>,
}

/// The body of `PATCH /webhook-endpoints/{endpoint}`.
pub type EndpointChangeBody = Doc<
    Sent<
        WebhookEndpoints,
        Option<EndpointChange>,
        Option<EndpointChangeRelationships>,
        Option<String>,
    >,
>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewEndpointBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships.unwrap_or_default();
    Draft {
        url: new.url,
        subscriptions: new.subscriptions,
        signature_algorithm: new.signature_algorithm.map(|word| word.text),
        api_version: new.api_version.map(|word| word.0),
        product: relationships.product.id(),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: EndpointChangeBody) -> Change {
    let change = sent.data.attributes.unwrap_or_default();
    let relationships = sent.data.relationships.unwrap_or_default();
    Change {
        url: change.url,
        subscriptions: change.subscriptions,
        signature_algorithm: change.signature_algorithm.map(|word| word.text),
        api_version: change.api_version.map(|word| word.0),
        product: relationships.product.sent().change(),
    }
}
