//! A machine as it is answered (machines reference §1.2).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use keystead_app::machines::View;
use keystead_domain::words::HeartbeatStatus;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToMany, ToOne};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Groups, Licenses, Machines, Products, Users};
use crate::versions::LicenseOwners;

/// A machine's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct MachineAttributes {
    /// What tells it from every other machine.
    fingerprint: String,
    /// Its cores.
    cores: Nullable<i64>,
    /// Its memory, in bytes.
    memory: Nullable<i64>,
    /// Its disk, in bytes.
    disk: Nullable<i64>,
    /// Its address.
    ip: Nullable<String>,
    /// Its name in the network.
    hostname: Nullable<String>,
    /// What it runs.
    platform: Nullable<String>,
    /// A name for people.
    name: Nullable<String>,
    /// Whether it is expected to send heartbeats.
    require_heartbeat: bool,
    /// What its heart is doing.
    heartbeat_status: OneOf<HeartbeatStatus>,
    /// How long its heart may be silent, in seconds.
    heartbeat_duration: i64,
    /// Processes it may run; any number when null.
    max_processes: Nullable<i64>,
    /// Its last check-out.
    last_check_out: Nullable<Time>,
    /// Its last heartbeat.
    last_heartbeat: Nullable<Time>,
    /// When its next heartbeat is due.
    next_heartbeat: Nullable<Time>,
    /// Free data.
    metadata: Metadata,
    /// When it was activated.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// What a machine is related to.
#[derive(Object, Serialize)]
pub struct MachineRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product of its license.
    product: ToOne<Products>,
    /// The group whose limits it shares.
    group: ToOne<Groups>,
    /// The license that it takes a seat of.
    license: ToOne<Licenses>,
    /// The user who owns it.
    owner: ToOne<Users>,
    /// Its hardware.
    components: ToMany,
    /// What runs on it.
    processes: ToMany,
}

impl Rendered for Machines {
    const NAME: &'static str = "Machine";
    type Attributes = MachineAttributes;
    type Relationships = MachineRelationships;
    type Meta = Nothing;
}

/// A machine as it is answered.
pub fn resource(view: View) -> Resource<Machines> {
    let View {
        loaded,
        heart,
        status,
    } = view;
    let (max_processes, updated) = (loaded.max_processes(), loaded.updated_at());
    let machine = loaded.machine;
    let place = Place::of::<Machines>(machine.account_id, machine.id);
    let time = |time: Option<DateTime<Utc>>| Nullable(time.map(Time));
    let attributes = MachineAttributes {
        fingerprint: machine.fingerprint,
        cores: Nullable(machine.cores),
        memory: Nullable(machine.memory),
        disk: Nullable(machine.disk),
        ip: Nullable(machine.ip),
        hostname: Nullable(machine.hostname),
        platform: Nullable(machine.platform),
        name: Nullable(machine.name),
        require_heartbeat: heart.expected(),
        heartbeat_status: OneOf(status),
        heartbeat_duration: heart.window.num_seconds(),
        max_processes: Nullable(max_processes),
        last_check_out: time(machine.last_check_out_at),
        last_heartbeat: time(heart.last_at),
        next_heartbeat: time(heart.next_beat()),
        metadata: Metadata::from(machine.metadata),
        created: Time(machine.created_at),
        updated: Time(updated),
    };
    let relationships = MachineRelationships {
        account: place.account_link(),
        environment: place.environment_link(machine.environment_id),
        product: place.to_one("product", Some(loaded.terms.product_id)),
        group: place.to_one("group", machine.group_id),
        license: place.to_one("license", Some(machine.license_id)),
        owner: place.to_one("owner", machine.owner_id),
        components: place.to_many("components"),
        processes: place.to_many("processes"),
    };
    Resource::new(place, attributes, relationships)
}

/// An answer that also knows who owns the license of its machine: up to version 1.5 that was the
/// machine's user.
#[derive(Debug)]
pub struct Owned<R> {
    answer: R,
    owners: LicenseOwners,
}

impl<R> Owned<R> {
    /// An answer that shows this machine.
    pub fn of(view: &View, answer: R) -> Self {
        let owner = view.loaded.terms.license_owner_id;
        let owners = owner.map(|owner| (view.loaded.machine.id, owner));
        Self {
            answer,
            owners: LicenseOwners(HashMap::from_iter(owners)),
        }
    }
}

impl<R: IntoResponse> IntoResponse for Owned<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        response.set_data(self.owners);
        response
    }
}

impl<R: ApiResponse> ApiResponse for Owned<R> {
    fn meta() -> MetaResponses {
        R::meta()
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}
