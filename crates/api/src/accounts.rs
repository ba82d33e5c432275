//! `/accounts`: vendors' tenants (identity reference §16.1).

mod input;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead_app::accounts::{self, Change};
use keystead_app::{Cx, Outset};
use keystead_store::entities::Account;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use self::input::{AccountChange, AccountChangeBody, NewAccountBody};
use crate::body::Body;
use crate::document::{Created, Document, NoContent, Place, Rendered, Resource, ToMany};
use crate::fields::Time;
use crate::nouns::Accounts;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// An account's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct AccountAttributes {
    /// Its name.
    name: String,
    /// What names it in paths, beside its id.
    slug: String,
    /// The version for clients that ask for none.
    api_version: String,
    /// Whether it is served: always `SUBSCRIBED`.
    status: String,
    /// Whether strangers are kept from creating users.
    protected: bool,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// An account's relationships: everything in it.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct AccountRelationships {
    settings: ToMany,
    webhook_endpoints: ToMany,
    webhook_events: ToMany,
    products: ToMany,
    platforms: ToMany,
    arches: ToMany,
    channels: ToMany,
    releases: ToMany,
    artifacts: ToMany,
    policies: ToMany,
    users: ToMany,
    keys: ToMany,
    licenses: ToMany,
    machines: ToMany,
    components: ToMany,
    processes: ToMany,
    tokens: ToMany,
}

/// The keys that verify what the account signs.
#[derive(Debug, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct AccountMeta {
    /// The RSA public key: base64 of its PEM.
    public_key: String,
    /// Every public key.
    keys: PublicKeys,
}

/// An account's public keys, each in base64.
#[derive(Debug, Object, Serialize)]
pub struct PublicKeys {
    /// The Ed25519 key, in hexadecimal before it is base64.
    ed25519: String,
    /// The RSA key's PEM.
    rsa2048: String,
    /// The P-256 key's PEM.
    ecdsa: String,
}

impl Rendered for Accounts {
    const NAME: &'static str = "Account";
    type Attributes = AccountAttributes;
    type Relationships = AccountRelationships;
    type Meta = AccountMeta;
}

/// An account as it is answered.
pub fn resource(account: Account) -> Resource<Accounts> {
    let place = Place::account(account.id);
    let relationships = AccountRelationships {
        settings: place.to_many("settings"),
        webhook_endpoints: place.to_many("webhook-endpoints"),
        webhook_events: place.to_many("webhook-events"),
        products: place.to_many("products"),
        platforms: place.to_many("platforms"),
        arches: place.to_many("arches"),
        channels: place.to_many("channels"),
        releases: place.to_many("releases"),
        artifacts: place.to_many("artifacts"),
        policies: place.to_many("policies"),
        users: place.to_many("users"),
        keys: place.to_many("keys"),
        licenses: place.to_many("licenses"),
        machines: place.to_many("machines"),
        components: place.to_many("components"),
        processes: place.to_many("processes"),
        tokens: place.to_many("tokens"),
    };
    let rsa2048 = STANDARD.encode(&account.rsa2048_public);
    let meta = AccountMeta {
        public_key: rsa2048.clone(),
        keys: PublicKeys {
            ed25519: STANDARD.encode(&account.ed25519_public),
            rsa2048,
            ecdsa: STANDARD.encode(&account.ecdsa_public),
        },
    };
    let attributes = AccountAttributes {
        name: account.name,
        slug: account.slug,
        api_version: account.api_version,
        status: "SUBSCRIBED".to_owned(),
        protected: account.protected,
        created: Time(account.created_at),
        updated: Time(account.updated_at),
    };
    Resource {
        meta: Some(meta),
        ..Resource::new(place, attributes, relationships)
    }
}

/// Operations on the account. Which one is meant was settled before, because everything is in one.
pub struct AccountsApi;

#[OpenApi(tag = "Tag::Accounts")]
impl AccountsApi {
    /// Create an account
    ///
    /// Where the server has many: with its keys and its first admins. Nobody needs to be
    /// authenticated.
    #[oai(path = "/accounts", method = "post", operation_id = "createAccount")]
    async fn create(
        &self,
        outset: Data<&Outset>,
        body: Body<NewAccountBody>,
    ) -> Result<Created<Accounts>> {
        let sent = body.read(&Guards::at(outset.version))?;
        let draft = input::draft(&outset, sent);
        let founded = accounts::create(&outset.app, draft).await?;
        Ok(Created(Document::of(resource(founded.account))))
    }

    /// Retrieve the account
    ///
    /// With the public keys that verify what it signs.
    #[oai(
        path = "/accounts/:account",
        method = "get",
        operation_id = "getAccount"
    )]
    async fn show(&self, cx: Data<&Cx>, account: Path<String>) -> Result<Document<Accounts>> {
        let Path(_already_found) = account;
        let account = accounts::show(&cx)?;
        Ok(Document::of(resource(account)))
    }

    /// Update the account
    #[oai(
        path = "/accounts/:account",
        method = "patch",
        operation_id = "updateAccount"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        account: Path<String>,
        body: Body<AccountChangeBody>,
    ) -> Result<Document<Accounts>> {
        let Path(_already_found) = account;
        update(&cx, body).await
    }

    /// Update the account
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/accounts/:account",
        method = "put",
        operation_id = "putAccount"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        account: Path<String>,
        body: Body<AccountChangeBody>,
    ) -> Result<Document<Accounts>> {
        let Path(_already_found) = account;
        update(&cx, body).await
    }

    /// Delete the account
    ///
    /// Nobody may: it goes by the hand of whoever runs the server.
    #[oai(
        path = "/accounts/:account",
        method = "delete",
        operation_id = "deleteAccount"
    )]
    async fn delete(&self, cx: Data<&Cx>, account: Path<String>) -> Result<NoContent> {
        let Path(_already_found) = account;
        accounts::delete(&cx)?;
        Ok(NoContent)
    }
}

async fn update(cx: &Cx, body: Body<AccountChangeBody>) -> Result<Document<Accounts>> {
    let account = accounts::changeable(cx)?;
    let AccountChange {
        name,
        slug,
        protected,
        api_version,
    } = body.read(&Guards::at(cx.version))?.data.attributes;
    let change = Change {
        name,
        slug,
        protected,
        api_version: api_version.map(|version| version.0),
    };
    let account = accounts::update(cx, account, change).await?;
    Ok(Document::of(resource(account)))
}
