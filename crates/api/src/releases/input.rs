//! What clients send of a release (distribution reference §1.2).

use keystead_app::releases::{Change, Draft};
use keystead_domain::words::{NewReleaseStatus, ReleaseChannel, ReleaseStatus};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Is, Link, Maybe, MaybeLink, Metadata, OneOf, Time};
use crate::input::{Create, Update};
use crate::nouns::{Constraints, Entitlements, Environments, Packages, Products, Releases};

/// What a new release is given.
#[derive(Debug, Object, Deserialize)]
pub struct NewRelease {
    /// Its name, at most 255 characters.
    #[serde(default)]
    name: Maybe<String>,
    /// What there is to say of it, at most 16384 characters.
    #[serde(default)]
    description: Maybe<String>,
    /// How finished it is.
    channel: OneOf<ReleaseChannel>,
    /// Whether it is published at once; `DRAFT` when absent.
    status: Option<OneOf<NewReleaseStatus>>,
    /// A name to look it up by, unique in its product or package, at most 255 characters.
    #[serde(default)]
    tag: Maybe<String>,
    /// Its version, unique in its product or package.
    version: String,
    /// When it is to count as created, for licenses that expired: in the past.
    #[serde(default)]
    backdated: Maybe<Time>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new release is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewReleaseRelationships {
    /// The product that it is a version of.
    product: Link<Products>,
    /// The package that it is in.
    #[serde(default)]
    package: MaybeLink<Packages>,
    /// The entitlements that it asks for, at most 20.
    constraints: Option<NewConstraints>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The entitlements that a new release asks for.
#[derive(Debug, Object, Deserialize)]
pub struct NewConstraints {
    /// One for each entitlement.
    data: Vec<NewConstraint>,
}

/// A demand for an entitlement.
#[derive(Debug, Object, Deserialize)]
pub struct NewConstraint {
    /// The type of the demand.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: Is<Constraints>,
    /// What is asked for.
    relationships: NewConstraintRelationships,
}

/// What a demand is for.
#[derive(Debug, Object, Deserialize)]
pub struct NewConstraintRelationships {
    /// The entitlement.
    entitlement: Link<Entitlements>,
}

/// The body of `POST /releases`.
pub type NewReleaseBody = Create<Releases, NewRelease, NewReleaseRelationships>;

/// What of a release may be changed: null clears where there may be nothing, and what is absent
/// stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ReleaseChange {
    /// Its name, at most 255 characters.
    name: Maybe<String>,
    /// What there is to say of it, at most 16384 characters.
    description: Maybe<String>,
    /// A name to look it up by, unique in its product or package, at most 255 characters.
    tag: Maybe<String>,
    /// When it is to count as created, for licenses that expired: in the past.
    backdated: Maybe<Time>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /releases/{release}`.
pub type ReleaseChangeBody = Update<Releases, ReleaseChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewReleaseBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships;
    let asked = relationships.constraints.map(|asked| asked.data);
    Draft {
        name: new.name.value(),
        description: new.description.value(),
        channel: new.channel.0,
        status: new.status.map(|word| match word.0 {
            NewReleaseStatus::Draft => ReleaseStatus::Draft,
            NewReleaseStatus::Published => ReleaseStatus::Published,
        }),
        tag: new.tag.value(),
        version: new.version,
        backdated_at: new.backdated.value().map(|time| time.0),
        metadata: new.metadata.map(Into::into),
        product: relationships.product.id(),
        package: relationships.package.id(),
        constraints: asked
            .unwrap_or_default()
            .iter()
            .map(|asked| asked.relationships.entitlement.id())
            .collect(),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: ReleaseChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name.change(),
        description: change.description.change(),
        tag: change.tag.change(),
        backdated_at: change.backdated.map(|time| time.0).change(),
        metadata: change.metadata.map(Into::into),
    }
}
