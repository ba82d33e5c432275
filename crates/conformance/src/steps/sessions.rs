//! Sessions of the portal: opened behind the API's back, presented as cookies, and read from answers.

use std::collections::BTreeMap;

use futures::FutureExt;
use keystead_api::cookies;
use keystead_domain::{AccountId, EnvironmentId, SessionId};
use serde_json::Value as Json;
use uuid::Uuid;

use super::credentials::own_token;
use super::{Call, Entry};
use crate::factory::{Order, create};
use crate::fault::{Outcome, broken, failed};
use crate::placeholders;
use crate::time::{self, Span};
use crate::words::place;
use crate::world::{Bearer, World, id, uuid_at};

pub const STEPS: &[Entry] = &[
    ("I authenticate with (?:a|my)(?: valid)? session", |w, _| {
        a_session(w, 600).boxed()
    }),
    ("I authenticate with an expiring session", |w, _| {
        a_session(w, 10).boxed()
    }),
    ("I authenticate with an expired session", |w, _| {
        a_session(w, -60).boxed()
    }),
    ("I authenticate with an invalid session", |w, _| {
        no_session(w).boxed()
    }),
    ("I authenticate with a session for {s}", |w, c| {
        a_session_for(w, c).boxed()
    }),
    ("I authenticate with the {nth} session", |w, c| {
        nth_session(w, c).boxed()
    }),
    ("I authenticate with the {nth} session for {s}", |w, c| {
        nth_session(w, c).boxed()
    }),
    ("I have a session for {s} with a child session", |w, c| {
        with_child(w, c, true).boxed()
    }),
    ("I have a session with a child session for {s}", |w, c| {
        with_child(w, c, false).boxed()
    }),
    (
        "the response headers should contain {s} with (?:an?|the) (?:(encrypted|signed) )?cookie:",
        |w, c| cookie(w, c, true).boxed(),
    ),
    (
        "the response headers should not contain {s} with (?:an?|the) (?:(encrypted|signed) )?cookie:",
        |w, c| cookie(w, c, false).boxed(),
    ),
];

/// The environment with this code.
async fn environment(w: &World, code: &str) -> Outcome<Uuid> {
    let (_, rows) = w.records("environment", Some(w.account()?)).await?;
    match rows.iter().find(|row| row["code"] == code) {
        Some(row) => id(row),
        None => broken(format!("there is no environment {code}")),
    }
}

/// Opens a session of a token, with so many minutes left.
async fn open(
    w: &mut World,
    token: Uuid,
    minutes: i64,
    environment: Option<Option<Uuid>>,
    parent: Option<Uuid>,
) -> Outcome<Uuid> {
    let row = w.by_id("token", token).await?.unwrap_or_default();
    let Some(account) = uuid_at(&row, "account_id") else {
        return broken("there is no such token");
    };
    let Some(expiry) = Span::Exact(minutes * 60).after(w.time.now()) else {
        return broken("no such time");
    };
    let environment = match environment {
        Some(said) => said.map_or(Json::Null, |id| id.to_string().into()),
        None => row["environment_id"].clone(),
    };
    let mut order = Order::of(account)
        .in_environment(&environment)
        .with("token_id", token.to_string())
        .with("expiry", time::wire(expiry))
        .with("user_agent", "keygen/test")
        .with("ip", "127.0.0.1");
    if let Some(parent) = parent {
        order = order.with("parent_id", parent.to_string());
    }
    create(w, "session", order).await
}

/// Presents the cookie of a session, under the name of an environment's.
async fn present(w: &mut World, session: Uuid, environment: Option<Uuid>) -> Outcome {
    let account = AccountId(w.account()?);
    let name = cookies::name(environment.map(EnvironmentId));
    let value = cookies::seal(&w.shared.master_key(), account, SessionId(session));
    w.header("Cookie", &format!("{name}={value}"));
    Ok(())
}

async fn a_session(w: &mut World, minutes: i64) -> Outcome {
    let token = own_token(w).await?;
    w.token = Some(token);
    let session = open(w, token, minutes, None, None).await?;
    present(w, session, None).await
}

async fn no_session(w: &mut World) -> Outcome {
    own_token(w).await?;
    present(w, Uuid::now_v7(), None).await
}

async fn a_session_for(w: &mut World, c: &Call<'_>) -> Outcome {
    let environment = environment(w, c.text(0)?).await?;
    let token = own_token(w).await?;
    w.token = Some(token);
    let session = open(w, token, 600, Some(Some(environment)), None).await?;
    present(w, session, Some(environment)).await
}

async fn nth_session(w: &mut World, c: &Call<'_>) -> Outcome {
    let environment = match c.maybe(1) {
        Some(code) => Some(environment(w, code).await?),
        None => None,
    };
    let (_, mut rows) = w.records("session", Some(w.account()?)).await?;
    if environment.is_some() {
        rows.retain(|row| uuid_at(row, "environment_id") == environment);
    }
    let Some(index) = place(c.text(0)?, rows.len()) else {
        return broken(format!("there are {} sessions", rows.len()));
    };
    let row = &rows[index];
    let bearer = uuid_at(row, "bearer_id");
    let kinds = ["user", "product", "license", "environment"];
    let kind = kinds.into_iter().find(|kind| row["bearer_kind"] == *kind);
    if let (Some(kind), Some(id)) = (kind, bearer) {
        w.bearer = Some(Bearer { kind, id });
    }
    w.token = uuid_at(row, "token_id");
    let session = id(row)?;
    present(w, session, environment).await
}

/// A session, and one that was opened from it for an environment.
async fn with_child(w: &mut World, c: &Call<'_>, parent_too: bool) -> Outcome {
    let environment = environment(w, c.text(0)?).await?;
    let bearer = w.bearer()?;
    let account = w.account()?;
    let home = (parent_too && bearer.kind == "environment").then_some(environment);
    let mut parent = None;
    for place in [home, Some(environment)] {
        let inside = place.map_or(Json::Null, |id| id.to_string().into());
        let token = Order::of(account)
            .with("bearer_type", bearer.kind)
            .with("bearer_id", bearer.id.to_string())
            .in_environment(&inside);
        let token = create(w, "token", token).await?;
        parent = Some(open(w, token, 600, Some(place), parent).await?);
    }
    Ok(())
}

/// A `Set-Cookie`, taken apart: attributes in lower case, flags without a value.
fn parts(line: &str) -> BTreeMap<String, String> {
    line.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect()
}

async fn cookie(w: &mut World, c: &Call<'_>, wanted: bool) -> Outcome {
    let account = w.account;
    let expected = placeholders::fill(w, c.raw()?, account).await?;
    let expected = parts(&expected);
    let (name, sealed) = (c.text(0)?, c.maybe(1).is_some());
    let key = w.shared.master_key();
    // Who signs on need not be anybody's, as far as the scenario says.
    let accounts = match w.account {
        Some(account) => vec![account],
        None => {
            let (_, rows) = w.records("account", None).await?;
            rows.iter().map(id).collect::<Outcome<Vec<_>>>()?
        }
    };
    let open = |value: &str| {
        let mut accounts = accounts.iter();
        accounts.find_map(|account| cookies::open(&key, AccountId(*account), value))
    };
    let lines = w.answer()?.headers.get_all(name).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok()).map(|line| {
        let mut found = parts(line);
        for (name, value) in &mut found {
            let opened = open(value);
            if let (true, true, Some(id)) = (sealed, name.starts_with("session_id"), opened) {
                *value = id.to_string();
            }
        }
        found
    });
    let found: Vec<_> = lines.collect();
    let holds = found.iter().any(|line| {
        expected
            .iter()
            .all(|(name, value)| line.get(name) == Some(value))
    });
    match holds == wanted {
        true => Ok(()),
        false => failed(format!("{name}: got {found:?}, expected {expected:?}")),
    }
}
