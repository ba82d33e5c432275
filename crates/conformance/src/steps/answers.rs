//! What an answer is: status, headers, errors, and the body as a whole.

use futures::FutureExt;
use serde_json::Value as Json;

use super::{Call, Entry};
use crate::compare::{equal, expect, includes, short};
use crate::door::Answer;
use crate::fault::{Outcome, broken, failed, missing};
use crate::signatures;
use crate::words::place;
use crate::world::World;

pub const STEPS: &[Entry] = &[
    ("the response status should {body} {s}", |w, c| {
        status(w, c).boxed()
    }),
    ("the response status should not {body} {s}", |w, c| {
        status_not(w, c).boxed()
    }),
    ("the response body should include the following:", |w, c| {
        body(w, c, includes).boxed()
    }),
    ("the response body should be the following:", |w, c| {
        body(w, c, equal).boxed()
    }),
    (
        "the response body should {body} an array of {n} errors?",
        |w, c| errors(w, c).boxed(),
    ),
    (
        "the response body should {body} an array of errors?",
        |w, _| some_errors(w).boxed(),
    ),
    (
        "the {nth} error should have the following properties:",
        |w, c| error(w, c).boxed(),
    ),
    ("an error should have the following properties:", |w, c| {
        any_error(w, c).boxed()
    }),
    (
        "the response body should {body} meta with the following:",
        |w, c| meta(w, c, equal).boxed(),
    ),
    (
        "the response body should {body} meta which includes the following:",
        |w, c| meta(w, c, includes).boxed(),
    ),
    (
        "the response body should contain the following links:",
        |w, c| links(w, c).boxed(),
    ),
    (
        r"the response(?: headers)? should contain the following(?: headers)?:",
        |w, c| headers(w, c).boxed(),
    ),
    (
        r"the response(?: headers)? should not contain the following(?: headers)?:",
        |w, c| not_headers(w, c).boxed(),
    ),
    (
        "the response should contain the following raw headers:",
        |w, c| raw_headers(w, c).boxed(),
    ),
    ("the response headers should not contain {s}", |w, c| {
        no_header(w, c).boxed()
    }),
    (
        "the response headers should contain {s} with {s}",
        |w, c| header(w, c).boxed(),
    ),
    (
        "the response should contain a valid(?: {s})? signature header for {s}",
        |w, c| signed(w, c).boxed(),
    ),
    (
        "the response body should be a text document with the following content:",
        |w, c| text(w, c).boxed(),
    ),
    (
        "the response body should be a JSON document with the following content:",
        |w, c| body(w, c, equal).boxed(),
    ),
    (
        "the response body should {body} a {s} array(?: with {n} items)?",
        |w, c| array(w, c).boxed(),
    ),
];

/// The first error, for whoever wonders at a status.
fn told(w: &World) -> String {
    let Ok(json) = w.answer().and_then(Answer::json) else {
        return String::new();
    };
    match json.pointer("/errors/0") {
        Some(error) => format!(
            " ({} {} {})",
            error["code"].as_str().unwrap_or_default(),
            error["detail"].as_str().unwrap_or_default(),
            error
                .pointer("/source/pointer")
                .and_then(Json::as_str)
                .unwrap_or_default(),
        ),
        None => String::new(),
    }
}

/// What the server says of a path it does not have.
const NO_ENDPOINT: &str = "The requested endpoint was not found";

/// Whether a part of a path names a noun or an action rather than one record.
fn named(part: &str) -> bool {
    part.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && !part.is_empty()
}

/// Whether the server says that it has no such endpoint.
fn no_endpoint(w: &World) -> Outcome<bool> {
    // What is private has no words for it.
    Ok(told(w).contains(NO_ENDPOINT) || (w.prefix == "/-" && w.answer()?.status == 404))
}

fn missing_endpoint(w: &World) -> Outcome {
    let Some(sent) = &w.sent else {
        return broken("nothing was sent yet");
    };
    let path = sent.target.split('?').next().unwrap_or_default();
    let nouns: Vec<&str> = path.split('/').skip(4).filter(|part| named(part)).collect();
    missing(format!("endpoint: {} {}", sent.method, nouns.join("/")))
}

async fn status(w: &mut World, c: &Call<'_>) -> Outcome {
    let (actual, expected) = (w.answer()?.status, c.number(0)?);
    match usize::from(actual) == expected {
        true => Ok(()),
        false if no_endpoint(w)? => missing_endpoint(w),
        false => failed(format!("status {actual} instead of {expected}{}", told(w))),
    }
}

async fn status_not(w: &mut World, c: &Call<'_>) -> Outcome {
    match usize::from(w.answer()?.status) == c.number(0)? {
        false => Ok(()),
        true => failed(format!("status {}{}", w.answer()?.status, told(w))),
    }
}

async fn body(w: &mut World, c: &Call<'_>, holds: fn(&Json, &Json) -> bool) -> Outcome {
    let expected = c.json(w).await?;
    expect(holds, "the body", &w.answer()?.json()?, &expected)
}

async fn errors(w: &mut World, c: &Call<'_>) -> Outcome {
    let json = w.answer()?.json()?;
    let count = json["errors"].as_array().map(Vec::len);
    match count == Some(c.number(0)?) {
        true => Ok(()),
        false => failed(format!("errors: {}", short(&json["errors"]))),
    }
}

async fn some_errors(w: &mut World) -> Outcome {
    let json = w.answer()?.json()?;
    match json["errors"]
        .as_array()
        .is_some_and(|errors| !errors.is_empty())
    {
        true => Ok(()),
        false => failed("there are no errors"),
    }
}

async fn error(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    let json = w.answer()?.json()?;
    let errors = json["errors"]
        .as_array()
        .map_or(&[] as &[Json], Vec::as_slice);
    match place(c.text(0)?, errors.len()) {
        Some(index) => match includes(&errors[index], &expected) {
            false if no_endpoint(w)? => missing_endpoint(w),
            _ => expect(includes, "the error", &errors[index], &expected),
        },
        None => failed(format!("there are {} errors", errors.len())),
    }
}

async fn any_error(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    let json = w.answer()?.json()?;
    let errors = json["errors"]
        .as_array()
        .map_or(&[] as &[Json], Vec::as_slice);
    match errors.iter().any(|error| includes(error, &expected)) {
        true => Ok(()),
        false => failed(format!("no such error in {}", short(&json["errors"]))),
    }
}

async fn meta(w: &mut World, c: &Call<'_>, holds: fn(&Json, &Json) -> bool) -> Outcome {
    let expected = c.json(w).await?;
    expect(holds, "meta", &w.answer()?.json()?["meta"], &expected)
}

async fn links(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    let mut links = w.answer()?.json()?["links"].take();
    for link in links
        .as_object_mut()
        .into_iter()
        .flat_map(|links| links.values_mut())
    {
        if let Some(text) = link.as_str() {
            *link = decode(text).into();
        }
    }
    expect(includes, "links", &links, &expected)
}

/// A link as people write it: nothing percent-encoded.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn same_header(w: &World, name: &str, expected: Option<&str>) -> Outcome<bool> {
    Ok(w.answer()?.header(name) == expected.map(str::trim))
}

async fn headers(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    for (name, value) in expected.as_object().into_iter().flatten() {
        if !same_header(w, name, value.as_str())? {
            return failed(format!(
                "{name} is {:?}, expected {value}",
                w.answer()?.header(name)
            ));
        }
    }
    Ok(())
}

async fn not_headers(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    for (name, value) in expected.as_object().into_iter().flatten() {
        if same_header(w, name, value.as_str())? {
            return failed(format!("{name} is {value}"));
        }
    }
    Ok(())
}

async fn raw_headers(w: &mut World, c: &Call<'_>) -> Outcome {
    for line in c
        .filled(w)
        .await?
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        let Some((name, value)) = line.split_once(':') else {
            return broken(format!("{line:?} is no header"));
        };
        if !same_header(w, name.trim(), Some(value))? {
            let actual = w.answer()?.header(name.trim());
            return failed(format!("{name} is {actual:?}, expected {}", value.trim()));
        }
    }
    Ok(())
}

async fn no_header(w: &mut World, c: &Call<'_>) -> Outcome {
    match w.answer()?.headers.contains_key(c.text(0)?) {
        false => Ok(()),
        true => failed(format!("there is a {}", c.text(0)?)),
    }
}

async fn header(w: &mut World, c: &Call<'_>) -> Outcome {
    match same_header(w, c.text(0)?, Some(c.text(1)?))? {
        true => Ok(()),
        false => failed(format!(
            "{} is {:?}",
            c.text(0)?,
            w.answer()?.header(c.text(0)?)
        )),
    }
}

async fn signed(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(1)?).await?;
    let Some(sent) = &w.sent else {
        return broken("nothing was sent yet");
    };
    signatures::check(&account, sent, w.answer()?, c.maybe(0))
}

async fn text(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.filled(w).await?;
    let actual = w.answer()?.text();
    match actual.trim() == expected.trim() {
        true => Ok(()),
        false => failed(format!("the text is {:.200}", actual.trim())),
    }
}

async fn array(w: &mut World, c: &Call<'_>) -> Outcome {
    let json = w.answer()?.json()?;
    let count = json[c.text(0)?].as_array().map(Vec::len);
    match (count, c.maybe(1).map(|_| c.number(1)).transpose()?) {
        (None, _) => failed(format!("{} is no array", c.text(0)?)),
        (Some(_), None) => Ok(()),
        (Some(count), Some(expected)) if count == expected => Ok(()),
        (Some(count), Some(expected)) => failed(format!("{count} items instead of {expected}")),
    }
}
