//! Components and processes of machines.

use keystead_signing::digest::sha256;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Order, account, environment, nothing, parent, row, store};
use crate::fault::Outcome;
use crate::nouns;
use crate::world::World;

const NAMES: &[&str] = &["HWID", "HDDID", "SSD", "CPU", "MOBO", "IP", "MAC"];

pub(super) async fn component(w: &mut World, order: Order) -> Outcome<Uuid> {
    let machine = parent(w, "machine", "machine_id", &order).await?;
    let environment = environment(w, &order, Some(&machine)).await?;
    let fingerprint = said(&order, "fingerprint").unwrap_or_else(|| w.dice.hex(32));
    let defaults = row(json!({
        "environment_id": environment,
        "machine_id": machine["id"],
        "fingerprint": fingerprint,
        "fingerprint_digest": hex::encode(sha256(fingerprint.as_bytes())),
        "name": NAMES[w.made % NAMES.len()],
        "metadata": nothing(),
    }));
    store(w, "component", defaults, order).await
}

/// A process, and its heart, which beats from the start.
pub(super) async fn process(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    let machine = parent(w, "machine", "machine_id", &order).await?;
    let environment = environment(w, &order, Some(&machine)).await?;
    let now = w.time.now();
    let last_at = match order.take("last_heartbeat_at") {
        Some(at) if !at.is_null() => at,
        _ if order.has("dead") => (now - chrono::TimeDelta::days(1)).to_rfc3339().into(),
        _ => Json::from(now.to_rfc3339()),
    };
    let died_at = order.take("last_death_event_sent_at");
    let pid = said(&order, "pid").unwrap_or_else(|| w.dice.hex(24));
    let defaults = row(json!({
        "environment_id": environment,
        "machine_id": machine["id"],
        "pid": pid,
        "pid_digest": hex::encode(sha256(pid.as_bytes())),
        "metadata": nothing(),
    }));
    let id = store(w, "process", defaults, order).await?;
    let (heartbeat, _) = nouns::find("process_heartbeat")?;
    let heart = row(json!({
        "process_id": id,
        "account_id": account,
        "last_at": last_at,
        "due_at": last_at,
        "died_at": died_at,
    }));
    let db = w.app().db.clone();
    heartbeat.table.insert(&db, &heart).await?;
    Ok(id)
}

fn said(order: &Order, name: &str) -> Option<String> {
    let text = order.attributes.get(name)?.as_str()?;
    Some(text.to_owned())
}
