//! What clients send of a group.

use keystead_app::groups::{Change, Draft};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Maybe, MaybeLink, Metadata};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Groups};

/// What a new group is given.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewGroup {
    /// Its name, at most 255 characters.
    name: String,
    /// How many users may be in it; any number when absent.
    max_users: Option<i64>,
    /// How many licenses may be in it; any number when absent.
    max_licenses: Option<i64>,
    /// How many machines may be in it; any number when absent.
    max_machines: Option<i64>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new group is related to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewGroupRelationships {
    /// The environment; the request's when absent.
    environment: MaybeLink<Environments>,
}

/// The body of `POST /groups`.
pub type NewGroupBody = Create<Groups, NewGroup, Option<NewGroupRelationships>>;

/// What of a group may be changed: null lifts a limit, and what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct GroupChange {
    /// Its name, at most 255 characters.
    name: Option<String>,
    /// How many users may be in it.
    max_users: Maybe<i64>,
    /// How many licenses may be in it.
    max_licenses: Maybe<i64>,
    /// How many machines may be in it.
    max_machines: Maybe<i64>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /groups/{group}`.
pub type GroupChangeBody = Update<Groups, GroupChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewGroupBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships.unwrap_or_default();
    Draft {
        name: new.name,
        max_users: new.max_users,
        max_licenses: new.max_licenses,
        max_machines: new.max_machines,
        metadata: new.metadata.map(Into::into),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: GroupChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name,
        max_users: change.max_users.change(),
        max_licenses: change.max_licenses.change(),
        max_machines: change.max_machines.change(),
        metadata: change.metadata.map(Into::into),
    }
}
