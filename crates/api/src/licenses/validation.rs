//! Validations on the wire (licensing reference §5.2, §5.3).

use chrono::{DateTime, Utc};
use keystead_app::licenses::{Ask, Validation, Wanted};
use keystead_domain::validation::ValidationCode;
use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::resource::resource;
use crate::document::Document;
use crate::fields::{Maybe, OneOf, Time};
use crate::input::Meta;
use crate::nouns::Licenses;

/// What the client wants to hold. An absent member is not asked for.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// The product's id.
    product: Option<String>,
    /// The policy's id.
    policy: Option<String>,
    /// The id of a machine of the license.
    machine: Option<String>,
    /// The fingerprint of a machine of the license; it wins over `fingerprints`.
    fingerprint: Option<String>,
    /// Fingerprints of machines; the policy says how many must match.
    fingerprints: Option<Vec<String>>,
    /// Fingerprints of components of the machine with the `fingerprint`.
    components: Option<Vec<String>>,
    /// The id or address of the owner or an attached user; null asks for no owner.
    user: Maybe<String>,
    /// Codes of entitlements, all of which the license must hold.
    entitlements: Option<Vec<String>>,
    /// The checksum of an artifact that the license may download.
    checksum: Option<String>,
    /// The version of a release that the license may use.
    version: Option<String>,
    /// The environment's id or code; null asks for the global one.
    environment: Maybe<String>,
}

/// What is sent with a validation.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct AskMeta {
    /// A number that the answer repeats.
    nonce: Option<i64>,
    /// What the client wants to hold.
    scope: Option<Scope>,
}

/// What is sent with a validation by key.
#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct KeyMeta {
    /// The license's key, exactly as it was issued.
    #[oai(validator(min_length = 1))]
    pub key: String,
    /// Whether the key is a legacy encrypted one.
    #[serde(default)]
    pub encrypted: Option<bool>,
    /// An older name of `encrypted`.
    #[serde(default, rename = "legacy_encrypted")]
    pub legacy_encrypted: Option<bool>,
    /// A number that the answer repeats.
    #[serde(default)]
    nonce: Option<i64>,
    /// What the client wants to hold.
    #[serde(default)]
    scope: Option<Scope>,
}

/// The body of `POST /licenses/{license}/actions/validate`, which may be left out.
pub type AskBody = Meta<Option<AskMeta>>;

/// The body of `POST /licenses/actions/validate-key`.
pub type KeyBody = Meta<KeyMeta>;

impl From<Option<AskMeta>> for ValidationAsk {
    fn from(meta: Option<AskMeta>) -> Self {
        let AskMeta { nonce, scope } = meta.unwrap_or_default();
        Self(Ask {
            nonce,
            scope: scope.map(wanted),
        })
    }
}

/// What was sent, as the use case takes it.
pub struct ValidationAsk(pub Ask);

impl KeyMeta {
    /// The key, whether it is a legacy one, and what else was sent, as the use case takes them.
    pub fn split(self) -> (String, bool, Ask) {
        let legacy = self.encrypted.or(self.legacy_encrypted).unwrap_or_default();
        (
            self.key,
            legacy,
            Ask {
                nonce: self.nonce,
                scope: self.scope.map(wanted),
            },
        )
    }
}

fn wanted(scope: Scope) -> Wanted {
    Wanted {
        product: scope.product,
        policy: scope.policy,
        machine: scope.machine,
        fingerprint: scope.fingerprint,
        fingerprints: scope.fingerprints,
        components: scope.components,
        user: scope.user.change(),
        entitlements: scope.entitlements,
        checksum: scope.checksum,
        version: scope.version,
        environment: scope.environment.change(),
    }
}

/// What a validation found.
#[derive(Object, Serialize)]
#[oai(rename = "Validation")]
pub struct ValidationMeta {
    /// The server's time.
    ts: Time,
    /// Whether the license may be used.
    valid: bool,
    /// What was found, in words.
    detail: String,
    /// What was found.
    code: OneOf<ValidationCode>,
    /// The number that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<i64>,
    /// The scope as it was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Echo>,
}

/// The scope as it was understood, without what was null and meant nothing.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Echo(Wanted);

wire!(answered [] Echo {
    required: false,
    name: Scope::name(),
    schema: Scope::schema_ref(),
    register: |registry| Scope::register(registry),
});

/// The answer to a validation.
pub fn document(validation: Validation, now: DateTime<Utc>) -> Document<Licenses, ValidationMeta> {
    let Validation {
        license,
        verdict,
        ask,
    } = validation;
    let meta = ValidationMeta {
        ts: Time(now),
        valid: verdict.valid,
        detail: verdict.detail.to_owned(),
        code: OneOf(verdict.code),
        nonce: ask.nonce,
        scope: ask.scope.map(Echo),
    };
    Document::from(license.map(|license| resource(license, now))).with_meta(meta)
}
