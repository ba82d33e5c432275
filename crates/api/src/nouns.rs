//! The resource types of the contract, each with its two spellings and the type of its ids.

use keystead_domain::{
    AccountId, EntitlementId, EnvironmentId, EventId, GroupId, GroupOwnerId, KeyId,
    LicenseEntitlementId, LicenseId, MachineId, PolicyEntitlementId, PolicyId, ProductId,
    RequestId, SecondFactorId, TokenId, UserId, WebhookEndpointId, WebhookEventId,
};
use uuid::Uuid;

/// A resource type, as a type: what a link may point to, what a document holds.
pub trait Noun: Send + Sync + 'static {
    /// The type's name on the wire: a dashed plural.
    const TYPE: &'static str;
    /// The singular that clients may send instead.
    const SINGULAR: &'static str;
    /// The ids of its records.
    type Id: From<Uuid>;

    /// An id of this noun, as it is on the wire.
    fn uuid(id: Self::Id) -> Uuid;
}

/// The resource types that a link may name: one noun, or a choice of some.
pub trait Nouns: Send + Sync + 'static {
    /// (type, singular) of each.
    const TYPES: &'static [(&'static str, &'static str)];
}

impl<N: Noun> Nouns for N {
    const TYPES: &'static [(&'static str, &'static str)] = &[(N::TYPE, N::SINGULAR)];
}

/// Declares one marker type per resource type.
macro_rules! nouns {
    ($($name:ident = $type:literal, $singular:literal, $id:ident;)*) => {$(
        #[doc = concat!("The resource type `", $type, "`.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {}

        impl Noun for $name {
            const TYPE: &'static str = $type;
            const SINGULAR: &'static str = $singular;
            type Id = $id;

            fn uuid(id: $id) -> Uuid {
                id.0
            }
        }
    )*};
}

#[rustfmt::skip]
nouns! {
    Accounts           = "accounts",      "account",      AccountId;
    Environments       = "environments",  "environment",  EnvironmentId;
    Users              = "users",         "user",         UserId;
    SecondFactors      = "second-factors", "second-factor", SecondFactorId;
    Tokens             = "tokens",        "token",        TokenId;
    Products           = "products",      "product",      ProductId;
    Policies           = "policies",      "policy",       PolicyId;
    Licenses           = "licenses",      "license",      LicenseId;
    Machines           = "machines",      "machine",      MachineId;
    Groups             = "groups",        "group",        GroupId;
    GroupOwners        = "group-owners",  "group-owner",  GroupOwnerId;
    Keys               = "keys",          "key",          KeyId;
    Entitlements       = "entitlements",  "entitlement",  EntitlementId;
    PolicyEntitlements = "policy-entitlements", "policy-entitlement", PolicyEntitlementId;
    LicenseEntitlements = "license-entitlements", "license-entitlement", LicenseEntitlementId;
    WebhookEndpoints   = "webhook-endpoints", "webhook-endpoint", WebhookEndpointId;
    WebhookEvents      = "webhook-events", "webhook-event", WebhookEventId;
    EventLogs          = "event-logs",    "event-log",    EventId;
    RequestLogs        = "request-logs",  "request-log",  RequestId;
}

/// What a token may speak for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearers {}

impl Nouns for Bearers {
    const TYPES: &'static [(&'static str, &'static str)] = &[
        (Users::TYPE, Users::SINGULAR),
        (Products::TYPE, Products::SINGULAR),
        (Licenses::TYPE, Licenses::SINGULAR),
        (Environments::TYPE, Environments::SINGULAR),
    ];
}
