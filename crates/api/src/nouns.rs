//! The resource types of the contract, each with its two spellings and the type of its ids.

use keystead_domain::{
    AccountId, ArtifactId, ComponentId, ConstraintId, EntitlementId, EnvironmentId, EventId,
    FacetId, GroupId, GroupOwnerId, KeyId, LicenseEntitlementId, LicenseFileId, LicenseId,
    LicenseUserId, MachineFileId, MachineId, PackageId, PolicyEntitlementId, PolicyId, ProcessId,
    ProductId, ReleaseId, RequestId, SecondFactorId, SettingId, TokenId, UserId, WebhookEndpointId,
    WebhookEventId,
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
    Settings           = "settings",      "setting",      SettingId;
    Environments       = "environments",  "environment",  EnvironmentId;
    Users              = "users",         "user",         UserId;
    SecondFactors      = "second-factors", "second-factor", SecondFactorId;
    Tokens             = "tokens",        "token",        TokenId;
    Products           = "products",      "product",      ProductId;
    Policies           = "policies",      "policy",       PolicyId;
    Licenses           = "licenses",      "license",      LicenseId;
    Machines           = "machines",      "machine",      MachineId;
    Components         = "components",    "component",    ComponentId;
    Processes          = "processes",     "process",      ProcessId;
    Groups             = "groups",        "group",        GroupId;
    GroupOwners        = "group-owners",  "group-owner",  GroupOwnerId;
    Keys               = "keys",          "key",          KeyId;
    Entitlements       = "entitlements",  "entitlement",  EntitlementId;
    PolicyEntitlements = "policy-entitlements", "policy-entitlement", PolicyEntitlementId;
    Releases           = "releases",      "release",      ReleaseId;
    Artifacts          = "artifacts",     "artifact",     ArtifactId;
    Packages           = "packages",      "package",      PackageId;
    Constraints        = "constraints",   "constraint",   ConstraintId;
    Platforms          = "platforms",     "platform",     FacetId;
    Arches             = "arches",        "arch",         FacetId;
    Channels           = "channels",      "channel",      FacetId;
    Engines            = "engines",       "engine",       FacetId;
    LicenseFiles       = "license-files", "license-file", LicenseFileId;
    MachineFiles       = "machine-files", "machine-file", MachineFileId;
    LicenseEntitlements = "license-entitlements", "license-entitlement", LicenseEntitlementId;
    LicenseUsers       = "license-users", "license-user", LicenseUserId;
    WebhookEndpoints   = "webhook-endpoints", "webhook-endpoint", WebhookEndpointId;
    WebhookEvents      = "webhook-events", "webhook-event", WebhookEventId;
    EventLogs          = "event-logs",    "event-log",    EventId;
    RequestLogs        = "request-logs",  "request-log",  RequestId;
}

/// Plans of the hosted service: clients that found accounts name one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plans {}

impl Noun for Plans {
    const TYPE: &'static str = "plans";
    const SINGULAR: &'static str = "plan";
    type Id = Uuid;

    fn uuid(id: Uuid) -> Uuid {
        id
    }
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
