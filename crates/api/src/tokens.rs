//! `/tokens`: bearer credentials (identity reference §10).

use keystead_app::Cx;
use keystead_app::tokens::{self, Draft, Fresh};
use keystead_domain::access::{Action, BearerId};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::{BearerKind, UserRole};
use keystead_domain::{EnvironmentId, LicenseId, ProductId, UserId};
use keystead_signing::Secret;
use keystead_store::tokens::{Filter, Issued};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::body::Body;
use crate::credentials::Presented;
use crate::document::{
    AccountLink, Created, Document, EnvironmentLink, List, NoContent, Place, Rendered, Resource,
    ToOne,
};
use crate::fields::{Maybe, MaybeLink, Nullable, Time};
use crate::input::{Doc, Nothing, Sent};
use crate::listing::Listing;
use crate::nouns::{Bearers, Environments, Licenses, Products, Tokens, Users};
use crate::problem::Result;
use crate::query::Query;
use crate::shape::Guards;
use crate::tags::Tag;

/// A token's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct TokenAttributes {
    /// Whose kind of token it is; it follows the bearer's current role.
    kind: String,
    /// The secret: shown when the token is made or regenerated, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// When the token ends; never when null.
    expiry: Nullable<Time>,
    /// A name for people.
    name: Nullable<String>,
    /// Machines the token may activate; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_activations: Option<Nullable<i64>>,
    /// Machines the token has activated; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    activations: Option<i64>,
    /// Machines the token may deactivate; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_deactivations: Option<Nullable<i64>>,
    /// Machines the token has deactivated; tokens of licenses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivations: Option<i64>,
    /// What token and bearer both permit, ascending.
    permissions: Vec<String>,
    /// When the token was issued.
    created: Time,
    /// When the token was last changed.
    updated: Time,
}

/// A token's relationships.
#[derive(Object, Serialize)]
pub struct TokenRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// Whom the token speaks for.
    bearer: ToOne<Bearers>,
}

impl Rendered for Tokens {
    const NAME: &'static str = "Token";
    type Attributes = TokenAttributes;
    type Relationships = TokenRelationships;
    type Meta = Nothing;
}

/// A token as it is answered; `secret` when it has just been made.
pub fn resource(issued: &Issued, secret: Option<&Secret<String>>) -> Resource<Tokens> {
    let row = &issued.token;
    let place = Place::of::<Tokens>(row.account_id, row.id);
    let bearer = match row.bearer_kind {
        BearerKind::User => Place::of::<Users>(row.account_id, UserId(row.bearer_id)),
        BearerKind::Product => Place::of::<Products>(row.account_id, ProductId(row.bearer_id)),
        BearerKind::License => Place::of::<Licenses>(row.account_id, LicenseId(row.bearer_id)),
        BearerKind::Environment => {
            Place::of::<Environments>(row.account_id, EnvironmentId(row.bearer_id))
        }
    };
    let counts = row.bearer_kind == BearerKind::License;
    let attributes = TokenAttributes {
        kind: tokens::kind(issued).name().to_owned(),
        token: secret.map(|secret| secret.expose().clone()),
        expiry: Nullable(row.expiry.map(Time)),
        name: Nullable(row.name.clone()),
        max_activations: counts.then_some(Nullable(row.max_activations)),
        activations: counts.then_some(row.activations),
        max_deactivations: counts.then_some(Nullable(row.max_deactivations)),
        deactivations: counts.then_some(row.deactivations),
        permissions: names(tokens::effective(issued)),
        created: Time(row.created_at),
        updated: Time(row.updated_at),
    };
    let relationships = TokenRelationships {
        account: place.account_link(),
        environment: place.environment_link(row.environment_id),
        bearer: Place::to_one_at(bearer),
    };
    Resource::new(place, attributes, relationships)
}

fn names(set: PermissionSet) -> Vec<String> {
    set.names().map(str::to_owned).collect()
}

fn fresh(fresh: &Fresh) -> Document<Tokens> {
    Document::of(resource(&fresh.issued, Some(&fresh.secret)))
}

/// What a new token may be given.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct NewToken {
    /// A name for people.
    name: Maybe<String>,
    /// When it ends: a time, or null for never. Users' tokens end in two weeks otherwise.
    expiry: Maybe<Time>,
    /// What it permits: at most what the bearer may; all of that when absent.
    permissions: Option<Vec<String>>,
}

/// Whom a new token is for, and where it is valid.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewTokenRelationships {
    /// The bearer; the one who asks when absent.
    bearer: Option<crate::fields::Link<Bearers>>,
    /// The environment; the current one when absent.
    environment: MaybeLink<Environments>,
}

/// Where a token below its bearer's path is valid.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct NewTokenEnvironment {
    /// The environment; the current one when absent.
    environment: MaybeLink<Environments>,
}

impl NewTokenEnvironment {
    /// The environment: absent, cleared or set.
    pub fn environment(&self) -> Maybe<EnvironmentId> {
        self.environment.sent()
    }
}

/// What is said besides, when logging in.
#[derive(Debug, Object, Deserialize)]
pub struct LogInMeta {
    /// The second factor's current code.
    otp: Option<String>,
}

/// The body of `POST /tokens`, which may be left out.
pub type NewTokenBody =
    Doc<Option<Sent<Tokens, Option<NewToken>, Option<NewTokenRelationships>>>, Option<LogInMeta>>;

/// The body of `POST /products/{id}/tokens` and its like, which may be left out.
pub type NewTokenBelowBody =
    Doc<Option<Sent<Tokens, Option<NewToken>, Option<NewTokenEnvironment>>>>;

/// What a body asks for, as the use case takes it.
pub fn draft(attributes: Option<NewToken>, environment: Maybe<EnvironmentId>) -> Draft {
    let NewToken {
        name,
        expiry,
        permissions,
    } = attributes.unwrap_or_default();
    Draft {
        name: name.value(),
        expiry: expiry.map(|time| time.0).change(),
        permissions,
        environment: environment.change(),
        ..Draft::default()
    }
}

/// Operations on tokens.
pub struct TokensApi;

#[OpenApi(tag = "Tag::Tokens")]
impl TokensApi {
    /// List tokens
    ///
    /// The tokens that the bearer sees, newest first; never their secrets. Filters:
    /// `bearer[type]`, `bearer[id]` and `bearer[role]`.
    #[oai(path = "/tokens", method = "get", operation_id = "listTokens")]
    async fn list(&self, cx: Data<&Cx>, listing: Listing) -> Result<List<Tokens>> {
        cx.bearer()?;
        let paging = listing.paging()?;
        let filter = filter(listing.query());
        let slice = tokens::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(listing.list(paging, slice.map(|issued| resource(&issued, None))))
    }

    /// Create a token
    ///
    /// Logs in with Basic `email:password`, or issues a token for the bearer itself or for one it
    /// may speak for. The secret is in this answer alone.
    #[oai(path = "/tokens", method = "post", operation_id = "createToken")]
    async fn create(
        &self,
        cx: Data<&Cx>,
        presented: Data<&Presented>,
        body: Body<NewTokenBody>,
    ) -> Result<Created<Tokens>> {
        let cx = match presented.0 {
            Presented::Login(login) => {
                let password = Secret::new(login.password.clone());
                tokens::log_in(&cx, &login.email, password).await?
            }
            Presented::Credential(_) | Presented::Nothing => cx.0.clone(),
        };
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let (attributes, relationships) = match sent.data {
            Some(data) => (data.attributes, data.relationships.unwrap_or_default()),
            None => (None, NewTokenRelationships::default()),
        };
        let bearer = relationships.bearer.as_ref().and_then(|link| {
            let kind = BearerKind::parse(singular(link.kind()))?;
            Some(BearerId::new(kind, link.uuid()))
        });
        let draft = draft(attributes, relationships.environment.sent());
        let made = tokens::generate(&cx, bearer, draft).await?;
        Ok(Created(fresh(&made)))
    }

    /// Retrieve a token
    #[oai(path = "/tokens/:id", method = "get", operation_id = "getToken")]
    async fn show(&self, cx: Data<&Cx>, id: Path<String>) -> Result<Document<Tokens>> {
        let issued = tokens::show(&cx, &id).await?;
        Ok(Document::of(resource(&issued, None)))
    }

    /// Regenerate a token
    ///
    /// Gives it a new secret; the old one opens nothing from now on.
    #[oai(path = "/tokens/:id", method = "put", operation_id = "regenerateToken")]
    async fn regenerate(&self, cx: Data<&Cx>, id: Path<String>) -> Result<Document<Tokens>> {
        let made = tokens::regenerate(&cx, &id).await?;
        Ok(fresh(&made))
    }

    /// Revoke a token
    #[oai(path = "/tokens/:id", method = "delete", operation_id = "revokeToken")]
    async fn revoke(&self, cx: Data<&Cx>, id: Path<String>) -> Result<NoContent> {
        tokens::revoke(&cx, &id).await?;
        Ok(NoContent)
    }
}

/// Creates a token below its bearer's path; 200, as the contract has it for these.
pub async fn create_below(
    cx: &Cx,
    action: Action,
    bearer: BearerId,
    body: Body<NewTokenBelowBody>,
) -> Result<Document<Tokens>> {
    let sent = body.read(&Guards::at(cx.version))?;
    let (attributes, environment) = match sent.data {
        Some(data) => (
            data.attributes,
            data.relationships.unwrap_or_default().environment.sent(),
        ),
        None => (None, Maybe::Absent),
    };
    let made = tokens::generate_for(cx, action, bearer, draft(attributes, environment)).await?;
    Ok(fresh(&made))
}

/// `bearer[type]`, `bearer[id]` and `bearer[role]`; what is out of scope makes the list empty.
fn filter(query: &Query) -> Filter {
    let mut filter = Filter::default();
    let Some(bearer) = query.get("bearer").and_then(|value| value.as_object()) else {
        return filter;
    };
    if let Some(kind) = bearer.get("type").and_then(|value| value.as_str()) {
        filter.kind = BearerKind::parse(singular(&kind.to_lowercase()));
        filter.nothing |= filter.kind.is_none();
    }
    if let Some(id) = bearer.get("id").and_then(|value| value.as_str()) {
        filter.bearer = Uuid::parse_str(id).ok();
        filter.nothing |= filter.bearer.is_none();
    }
    let roles: Vec<&str> = match bearer.get("role") {
        Some(serde_json::Value::String(role)) => vec![role],
        Some(serde_json::Value::Array(roles)) => roles.iter().filter_map(|r| r.as_str()).collect(),
        _ => Vec::new(),
    };
    if !roles.is_empty() {
        let known = roles
            .iter()
            .filter_map(|role| UserRole::parse(&role.replace('_', "-")));
        filter.roles = known.collect();
        filter.nothing |= filter.roles.is_empty();
    }
    filter
}

fn singular(kind: &str) -> &str {
    kind.strip_suffix('s').unwrap_or(kind)
}
