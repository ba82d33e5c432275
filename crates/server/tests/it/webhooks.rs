//! Webhooks, as those who set them up and those who receive them see them.

mod deliver;
mod endpoints;
mod retry;
mod sink;
mod tell;

use chrono::TimeDelta;
use keystead_app::webhooks::WEBHOOKS;
use keystead_testkit::{Answer, Caller, World};
use serde_json::{Value, json};

use self::sink::Sink;

/// A world whose receivers may be on this machine.
async fn world() -> World {
    World::with(|config| config.webhooks.allow_internal = true).await
}

/// An endpoint at this URL, with these attributes; the answer.
async fn endpoint(caller: &Caller, url: &str, attributes: Value) -> Answer {
    let mut attributes = attributes;
    attributes["url"] = url.into();
    let body = json!({ "data": { "type": "webhook-endpoints", "attributes": attributes } });
    caller.post("/webhook-endpoints", body).await
}

/// What is on its way or has arrived: (event, status), the oldest first.
async fn on_their_way(w: &World) -> Vec<(String, String)> {
    w.app().settle().await;
    let list = w
        .admin()
        .get("/webhook-events?limit=100&order=asc")
        .await
        .expect(200);
    let rows = list.at("/data").as_array().expect("a list").clone();
    let text = |row: &Value, name: &str| {
        row["attributes"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    rows.iter()
        .map(|row| (text(row, "event"), text(row, "status")))
        .collect()
}

/// The names of what is on its way or has arrived.
async fn told(w: &World) -> Vec<String> {
    on_their_way(w)
        .await
        .into_iter()
        .map(|(event, _)| event)
        .collect()
}

/// Makes the deliveries that are due; how many there were.
async fn deliver(w: &World) -> usize {
    w.work_off(WEBHOOKS).await
}

/// Lets so much time pass that a retry is due, whatever its chance.
fn wait_for_retry(w: &World) {
    w.advance(TimeDelta::minutes(101));
}
