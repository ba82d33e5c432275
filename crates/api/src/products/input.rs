//! What clients send of a product (licensing reference §1.2).

use keystead_app::Cx;
use keystead_app::products::{Change, Draft};
use keystead_domain::access::Role;
use keystead_domain::words::DistributionStrategy;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Judged, Maybe, MaybeLink, Metadata};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Products};
use crate::shape::Guards;

/// What a new product is given.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewProduct {
    /// Its name, at most 255 characters.
    name: String,
    /// A name to look it up by, beside its id: unique in the account, at most 255 characters.
    #[oai(validator(min_length = 1))]
    code: Option<String>,
    /// Who may get its releases; `LICENSED` when absent.
    distribution_strategy: Option<Judged<DistributionStrategy>>,
    /// Its home page, an address on the web.
    url: Option<String>,
    /// What it runs on, in any words.
    #[serde(default)]
    platforms: Maybe<Vec<String>>,
    /// What its tokens may do at most; all that products may when absent.
    permissions: Option<Vec<String>>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new product is related to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewProductRelationships {
    /// The environment; the request's when absent.
    environment: MaybeLink<Environments>,
}

/// The body of `POST /products`.
pub type NewProductBody = Create<Products, NewProduct, Option<NewProductRelationships>>;

/// What of a product may be changed: null clears where there may be nothing, and what is absent
/// stays.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct ProductChange {
    /// Its name, at most 255 characters.
    name: Option<String>,
    /// A name to look it up by, beside its id: unique in the account, at most 255 characters.
    #[oai(validator(min_length = 1))]
    code: Option<String>,
    /// Who may get its releases; null is as good as `LICENSED`.
    distribution_strategy: Maybe<Judged<DistributionStrategy>>,
    /// Its home page, an address on the web.
    url: Maybe<String>,
    /// What it runs on, in any words.
    platforms: Maybe<Vec<String>>,
    /// What its tokens may do at most.
    permissions: Option<Vec<String>>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /products/{product}`.
pub type ProductChangeBody = Update<Products, ProductChange>;

/// What the bearer may send of a product: its permissions only who may create it.
pub fn guards(cx: &Cx) -> Guards {
    let role = cx.bearer.as_ref().map(|bearer| bearer.role);
    let grants = matches!(
        role,
        Some(Role::Admin | Role::Developer | Role::Environment)
    );
    Guards::at(cx.version).allow(grants, &["data/attributes/permissions"])
}

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewProductBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships.unwrap_or_default();
    Draft {
        name: new.name,
        code: new.code,
        distribution_strategy: new.distribution_strategy.map(|word| word.text),
        url: new.url,
        platforms: new.platforms.value(),
        permissions: new.permissions,
        metadata: new.metadata.map(Into::into),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: ProductChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name,
        code: change.code,
        distribution_strategy: change.distribution_strategy.map(|word| word.text).change(),
        url: change.url.change(),
        platforms: change.platforms.change(),
        permissions: change.permissions,
        metadata: change.metadata.map(Into::into),
    }
}
