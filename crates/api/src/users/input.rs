//! What clients send of a user (identity reference §17.2).

use keystead_app::Cx;
use keystead_app::users::{Change, Draft};
use keystead_domain::access::Role;
use keystead_domain::words::UserRole;
use keystead_signing::Secret;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Maybe, MaybeLink, Metadata, OneOf};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Groups, Users};
use crate::shape::Guards;

/// What a new user is given.
#[derive(Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewUser {
    /// The address, unique in the account whatever its case.
    email: String,
    /// The first name.
    first_name: Option<String>,
    /// The last name.
    last_name: Option<String>,
    /// The password, 6 to 72 characters; without one the user can't log in.
    #[serde(default)]
    password: Maybe<String>,
    /// How the user may act; admins alone say so.
    role: Option<OneOf<UserRole>>,
    /// What the user may do; what is usual for the role when absent.
    permissions: Option<Vec<String>>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new user is related to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewUserRelationships {
    /// The group whose limits the user shares.
    group: MaybeLink<Groups>,
    /// The environment; the request's when absent.
    environment: MaybeLink<Environments>,
}

/// The body of `POST /users`.
pub type NewUserBody = Create<Users, NewUser, Option<NewUserRelationships>>;

/// What of a user may be changed: null clears where there may be nothing, and what is absent
/// stays.
#[derive(Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct UserChange {
    /// The address, unique in the account whatever its case.
    email: Option<String>,
    /// The first name.
    first_name: Maybe<String>,
    /// The last name.
    last_name: Maybe<String>,
    /// The password, 6 to 72 characters; null takes it away.
    password: Maybe<String>,
    /// How the user may act; admins alone say so. A change revokes the user's tokens.
    role: Option<OneOf<UserRole>>,
    /// What the user may do.
    permissions: Option<Vec<String>>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /users/{user}`.
pub type UserChangeBody = Update<Users, UserChange>;

/// What the bearer may send of a new user.
#[rustfmt::skip]
pub fn creating(cx: &Cx) -> Guards {
    use Role::{Admin, Developer, Environment, Product, SalesAgent, SupportAgent};
    let sent_by = |roles: &[Role]| cx.bearer.as_ref().is_some_and(|bearer| roles.contains(&bearer.role));
    Guards::at(cx.version)
        .allow(sent_by(&[Admin]),                                                        &["data/attributes/role"])
        .allow(sent_by(&[Admin, Developer, Product, Environment]),                       &["data/attributes/permissions"])
        .allow(sent_by(&[Admin, Developer, SalesAgent, SupportAgent, Product, Environment]), &["data/relationships/group"])
}

/// What the bearer may send of a changed user.
#[rustfmt::skip]
pub fn changing(cx: &Cx) -> Guards {
    use Role::{Admin, Developer, Environment, Product, SalesAgent};
    let sent_by = |roles: &[Role]| cx.bearer.as_ref().is_some_and(|bearer| roles.contains(&bearer.role));
    Guards::at(cx.version)
        .allow(sent_by(&[Admin]),                                             &["data/attributes/role"])
        .allow(sent_by(&[Admin, Developer, Product, Environment]),             &["data/attributes/permissions"])
        .allow(sent_by(&[Admin, Developer, Product, Environment]),             &["data/attributes/password"])
        .allow(sent_by(&[Admin, Developer, SalesAgent, Product, Environment]), &["data/attributes/metadata"])
}

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewUserBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships.unwrap_or_default();
    Draft {
        email: new.email,
        first_name: new.first_name,
        last_name: new.last_name,
        password: new.password.value().map(Secret::new),
        role: new.role.map(|role| role.0),
        permissions: new.permissions,
        metadata: new.metadata.map(Into::into),
        group: relationships.group.id(),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: UserChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        email: change.email,
        first_name: change.first_name.change(),
        last_name: change.last_name.change(),
        password: change.password.map(Secret::new).change(),
        role: change.role.map(|role| role.0),
        permissions: change.permissions,
        metadata: change.metadata.map(Into::into),
    }
}
