//! `$licenses[0].key` and its kin: what a scenario can only know once its records are made.

use std::sync::LazyLock;

use chrono::Utc;
use regex::Regex;
use serde_json::Value as Json;
use uuid::Uuid;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::factory::one_time_code;
use crate::fault::{Outcome, broken, missing};
use crate::nouns::{self, Noun, Row};
use crate::time::{self, Span};
use crate::words::{plural, singular, snake};
use crate::world::{World, uuid_at};

/// The words that stand for something after a `$`, in the singular.
const KNOWN: &[&str] = &[
    "account",
    "billing",
    "key",
    "license",
    "license_user",
    "machine",
    "machine_component",
    "component",
    "machine_process",
    "process",
    "plan",
    "policy",
    "product",
    "receipt",
    "request_log",
    "role",
    "token",
    "user",
    "webhook_endpoint",
    "webhook_event",
    "entitlement",
    "environment",
    "policy_entitlement",
    "license_entitlement",
    "release",
    "release_platform",
    "platform",
    "release_arch",
    "arch",
    "release_filetype",
    "filetype",
    "release_channel",
    "channel",
    "release_entitlement_constraint",
    "release_download_link",
    "release_upgrade_link",
    "release_upload_link",
    "release_artifact",
    "artifact",
    "release_package",
    "package",
    "release_engine",
    "engine",
    "constraint",
    "current",
    "crypt",
    "date",
    "time",
    "null_byte",
    "event_type",
    "event_log",
    "otp",
    "group",
    "group_owner",
    "owner",
    "session",
];

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\$(!)?(~)?([-\w]+)(?:\[([^\]]+)\])?(?:\.([-.\w]+))?").expect("a valid expression")
});

static IN_PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([-\w]+)/\$(\w+)").expect("a valid expression"));

/// Fills in the placeholders of a text.
pub async fn fill(w: &mut World, text: &str, account: Option<Uuid>) -> Outcome<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = 0;
    for found in PLACEHOLDER.captures_iter(text) {
        let whole = found.get(0).expect("a match has a whole");
        let escaped = text[..whole.start()].ends_with('\\');
        let resource = snake(&found[3]);
        if escaped || !KNOWN.contains(&singular(&resource).as_str()) {
            continue;
        }
        let index = found.get(4).map(|index| index.as_str());
        let attribute = found.get(5).map_or("id", |attribute| attribute.as_str());
        let mut value = value(w, account, &resource, index, attribute).await?;
        if found.get(1).is_some() {
            value = Json::from(value).to_string();
        }
        if found.get(2).is_some() {
            value = STANDARD.encode(value);
        }
        filled.push_str(&text[rest..whole.start()]);
        filled.push_str(&value);
        rest = whole.end();
    }
    filled.push_str(&text[rest..]);
    Ok(filled)
}

/// Fills in the placeholders of a path: `licenses/$0`, `users/$current`, and all others.
pub async fn fill_path(w: &mut World, path: &str) -> Outcome<String> {
    let mut filled = String::with_capacity(path.len() + 36);
    let mut rest = 0;
    for found in IN_PATH.captures_iter(path) {
        let whole = found.get(0).expect("a match has a whole");
        let (collection, index) = (&found[1], &found[2]);
        let id = match index {
            "current" if ["users", "products"].contains(&collection) => w.bearer()?.id.to_string(),
            "current" => current(w, collection)?,
            digits => match digits.parse::<usize>() {
                Ok(index) => nth(w, collection, index).await?,
                // Another kind of placeholder, to be filled in below.
                Err(_) => continue,
            },
        };
        filled.push_str(&path[rest..whole.start()]);
        filled.push_str(&format!("{collection}/{id}"));
        rest = whole.end();
    }
    filled.push_str(&path[rest..]);
    let account = w.account;
    fill(w, &filled, account).await
}

fn current(w: &World, collection: &str) -> Outcome<String> {
    let id = match collection {
        "accounts" => w.account,
        "tokens" => w.token,
        "environments" => w.environment,
        _ => None,
    };
    id.map_or_else(
        || broken(format!("no {collection} is current")),
        |id| Ok(id.to_string()),
    )
}

async fn nth(w: &World, collection: &str, index: usize) -> Outcome<String> {
    // Plans are the hosted service's; whoever founds an account names one all the same.
    if collection == "plan" {
        return Ok(Uuid::nil().to_string());
    }
    let (name, account) = match singular(&snake(collection)).as_str() {
        "account" => ("account".to_owned(), None),
        "pool" => ("key".to_owned(), w.account),
        other => (other.to_owned(), w.account),
    };
    let (_, rows) = w.records(&name, account).await?;
    match rows.get(index).and_then(|row| uuid_at(row, "id")) {
        Some(id) => Ok(id.to_string()),
        None => broken(format!(
            "there is no {name} number {index} among {}",
            rows.len()
        )),
    }
}

async fn value(
    w: &mut World,
    account: Option<Uuid>,
    resource: &str,
    index: Option<&str>,
    attribute: &str,
) -> Outcome<String> {
    match resource {
        "account" => {
            let Some(account) = account else {
                return broken("no account is current");
            };
            let row = w.by_id("account", account).await?.unwrap_or_default();
            read(w, nouns::find("account")?.0, row, attribute).await
        }
        "current" => {
            let bearer = w.bearer()?;
            let row = w.by_id(bearer.kind, bearer.id).await?.unwrap_or_default();
            read(w, nouns::find(bearer.kind)?.0, row, attribute).await
        }
        "token" => w
            .secrets
            .first()
            .map_or_else(|| broken("no secret was made"), |s| Ok(s.clone())),
        "crypt" => {
            let index = index.and_then(|index| index.parse().ok()).unwrap_or(0);
            let secret = w.secrets.get(index).cloned();
            secret.map_or_else(|| broken("no such secret was made"), Ok)
        }
        "date" => {
            let today = w.time.now();
            let day = match attribute {
                "yesterday" => Span::of(1, "day").and_then(|day| day.before(today)),
                "tomorrow" => Span::of(1, "day").and_then(|day| day.after(today)),
                _ => Some(today),
            };
            Ok(day.unwrap_or(today).format("%Y-%m-%d").to_string())
        }
        "time" => moment(w, attribute),
        "null_byte" => Ok("foo-\\u0000-bar".to_owned()),
        // Events have names and no ids here: what holds the one holds the other.
        "event_types" | "event_type" => Ok(index.unwrap_or_default().to_owned()),
        // Plans are the hosted service's; whoever founds an account names one all the same.
        "plan" | "plans" => Ok(Uuid::nil().to_string()),
        "otp" => one_time_code(w).await,
        _ => {
            let account = if singular(resource) == "account" {
                None
            } else {
                account
            };
            let (noun, rows) = w.records(resource, account).await?;
            let row = match index {
                Some(index) => match index.parse::<Uuid>() {
                    Ok(id) => rows.into_iter().find(|row| uuid_at(row, "id") == Some(id)),
                    Err(_) => match index.parse::<isize>() {
                        // Below zero counts from the end.
                        Ok(index) if index < 0 => {
                            let place = rows.len().checked_sub(index.unsigned_abs());
                            place.and_then(|place| rows.into_iter().nth(place))
                        }
                        Ok(index) => rows.into_iter().nth(index.unsigned_abs()),
                        Err(_) => None,
                    },
                },
                None if rows.is_empty() => None,
                None => {
                    let index = w.dice.roll(rows.len());
                    rows.into_iter().nth(index)
                }
            };
            match row {
                Some(row) => read(w, noun, row, attribute).await,
                None => broken(format!(
                    "there is no ${resource}[{}]",
                    index.unwrap_or_default()
                )),
            }
        }
    }
}

/// `1.year.from_now`, `30.days.to_i`, `now.iso` …
fn moment(w: &World, attribute: &str) -> Outcome<String> {
    let now = w.time.now();
    let parts: Vec<&str> = attribute.split('.').collect();
    let at = match parts.as_slice() {
        ["now" | "current", ..] => Some(now),
        [count, unit, rest @ ..] => {
            let Some(span) = count.parse().ok().and_then(|count| Span::of(count, unit)) else {
                return broken(format!("no time is {attribute}"));
            };
            match rest.first() {
                None | Some(&"to_i") => return Ok(span.seconds().to_string()),
                Some(&"ago") => span.before(now),
                Some(&"from_now") => span.after(now),
                Some(other) => return broken(format!("no time is {other}")),
            }
        }
        _ => None,
    };
    let Some(at) = at else {
        return broken(format!("no time is {attribute}"));
    };
    Ok(match parts.last().copied() {
        Some("iso") => time::wire(at),
        Some("format") => at.format("%Y-%m-%d").to_string(),
        Some("to_i") => at.timestamp().to_string(),
        _ => time::spoken(at),
    })
}

/// An attribute of a record, or of one that it belongs to.
async fn read(w: &mut World, noun: Noun, row: Row, attribute: &str) -> Outcome<String> {
    let (mut noun, mut row) = (noun, row);
    let mut parts = attribute.split('.').peekable();
    while let Some(part) = parts.next() {
        let part = snake(part);
        if let Ok(column) = nouns::column(noun, &part) {
            let value = row.get(column).cloned().unwrap_or_default();
            return Ok(spell(&value, parts.next()));
        }
        match part.as_str() {
            "kind" if noun.name == "token" => return missing("tokens.kind"),
            _ => {}
        }
        (noun, row) = follow(w, noun, &row, &part).await?;
    }
    let id = row.get("id").cloned().unwrap_or_default();
    Ok(spell(&id, None))
}

/// The record that another belongs to.
async fn follow(w: &World, noun: Noun, row: &Row, name: &str) -> Outcome<(Noun, Row)> {
    let (name, column) = match (noun.name, name) {
        ("license" | "machine", "user" | "owner") => ("user", "owner_id".to_owned()),
        ("machine", "policy" | "product") => {
            let license = uuid_at(row, "license_id");
            let license = match license {
                Some(id) => w.by_id("license", id).await?.unwrap_or_default(),
                None => Row::new(),
            };
            return Box::pin(follow(w, nouns::find("license")?.0, &license, name)).await;
        }
        ("license", "users") | ("user", "licenses") => {
            return missing(format!("{name} of a {}", noun.name));
        }
        (_, name) => (name, format!("{name}_id")),
    };
    if !noun.table.columns().contains(&column.as_str()) {
        return missing(format!("{}.{name}", plural(noun.name)));
    }
    let found = match uuid_at(row, &column) {
        Some(id) => w.by_id(name, id).await?,
        None => None,
    };
    match found {
        Some(found) => Ok((nouns::find(name)?.0, found)),
        None => broken(format!("the {} has no {name}", noun.name)),
    }
}

/// A value as placeholders spell it: times to the millisecond, nothing as nothing.
fn spell(value: &Json, method: Option<&str>) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(at) if text.contains('T') => match method {
                Some("to_i") => at.timestamp().to_string(),
                _ => time::wire(at.with_timezone(&Utc)),
            },
            _ => text.clone(),
        },
        other => other.to_string(),
    }
}
