//! What clients send of a component.

use keystead_app::components::{Change, Draft};
use keystead_app::machines::Part;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Is, Link, MaybeLink, Metadata};
use crate::input::{Create, Update};
use crate::nouns::{Components, Environments, Machines};

/// What customers may not write.
pub const DESCRIPTION: &[&str] = &["data/attributes/metadata"];

/// What a new component may be given.
#[derive(Debug, Object, Deserialize)]
pub struct NewComponent {
    /// What tells it from other components, at most 4096 characters.
    #[oai(validator(min_length = 1))]
    fingerprint: String,
    /// A name for people.
    #[oai(validator(min_length = 1))]
    name: String,
    /// Free data.
    metadata: Option<Metadata>,
}

/// The hardware that a new machine comes with.
#[derive(Debug, Object, Deserialize)]
pub struct NewParts {
    /// One for each part, at most 20.
    data: Vec<NewPart>,
}

/// A part of a new machine.
#[derive(Debug, Object, Deserialize)]
pub struct NewPart {
    /// The type of the part.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: Is<Components>,
    /// What it is given.
    attributes: NewComponent,
}

impl NewParts {
    /// The parts, as the use case takes them.
    pub fn parts(self) -> Vec<Part> {
        let part = |NewPart { attributes, .. }: NewPart| Part {
            fingerprint: attributes.fingerprint,
            name: attributes.name,
            metadata: attributes.metadata.map(Into::into),
        };
        self.data.into_iter().map(part).collect()
    }
}

/// What a part of a machine is related to.
#[derive(Debug, Object, Deserialize)]
pub struct PartRelationships {
    /// The machine that it is of.
    pub machine: Link<Machines>,
    /// The environment; the request's when absent.
    #[serde(default)]
    pub environment: MaybeLink<Environments>,
}

/// The body of `POST /components`.
pub type NewComponentBody = Create<Components, NewComponent, PartRelationships>;

/// What of a component may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ComponentChange {
    /// A name for people.
    #[oai(validator(min_length = 1))]
    name: Option<String>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /components/{id}`.
pub type ComponentChangeBody = Update<Components, ComponentChange>;

/// The component that a body asks for.
pub fn draft(sent: NewComponentBody) -> Draft {
    let (attributes, relationships) = (sent.data.attributes, sent.data.relationships);
    Draft {
        machine: relationships.machine.id(),
        environment: relationships.environment.sent().change(),
        fingerprint: attributes.fingerprint,
        name: attributes.name,
        metadata: attributes.metadata.map(Into::into),
    }
}

/// The change that a body asks for.
pub fn change(sent: ComponentChangeBody) -> Change {
    let ComponentChange { name, metadata } = sent.data.attributes;
    Change {
        name,
        metadata: metadata.map(Into::into),
    }
}
