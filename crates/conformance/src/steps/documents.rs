//! What an answer's resources are: their types, attributes, relationships, links and meta.

use futures::FutureExt;
use serde_json::Value as Json;

use super::{Call, Entry};
use crate::compare::{equal, expect, includes, short};
use crate::fault::{Outcome, failed};
use crate::placeholders;
use crate::time;
use crate::words::{place, plural};
use crate::world::World;

/// `should be a "license"` and its variations: the quoted type is the first part.
pub const STEPS: &[Entry] = &[
    (
        "the response body should {body} an array (?:with|of) {n} {s}",
        |w, c| many(w, c).boxed(),
    ),
    (
        "the response body should {body} an array (?:with|of) {n} {s} with the following:",
        |w, c| many_with(w, c, "").boxed(),
    ),
    (
        "the response body should {body} an array (?:with|of) {n} {s} with the following (attributes|relationships):",
        |w, c| many_with_part(w, c).boxed(),
    ),
    ("the response body should {body} an array of {s}", |w, c| {
        all(w, c).boxed()
    }),
    ("the response body should {body} an empty array", |w, _| {
        none(w).boxed()
    }),
    ("the response body should {body} an? {s}", |w, c| {
        typed(w, c).boxed()
    }),
    ("the response body should not {body} an? {s}", |w, c| {
        not_typed(w, c).boxed()
    }),
    (
        "the response body should contain an included {s}",
        |w, c| included(w, c).boxed(),
    ),
    (
        "the response body should contain an included {s} with the following relationships:",
        |w, c| included_with(w, c).boxed(),
    ),
    (
        r"the response body should {body} an? {s} with (?:(?:the|an?) )?(\w+) {s}",
        |w, c| is(w, c, true).boxed(),
    ),
    (
        r"the response body should {body} an? {s} with an? (\w+) that is not {s}",
        |w, c| is(w, c, false).boxed(),
    ),
    (
        r"the response body should {body} an? {s} with an? (\w+) within seconds of {s}",
        |w, c| about(w, c).boxed(),
    ),
    (
        r"the response body should {body} an? {s} with a nil (\w+)",
        |w, c| nil(w, c, true).boxed(),
    ),
    (
        r"the response body should {body} an? {s} without an? (\w+)",
        |w, c| nil(w, c, true).boxed(),
    ),
    (
        r"the response body should {body} an? {s} with an? (\w+)(?: that is not nil)?",
        |w, c| nil(w, c, false).boxed(),
    ),
    (
        r"the response body should {body} an? {s} that (?:is|does|has) (\w+)",
        |w, c| holds(w, c, true).boxed(),
    ),
    (
        r"the response body should {body} an? {s} that (?:is|does) not (\w+)",
        |w, c| holds(w, c, false).boxed(),
    ),
    (
        "the response body should {body} an? {s} without an? {s} attribute",
        |w, c| key(w, c, "attributes", false).boxed(),
    ),
    (
        "the response body should {body} an? {s} with an? {s} attribute",
        |w, c| key(w, c, "attributes", true).boxed(),
    ),
    (
        "the response body should {body} an? {s} without(?: an?)? {s} link",
        |w, c| key(w, c, "links", false).boxed(),
    ),
    (
        "the response body should {body} an? {s} with(?: an?)? {s} link",
        |w, c| key(w, c, "links", true).boxed(),
    ),
    (
        "the response body should {body} an? {s} with the following {s}:",
        |w, c| attribute(w, c).boxed(),
    ),
    (
        "the response body should {body} an? {s} with the following data:",
        |w, c| part(w, c, "").boxed(),
    ),
    (
        "the response body should {body} an? {s} with the following attributes:",
        |w, c| part(w, c, "attributes").boxed(),
    ),
    (
        "the response body should {body} an? {s} with the following relationships:",
        |w, c| part(w, c, "relationships").boxed(),
    ),
    (
        "the response body should {body} an? {s} with the following meta:",
        |w, c| part(w, c, "meta").boxed(),
    ),
    (
        "the response body should {body} an? {s} with no meta",
        |w, c| no_meta(w, c).boxed(),
    ),
    (
        "the {nth} {s} should have the following relationships:",
        |w, c| nth(w, c, "relationships").boxed(),
    ),
    ("the {nth} {s} should have the following data:", |w, c| {
        nth(w, c, "").boxed()
    }),
    ("the JSON data should be sorted by {s}", |w, c| {
        sorted(w, c).boxed()
    }),
];

/// The resources of an answer.
fn resources(w: &World) -> Outcome<Vec<Json>> {
    match w.answer()?.json()?["data"].take() {
        Json::Array(items) => Ok(items),
        other => failed(format!("no array: {}", short(&other))),
    }
}

/// The one resource of an answer, of this type.
fn resource(w: &World, name: &str) -> Outcome<Json> {
    let json = w.answer()?.json()?;
    let expected = plural(name);
    match json.pointer("/data/type").and_then(Json::as_str) == Some(expected.as_str()) {
        true => Ok(json["data"].clone()),
        false => failed(format!("no {name}: {}", short(&json))),
    }
}

fn of_type(items: Vec<Json>, name: &str) -> Vec<Json> {
    let expected = plural(name);
    items
        .into_iter()
        .filter(|item| item["type"] == expected.as_str())
        .collect()
}

async fn many(w: &mut World, c: &Call<'_>) -> Outcome {
    let items = resources(w)?;
    if let Some(account) = w.account {
        let account = Json::from(account.to_string());
        let foreign = |item: &&Json| {
            item.pointer("/relationships/account/data/id")
                .is_some_and(|id| *id != account)
        };
        if let Some(foreign) = items.iter().find(foreign) {
            return failed(format!("another account's: {}", short(foreign)));
        }
    }
    let count = of_type(items, c.text(1)?).len();
    match count == c.number(0)? {
        true => Ok(()),
        false => failed(format!(
            "{count} instead of {} {}",
            c.number(0)?,
            c.text(1)?
        )),
    }
}

async fn many_with_part(w: &mut World, c: &Call<'_>) -> Outcome {
    let part = c.text(2)?;
    many_with(w, c, part).await
}

async fn many_with(w: &mut World, c: &Call<'_>, part: &str) -> Outcome {
    let expected = c.json(w).await?;
    let items = of_type(resources(w)?, c.text(1)?);
    let inside = |item: &Json| {
        if part.is_empty() {
            item.clone()
        } else {
            item[part].clone()
        }
    };
    let count = items
        .iter()
        .filter(|item| includes(&inside(item), &expected))
        .count();
    match count == c.number(0)? {
        true => Ok(()),
        false => failed(format!(
            "{count} of {} {} are like that",
            items.len(),
            c.text(1)?
        )),
    }
}

async fn all(w: &mut World, c: &Call<'_>) -> Outcome {
    let items = resources(w)?;
    let count = items.len();
    match of_type(items, c.text(0)?).len() == count {
        true => Ok(()),
        false => failed(format!("not all are {}", c.text(0)?)),
    }
}

async fn none(w: &mut World) -> Outcome {
    match resources(w)?.len() {
        0 => Ok(()),
        count => failed(format!("{count} instead of none")),
    }
}

async fn typed(w: &mut World, c: &Call<'_>) -> Outcome {
    resource(w, c.text(0)?).map(|_| ())
}

async fn not_typed(w: &mut World, c: &Call<'_>) -> Outcome {
    let json = w.answer()?.json()?;
    match json.pointer("/data/type").and_then(Json::as_str) == Some(plural(c.text(0)?).as_str()) {
        false => Ok(()),
        true => failed(format!("it is a {}", c.text(0)?)),
    }
}

fn of_included(w: &World, name: &str) -> Outcome<Vec<Json>> {
    let json = w.answer()?.json()?;
    let Some(items) = json["included"].as_array() else {
        return failed("nothing is included");
    };
    match of_type(items.clone(), name) {
        found if found.is_empty() => failed(format!("no {name} is included")),
        found => Ok(found),
    }
}

async fn included(w: &mut World, c: &Call<'_>) -> Outcome {
    of_included(w, c.text(0)?).map(|_| ())
}

async fn included_with(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    let found = of_included(w, c.text(0)?)?;
    expect(
        includes,
        "relationships",
        &found[0]["relationships"],
        &expected,
    )
}

/// An attribute as text; the id where it is asked for.
fn spelled(resource: &Json, attribute: &str) -> String {
    let value = match attribute {
        "id" => &resource["id"],
        _ => &resource["attributes"][attribute],
    };
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn is(w: &mut World, c: &Call<'_>, wanted: bool) -> Outcome {
    let actual = spelled(&resource(w, c.text(0)?)?, c.text(1)?);
    match (actual == c.text(2)?) == wanted {
        true => Ok(()),
        false => failed(format!("{} is {actual:?}", c.text(1)?)),
    }
}

async fn about(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account;
    let expected = placeholders::fill(w, c.text(2)?, account).await?;
    let actual = spelled(&resource(w, c.text(0)?)?, c.text(1)?);
    close(c.text(1)?, &actual, &expected, 3)
}

/// Whether two instants are close.
pub fn close(what: &str, actual: &str, expected: &str, seconds: i64) -> Outcome {
    match (time::parse(actual), time::parse(expected)) {
        (Some(a), Some(e)) if (a - e).num_milliseconds().abs() <= seconds * 1000 => Ok(()),
        _ => failed(format!("{what} is {actual:?}, expected about {expected}")),
    }
}

async fn nil(w: &mut World, c: &Call<'_>, wanted: bool) -> Outcome {
    let resource = resource(w, c.text(0)?)?;
    let value = &resource["attributes"][c.text(1)?];
    match value.is_null() == wanted {
        true => Ok(()),
        false => failed(format!("{} is {}", c.text(1)?, short(value))),
    }
}

async fn holds(w: &mut World, c: &Call<'_>, wanted: bool) -> Outcome {
    let resource = resource(w, c.text(0)?)?;
    let value = &resource["attributes"][c.text(1)?];
    match *value == wanted {
        true => Ok(()),
        false => failed(format!("{} is {}", c.text(1)?, short(value))),
    }
}

async fn key(w: &mut World, c: &Call<'_>, part: &str, wanted: bool) -> Outcome {
    let resource = resource(w, c.text(0)?)?;
    match resource[part].get(c.text(1)?).is_some() == wanted {
        true => Ok(()),
        false => failed(format!("{} in {}", c.text(1)?, short(&resource[part]))),
    }
}

async fn attribute(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected: Json = serde_json::from_str(c.raw()?)?;
    let resource = resource(w, c.text(0)?)?;
    expect(
        equal,
        c.text(1)?,
        &resource["attributes"][c.text(1)?],
        &expected,
    )
}

async fn part(w: &mut World, c: &Call<'_>, part: &str) -> Outcome {
    let expected = c.json(w).await?;
    let resource = resource(w, c.text(0)?)?;
    match part {
        "" => expect(includes, "data", &resource, &expected),
        _ => expect(includes, part, &resource[part], &expected),
    }
}

async fn no_meta(w: &mut World, c: &Call<'_>) -> Outcome {
    match resource(w, c.text(0)?)?.get("meta") {
        None => Ok(()),
        Some(meta) => failed(format!("meta is {}", short(meta))),
    }
}

async fn nth(w: &mut World, c: &Call<'_>, part: &str) -> Outcome {
    let expected = c.json(w).await?;
    let items = of_type(resources(w)?, c.text(1)?);
    match place(c.text(0)?, items.len()) {
        Some(index) if part.is_empty() => expect(includes, "data", &items[index], &expected),
        Some(index) => expect(includes, part, &items[index][part], &expected),
        None => failed(format!("there are {} {}", items.len(), c.text(1)?)),
    }
}

async fn sorted(w: &mut World, c: &Call<'_>) -> Outcome {
    let pointer = format!("/{}", c.text(0)?.replace('.', "/"));
    let items = resources(w)?;
    let keys: Vec<String> = items
        .iter()
        .map(|item| {
            item.pointer(&pointer)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    match keys.is_sorted_by(|a, b| a >= b) {
        true => Ok(()),
        false => failed(format!("the order is {}", keys.join(", "))),
    }
}
