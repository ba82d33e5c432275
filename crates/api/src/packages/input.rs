//! What clients send of a package.

use keystead_app::packages::{Change, Draft};
use keystead_domain::words::Engine;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Link, Maybe, MaybeLink, Metadata, OneOf};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Packages, Products};

/// What a new package is given.
#[derive(Debug, Object, Deserialize)]
pub struct NewPackage {
    /// Its name, at most 255 characters.
    name: String,
    /// What clients ask for it by: unique in the account, at most 255 characters.
    key: String,
    /// Whose clients it is served to, besides the API's own.
    #[serde(default)]
    engine: Maybe<OneOf<Engine>>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new package is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewPackageRelationships {
    /// The product whose releases it groups.
    product: Link<Products>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The body of `POST /packages`.
pub type NewPackageBody = Create<Packages, NewPackage, NewPackageRelationships>;

/// What of a package may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct PackageChange {
    /// Its name, at most 255 characters.
    name: Option<String>,
    /// What clients ask for it by: unique in the account, at most 255 characters.
    key: Option<String>,
    /// Whose clients it is served to; null for the API's own alone.
    engine: Maybe<OneOf<Engine>>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /packages/{package}`.
pub type PackageChangeBody = Update<Packages, PackageChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewPackageBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships;
    Draft {
        name: new.name,
        key: new.key,
        engine: new.engine.value().map(|word| word.0),
        metadata: new.metadata.map(Into::into),
        product: relationships.product.id(),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: PackageChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name,
        key: change.key,
        engine: change.engine.map(|word| word.0).change(),
        metadata: change.metadata.map(Into::into),
    }
}
