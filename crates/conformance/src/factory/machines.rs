//! Machines, with the hearts they have and the tallies they leave on their licenses.

use keystead_signing::digest::sha256;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Order, account, create, environment, nothing, parent, row, store};
use crate::fault::{Outcome, broken};
use crate::nouns::{self, Row};
use crate::world::{World, uuid_at};

pub(super) async fn machine(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    if let Some(owner) = order.take("user_id") {
        order.attributes.insert("owner_id".to_owned(), owner);
    }
    if ["owned", "with_owner"].iter().any(|name| order.has(name))
        && order.id("license_id").is_none()
    {
        let mut license = Order::of(account);
        license.traits.clone_from(&order.traits);
        let license = create(w, "license", license).await?;
        order
            .attributes
            .insert("license_id".to_owned(), license.to_string().into());
        let row = w.by_id("license", license).await?.unwrap_or_default();
        if let Some(owner) = uuid_at(&row, "owner_id") {
            order
                .attributes
                .entry("owner_id")
                .or_insert_with(|| owner.to_string().into());
        }
    }
    let license = parent(w, "license", "license_id", &order).await?;
    let environment = environment(w, &order, Some(&license)).await?;
    let owned = ["owned", "with_owner"].iter().any(|name| order.has(name));
    if owned && order.id("owner_id").is_none() {
        let owner = Order::of(account).in_environment(&environment);
        let owner = create(w, "user", owner).await?;
        order
            .attributes
            .insert("owner_id".to_owned(), owner.to_string().into());
    }
    let now = w.time.now();
    let last_at = match order.take("last_heartbeat_at") {
        Some(at) => at,
        None if order.has("alive") => now.to_rfc3339().into(),
        None if order.has("idle") => Json::Null,
        None if order.has("dead") => (now - chrono::TimeDelta::days(1)).to_rfc3339().into(),
        None => match uuid_at(&license, "policy_id") {
            Some(policy) => match w.by_id("policy", policy).await? {
                Some(policy) if policy["heartbeat_basis"] == "FROM_CREATION" => {
                    now.to_rfc3339().into()
                }
                _ => Json::Null,
            },
            None => Json::Null,
        },
    };
    let fingerprint = match order.attributes.get("fingerprint").and_then(Json::as_str) {
        Some(said) => said.to_owned(),
        None => {
            let digits = w.dice.hex(24).to_uppercase();
            let pairs: Vec<&str> = (0..12).map(|n| &digits[2 * n..2 * n + 2]).collect();
            pairs.join(":")
        }
    };
    let defaults = row(json!({
        "environment_id": environment,
        "license_id": license["id"],
        "group_id": license["group_id"],
        "fingerprint": fingerprint,
        "fingerprint_digest": hex::encode(sha256(fingerprint.as_bytes())),
        "name": "Machine",
        "metadata": nothing(),
    }));
    let number = |name: &str| {
        order
            .attributes
            .get(name)
            .and_then(Json::as_i64)
            .unwrap_or(0)
    };
    let sums = [
        ("machines_count", 1),
        ("machines_cores", number("cores")),
        ("machines_memory", number("memory")),
        ("machines_disk", number("disk")),
    ];
    let id = store(w, "machine", defaults, order).await?;
    tally(w, &license, &sums).await?;
    let (heartbeat, _) = nouns::find("heartbeat")?;
    let db = w.app().db.clone();
    let heart = row(json!({ "machine_id": id, "account_id": account, "last_at": last_at }));
    heartbeat.table.insert(&db, &heart).await?;
    Ok(id)
}

/// Adds to a license's tallies.
pub(super) async fn tally(w: &mut World, license: &Row, sums: &[(&str, i64)]) -> Outcome {
    let (noun, _) = nouns::find("license")?;
    let changes = sums
        .iter()
        .map(|(column, by)| {
            let now = license.get(*column).and_then(Json::as_i64).unwrap_or(0);
            ((*column).to_owned(), Json::from(now + by))
        })
        .collect();
    let Some(id) = uuid_at(license, "id") else {
        return broken("a license without an id");
    };
    let db = w.app().db.clone();
    noun.table.update(&db, "id", id, &changes).await
}
