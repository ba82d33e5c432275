//! Records as scenarios start with them: defaults, traits, and what a record brings along.

mod accounts;
mod change;
mod factors;
mod licensing;
mod machines;
mod manifests;
mod parts;
mod people;
mod releases;
mod telling;

pub use change::{change, change_all};
pub use factors::{one_time_code, password_reset};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fault::{Outcome, broken};
use crate::nouns::{self, Row};
use crate::words::{singular, snake};
use crate::world::{World, uuid_at};

/// What a record is to be made of.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Its account.
    pub account: Option<Uuid>,
    /// Named bundles of attributes.
    pub traits: Vec<String>,
    /// Attributes by their names in snake case; they win over everything else.
    pub attributes: Row,
}

impl Order {
    /// An order of nothing but defaults.
    pub fn of(account: Uuid) -> Self {
        Self {
            account: Some(account),
            ..Self::default()
        }
    }

    /// With an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// With an environment, or expressly without one.
    #[must_use]
    pub fn in_environment(self, environment: &Json) -> Self {
        self.with("environment_id", environment.clone())
    }

    /// Whether a trait was named.
    fn has(&self, name: &str) -> bool {
        self.traits.iter().any(|known| known == name)
    }

    /// Takes an attribute out.
    fn take(&mut self, name: &str) -> Option<Json> {
        self.attributes.remove(name)
    }

    /// An attribute that holds an id.
    fn id(&self, name: &str) -> Option<Uuid> {
        uuid_at(&self.attributes, name)
    }
}

/// Makes a record; its id.
pub fn create<'a>(w: &'a mut World, name: &'a str, order: Order) -> BoxFuture<'a, Outcome<Uuid>> {
    async move {
        if snake(&singular(name)) == "event_type" {
            return Ok(telling::event_name(w, &order));
        }
        let (noun, role) = nouns::find(name)?;
        let mut order = order;
        if let Some(role) = role {
            order
                .attributes
                .entry("role")
                .or_insert_with(|| role.into());
        }
        w.made += 1;
        match noun.name {
            "account" => people::account(w, order).await,
            "account_setting" => accounts::setting(w, order).await,
            "account_sso" => accounts::sso(w, order).await,
            "environment" => people::environment(w, order).await,
            "user" => people::user(w, order).await,
            "token" => people::token(w, order).await,
            "second_factor" => factors::second_factor(w, order).await,
            "session" => people::session(w, order).await,
            "group" => people::group(w, order).await,
            "group_owner" => people::group_owner(w, order).await,
            "product" => licensing::product(w, order).await,
            "policy" => licensing::policy(w, order).await,
            "license" => licensing::license(w, order).await,
            "license_user" => licensing::license_user(w, order).await,
            "key" => licensing::key(w, order).await,
            "entitlement" => licensing::entitlement(w, order).await,
            "policy_entitlement" => licensing::entitled(w, "policy", order).await,
            "license_entitlement" => licensing::entitled(w, "license", order).await,
            "machine" => machines::machine(w, order).await,
            "machine_component" => parts::component(w, order).await,
            "machine_process" => parts::process(w, order).await,
            "webhook_endpoint" => telling::endpoint(w, order).await,
            "webhook_event" => telling::event(w, order).await,
            "event" => telling::event_log(w, order).await,
            "request_log" => telling::request_log(w, order).await,
            "release" => releases::release(w, order).await,
            "release_package" => releases::package(w, order).await,
            "release_artifact" => releases::artifact(w, order).await,
            "release_manifest" => manifests::manifest(w, order).await,
            "release_entitlement_constraint" => releases::constraint(w, order).await,
            "release_platform" => releases::facet(w, "platform", order).await,
            "release_arch" => releases::facet(w, "arch", order).await,
            "release_channel" => releases::facet(w, "channel", order).await,
            "release_filetype" => releases::facet(w, "filetype", order).await,
            "release_engine" => releases::facet(w, "engine", order).await,
            other => broken(format!("no builder makes a {other}")),
        }
    }
    .boxed()
}

/// The account of an order; without one, an account is made as the suite's builders do.
fn account(order: &Order) -> Outcome<Uuid> {
    order
        .account
        .map_or_else(|| broken("the record has no account"), Ok)
}

/// The environment of a record: said, by trait, its parent's, or the one that is current.
async fn environment(w: &mut World, order: &Order, parent: Option<&Row>) -> Outcome<Json> {
    if let Some(said) = order.attributes.get("environment_id") {
        return Ok(said.clone());
    }
    for (name, code) in [
        ("isolated", "ISOLATED"),
        ("in_isolated_environment", "ISOLATED"),
        ("shared", "SHARED"),
        ("in_shared_environment", "SHARED"),
    ] {
        if order.has(name) {
            let mut wanted = Order::of(account(order)?);
            wanted.traits = vec![code.to_lowercase()];
            return Ok(create(w, "environment", wanted).await?.to_string().into());
        }
    }
    if order.has("global") || order.has("in_nil_environment") {
        return Ok(Json::Null);
    }
    Ok(match (parent, w.environment) {
        (Some(parent), _) => parent["environment_id"].clone(),
        (None, Some(current)) => current.to_string().into(),
        (None, None) => Json::Null,
    })
}

/// The row that an attribute names, or a new record of that kind in the same environment.
async fn parent(w: &mut World, name: &str, column: &str, order: &Order) -> Outcome<Row> {
    let id = match order.id(column) {
        Some(id) => id,
        None => {
            let mut wanted = Order::of(account(order)?);
            wanted.traits = order
                .traits
                .iter()
                .filter(|name| TRAVELLING.contains(&name.as_str()))
                .cloned()
                .collect();
            if let Some(environment) = order.attributes.get("environment_id") {
                wanted = wanted.in_environment(environment);
            }
            create(w, name, wanted).await?
        }
    };
    match w.by_id(name, id).await? {
        Some(row) => Ok(row),
        None => broken(format!("there is no {name} {id}")),
    }
}

/// Traits that say where a record lives: what is made along with it lives there too.
const TRAVELLING: &[&str] = &[
    "isolated",
    "shared",
    "global",
    "in_isolated_environment",
    "in_shared_environment",
    "in_nil_environment",
];

/// Lays the order's attributes over defaults and stores the row; its id.
async fn store(w: &mut World, name: &str, mut row: Row, order: Order) -> Outcome<Uuid> {
    let (noun, _) = nouns::find(name)?;
    if let Some(account) = order.account {
        row.insert("account_id".to_owned(), account.to_string().into());
    }
    for (attribute, value) in order.attributes {
        match nouns::column(noun, &attribute) {
            Ok(column) => {
                row.insert(column.to_owned(), value);
            }
            Err(fault) => w.lacks(fault)?,
        }
    }
    let now = Json::from(
        w.stamp()
            .to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
    );
    let id = uuid_at(&row, "id").unwrap_or_else(Uuid::now_v7);
    row.insert("id".to_owned(), id.to_string().into());
    for column in ["created_at", "updated_at"] {
        let unsaid = row.get(column).is_none_or(Json::is_null);
        if unsaid && noun.table.columns().contains(&column) {
            row.insert(column.to_owned(), now.clone());
        }
    }
    let db = w.app().db.clone();
    noun.table.insert(&db, &row).await?;
    Ok(id)
}

/// Free data that nobody gave.
fn nothing() -> Json {
    json!({})
}

/// The object that a JSON literal makes.
fn row(json: Json) -> Row {
    match json {
        Json::Object(row) => row,
        _ => Row::new(),
    }
}
