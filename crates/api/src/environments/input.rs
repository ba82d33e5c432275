//! What clients send of an environment.

use keystead_app::environments::{Change, Draft};
use keystead_app::users::Draft as Admin;
use keystead_domain::words::{IsolationStrategy, UserRole, Word};
use keystead_signing::Secret;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Judged, Metadata, OneOf};
use crate::input::{Create, Doc, Sent, Update};
use crate::nouns::{Environments, Users};

/// What a new environment is given.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewEnvironment {
    /// Its name, at most 255 characters.
    #[oai(validator(min_length = 1))]
    name: String,
    /// A name to look it up by, beside its id: unique in the account, at most 255 characters.
    #[oai(validator(min_length = 1))]
    code: String,
    /// Whether it sees the global records too; it does not when absent.
    isolation_strategy: Option<Judged<IsolationStrategy>>,
}

/// The one role of those who are created with an environment.
#[derive(Clone, Copy, Debug)]
pub enum AdminRole {
    /// A user who runs the environment.
    Admin,
}

impl Word for AdminRole {
    fn as_str(self) -> &'static str {
        UserRole::Admin.as_str()
    }

    fn parse(text: &str) -> Option<Self> {
        (text == Self::Admin.as_str()).then_some(Self::Admin)
    }

    fn all() -> &'static [Self] {
        &[Self::Admin]
    }
}

/// What an admin that is created along is given.
#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewAdmin {
    /// The address, unique in the account.
    email: String,
    /// The password, 6 to 72 characters; without one the admin can't log in.
    password: Option<String>,
    /// The first name.
    first_name: Option<String>,
    /// The last name.
    last_name: Option<String>,
    /// Free data.
    metadata: Option<Metadata>,
    /// How the user may act: `admin`, said or unsaid.
    role: Option<OneOf<AdminRole>>,
}

/// What a new environment is related to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewEnvironmentRelationships {
    /// Admins to be created in it, at most ten.
    admins: Option<Doc<Vec<Sent<Users, NewAdmin>>>>,
}

/// The body of `POST /environments`.
pub type NewEnvironmentBody =
    Create<Environments, NewEnvironment, Option<NewEnvironmentRelationships>>;

/// What of an environment may be changed: what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct EnvironmentChange {
    /// Its name, at most 255 characters.
    #[oai(validator(min_length = 1))]
    name: Option<String>,
    /// A name to look it up by, beside its id: unique in the account, at most 255 characters.
    #[oai(validator(min_length = 1))]
    code: Option<String>,
}

/// The body of `PATCH /environments/{environment}`.
pub type EnvironmentChangeBody = Update<Environments, EnvironmentChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewEnvironmentBody) -> Draft {
    let new = sent.data.attributes;
    let admins = sent.data.relationships.unwrap_or_default().admins;
    Draft {
        name: new.name,
        code: new.code,
        isolation_strategy: new.isolation_strategy.map(|word| word.text),
        admins: admins
            .map(|admins| admins.data.into_iter().map(admin).collect())
            .unwrap_or_default(),
    }
}

fn admin(sent: Sent<Users, NewAdmin>) -> Admin {
    let new = sent.attributes;
    Admin {
        email: new.email,
        first_name: new.first_name,
        last_name: new.last_name,
        password: new.password.map(Secret::new),
        role: Some(UserRole::Admin),
        metadata: new.metadata.map(Into::into),
        ..Admin::default()
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: EnvironmentChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name,
        code: change.code,
    }
}
