//! What clients send to make tokens, and to find them.

use keystead_app::Cx;
use keystead_app::tokens::Draft;
use keystead_domain::EnvironmentId;
use keystead_domain::access::{BearerId, Role};
use keystead_domain::words::{BearerKind, UserRole};
use keystead_store::tokens::Filter;
use poem_openapi::Object;
use serde::Deserialize;
use uuid::Uuid;

use crate::fields::{Link, Maybe, MaybeLink, Time};
use crate::input::{Doc, Sent};
use crate::nouns::{Bearers, Environments, Tokens};
use crate::query::Query;
use crate::shape::Guards;

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
    bearer: Option<Link<Bearers>>,
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

/// What a body of `POST /tokens` asks for: whom the token is for, and the token.
pub fn asked(sent: NewTokenBody) -> (Option<BearerId>, Draft) {
    let Some(data) = sent.data else {
        return (None, Draft::default());
    };
    let relationships = data.relationships.unwrap_or_default();
    let bearer = relationships.bearer.as_ref().and_then(|link| {
        let kind = BearerKind::parse(singular(link.kind()))?;
        Some(BearerId::new(kind, link.uuid()))
    });
    let environment = relationships.environment.sent();
    (
        bearer,
        draft(data.attributes.unwrap_or_default(), environment),
    )
}

/// What a body below a bearer's path asks for.
pub fn asked_below(sent: NewTokenBelowBody) -> Draft {
    let Some(data) = sent.data else {
        return Draft::default();
    };
    let environment = data.relationships.unwrap_or_default().environment.sent();
    draft(data.attributes.unwrap_or_default(), environment)
}

fn draft(token: NewToken, environment: Maybe<EnvironmentId>) -> Draft {
    Draft {
        name: token.name.value(),
        expiry: token.expiry.map(|time| time.0).change(),
        permissions: token.permissions,
        environment: environment.change(),
        ..Draft::default()
    }
}

/// Who may say what a token below its bearer's path permits (identity §10.2); products may not of
/// an environment's, whose path is closed to them anyhow.
pub fn permitting(cx: &Cx) -> Guards {
    use Role::{Admin, Developer, Environment, Product};
    let roles = [Admin, Developer, Product, Environment];
    let may = cx
        .bearer
        .as_ref()
        .is_some_and(|bearer| roles.contains(&bearer.role));
    Guards::at(cx.version).allow(may, &["data/attributes/permissions"])
}

/// `bearer[type]`, `bearer[id]` and `bearer[role]`; what is out of scope makes the list empty.
pub fn filter(query: &Query) -> Filter {
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
            .filter_map(|name| role(&name.replace('_', "-")));
        filter.roles = known.collect();
        filter.nothing |= filter.roles.is_empty();
    }
    filter
}

fn singular(kind: &str) -> &str {
    kind.strip_suffix('s').unwrap_or(kind)
}

/// The role of users with this name, or of products, licenses or environments.
fn role(name: &str) -> Option<Role> {
    match name {
        "product" => Some(Role::Product),
        "license" => Some(Role::License),
        "environment" => Some(Role::Environment),
        name => UserRole::parse(name).map(Role::from),
    }
}
