//! Attributes set behind the API's back, the clock, and who hangs together with whom.

use chrono::{DateTime, Utc};
use futures::FutureExt;
use serde_json::Value as Json;

use super::{Call, Entry};
use crate::factory::{change, change_all};
use crate::fault::{Outcome, broken};
use crate::nouns::Row;
use crate::time::{self, Span};
use crate::world::{World, id, uuid_at};

pub const STEPS: &[Entry] = &[
    ("the {nth} {s} has the following attributes:", |w, c| {
        nth_has(w, c).boxed()
    }),
    ("the {nth} {s} has the following permissions:", |w, c| {
        nth_may(w, c).boxed()
    }),
    ("the {nth} {s} has the following metadata:", |w, c| {
        nth_tells(w, c).boxed()
    }),
    ("(?:all|the) {s} have the following attributes:", |w, c| {
        all_have(w, c).boxed()
    }),
    (
        "the (first|last) {n} {s} have the following attributes:",
        |w, c| some_have(w, c).boxed(),
    ),
    ("{n} {s} (?:have|has) the following attributes:", |w, c| {
        so_many_have(w, c).boxed()
    }),
    (
        r"(?:the )?{s} {n}\.\.(\.)?{n} (?:have|has) the following attributes:",
        |w, c| range_has(w, c).boxed(),
    ),
    ("{s} {n} has the following attributes:", |w, c| {
        index_has(w, c).boxed()
    }),
    (
        "the {nth} {s} (?:of|for) account {s} has the following attributes:",
        |w, c| of_account_has(w, c, None).boxed(),
    ),
    (
        "the {nth} {s} (?:of|for) account {s} has the following metadata:",
        |w, c| of_account_has(w, c, Some("metadata")).boxed(),
    ),
    ("the account {s} has the following attributes:", |w, c| {
        account_has(w, c).boxed()
    }),
    (
        "the current account has the following attributes:",
        |w, c| current_has(w, c).boxed(),
    ),
    ("I have the following attributes:", |w, c| {
        bearer_has(w, c).boxed()
    }),
    ("the current token has the following attributes:", |w, c| {
        token_has(w, c).boxed()
    }),
    (r"time is frozen at {s}", |w, c| freeze_at(w, c).boxed()),
    (r"time is frozen {n} (\w+) into the future", |w, c| {
        freeze_in(w, c).boxed()
    }),
    ("time is unfrozen", |w, _| unfreeze(w).boxed()),
];

async fn nth_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, w.account()?).await?;
    change(w, noun, &row, &attributes).await
}

/// One attribute out of a whole text block.
fn only(name: &str, value: Json) -> Row {
    [(name.to_owned(), value)].into_iter().collect()
}

async fn nth_may(w: &mut World, c: &Call<'_>) -> Outcome {
    let permissions = c.json(w).await?;
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, w.account()?).await?;
    change(w, noun, &row, &only("permissions", permissions)).await
}

async fn nth_tells(w: &mut World, c: &Call<'_>) -> Outcome {
    let metadata = Json::Object(c.attributes(w).await?);
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, w.account()?).await?;
    change(w, noun, &row, &only("metadata", metadata)).await
}

async fn all_have(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let (noun, rows) = w.records(c.text(0)?, Some(w.account()?)).await?;
    change_all(w, noun, &rows, &attributes).await
}

async fn some_have(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let (noun, rows) = w.records(c.text(2)?, Some(w.account()?)).await?;
    let count = c.number(1)?.min(rows.len());
    let chosen = match c.text(0)? {
        "first" => &rows[..count],
        _ => &rows[rows.len() - count..],
    };
    change_all(w, noun, chosen, &attributes).await
}

async fn so_many_have(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let (noun, rows) = w.records(c.text(1)?, Some(w.account()?)).await?;
    let count = c.number(0)?.min(rows.len());
    change_all(w, noun, &rows[..count], &attributes).await
}

async fn range_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let (noun, rows) = w.records(c.text(0)?, Some(w.account()?)).await?;
    let end = if c.maybe(2).is_some() {
        c.number(3)?
    } else {
        c.number(3)? + 1
    };
    let range = c.number(1)?.min(rows.len())..end.min(rows.len());
    let Some(chosen) = rows.get(range) else {
        return broken("no such range");
    };
    change_all(w, noun, chosen, &attributes).await
}

async fn index_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let (noun, rows) = w.records(c.text(0)?, Some(w.account()?)).await?;
    match rows.get(c.number(1)?) {
        Some(row) => change(w, noun, row, &attributes).await,
        None => broken(format!("there are only {}", rows.len())),
    }
}

async fn of_account_has(w: &mut World, c: &Call<'_>, inside: Option<&str>) -> Outcome {
    let account = w.account_named(c.text(2)?).await?.id.0;
    let mut attributes = c.attributes_for(w, Some(account)).await?;
    if let Some(name) = inside {
        attributes = only(name, Json::Object(attributes));
    }
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, account).await?;
    change(w, noun, &row, &attributes).await
}

async fn account_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let account = w.account_named(c.text(0)?).await?.id.0;
    change_record(w, "account", account, &attributes).await
}

async fn current_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let account = w.account()?;
    change_record(w, "account", account, &attributes).await
}

async fn bearer_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let bearer = w.bearer()?;
    change_record(w, bearer.kind, bearer.id, &attributes).await
}

async fn token_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let Some(token) = w.token else {
        return broken("no token is current");
    };
    change_record(w, "token", token, &attributes).await
}

/// Changes the record with this id.
pub async fn change_record(
    w: &mut World,
    name: &str,
    wanted: uuid::Uuid,
    attributes: &Row,
) -> Outcome {
    let (noun, rows) = w.records(name, None).await?;
    for row in rows {
        if id(&row)? == wanted {
            return change(w, noun, &row, attributes).await;
        }
    }
    broken(format!("there is no {name} {wanted}"))
}

async fn freeze_at(w: &mut World, c: &Call<'_>) -> Outcome {
    let text = crate::placeholders::fill(w, c.text(0)?, w.account).await?;
    match time::parse(&text) {
        Some(at) => {
            w.time.set(Some(at));
            turn_back(w, at).await
        }
        None => broken(format!("{text} is no time")),
    }
}

/// Hearts beat forward only: those that beat later than the clock now says beat now.
async fn turn_back(w: &mut World, now: DateTime<Utc>) -> Outcome {
    for name in ["heartbeat", "process_heartbeat"] {
        let (noun, hearts) = w.records(name, None).await?;
        for heart in hearts {
            let last = heart["last_at"].as_str().and_then(time::parse);
            if let (Some(last), Some(id)) = (last, uuid_at(&heart, noun.key))
                && last > now
            {
                let beat = only("last_at", now.to_rfc3339().into());
                let db = w.app().db.clone();
                noun.table.update(&db, noun.key, id, &beat).await?;
            }
        }
    }
    Ok(())
}

async fn freeze_in(w: &mut World, c: &Call<'_>) -> Outcome {
    let count = c.text(0)?.parse().or_else(broken)?;
    let span = Span::of(count, c.text(1)?).and_then(|span| span.after(w.time.now()));
    match span {
        Some(at) => {
            w.time.set(Some(at));
            Ok(())
        }
        None => broken("no such time"),
    }
}

async fn unfreeze(w: &mut World) -> Outcome {
    w.time.set(None);
    Ok(())
}
