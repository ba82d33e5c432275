//! A process as it is answered (machines reference §2.2).

use keystead_app::processes::View;
use keystead_domain::words::HeartbeatStatus;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToOne};
use crate::fields::{Metadata, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Licenses, Machines, Processes, Products};

/// A process's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct ProcessAttributes {
    /// Its last heartbeat.
    last_heartbeat: Time,
    /// When its next heartbeat is due.
    next_heartbeat: Time,
    /// How long its heart may be silent, in seconds.
    interval: i64,
    /// What its heart is doing; it has always begun to beat.
    status: OneOf<HeartbeatStatus>,
    /// What tells it from the machine's other processes.
    pid: String,
    /// When it was started.
    created: Time,
    /// When it was last changed.
    updated: Time,
    /// Free data.
    metadata: Metadata,
}

/// What a process is related to.
#[derive(Object, Serialize)]
pub struct ProcessRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product of its machine's license.
    product: ToOne<Products>,
    /// Its machine's license.
    license: ToOne<Licenses>,
    /// The machine that it runs on.
    machine: ToOne<Machines>,
}

impl Rendered for Processes {
    const NAME: &'static str = "Process";
    type Attributes = ProcessAttributes;
    type Relationships = ProcessRelationships;
    type Meta = Nothing;
}

/// A process as it is answered.
pub fn resource(view: View) -> Resource<Processes> {
    let View {
        loaded,
        heart,
        status,
    } = view;
    let (last_at, updated) = (loaded.pulse.last_at, loaded.updated_at());
    let (process, of) = (loaded.process, loaded.of);
    let place = Place::of::<Processes>(process.account_id, process.id);
    let attributes = ProcessAttributes {
        last_heartbeat: Time(last_at),
        next_heartbeat: Time(last_at + heart.window),
        interval: heart.window.num_seconds(),
        status: OneOf(status),
        pid: process.pid,
        created: Time(process.created_at),
        updated: Time(updated),
        metadata: Metadata::from(process.metadata),
    };
    let relationships = ProcessRelationships {
        account: place.account_link(),
        environment: place.environment_link(process.environment_id),
        product: place.to_one("product", Some(of.product_id)),
        license: place.to_one("license", Some(of.license_id)),
        machine: place.to_one("machine", Some(process.machine_id)),
    };
    Resource::new(place, attributes, relationships)
}
