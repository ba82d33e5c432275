//! Receivers of webhooks, what is on its way to them, and lines of the logs.

use keystead_domain::version::ApiVersion;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Order, account, create, environment, parent, row, store};
use crate::fault::Outcome;
use crate::nouns::Row;
use crate::words::{plural, snake};
use crate::world::{World, id};

pub(super) async fn endpoint(w: &mut World, order: Order) -> Outcome<Uuid> {
    let environment = environment(w, &order, None).await?;
    let defaults = row(json!({
        "environment_id": environment,
        "url": format!("https://{}.example", w.dice.hex(32)),
        "subscriptions": ["*"],
        "signature_algorithm": "ed25519",
        "api_version": ApiVersion::LATEST.as_str(),
        "failures": 0,
    }));
    store(w, "webhook_endpoint", defaults, order).await
}

/// A name that events may have: remembered by the id that the scenario calls it by.
pub(super) fn event_name(w: &mut World, order: &Order) -> Uuid {
    let id = order.id("id").unwrap_or_else(Uuid::now_v7);
    let name = order.attributes.get("event").and_then(Json::as_str);
    w.event_names
        .insert(id.to_string(), name.unwrap_or_default().to_owned());
    id
}

/// The name of an event, where a scenario gives the id of one.
pub(super) fn named(w: &World, attributes: &mut Row) {
    for attribute in ["event", "event_type_id", "name"] {
        if let Some(Json::String(id)) = attributes.get_mut(attribute)
            && let Some(name) = w.event_names.get(id)
        {
            id.clone_from(name);
        }
    }
}

/// Types as documents have them, where a scenario gives the suite's own: `License` → `licenses`.
fn typed(attributes: &mut Row, attribute: &str, spelled: fn(&str) -> String) {
    if let Some(Json::String(kind)) = attributes.get_mut(attribute) {
        *kind = spelled(&snake(kind).replace('_', "-"));
    }
}

pub(super) async fn event(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    named(w, &mut order.attributes);
    let environment = environment(w, &order, None).await?;
    let url = format!("http://{}.example/hook", w.dice.hex(12));
    let url = order
        .attributes
        .get("endpoint")
        .and_then(Json::as_str)
        .map_or(url, str::to_owned);
    if let Some(endpoint) = order.take("webhook_endpoint_id") {
        order.attributes.insert("endpoint_id".to_owned(), endpoint);
    }
    let endpoint = match order.id("endpoint_id") {
        Some(_) => parent(w, "webhook_endpoint", "endpoint_id", &order).await?,
        None => {
            let wanted = Order::of(account(&order)?)
                .in_environment(&environment)
                .with("url", url.clone());
            let made = create(w, "webhook_endpoint", wanted).await?;
            w.by_id("webhook_endpoint", made).await?.unwrap_or_default()
        }
    };
    let defaults = row(json!({
        "environment_id": environment,
        "endpoint_id": id(&endpoint)?,
        "endpoint": url,
        "api_version": endpoint["api_version"],
        "event": format!("test.event.{}", w.dice.hex(12)),
        "payload": "{}",
        "status": "DELIVERING",
        "idempotency_token": format!("{}v3", w.dice.hex(62)),
    }));
    store(w, "webhook_event", defaults, order).await
}

pub(super) async fn event_log(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    named(w, &mut order.attributes);
    typed(&mut order.attributes, "whodunnit_type", str::to_owned);
    typed(&mut order.attributes, "resource_type", plural);
    let environment = environment(w, &order, None).await?;
    let resource = match order.id("resource_id") {
        Some(id) => id,
        None => {
            let license = Order::of(account(&order)?).in_environment(&environment);
            create(w, "license", license).await?
        }
    };
    let named = [
        (
            "license_validation_succeeded",
            "license.validation.succeeded",
        ),
        ("license_validation_failed", "license.validation.failed"),
        ("machine_heartbeat_ping", "machine.heartbeat.ping"),
        ("process_heartbeat_ping", "process.heartbeat.ping"),
        ("license_created", "license.created"),
        ("machine_created", "machine.created"),
        ("machine_deleted", "machine.deleted"),
    ];
    let name = named.iter().find(|(name, _)| order.has(name));
    let name = match name {
        Some((_, event)) => (*event).to_owned(),
        None => format!("test.event.{}", w.dice.hex(12)),
    };
    let defaults = row(json!({
        "environment_id": environment,
        "name": name,
        "resource_type": "licenses",
        "resource_id": resource,
        "metadata": {},
    }));
    let id = store(w, "event", defaults, order).await?;
    w.laid.insert(id);
    Ok(id)
}

pub(super) async fn request_log(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    typed(&mut order.attributes, "requestor_type", plural);
    typed(&mut order.attributes, "resource_type", plural);
    let environment = environment(w, &order, None).await?;
    let requestor = match order.id("requestor_id") {
        Some(id) => id,
        None => {
            let admin = Order::of(account(&order)?)
                .in_environment(&environment)
                .with("role", "admin");
            create(w, "user", admin).await?
        }
    };
    let defaults = row(json!({
        "environment_id": environment,
        "requestor_type": "users",
        "requestor_id": requestor,
        "resource_type": "artifacts",
        "resource_id": Uuid::now_v7(),
        "method": "GET",
        "url": "/v1/licenses",
        "status": 200,
    }));
    let id = store(w, "request_log", defaults, order).await?;
    w.laid.insert(id);
    Ok(id)
}
