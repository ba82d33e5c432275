//! Single sign-on: an identity provider that knows what a scenario says it knows.
//!
//! The suite stubs its broker; here codes are redeemed at a provider that signs. What the suite's
//! server sealed opens nowhere else, so a state of the same meaning is sealed in its place, and what
//! ours sealed is told in the suite's words.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use futures::FutureExt;
use keystead_app::sso::State;
use keystead_domain::EnvironmentId;
use keystead_domain::sso::STATE_TTL;
use keystead_signing::digest::sha256;
use poem::http::HeaderValue;
use serde_json::{Value as Json, json};
use url::Url;
use uuid::Uuid;

use super::{Call, Entry};
use crate::factory::{Order, create};
use crate::fault::{Outcome, broken};
use crate::nouns::{Noun, Row};
use crate::world::{World, id, uuid_at};

pub const STEPS: &[Entry] = &[
    (
        "the SSO callback code {s} returns the following profile:",
        |w, c| profile(w, c).boxed(),
    ),
    ("the SSO callback code {s} returns an? {s} error", |w, c| {
        refusal(w, c).boxed()
    }),
    (
        "the (?:current account|account {s}) has SSO (?:configured|stubbed) for {s}",
        |w, c| configured(w, c).boxed(),
    ),
];

/// What the suite calls a claim, and what providers do.
#[rustfmt::skip]
const CLAIMS: &[(&str, &str)] = &[
    ("id",         "sub"),
    ("first_name", "given_name"),
    ("last_name",  "family_name"),
];

async fn profile(w: &mut World, c: &Call<'_>) -> Outcome {
    let code = c.text(0)?;
    let told = c.json(w).await?;
    let claims: Row = told
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let claim = CLAIMS.iter().find(|(theirs, _)| theirs == name);
            let name = claim.map_or(name.as_str(), |(_, claim)| claim);
            (name.to_owned(), value.clone())
        })
        .collect();
    w.profiles.insert(code.to_owned(), claims.clone());
    w.realm.grant(code, Json::Object(claims));
    Ok(())
}

async fn refusal(w: &mut World, c: &Call<'_>) -> Outcome {
    w.realm.refuse(c.text(0)?, c.text(1)?);
    Ok(())
}

/// The account signs on, as it does already or by this domain.
async fn configured(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = match c.maybe(0) {
        Some(name) => w.account_named(name).await?.id.0,
        None => w.account()?,
    };
    let (_, known) = w.records("account_sso", Some(account)).await?;
    if known.is_empty() {
        let organization = format!("test_org_{}", w.dice.hex(32));
        let order = Order::of(account)
            .with("organization", organization)
            .with("domains", json!([c.text(1)?]));
        create(w, "account_sso", order).await?;
    }
    Ok(())
}

/// The target of a callback, with a state of ours in place of the suite's.
///
/// Its length tells what the suite's holds: an address, and an environment or none; one that is
/// longer says when it ended. What fits neither is left as it is: nobody sealed it.
pub(super) async fn translated(w: &mut World, target: &str) -> Outcome<String> {
    let Ok(url) = Url::parse(&format!("https://auth.test{target}")) else {
        return Ok(target.to_owned());
    };
    let field = |name: &str| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned())
    };
    let (Some(code), Some(state)) = (field("code"), field("state")) else {
        return Ok(target.to_owned());
    };
    let Some(claims) = w.profiles.get(&code).cloned() else {
        return Ok(target.to_owned());
    };
    let email = claims["email"].as_str().unwrap_or_default().to_owned();
    let sealed = state.split('.').next().unwrap_or_default();
    let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap_or_default();
    let length = |environment: Json| {
        json!({ "email": email, "environment_id": environment })
            .to_string()
            .len()
    };
    let (global, inside) = (length(Json::Null), length(Uuid::nil().to_string().into()));
    let (_, accounts) = w.records("account_sso", None).await?;
    let account = accounts
        .iter()
        .find(|row| row["organization"] == claims["organization_id"]);
    let Some(account) = account.and_then(|row| uuid_at(row, "account_id")) else {
        return Ok(target.to_owned());
    };
    let environment = match sealed.len() {
        found if found == global || found > inside => None,
        found if found == inside => Some(environment(w, account).await?),
        _ => return Ok(target.to_owned()),
    };
    let left = match sealed.len() > inside {
        true => TimeDelta::minutes(-1),
        false => STATE_TTL,
    };
    let ours = State {
        email,
        environment: environment.map(EnvironmentId),
        nonce: w.dice.hex(32),
        verifier: w.dice.hex(64),
        expires: w.time.now() + left,
    };
    let challenge = URL_SAFE_NO_PAD.encode(sha256(ours.verifier.as_bytes()));
    w.realm.tie(&code, &ours.nonce, &challenge);
    let account = w.account_named(&account.to_string()).await?;
    let ours = ours.seal(&w.shared.master_key(), &account);
    Ok(target.replace(&state, &ours))
}

/// The environment of an account; one that is nowhere when it has none.
async fn environment(w: &World, account: Uuid) -> Outcome<Uuid> {
    let (_, rows) = w.records("environment", Some(account)).await?;
    rows.first().map_or_else(|| Ok(Uuid::now_v7()), id)
}

/// Tells the ways to our provider that an answer holds in the suite's words.
pub async fn retell(w: &mut World) -> Outcome {
    let Some(mut answer) = w.answer.take() else {
        return Ok(());
    };
    if let Some(link) = answer.header("location").map(str::to_owned)
        && let Some(told) = retold(w, &link).await?
        && let Ok(told) = HeaderValue::try_from(told)
    {
        answer.headers.insert("location", told);
    }
    if answer.status == 401
        && let Ok(mut body) = answer.json()
        && let Some(link) = body.pointer_mut("/errors/0/links/redirect")
        && let Some(told) = retold(w, link.as_str().unwrap_or_default()).await?
    {
        *link = told.into();
        answer.bytes = body.to_string().into_bytes();
    }
    w.answer = Some(answer);
    Ok(())
}

async fn retold(w: &World, link: &str) -> Outcome<Option<String>> {
    if !link.starts_with(w.realm.issuer()) {
        return Ok(None);
    }
    let Ok(url) = Url::parse(link) else {
        return broken(format!("{link} is no URL"));
    };
    let field = |name: &str| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(known, _)| known == name);
        found.map_or_else(String::new, |(_, value)| value.into_owned())
    };
    let state = field("state");
    let Some(account) = State::account(&state) else {
        return broken("the state names no account");
    };
    let account = w.account_named(&account.to_string()).await?;
    let Some(opened) = State::open(&w.shared.master_key(), &account, &state) else {
        return broken("the state does not open");
    };
    let state = json!({
        "email": opened.email,
        "environment_id": opened.environment,
    });
    Ok(Some(format!(
        "https://api.workos.test/sso/authorize?domain_hint={}&login_hint={}&state={}",
        field("domain_hint"),
        field("login_hint"),
        URL_SAFE_NO_PAD.encode(state.to_string())
    )))
}

/// A user with what the suite keeps beside it: who it is to the provider.
pub(super) async fn with_identity(w: &World, noun: Noun, mut row: Row) -> Outcome<Row> {
    if noun.name != "user" {
        return Ok(row);
    }
    let (_, identities) = w.records("sso_identity", None).await?;
    let user = row.get("id").cloned().unwrap_or_default();
    let identity = identities.iter().find(|known| known["user_id"] == user);
    for name in ["profile_id", "connection_id", "idp_id"] {
        let value = identity.map_or(Json::Null, |known| known[name].clone());
        row.insert(format!("sso_{name}"), value);
    }
    Ok(row)
}
