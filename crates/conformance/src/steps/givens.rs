//! What is there before anybody asks: accounts, records, and what they hang on.

use futures::FutureExt;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Call, Entry};
use crate::factory::{Order, create};
use crate::fault::{Outcome, broken};
use crate::nouns::{self, Row};
use crate::words::{place, singular, snake};
use crate::world::{World, id};

pub const STEPS: &[Entry] = &[
    ("the following {s}(?: rows)? exist:", |w, c| {
        exist(w, c).boxed()
    }),
    ("the following {s} exists:", |w, c| exists(w, c).boxed()),
    ("there exists an(?:other)? account {s}", |w, c| {
        another_account(w, c).boxed()
    }),
    ("there exists {n} {s}", |w, c| some(w, c).boxed()),
    ("the current account is {s}", |w, c| {
        current_account(w, c).boxed()
    }),
    ("the current environment is {s}", |w, c| {
        current_environment(w, c).boxed()
    }),
    ("the current account has {n} {traits}{s}", |w, c| {
        has(w, c).boxed()
    }),
    (
        "the current account has {n} {traits}{s} with the following(?: attributes)?:",
        |w, c| has_with(w, c).boxed(),
    ),
    ("the account {s} has {n} {traits}{s}", |w, c| {
        account_has(w, c).boxed()
    }),
    (
        "the account {s} has {n} {traits}{s} with the following(?: attributes)?:",
        |w, c| account_has_with(w, c).boxed(),
    ),
    ("the current account has the following {s} rows:", |w, c| {
        has_rows(w, c).boxed()
    }),
    (
        "the current account has {n} {traits}{s} {with}(?: an)? existing {s}(?: through {s})?",
        |w, c| has_of_existing(w, c).boxed(),
    ),
    (
        "the current account has {n} {traits}{s} {with} (?:all|each) {s}(?: through {s})?",
        |w, c| has_of_each(w, c).boxed(),
    ),
    (
        "the current account has {n} {traits}{s} {with} (?:all|each) {s} with the following(?: attributes)?:",
        |w, c| has_of_each_with(w, c).boxed(),
    ),
    (
        "the current account has {n} {traits}{s} {with} the {nth} {s}(?: as {s})?",
        |w, c| has_of(w, c).boxed(),
    ),
    (
        "the current account has {n} {traits}{s} {with} the {nth} {s} with the following(?: attributes)?:",
        |w, c| has_of_with(w, c).boxed(),
    ),
    (
        "the current account has {n} {traits}{s} {with} the {nth} {s}(?: as {s})? and the {nth} {s}(?: as {s})?",
        |w, c| has_of_two(w, c).boxed(),
    ),
    // Every account is in good standing: there is nobody to pay.
    (r#"the account "[^"]*" is subscribed"#, |_, _| {
        async { Ok(()) }.boxed()
    }),
    (
        "the current account has {n} legacy encrypted {s}",
        |w, c| has_legacy(w, c).boxed(),
    ),
    ("the current account has {n} {s} using {s}", |w, c| {
        has_using(w, c).boxed()
    }),
];

async fn exist(w: &mut World, c: &Call<'_>) -> Outcome {
    let name = c.text(0)?;
    // Plans are the hosted service's: that accounts are on one is nothing to us.
    if singular(name) == "plan" {
        return Ok(());
    }
    for mut row in c.rows()? {
        row.retain(|_, value| !value.is_null());
        let account = match snake(&singular(name)).as_str() {
            "account" => None,
            _ => row
                .remove("account_id")
                .as_ref()
                .and_then(uuid)
                .or(w.account),
        };
        create(
            w,
            name,
            Order {
                account,
                attributes: row,
                ..Order::default()
            },
        )
        .await?;
    }
    Ok(())
}

fn uuid(json: &Json) -> Option<Uuid> {
    json.as_str().and_then(|text| text.parse().ok())
}

async fn exists(w: &mut World, c: &Call<'_>) -> Outcome {
    let mut attributes = c.attributes(w).await?;
    attributes.retain(|_, value| !value.is_null());
    let account = attributes
        .remove("account_id")
        .as_ref()
        .and_then(uuid)
        .or(w.account);
    create(
        w,
        c.text(0)?,
        Order {
            account,
            attributes,
            ..Order::default()
        },
    )
    .await?;
    Ok(())
}

async fn another_account(w: &mut World, c: &Call<'_>) -> Outcome {
    let order = Order::default().with("slug", c.text(0)?);
    create(w, "account", order).await?;
    Ok(())
}

async fn some(w: &mut World, c: &Call<'_>) -> Outcome {
    if singular(c.text(1)?) == "plan" {
        return Ok(());
    }
    for _ in 0..c.number(0)? {
        let account = match singular(c.text(1)?).as_str() {
            "account" => None,
            _ => Some(create(w, "account", Order::default()).await?),
        };
        create(
            w,
            c.text(1)?,
            Order {
                account,
                ..Order::default()
            },
        )
        .await?;
    }
    Ok(())
}

async fn current_account(w: &mut World, c: &Call<'_>) -> Outcome {
    w.account = Some(w.account_named(c.text(0)?).await?.id.0);
    Ok(())
}

async fn current_environment(w: &mut World, c: &Call<'_>) -> Outcome {
    let wanted = c.text(0)?;
    let account = w.account()?;
    let (_, rows) = w.records("environment", Some(account)).await?;
    match rows
        .iter()
        .find(|row| row["code"] == wanted || row["id"] == wanted)
    {
        Some(row) => {
            w.environment = Some(id(row)?);
            Ok(())
        }
        None => broken(format!("there is no environment {wanted}")),
    }
}

/// Makes a number of equal records.
async fn make(w: &mut World, count: usize, name: &str, order: &Order) -> Outcome {
    for _ in 0..count {
        create(w, name, order.clone()).await?;
    }
    Ok(())
}

/// An order in the current account, with the traits that the line names.
fn order(w: &World, c: &Call<'_>, traits: usize, attributes: Row) -> Outcome<Order> {
    Ok(Order {
        account: Some(w.account()?),
        traits: c.traits(traits),
        attributes,
    })
}

async fn has(w: &mut World, c: &Call<'_>) -> Outcome {
    let order = order(w, c, 1, Row::new())?;
    make(w, c.number(0)?, c.text(2)?, &order).await
}

async fn has_with(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let order = order(w, c, 1, attributes)?;
    make(w, c.number(0)?, c.text(2)?, &order).await
}

async fn account_has(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(0)?).await?.id.0;
    let order = Order {
        traits: c.traits(2),
        ..Order::of(account)
    };
    make(w, c.number(1)?, c.text(3)?, &order).await
}

async fn account_has_with(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(0)?).await?.id.0;
    let attributes = c.attributes(w).await?;
    let order = Order {
        traits: c.traits(2),
        attributes,
        account: Some(account),
    };
    make(w, c.number(1)?, c.text(3)?, &order).await
}

async fn has_rows(w: &mut World, c: &Call<'_>) -> Outcome {
    let name = c.text(0)?;
    for mut row in c.rows()? {
        if let Some(Json::String(text)) = row.get("metadata") {
            let metadata = serde_json::from_str(text)?;
            row.insert("metadata".to_owned(), metadata);
        }
        // An empty cell of an optional id says "none"; of everything else, nothing at all.
        row.retain(|column, value| column.ends_with("_id") || !value.is_null());
        let order = Order {
            attributes: row,
            ..Order::of(w.account()?)
        };
        create(w, name, order).await?;
    }
    Ok(())
}

/// The attributes that tie a new record to another.
pub fn tie(name: &str, other: &str, other_id: Uuid, called: Option<&str>) -> Outcome<Row> {
    let mut row = Row::new();
    let link = snake(&singular(called.unwrap_or(other)));
    if snake(&singular(name)) == "token" {
        let (noun, _) = nouns::find(other)?;
        row.insert("bearer_type".to_owned(), noun.name.into());
        row.insert("bearer_id".to_owned(), other_id.to_string().into());
        return Ok(row);
    }
    // A role is a user, whatever it is called.
    let column = match nouns::find(&link) {
        Ok((_, Some(_))) => "user_id".to_owned(),
        _ => format!("{link}_id"),
    };
    row.insert(column, other_id.to_string().into());
    Ok(row)
}

async fn has_of_existing(w: &mut World, c: &Call<'_>) -> Outcome {
    let (count, name, other) = (c.number(0)?, c.text(2)?, c.text(3)?);
    let account = w.account()?;
    for _ in 0..count {
        let (_, rows) = w.records(other, Some(account)).await?;
        let index = w.dice.roll(rows.len());
        let Some(row) = rows.get(index) else {
            return broken(format!("there is no {other}"));
        };
        let attributes = tie(name, other, id(row)?, c.maybe(4))?;
        let order = order(w, c, 1, attributes)?;
        create(w, name, order).await?;
    }
    Ok(())
}

/// The records that `each` means: those that the environment which a trait names can read.
async fn each(w: &World, other: &str, traits: &[String]) -> Outcome<Vec<Row>> {
    let account = w.account()?;
    let (noun, mut rows) = w.records(other, Some(account)).await?;
    if !noun.table.columns().contains(&"environment_id") {
        return Ok(rows);
    }
    let named = |name: &str| traits.iter().any(|known| known == name);
    let (_, environments) = w.records("environment", Some(account)).await?;
    for code in ["isolated", "shared"] {
        if named(code) {
            let Some(environment) = environments.iter().find(|row| row["code"] == code) else {
                return broken(format!("there is no environment {code}"));
            };
            // A shared environment reads the global records too.
            rows.retain(|row| {
                row["environment_id"] == environment["id"]
                    || (code == "shared" && row["environment_id"].is_null())
            });
            return Ok(rows);
        }
    }
    if named("global") {
        rows.retain(|row| row["environment_id"].is_null());
    }
    Ok(rows)
}

async fn for_each(w: &mut World, c: &Call<'_>, called: Option<&str>, attributes: Row) -> Outcome {
    let (count, name, other) = (c.number(0)?, c.text(2)?, c.text(3)?);
    nouns::find(name)?;
    for row in each(w, other, &c.traits(1)).await? {
        let mut all = attributes.clone();
        all.extend(tie(name, other, id(&row)?, called)?);
        let order = order(w, c, 1, all)?;
        make(w, count, name, &order).await?;
    }
    Ok(())
}

async fn has_of_each(w: &mut World, c: &Call<'_>) -> Outcome {
    for_each(w, c, c.maybe(4), Row::new()).await
}

async fn has_of_each_with(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    for_each(w, c, None, attributes).await
}

/// The id of the record at a place.
async fn one(w: &World, nth: &str, name: &str) -> Outcome<Uuid> {
    let (_, rows) = w.records(name, Some(w.account()?)).await?;
    match place(nth, rows.len()) {
        Some(index) => id(&rows[index]),
        None => broken(format!("there is no {nth} {name} among {}", rows.len())),
    }
}

async fn has_of(w: &mut World, c: &Call<'_>) -> Outcome {
    let (count, name, other) = (c.number(0)?, c.text(2)?, c.text(4)?);
    nouns::find(name)?;
    let attributes = tie(name, other, one(w, c.text(3)?, other).await?, c.maybe(5))?;
    let order = order(w, c, 1, attributes)?;
    make(w, count, name, &order).await
}

async fn has_of_with(w: &mut World, c: &Call<'_>) -> Outcome {
    let (count, name, other) = (c.number(0)?, c.text(2)?, c.text(4)?);
    nouns::find(name)?;
    let mut attributes = c.attributes(w).await?;
    attributes.extend(tie(name, other, one(w, c.text(3)?, other).await?, None)?);
    let order = order(w, c, 1, attributes)?;
    make(w, count, name, &order).await
}

async fn has_of_two(w: &mut World, c: &Call<'_>) -> Outcome {
    let (count, name) = (c.number(0)?, c.text(2)?);
    nouns::find(name)?;
    let mut attributes = Row::new();
    for (nth, other, called) in [(3, 4, 5), (6, 7, 8)] {
        let other = c.text(other)?;
        let found = one(w, c.text(nth)?, other).await?;
        attributes.extend(tie(name, other, found, c.maybe(called))?);
    }
    let order = order(w, c, 1, attributes)?;
    make(w, count, name, &order).await
}

async fn has_legacy(w: &mut World, c: &Call<'_>) -> Outcome {
    let order = Order {
        traits: vec!["legacy_encrypt".to_owned()],
        ..Order::of(w.account()?)
    };
    make(w, c.number(0)?, c.text(1)?, &order).await
}

async fn has_using(w: &mut World, c: &Call<'_>) -> Outcome {
    let scheme = c.text(2)?.to_lowercase();
    for _ in 0..c.number(0)? {
        let seed = w.dice.hex(32);
        let seed = match scheme.contains("jwt") {
            true => serde_json::json!({ "key": seed }).to_string(),
            false => seed,
        };
        let order = Order {
            traits: vec![scheme.clone()],
            ..Order::of(w.account()?)
        };
        let made = create(w, c.text(1)?, order.with("key", seed)).await?;
        // Scenarios ask for the finished key of what was made this way.
        let key = w
            .by_id("license", made)
            .await?
            .and_then(|row| Some(row["key"].as_str()?.to_owned()));
        w.secrets.extend(key);
    }
    Ok(())
}
