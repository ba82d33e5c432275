//! A token as it is answered (identity reference §10.4).

use keystead_app::tokens::{self, Fresh};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::BearerKind;
use keystead_domain::{EnvironmentId, LicenseId, ProductId, UserId};
use keystead_signing::Secret;
use keystead_store::tokens::Issued;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, Document, EnvironmentLink, Place, Rendered, Resource, ToOne};
use crate::fields::{Nullable, Time};
use crate::input::Nothing;
use crate::nouns::{Bearers, Environments, Licenses, Products, Tokens, Users};

/// A token's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct TokenAttributes {
    /// Whose kind of token it is; it follows the bearer's current role.
    kind: String,
    /// The secret: shown when the token is made or regenerated, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// When the token ends; never when null.
    expiry: Nullable<Time>,
    /// A name for people.
    name: Nullable<String>,
    /// Machines the token may activate; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_activations: Option<Nullable<i64>>,
    /// Machines the token has activated; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    activations: Option<i64>,
    /// Machines the token may deactivate; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_deactivations: Option<Nullable<i64>>,
    /// Machines the token has deactivated; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivations: Option<i64>,
    /// What token and bearer both permit, ascending.
    permissions: Vec<String>,
    /// When the token was issued.
    created: Time,
    /// When the token was last changed.
    updated: Time,
}

/// A token's relationships.
#[derive(Object, Serialize)]
pub struct TokenRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// Whom the token speaks for.
    bearer: ToOne<Bearers>,
}

impl Rendered for Tokens {
    const NAME: &'static str = "Token";
    type Attributes = TokenAttributes;
    type Relationships = TokenRelationships;
    type Meta = Nothing;
}

/// A token as it is answered; `secret` when it has just been made.
pub fn resource(issued: &Issued, secret: Option<&Secret<String>>) -> Resource<Tokens> {
    let row = &issued.token;
    let place = Place::of::<Tokens>(row.account_id, row.id);
    let bearer = match row.bearer_kind {
        BearerKind::User => Place::of::<Users>(row.account_id, UserId(row.bearer_id)),
        BearerKind::Product => Place::of::<Products>(row.account_id, ProductId(row.bearer_id)),
        BearerKind::License => Place::of::<Licenses>(row.account_id, LicenseId(row.bearer_id)),
        BearerKind::Environment => {
            Place::of::<Environments>(row.account_id, EnvironmentId(row.bearer_id))
        }
    };
    let counts = row.bearer_kind == BearerKind::License;
    let attributes = TokenAttributes {
        kind: tokens::kind(issued).name().to_owned(),
        token: secret.map(|secret| secret.expose().clone()),
        expiry: Nullable(row.expiry.map(Time)),
        name: Nullable(row.name.clone()),
        max_activations: counts.then_some(Nullable(row.max_activations)),
        activations: counts.then_some(row.activations),
        max_deactivations: counts.then_some(Nullable(row.max_deactivations)),
        deactivations: counts.then_some(row.deactivations),
        permissions: names(tokens::effective(issued)),
        created: Time(row.created_at),
        updated: Time(row.updated_at),
    };
    let relationships = TokenRelationships {
        account: place.account_link(),
        environment: place.environment_link(row.environment_id),
        bearer: Place::to_one_at(bearer),
    };
    Resource::new(place, attributes, relationships)
}

fn names(set: PermissionSet) -> Vec<String> {
    set.names().map(str::to_owned).collect()
}

/// The answer to whoever made the token: the only one that holds its secret.
pub fn fresh(fresh: &Fresh) -> Document<Tokens> {
    Document::of(resource(&fresh.issued, Some(&fresh.secret)))
}
