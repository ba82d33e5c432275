//! Attributes set behind the API's back, with what hangs on them.

use keystead_signing::digest::sha256;
use keystead_signing::{SystemEntropy, password};
use serde_json::Value as Json;

use super::machines::tally;
use crate::fault::Outcome;
use crate::nouns::{self, Noun, Row};
use crate::world::{World, id, uuid_at};

/// Changes every one of these records.
pub async fn change_all(w: &mut World, noun: Noun, rows: &[Row], attributes: &Row) -> Outcome {
    for row in rows {
        change(w, noun, row, attributes).await?;
    }
    Ok(())
}

/// Changes a record.
pub async fn change(w: &mut World, noun: Noun, record: &Row, attributes: &Row) -> Outcome {
    let db = w.app().db.clone();
    let mut changes = Row::new();
    for (attribute, value) in attributes {
        match (noun.name, attribute.as_str()) {
            ("user", "password") => {
                let hash = match value.as_str() {
                    Some(text) => password::hash(text, &mut SystemEntropy).into(),
                    None => Json::Null,
                };
                changes.insert("password_hash".to_owned(), hash);
            }
            ("machine", "last_heartbeat_at") => {
                let (heartbeat, _) = nouns::find("heartbeat")?;
                let beat = [("last_at".to_owned(), value.clone())]
                    .into_iter()
                    .collect();
                heartbeat
                    .table
                    .update(&db, heartbeat.key, id(record)?, &beat)
                    .await?;
            }
            ("machine_process", "last_heartbeat_at" | "last_death_event_sent_at") => {
                let (heartbeat, _) = nouns::find("process_heartbeat")?;
                let column = match attribute.as_str() {
                    "last_heartbeat_at" => "last_at",
                    _ => "died_at",
                };
                let beat = [(column.to_owned(), value.clone())].into_iter().collect();
                heartbeat
                    .table
                    .update(&db, heartbeat.key, id(record)?, &beat)
                    .await?;
            }
            ("account", "plan_id") => {}
            ("release_package", "engine_id" | "release_engine_id") => {
                let key = match uuid_at(attributes, attribute) {
                    Some(engine) => w.by_id("engine", engine).await?.unwrap_or_default(),
                    None => Row::new(),
                };
                let key = key.get("key").cloned().unwrap_or(Json::Null);
                changes.insert("engine".to_owned(), key);
            }
            _ => match nouns::column(noun, attribute) {
                Ok(column) => {
                    changes.insert(column.to_owned(), value.clone());
                }
                Err(fault) => w.lacks(fault)?,
            },
        }
    }
    derive(w, noun, record, &mut changes).await?;
    if !changes.is_empty() {
        let heart = match changes.contains_key("id") {
            true => take_heart(w, noun, record).await?,
            false => None,
        };
        noun.table
            .update(&db, noun.key, id(record)?, &changes)
            .await?;
        if let (Some((heartbeat, mut heart)), Some(id)) = (heart, changes.get("id")) {
            heart.insert(heartbeat.key.to_owned(), id.clone());
            heartbeat.table.insert(&db, &heart).await?;
        }
    }
    w.app().tenants.forget();
    Ok(())
}

/// The heart of a machine or process, taken out: it hangs on the id that is about to change.
async fn take_heart(w: &World, noun: Noun, record: &Row) -> Outcome<Option<(Noun, Row)>> {
    let name = match noun.name {
        "machine" => "heartbeat",
        "machine_process" => "process_heartbeat",
        _ => return Ok(None),
    };
    let (heartbeat, hearts) = w.records(name, None).await?;
    let heart = hearts
        .into_iter()
        .find(|heart| heart[heartbeat.key] == record["id"]);
    let db = w.app().db.clone();
    heartbeat
        .table
        .remove(&db, heartbeat.key, id(record)?)
        .await?;
    Ok(heart.map(|heart| (heartbeat, heart)))
}

/// Columns that repeat what another column says.
async fn derive(w: &mut World, noun: Noun, record: &Row, changes: &mut Row) -> Outcome {
    for (column, digest) in [
        ("key", "key_digest"),
        ("fingerprint", "fingerprint_digest"),
        ("pid", "pid_digest"),
    ] {
        let text = changes.get(column).and_then(Json::as_str);
        if let (true, Some(text)) = (noun.table.columns().contains(&digest), text) {
            let digested = hex::encode(sha256(text.as_bytes()));
            changes.insert(digest.to_owned(), digested.into());
        }
    }
    if noun.name == "release"
        && let Some(version) = changes.get("version").and_then(Json::as_str)
    {
        let parts = super::releases::ordered_by(version);
        changes.extend(parts);
    }
    if noun.name == "license"
        && let Some(policy) = uuid_at(changes, "policy_id")
        && let Some(policy) = w.by_id("policy", policy).await?
    {
        changes.insert("product_id".to_owned(), policy["product_id"].clone());
    }
    // A count that is not kept is a count of none.
    for (column, value) in changes.iter_mut() {
        if column == "uses" && value.is_null() {
            *value = 0.into();
        }
    }
    match noun.name {
        "machine" => tally_machine(w, record, changes).await,
        "license_user" => tally_user(w, record, changes).await,
        _ => Ok(()),
    }
}

/// Licenses count their users: a user that moves leaves one for another.
async fn tally_user(w: &mut World, record: &Row, changes: &Row) -> Outcome {
    let mut changed = record.clone();
    changed.extend(changes.clone());
    for (user, by) in [(record, -1), (&changed, 1)] {
        if let Some(license) = uuid_at(user, "license_id")
            && let Some(license) = w.by_id("license", license).await?
        {
            tally(w, &license, &[("users_count", by)]).await?;
        }
    }
    Ok(())
}

/// Licenses keep the sums of their machines: what a machine had goes, what it has now comes.
async fn tally_machine(w: &mut World, record: &Row, changes: &Row) -> Outcome {
    const SUMS: [(&str, &str); 3] = [
        ("machines_cores", "cores"),
        ("machines_memory", "memory"),
        ("machines_disk", "disk"),
    ];
    let mut changed = record.clone();
    changed.extend(changes.clone());
    for (machine, sign) in [(record, -1), (&changed, 1)] {
        let number = |column: &str| machine.get(column).and_then(Json::as_i64).unwrap_or(0);
        let mut sums = vec![("machines_count", sign)];
        sums.extend(SUMS.map(|(tally, column)| (tally, sign * number(column))));
        if let Some(license) = uuid_at(machine, "license_id")
            && let Some(license) = w.by_id("license", license).await?
        {
            tally(w, &license, &sums).await?;
        }
    }
    Ok(())
}
