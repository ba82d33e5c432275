//! What clients send of a license.

use keystead_app::Cx;
use keystead_app::licenses::update::LimitChange;
use keystead_app::licenses::{Change, Draft};
use keystead_domain::access::Role;
use keystead_domain::term::Limits;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use crate::fields::{Link, Maybe, MaybeLink, Metadata, Time};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Groups, Licenses, Policies, Users};
use crate::shape::Guards;

/// What a new license may be given.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct NewLicense {
    /// A name for people, at most 1024 characters.
    name: Option<String>,
    /// The key; under a scheme, a template of what the key says. One is made when absent.
    #[oai(validator(min_length = 1))]
    key: Option<String>,
    /// When it expires; as its policy says when absent or null.
    expiry: Maybe<Time>,
    /// Whether it is suspended from the start.
    suspended: Option<bool>,
    /// Whether it is protected from its users; as its policy is when absent.
    protected: Option<bool>,
    /// Machines it may have; its policy's limit when absent, null or 0.
    max_machines: Maybe<i64>,
    /// Processes it may run; its policy's limit when absent, null or 0.
    max_processes: Maybe<i64>,
    /// Users it may have; its policy's limit when absent, null or 0.
    max_users: Maybe<i64>,
    /// Cores its machines may have; its policy's limit when absent, null or 0.
    max_cores: Maybe<i64>,
    /// Bytes of memory its machines may have; its policy's limit when absent, null or 0.
    max_memory: Maybe<i64>,
    /// Bytes of disk its machines may have; its policy's limit when absent, null or 0.
    max_disk: Maybe<i64>,
    /// How often it may be used; its policy's limit when absent, null or 0.
    max_uses: Maybe<i64>,
    /// What it permits; the default set when absent.
    permissions: Option<Vec<String>>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new license is related to.
#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewLicenseRelationships {
    /// The policy whose terms it is under.
    policy: Link<Policies>,
    /// The user who will own it.
    #[serde(default)]
    owner: MaybeLink<Users>,
    /// An older name of `owner`.
    #[serde(default)]
    user: MaybeLink<Users>,
    /// The group whose limits it shares; its owner's when absent.
    #[serde(default)]
    group: MaybeLink<Groups>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The body of `POST /licenses`.
pub type NewLicenseBody =
    Create<Licenses, Option<NewLicense>, NewLicenseRelationships, Option<Uuid>>;

/// What of a license may be changed: null clears, and what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct LicenseChange {
    /// A name for people, at most 1024 characters.
    name: Maybe<String>,
    /// When it expires; never when null.
    expiry: Maybe<Time>,
    /// Whether it is suspended.
    suspended: Option<bool>,
    /// Whether it is protected from its users.
    protected: Option<bool>,
    /// Machines it may have; its policy's limit when null or 0.
    max_machines: Maybe<i64>,
    /// Processes it may run; its policy's limit when null or 0.
    max_processes: Maybe<i64>,
    /// Users it may have; its policy's limit when null or 0.
    max_users: Maybe<i64>,
    /// Cores its machines may have; its policy's limit when null or 0.
    max_cores: Maybe<i64>,
    /// Bytes of memory its machines may have; its policy's limit when null or 0.
    max_memory: Maybe<i64>,
    /// Bytes of disk its machines may have; its policy's limit when null or 0.
    max_disk: Maybe<i64>,
    /// How often it may be used; its policy's limit when null or 0.
    max_uses: Maybe<i64>,
    /// What it permits.
    permissions: Option<Vec<String>>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /licenses/{license}`.
pub type LicenseChangeBody = Update<Licenses, LicenseChange>;

/// What only those who run the account, its environments and products may send.
const FOR_STAFF: &[&str] = &[
    "data/id",
    "data/attributes/expiry",
    "data/attributes/suspended",
    "data/attributes/protected",
    "data/attributes/max_machines",
    "data/attributes/max_processes",
    "data/attributes/max_users",
    "data/attributes/max_cores",
    "data/attributes/max_memory",
    "data/attributes/max_disk",
    "data/attributes/max_uses",
    "data/relationships/group",
    "data/relationships/environment",
];

/// What the bearer may send of a new license (licensing §3.2, §3.4).
pub fn guards(cx: &Cx) -> Guards {
    let role = cx.bearer.as_ref().map(|bearer| bearer.role);
    let customer = matches!(role, None | Some(Role::User | Role::License));
    changing(cx).allow(!customer, FOR_STAFF)
}

/// What the bearer may send of a changed license, which it is known to be allowed to change.
pub fn changing(cx: &Cx) -> Guards {
    let role = cx.bearer.as_ref().map(|bearer| bearer.role);
    let grants = matches!(
        role,
        Some(Role::Admin | Role::Developer | Role::Product | Role::Environment)
    );
    Guards::at(cx.version).allow(grants, &["data/attributes/permissions"])
}

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewLicenseBody) -> Draft {
    let data = sent.data;
    let NewLicenseRelationships {
        policy,
        owner,
        user,
        group,
        environment,
    } = data.relationships;
    let new = data.attributes.unwrap_or_default();
    Draft {
        id: data.id.map(Into::into),
        policy: policy.id(),
        owner: owner.id().or_else(|| user.id()),
        group: group.id(),
        environment: environment.sent().change(),
        name: new.name,
        key: new.key,
        expiry: new.expiry.value().map(|time| time.0),
        suspended: new.suspended.unwrap_or_default(),
        protected: new.protected,
        limits: Limits {
            machines: new.max_machines.value(),
            processes: new.max_processes.value(),
            users: new.max_users.value(),
            cores: new.max_cores.value(),
            memory: new.max_memory.value(),
            disk: new.max_disk.value(),
            uses: new.max_uses.value(),
        },
        permissions: new.permissions,
        metadata: new.metadata.map(Into::into),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: LicenseChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name.change(),
        expiry: change.expiry.map(|time| time.0).change(),
        suspended: change.suspended,
        protected: change.protected,
        limits: LimitChange {
            machines: change.max_machines.change(),
            processes: change.max_processes.change(),
            users: change.max_users.change(),
            cores: change.max_cores.change(),
            memory: change.max_memory.change(),
            disk: change.max_disk.change(),
            uses: change.max_uses.change(),
        },
        permissions: change.permissions,
        metadata: change.metadata.map(Into::into),
    }
}
