//! What clients send of a process.

use keystead_app::processes::Draft;
use poem_openapi::Object;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::components::input::PartRelationships;
use crate::fields::Metadata;
use crate::input::{Create, Update};
use crate::nouns::Processes;

/// What customers may not write.
pub const DESCRIPTION: &[&str] = &["data/attributes/metadata"];

/// What a new process may be given.
#[derive(Debug, Object, Deserialize)]
pub struct NewProcess {
    /// What tells it from the machine's other processes, at most 4096 characters.
    #[oai(validator(min_length = 1))]
    pid: String,
    /// Free data.
    metadata: Option<Metadata>,
}

/// The body of `POST /processes`.
pub type NewProcessBody = Create<Processes, NewProcess, PartRelationships, Option<Uuid>>;

/// What of a process may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProcessChange {
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /processes/{id}`.
pub type ProcessChangeBody = Update<Processes, ProcessChange>;

/// The process that a body asks for.
pub fn draft(sent: NewProcessBody) -> Draft {
    let (attributes, relationships) = (sent.data.attributes, sent.data.relationships);
    Draft {
        id: sent.data.id.map(Into::into),
        machine: relationships.machine.id(),
        environment: relationships.environment.sent().change(),
        pid: attributes.pid,
        metadata: attributes.metadata.map(Into::into),
    }
}

/// The metadata that a body asks for.
pub fn metadata(sent: ProcessChangeBody) -> Option<Value> {
    sent.data.attributes.metadata.map(Into::into)
}
