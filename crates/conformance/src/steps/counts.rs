//! What is in the store after the fact.

use futures::FutureExt;
use keystead_domain::words::HeartbeatStatus;
use keystead_domain::{MachineId, ProcessId};
use keystead_store::{machines, processes};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Call, Entry};
use crate::compare::equal;
use crate::fault::{Outcome, broken, failed};
use crate::nouns::{self, Noun, Row};
use crate::placeholders;
use crate::time::{self, Span};
use crate::words::{singular, snake};
use crate::world::{World, id};

pub const STEPS: &[Entry] = &[
    ("the current account should have {n} {s}", |w, c| {
        current_has(w, c).boxed()
    }),
    ("the account {s} should have {n} {s}", |w, c| {
        account_has(w, c).boxed()
    }),
    ("the current account should have {n} {s} admins?", |w, c| {
        current_has(w, c).boxed()
    }),
    ("the account {s} should have {n} {s} admins?", |w, c| {
        account_has(w, c).boxed()
    }),
    ("there should be {n} {s}", |w, c| there_are(w, c).boxed()),
    ("the current user should have {n} \"tokens?\"", |w, c| {
        i_have_tokens(w, c).boxed()
    }),
    ("the {nth} \"user\" should have {n} \"tokens?\"", |w, c| {
        nth_has_tokens(w, c).boxed()
    }),
    ("the {nth} \"release\" should( not)? be yanked", |w, c| {
        yanked(w, c).boxed()
    }),
    (
        "the {nth} {s} should have the following attributes:",
        |w, c| nth_has(w, c, true).boxed(),
    ),
    (
        "the {nth} {s} should not have the following attributes:",
        |w, c| nth_has(w, c, false).boxed(),
    ),
    (
        "the {nth} {s}(?: admin)? (?:for|of) account {s} should have the following attributes:",
        |w, c| nth_of_account_has(w, c).boxed(),
    ),
    (
        "the account {s} should have the following attributes:",
        |w, c| account_is(w, c).boxed(),
    ),
    (
        "the current token should have the following attributes:",
        |w, c| token_is(w, c).boxed(),
    ),
    (r"the {nth} {s} should have the (\w+) {s}", |w, c| {
        nth_has_the(w, c).boxed()
    }),
    (r#"the {nth} "license" should have {n} "users?""#, |w, c| {
        license_has_users(w, c).boxed()
    }),
    (
        r#"the {nth} "license" should have an? ([a-z]\w*) {s}"#,
        |w, c| license_has(w, c).boxed(),
    ),
    (
        r#"the {nth} "license" should have an? (\w+) within seconds of {s}"#,
        |w, c| license_about(w, c).boxed(),
    ),
    (
        r#"the {nth} "license" should have an? {n} (\w+) expiry"#,
        |w, c| license_term(w, c).boxed(),
    ),
    (
        r#"the {nth} "license" should not have an expiry"#,
        |w, c| no_expiry(w, c).boxed(),
    ),
    (
        r#"the {nth} "license" should have a correct machine (core|memory|disk) count"#,
        |w, c| tallied(w, c).boxed(),
    ),
];

/// How many records of an account a name counts.
async fn count(w: &World, name: &str, account: Option<Uuid>) -> Outcome<usize> {
    let (noun, mut rows) = w.records(name, account).await?;
    if noun.name == "user" {
        let staff = [
            "admin",
            "developer",
            "read-only",
            "sales-agent",
            "support-agent",
        ];
        match snake(&singular(name)).as_str() {
            "user" => rows.retain(|row| row["role"] == "user"),
            "administrator" => {
                return Ok(w
                    .records("user", account)
                    .await?
                    .1
                    .iter()
                    .filter(|row| {
                        row["role"]
                            .as_str()
                            .is_some_and(|role| staff.contains(&role))
                    })
                    .count());
            }
            _ => {}
        }
    }
    Ok(rows.len())
}

/// What the suite calls a role when it counts its holders.
fn role(name: &str) -> &str {
    match name {
        "sales" => "sales-agent",
        "support" => "support-agent",
        other => other,
    }
}

fn same(actual: usize, expected: usize, name: &str) -> Outcome {
    match actual == expected {
        true => Ok(()),
        false => failed(format!("{actual} instead of {expected} {name}")),
    }
}

async fn current_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let name = role(c.text(1)?);
    let actual = count(w, name, Some(w.account()?)).await?;
    same(actual, c.number(0)?, name)
}

async fn account_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(0)?).await?.id.0;
    let name = role(c.text(2)?);
    let actual = count(w, name, Some(account)).await?;
    same(actual, c.number(1)?, name)
}

async fn there_are(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, rows) = w.records(c.text(1)?, None).await?;
    same(rows.len(), c.number(0)?, c.text(1)?)
}

async fn i_have_tokens(w: &mut World, c: &Call<'_>) -> Outcome {
    let user = w.bearer()?.id;
    has_tokens(w, user, c.number(0)?).await
}

async fn nth_has_tokens(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, row) = w.record(c.text(0)?, "user", w.account()?).await?;
    has_tokens(w, id(&row)?, c.number(1)?).await
}

async fn has_tokens(w: &World, bearer: Uuid, expected: usize) -> Outcome {
    let (_, tokens) = w.records("token", None).await?;
    let bearer = bearer.to_string();
    let actual = tokens
        .iter()
        .filter(|token| token["bearer_id"] == bearer.as_str());
    same(actual.count(), expected, "tokens")
}

/// The first attribute that a record holds otherwise than expected.
fn differing(w: &mut World, noun: Noun, row: &Row, expected: &Row) -> Outcome<Option<String>> {
    for (attribute, expected) in expected {
        let column = match nouns::column(noun, attribute) {
            Ok(column) => column,
            Err(_) if row.contains_key(attribute) => attribute,
            Err(fault) => {
                w.lacks(fault)?;
                continue;
            }
        };
        let actual = row.get(column).unwrap_or(&Json::Null);
        let instants = (
            actual.as_str().and_then(time::parse),
            expected.as_str().and_then(time::parse),
        );
        let kinds = column == "bearer_kind";
        let same = match instants {
            // The suite names classes, the store kinds.
            _ if kinds => {
                let names = (actual.as_str(), expected.as_str());
                matches!(names, (Some(a), Some(e)) if a.eq_ignore_ascii_case(e))
            }
            (Some(a), Some(e)) => a.timestamp_millis() == e.timestamp_millis(),
            _ => equal(actual, expected),
        };
        if !same {
            return Ok(Some(format!(
                "{attribute} is {actual}, expected {expected}"
            )));
        }
    }
    Ok(None)
}

fn attributes_hold(w: &mut World, noun: Noun, row: &Row, expected: &Row) -> Outcome {
    differing(w, noun, row, expected)?.map_or(Ok(()), failed)
}

async fn nth_has(w: &mut World, c: &Call<'_>, wanted: bool) -> Outcome {
    let expected = c.attributes(w).await?;
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, w.account()?).await?;
    match (differing(w, noun, &row, &expected)?, wanted) {
        (Some(why), true) => failed(why),
        (None, false) => failed("it has these attributes"),
        _ => Ok(()),
    }
}

async fn nth_of_account_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(2)?).await?.id.0;
    let expected = c.attributes_for(w, Some(account)).await?;
    let (noun, row) = w.record(c.text(0)?, role(c.text(1)?), account).await?;
    let row = super::sso::with_identity(w, noun, row).await?;
    attributes_hold(w, noun, &row, &expected)
}

/// The record with this id.
async fn with_id(w: &World, name: &str, wanted: Uuid) -> Outcome<(Noun, Row)> {
    match w.by_id(name, wanted).await? {
        Some(row) => Ok((nouns::find(name)?.0, row)),
        None => failed(format!("the {name} is gone")),
    }
}

async fn account_is(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.attributes(w).await?;
    let account = w.account_named(c.text(0)?).await?.id.0;
    let (noun, row) = with_id(w, "account", account).await?;
    attributes_hold(w, noun, &row, &expected)
}

async fn token_is(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.attributes(w).await?;
    let Some(token) = w.token else {
        return broken("no token is current");
    };
    let (noun, row) = with_id(w, "token", token).await?;
    attributes_hold(w, noun, &row, &expected)
}

/// The owner of a license is one of its users.
async fn license_has_users(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, row) = w.record(c.text(0)?, "license", w.account()?).await?;
    let (_, attached) = w.records("license_user", w.account).await?;
    let attached = attached
        .iter()
        .filter(|user| user["license_id"] == row["id"]);
    let count = attached.count() + usize::from(!row["owner_id"].is_null());
    match count == c.number(1)? {
        true => Ok(()),
        false => failed(format!("{count} users")),
    }
}

/// What the heart of a machine or process is doing; other records have none.
async fn heartbeat_status(w: &World, noun: Noun, row: &Row) -> Outcome<Option<HeartbeatStatus>> {
    let (db, now) = (&w.app().db, w.time.now());
    let heart = match noun.name {
        "machine" => machines::by_ids(db, &[MachineId(id(row)?)])
            .await?
            .pop()
            .map(|machine| machine.heart()),
        "machine_process" => {
            let tx = db.begin().await?;
            processes::by_ids(&tx, &[ProcessId(id(row)?)])
                .await?
                .pop()
                .map(|process| process.heart())
        }
        _ => None,
    };
    Ok(heart.map(|heart| heart.status(now)))
}

async fn nth_has_the(w: &mut World, c: &Call<'_>) -> Outcome {
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, w.account()?).await?;
    if ["heartbeatStatus", "status"].contains(&c.text(2)?)
        && let Some(status) = heartbeat_status(w, noun, &row).await?
    {
        return match status.as_str() == c.text(3)? {
            true => Ok(()),
            false => failed(format!("the heart is {}", status.as_str())),
        };
    }
    let column = nouns::column(noun, &snake(c.text(2)?))?;
    let actual = row.get(column).cloned().unwrap_or_default();
    let text = actual
        .as_str()
        .map_or_else(|| actual.to_string(), str::to_owned);
    let instants = (time::parse(&text), time::parse(c.text(3)?));
    match text == c.text(3)? || (instants.0.is_some() && instants.0 == instants.1) {
        true => Ok(()),
        false => failed(format!("{column} is {text}")),
    }
}

async fn license_attribute(w: &World, c: &Call<'_>) -> Outcome<String> {
    let (noun, row) = w.record(c.text(0)?, "license", w.account()?).await?;
    let column = nouns::column(noun, &snake(c.text(1)?))?;
    let value = row.get(column).cloned().unwrap_or_default();
    Ok(value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned))
}

async fn license_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account;
    let expected = placeholders::fill(w, c.text(2)?, account).await?;
    let actual = license_attribute(w, c).await?;
    let instants = (time::parse(&actual), time::parse(&expected));
    match instants.0.is_some() && instants.0 == instants.1 || actual == expected {
        true => Ok(()),
        false => failed(format!("{} is {actual}, expected {expected}", c.text(1)?)),
    }
}

async fn license_about(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account;
    let expected = placeholders::fill(w, c.text(2)?, account).await?;
    let actual = license_attribute(w, c).await?;
    super::documents::close(c.text(1)?, &actual, &expected, 3)
}

async fn license_term(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, row) = w.record(c.text(0)?, "license", w.account()?).await?;
    let count = c.text(1)?.parse().or_else(broken)?;
    let expected = Span::of(count, c.text(2)?).and_then(|span| span.after(w.time.now()));
    let Some(expected) = expected else {
        return broken("no such term");
    };
    let actual = row["expiry"].as_str().unwrap_or_default();
    super::documents::close("expiry", actual, &expected.to_rfc3339(), 30)
}

async fn no_expiry(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, row) = w.record(c.text(0)?, "license", w.account()?).await?;
    match row["expiry"].is_null() {
        true => Ok(()),
        false => failed(format!("expiry is {}", row["expiry"])),
    }
}

async fn tallied(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, license) = w.record(c.text(0)?, "license", w.account()?).await?;
    let license_id = id(&license)?.to_string();
    let (tally, column) = match c.text(1)? {
        "core" => ("machines_cores", "cores"),
        "memory" => ("machines_memory", "memory"),
        _ => ("machines_disk", "disk"),
    };
    let (_, machines) = w.records("machine", w.account).await?;
    let sum: i64 = machines
        .iter()
        .filter(|row| row["license_id"] == license_id.as_str())
        .filter_map(|row| row[column].as_i64())
        .sum();
    match license[tally].as_i64() == Some(sum) {
        true => Ok(()),
        false => failed(format!(
            "{tally} is {}, the machines have {sum}",
            license[tally]
        )),
    }
}

async fn yanked(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, row) = w.record(c.text(0)?, "release", w.account()?).await?;
    let wanted = c.maybe(1).is_none();
    match (row["status"] == "YANKED") == wanted {
        true => Ok(()),
        false => failed(format!("the release is {}", row["status"])),
    }
}
