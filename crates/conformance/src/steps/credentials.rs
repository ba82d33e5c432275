//! Who speaks, and how they prove it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use keystead_domain::words::UserRole;
use keystead_signing::TokenDigest;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Call, Entry};
use crate::factory::{Order, change, create, password_reset};
use crate::fault::{Outcome, broken};
use crate::nouns::{self, Row};
use crate::placeholders;
use crate::time::{self, Span};
use crate::words::place;
use crate::world::{Bearer, World, id};

pub const STEPS: &[Entry] = &[
    (
        "I am(?: an?| the {nth})? (admin|developer|read only|sales agent|support agent|user|product|license|environment) (?:of|for) account {s}",
        |w, c| i_am(w, c).boxed(),
    ),
    (
        "I am an? (admin|developer|read only|sales agent|support agent|user|product|license|environment) (?:of|for) account {s} with the following attributes:",
        |w, c| i_am_with(w, c).boxed(),
    ),
    (
        "I am(?: an?| the {nth})? (admin|developer|read only|sales agent|support agent|user|product|license|environment) (?:of|for) the {nth} \"account\"",
        |w, c| i_am_of_nth(w, c).boxed(),
    ),
    ("I am product {s} of account {s}", |w, c| {
        i_am_product(w, c).boxed()
    }),
    (
        "I (?:use (?:an|my) authentication|authenticate with (?:a|my)) token",
        |w, _| token(w, None).boxed(),
    ),
    (
        "I (?:use an expired authentication|authenticate with an expired) token",
        |w, _| expired_token(w).boxed(),
    ),
    ("I authenticate with (?:a|my)(?: license)? key", |w, _| {
        key(w).boxed()
    }),
    ("I authenticate with an invalid key", |w, _| {
        wrong_key(w).boxed()
    }),
    ("I have 2FA (enabled|disabled)", |w, c| {
        i_have_factor(w, c).boxed()
    }),
    // Nobody has one who was not given one.
    ("I do not have 2FA", |_, _| async { Ok(()) }.boxed()),
    (
        "the {nth} \"(user|admin)\" has 2FA (enabled|disabled)",
        |w, c| nth_has_factor(w, c).boxed(),
    ),
    ("the {nth} \"(?:user|admin)\" does not have 2FA", |_, _| {
        async { Ok(()) }.boxed()
    }),
    (
        "I have a password reset token(?: that is (expired))?",
        |w, c| reset_token(w, c).boxed(),
    ),
    ("I send the following headers:", |w, c| {
        headers(w, c, false).boxed()
    }),
    ("I send the following badly encoded headers:", |w, c| {
        headers(w, c, true).boxed()
    }),
    ("I send the following raw headers:", |w, c| {
        raw_headers(w, c).boxed()
    }),
    ("I use API version {s}", |w, c| {
        one_header(w, c, "Keygen-Version").boxed()
    }),
    ("I use user agent {s}", |w, c| {
        one_header(w, c, "User-Agent").boxed()
    }),
    ("I send and accept (JSON|HTML|XML|binary)", |w, c| {
        media(w, c).boxed()
    }),
];

/// The record that a role and a place name.
async fn speaker(w: &World, role: &str, nth: Option<&str>, account: Uuid) -> Outcome<Bearer> {
    let kind = match role {
        "product" => "product",
        "license" => "license",
        "environment" => "environment",
        _ => "user",
    };
    let (_, mut rows) = w.records(kind, Some(account)).await?;
    if kind == "user" {
        let role = role.replace(' ', "-");
        if UserRole::parse(&role).is_none() {
            return broken(format!("no role {role}"));
        }
        rows.retain(|row| row["role"] == role.as_str());
    }
    match place(nth.unwrap_or("first"), rows.len()) {
        Some(index) => Ok(Bearer {
            kind,
            id: id(&rows[index])?,
        }),
        None => broken(format!("there is no {role} to speak")),
    }
}

async fn i_am(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(2)?).await?.id.0;
    w.bearer = Some(speaker(w, c.text(1)?, c.maybe(0), account).await?);
    Ok(())
}

async fn i_am_with(w: &mut World, c: &Call<'_>) -> Outcome {
    let attributes = c.attributes(w).await?;
    let account = w.account_named(c.text(1)?).await?.id.0;
    let bearer = speaker(w, c.text(0)?, None, account).await?;
    w.bearer = Some(bearer);
    super::states::change_record(w, bearer.kind, bearer.id, &attributes).await
}

async fn i_am_of_nth(w: &mut World, c: &Call<'_>) -> Outcome {
    let (_, accounts) = w.records("account", None).await?;
    let Some(index) = place(c.text(2)?, accounts.len()) else {
        return broken("no such account");
    };
    let account = id(&accounts[index])?;
    w.bearer = Some(speaker(w, c.text(1)?, c.maybe(0), account).await?);
    Ok(())
}

async fn i_am_product(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account_named(c.text(1)?).await?.id.0;
    let wanted = c.text(0)?;
    let (_, rows) = w.records("product", Some(account)).await?;
    match rows
        .iter()
        .find(|row| row["id"] == wanted || row["code"] == wanted)
    {
        Some(row) => {
            w.bearer = Some(Bearer {
                kind: "product",
                id: id(row)?,
            });
            Ok(())
        }
        None => broken(format!("there is no product {wanted}")),
    }
}

/// The first token of who speaks; a new one when there is none.
pub(super) async fn own_token(w: &mut World) -> Outcome<Uuid> {
    let bearer = w.bearer()?;
    let holder = w.by_id(bearer.kind, bearer.id).await?.unwrap_or_default();
    let Some(account) = crate::world::uuid_at(&holder, "account_id") else {
        return broken("who speaks is gone");
    };
    let (_, tokens) = w.records("token", Some(account)).await?;
    let bearer_id = bearer.id.to_string();
    let mine = tokens
        .into_iter()
        .find(|row| row["bearer_id"] == bearer_id.as_str());
    if let Some(row) = mine {
        return id(&row);
    }
    let mut order = Order::of(account)
        .with("bearer_type", bearer.kind)
        .with("bearer_id", bearer_id);
    if bearer.kind != "environment" {
        let environment = match w.environment {
            Some(environment) => environment.to_string().into(),
            None => holder.get("environment_id").cloned().unwrap_or_default(),
        };
        order = order.in_environment(&environment);
    }
    create(w, "token", order).await
}

/// A token of who speaks: theirs if they have one, with a new secret of any generation.
async fn token(w: &mut World, expiry: Option<Json>) -> Outcome {
    let bearer = w.bearer()?;
    let token = own_token(w).await?;
    let holder = w.by_id(bearer.kind, bearer.id).await?.unwrap_or_default();
    let row = w.by_id("token", token).await?.unwrap_or_default();
    let account = crate::world::uuid_at(&row, "account_id").unwrap_or_default();
    let (noun, _) = nouns::find("token")?;
    let kind = match (bearer.kind, holder.get("role").and_then(Json::as_str)) {
        ("user", Some("admin")) => "admin",
        ("user", Some("developer")) => "dev",
        ("user", Some("sales-agent")) => "sales",
        ("user", Some("support-agent")) => "spprt",
        ("user", Some("read-only")) => "read",
        ("user", _) => "user",
        ("product", _) => "prod",
        ("environment", _) => "env",
        _ => "activ",
    };
    // Every generation of tokens that is still accepted.
    let raw = match w.dice.roll(3) {
        0 => format!(
            "{}.{}.{}v1",
            account.simple(),
            token.simple(),
            w.dice.hex(62)
        ),
        1 => format!("{kind}-{}v2", w.dice.hex(62)),
        _ => format!("{kind}-{}v3", w.dice.hex(64)),
    };
    let mut changes = Row::new();
    let digest = hex::encode(TokenDigest::of(&raw).as_bytes());
    changes.insert("digest".to_owned(), digest.into());
    changes.extend(expiry.map(|expiry| ("expiry".to_owned(), expiry)));
    change(w, noun, &row, &changes).await?;
    w.token = Some(token);
    let header = match w.dice.roll(2) {
        0 => format!("Bearer {raw}"),
        _ => format!("Basic {}", STANDARD.encode(format!("{raw}:"))),
    };
    w.header("Authorization", &header);
    Ok(())
}

async fn expired_token(w: &mut World) -> Outcome {
    let before = Span::of(1, "minute").and_then(|minute| minute.before(w.time.now()));
    token(w, before.map(|at| time::wire(at).into())).await
}

async fn key(w: &mut World) -> Outcome {
    let bearer = w.bearer()?;
    let row = w.by_id(bearer.kind, bearer.id).await?.unwrap_or_default();
    let Some(key) = row.get("key").and_then(Json::as_str).map(str::to_owned) else {
        return broken("who speaks has no key");
    };
    present_key(w, &key);
    Ok(())
}

async fn wrong_key(w: &mut World) -> Outcome {
    let key = w.dice.hex(32);
    present_key(w, &key);
    Ok(())
}

fn present_key(w: &mut World, key: &str) {
    let header = match w.dice.roll(2) {
        0 => format!("License {key}"),
        _ => format!("Basic {}", STANDARD.encode(format!("license:{key}"))),
    };
    w.header("Authorization", &header);
}

async fn i_have_factor(w: &mut World, c: &Call<'_>) -> Outcome {
    let user = w.bearer()?.id;
    factor(w, user, c.text(0)?).await
}

async fn nth_has_factor(w: &mut World, c: &Call<'_>) -> Outcome {
    // Users are counted by their role here, as everywhere a step names one.
    let (_, rows) = w.records("user", Some(w.account()?)).await?;
    let role = c.text(1)?;
    let rows: Vec<Row> = rows.into_iter().filter(|row| row["role"] == role).collect();
    match place(c.text(0)?, rows.len()) {
        Some(index) => factor(w, id(&rows[index])?, c.text(2)?).await,
        None => broken(format!("there is no {role} to have a second factor")),
    }
}

async fn factor(w: &mut World, user: Uuid, state: &str) -> Outcome {
    let order = Order::of(w.account()?)
        .with("user_id", user.to_string())
        .with("enabled", state == "enabled");
    create(w, "second_factor", order).await?;
    Ok(())
}

async fn reset_token(w: &mut World, c: &Call<'_>) -> Outcome {
    let user = w.bearer()?.id;
    password_reset(w, user, c.maybe(0).is_some()).await
}

async fn headers(w: &mut World, c: &Call<'_>, bad: bool) -> Outcome {
    let json = c.json(w).await?;
    for (name, value) in json.as_object().into_iter().flatten() {
        let Some(text) = value.as_str() else {
            w.headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            continue;
        };
        let text = match text.starts_with("Basic") && name == "Authorization" {
            true => basic(text, bad),
            false => text.trim().to_owned(),
        };
        w.header(name, &text);
    }
    Ok(())
}

/// `Basic "someone:secret"`, written for people, as a client sends it.
fn basic(text: &str, bad: bool) -> String {
    let quoted = text.split_once('"').map_or("", |(_, rest)| rest);
    let quoted = quoted.rsplit_once('"').map_or("", |(inner, _)| inner);
    let (name, secret) = quoted.split_once(':').unwrap_or(("", ""));
    let (mut left, mut right) = (name.as_bytes().to_vec(), secret.as_bytes().to_vec());
    if bad {
        left.insert(0, 128);
        right.insert(0, 128);
    }
    left.push(b':');
    left.extend(right);
    format!("Basic \"{}\"", STANDARD.encode(left))
}

async fn raw_headers(w: &mut World, c: &Call<'_>) -> Outcome {
    for line in c
        .filled(w)
        .await?
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        w.header(name.trim(), value.trim());
    }
    Ok(())
}

async fn one_header(w: &mut World, c: &Call<'_>, name: &str) -> Outcome {
    let account = w.account;
    let value = placeholders::fill(w, c.text(0)?, account).await?;
    w.header(name, &value);
    Ok(())
}

async fn media(w: &mut World, c: &Call<'_>) -> Outcome {
    let (sends, accepts) = match c.text(0)? {
        "JSON" => ("application/vnd.api+json", "application/vnd.api+json"),
        "HTML" => ("text/html", "text/html"),
        "XML" => ("application/xml", "application/xml"),
        _ => ("application/octet-stream", "*/*"),
    };
    w.header("Content-Type", sends);
    w.header("Accept", accepts);
    Ok(())
}
