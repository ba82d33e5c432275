//! What clients send of a license's token: it may count machines (licensing reference §3.11).

use keystead_app::Cx;
use keystead_app::tokens::{self, Draft};
use keystead_domain::access::{Action, BearerId};
use poem_openapi::Object;
use serde::Deserialize;

use super::input;
use crate::body::Body;
use crate::document::Document;
use crate::fields::{Maybe, Time};
use crate::input::{Doc, Sent};
use crate::nouns::Tokens;
use crate::problem::Result;
use crate::tokens::{NewTokenEnvironment, resource};

/// What a license's new token may be given.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct NewLicenseToken {
    /// A name for people.
    name: Maybe<String>,
    /// When it ends; never when absent or null.
    expiry: Maybe<Time>,
    /// Machines it may activate, at least 0; any number when absent or null.
    max_activations: Maybe<i64>,
    /// Machines it may deactivate, at least 0; any number when absent or null.
    max_deactivations: Maybe<i64>,
    /// What it permits: at most what the license may; all of that when absent.
    permissions: Option<Vec<String>>,
}

/// The body of `POST /licenses/{id}/tokens`, which may be left out.
pub type NewLicenseTokenBody =
    Doc<Option<Sent<Tokens, Option<NewLicenseToken>, Option<NewTokenEnvironment>>>>;

/// Issues a token for a license.
pub async fn create(
    cx: &Cx,
    license: BearerId,
    body: Body<NewLicenseTokenBody>,
) -> Result<Document<Tokens>> {
    let sent = body.read(&input::changing(cx))?;
    let (new, relationships) = match sent.data {
        Some(data) => (
            data.attributes.unwrap_or_default(),
            data.relationships.unwrap_or_default(),
        ),
        None => Default::default(),
    };
    let draft = Draft {
        name: new.name.value(),
        expiry: new.expiry.map(|time| time.0).change(),
        permissions: new.permissions,
        max_activations: new.max_activations.value(),
        max_deactivations: new.max_deactivations.value(),
        environment: relationships.environment().change(),
    };
    let made = tokens::generate_for(cx, Action::LicenseTokensGenerate, license, draft).await?;
    Ok(Document::of(resource(&made.issued, Some(&made.secret))))
}
