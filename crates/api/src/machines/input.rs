//! What clients send of a machine.

use keystead_app::Cx;
use keystead_app::machines::{Change, Draft};
use keystead_domain::access::Role;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use crate::components::input::NewParts;
use crate::fields::{Link, Maybe, MaybeLink, Metadata, NullableLinkBody};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Groups, Licenses, Machines, Users};
use crate::shape::Guards;

/// What only those may write who also sell: how large a machine is, and its metadata.
pub const SIZES: &[&str] = &[
    "data/attributes/cores",
    "data/attributes/memory",
    "data/attributes/disk",
    "data/attributes/metadata",
];

/// What a new machine may be given.
#[derive(Debug, Object, Deserialize)]
pub struct NewMachine {
    /// What tells it from every other machine, at most 4096 characters.
    #[oai(validator(min_length = 1))]
    fingerprint: String,
    /// A name for people.
    name: Option<String>,
    /// Its address.
    ip: Option<String>,
    /// Its name in the network.
    hostname: Option<String>,
    /// What it runs.
    platform: Option<String>,
    /// Its cores.
    cores: Option<i64>,
    /// Its memory, in bytes.
    memory: Option<i64>,
    /// Its disk, in bytes.
    disk: Option<i64>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new machine is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewMachineRelationships {
    /// The license that it takes a seat of.
    license: Link<Licenses>,
    /// The user who will own it.
    #[serde(default)]
    owner: MaybeLink<Users>,
    /// Its group; its license's, or else its owner's, when absent.
    #[serde(default)]
    group: MaybeLink<Groups>,
    /// Its hardware.
    components: Option<NewParts>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The body of `POST /machines`.
pub type NewMachineBody = Create<Machines, NewMachine, NewMachineRelationships, Option<Uuid>>;

/// What of a machine may be changed: null clears, and what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct MachineChange {
    /// A name for people.
    name: Maybe<String>,
    /// Its address.
    ip: Maybe<String>,
    /// Its name in the network.
    hostname: Maybe<String>,
    /// What it runs.
    platform: Maybe<String>,
    /// Its cores.
    cores: Maybe<i64>,
    /// Its memory, in bytes.
    memory: Maybe<i64>,
    /// Its disk, in bytes.
    disk: Maybe<i64>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /machines/{id}`.
pub type MachineChangeBody = Update<Machines, MachineChange>;

/// The body of `PUT /machines/{id}/owner`.
pub type OwnerBody = NullableLinkBody<Users>;

/// The body of `PUT /machines/{id}/group`.
pub type GroupBody = NullableLinkBody<Groups>;

/// What this bearer may not send of a new machine.
pub fn guards(cx: &Cx) -> Guards {
    let role = cx.bearer.as_ref().map(|bearer| bearer.role);
    let customer = matches!(role, Some(Role::User | Role::License));
    Guards::at(cx.version).allow(!customer, &["data/relationships/group"])
}

/// The machine that a body asks for.
pub fn draft(sent: NewMachineBody) -> Draft {
    let (attributes, relationships) = (sent.data.attributes, sent.data.relationships);
    Draft {
        id: sent.data.id.map(Into::into),
        license: relationships.license.id(),
        owner: relationships.owner.id(),
        group: relationships.group.id(),
        environment: relationships.environment.sent().change(),
        fingerprint: attributes.fingerprint,
        name: attributes.name,
        ip: attributes.ip,
        hostname: attributes.hostname,
        platform: attributes.platform,
        cores: attributes.cores,
        memory: attributes.memory,
        disk: attributes.disk,
        metadata: attributes.metadata.map(Into::into),
        parts: relationships
            .components
            .map(NewParts::parts)
            .unwrap_or_default(),
    }
}

/// The change that a body asks for.
pub fn change(sent: MachineChangeBody) -> Change {
    let MachineChange {
        name,
        ip,
        hostname,
        platform,
        cores,
        memory,
        disk,
        metadata,
    } = sent.data.attributes;
    Change {
        name: name.change(),
        ip: ip.change(),
        hostname: hostname.change(),
        platform: platform.change(),
        cores: cores.change(),
        memory: memory.change(),
        disk: disk.change(),
        metadata: metadata.map(Into::into),
    }
}
