//! The scope of a validation: what the client wants to hold, as it was sent.

use keystead_domain::validation::{Asked, distinct};
use serde::Serialize;

/// What the client wants to hold (licensing §5.2); an absent member is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Wanted {
    /// A product's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// A policy's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// A machine's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// A machine's fingerprint; it wins over `fingerprints`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Fingerprints of machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprints: Option<Vec<String>>,
    /// Fingerprints of components.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<String>>,
    /// A user's id or address; null asks for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Option<String>>,
    /// Codes of entitlements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Vec<String>>,
    /// An artifact's checksum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// A release's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// An environment's id or code; null asks for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Option<String>>,
}

impl Wanted {
    /// The scope as the rules look at it: lists with each item once.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            environment: self.environment.as_ref().map(Option::as_deref),
            product: self.product.as_deref(),
            policy: self.policy.as_deref(),
            user: self.user.as_ref().map(Option::as_deref),
            entitlements: self.entitlements.as_deref().map(distinct),
            machine: self.machine.as_deref(),
            fingerprint: self.fingerprint.as_deref(),
            fingerprints: self.fingerprints.as_deref().map(distinct),
            components: self.components.as_deref().map(distinct),
            checksum: self.checksum.as_deref(),
            version: self.version.as_deref(),
        }
    }
}
