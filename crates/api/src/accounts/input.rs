//! What clients send of an account (identity reference §16.1).

use keystead_app::Outset;
use keystead_app::accounts::{Draft, Founder};
use keystead_domain::founding::FounderRole;
use keystead_domain::version::ApiVersion;
use keystead_signing::Secret;
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Link, Maybe, Metadata, OneOf};
use crate::input::{Doc, Sent, Update};
use crate::nouns::{Accounts, Plans, Users};

/// What a new account is given.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewAccount {
    /// Its name, at most 255 characters; told by the last admin's address when absent.
    name: Option<String>,
    /// What names it in paths, beside its id: lower-case letters, digits and dashes; told by the
    /// last admin's address when absent.
    slug: Option<String>,
    /// Whether strangers are kept from creating users.
    protected: Option<bool>,
}

/// What a new account is related to.
#[derive(Object, Deserialize)]
pub struct NewAccountRelationships {
    /// The plan. Any will do: nobody pays.
    plan: Link<Plans>,
    /// Its first admins.
    admins: Founders,
}

/// The admins of a new account, 1 to 10.
#[derive(Object, Deserialize)]
pub struct Founders {
    /// The admins.
    #[oai(validator(min_items = 1, max_items = 10))]
    data: Vec<Sent<Users, FounderAttributes>>,
}

/// What an admin of a new account is given.
#[derive(Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct FounderAttributes {
    /// The address.
    email: String,
    /// The password, 6 to 72 characters; without one the admin asks for a reset.
    #[serde(default)]
    password: Maybe<String>,
    /// The first name.
    #[serde(default)]
    first_name: Maybe<String>,
    /// The last name.
    #[serde(default)]
    last_name: Maybe<String>,
    /// Free data.
    metadata: Option<Metadata>,
    /// How the admin may act: as an admin.
    role: Option<OneOf<FounderRole>>,
}

/// What is said besides of a new account.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewAccountMeta {
    /// Who recommended us; nothing is made of it.
    referral: Option<String>,
}

/// The body of `POST /accounts`.
pub type NewAccountBody =
    Doc<Sent<Accounts, Option<NewAccount>, NewAccountRelationships>, Option<NewAccountMeta>>;

/// What of an account may be changed; what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct AccountChange {
    /// Its name, at most 255 characters.
    pub name: Option<String>,
    /// What names it in paths, beside its id: lower-case letters, digits and dashes.
    pub slug: Option<String>,
    /// Whether strangers are kept from creating users.
    pub protected: Option<bool>,
    /// The version for clients that ask for none.
    pub api_version: Option<OneOf<ApiVersion>>,
}

/// The body of `PATCH /accounts/{account}`.
pub type AccountChangeBody = Update<Accounts, AccountChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(outset: &Outset, sent: NewAccountBody) -> Draft {
    let new = sent.data.attributes.unwrap_or_default();
    let NewAccountRelationships {
        plan: _free,
        admins,
    } = sent.data.relationships;
    Draft {
        slug: new.slug,
        name: new.name,
        protected: new.protected.unwrap_or(false),
        version: outset.version,
        founders: admins
            .data
            .into_iter()
            .map(|admin| founder(admin.attributes))
            .collect(),
    }
}

fn founder(sent: FounderAttributes) -> Founder {
    Founder {
        email: sent.email,
        password: sent.password.value().map(Secret::new),
        first_name: sent.first_name.value(),
        last_name: sent.last_name.value(),
        metadata: sent.metadata.map(Into::into),
    }
}
