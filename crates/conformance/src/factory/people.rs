//! Accounts, environments, people, their tokens and groups.

use keystead_domain::access::Role;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::version::ApiVersion;
use keystead_signing::{SystemEntropy, TokenDigest, password};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Order, account as account_of, accounts, change, create, environment as environment_of, nothing,
    parent, row, store,
};
use crate::fault::{Outcome, broken};
use crate::nouns;
use crate::world::{PASSWORD, World, id, uuid_at};

pub(super) async fn account(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let (noun, _) = nouns::find("account")?;
    let db = w.app().db.clone();
    let count = noun.table.rows(&db, None).await?.len();
    let id = uuid_at(&order.attributes, "id").unwrap_or_else(Uuid::now_v7);
    let (sealed, public) = w.shared.keys_of(count, id)?;
    let secret =
        w.shared
            .master_key()
            .seal(&[id.as_bytes(), b"secret"], &[7; 64], &mut SystemEntropy);
    let extras = accounts::extras(&mut order);
    // Plans belong to the hosted service.
    order.take("plan_id");
    let protected = order.has("protected");
    let defaults = row(json!({
        "id": id,
        "slug": format!("account-{}", w.dice.hex(8)),
        "name": "Account",
        "protected": protected,
        "api_version": ApiVersion::LATEST.to_string(),
        "legacy_signature": true,
        "ed25519_public": public.ed25519,
        "ed25519_private": hex::encode(&sealed.ed25519),
        "rsa2048_public": public.rsa,
        "rsa2048_private": hex::encode(&sealed.rsa),
        "ecdsa_public": public.p256,
        "ecdsa_private": hex::encode(&sealed.p256),
        "secret": hex::encode(secret),
    }));
    order.account = None;
    let id = store(w, "account", defaults, order).await?;
    let admin = Order::of(id)
        .in_environment(&Json::Null)
        .with("role", "admin");
    create(w, "user", admin).await?;
    accounts::give(w, id, extras).await?;
    w.app().tenants.forget();
    Ok(id)
}

pub(super) async fn environment(w: &mut World, order: Order) -> Outcome<Uuid> {
    let (strategy, code) = match (order.has("isolated"), order.has("shared")) {
        (true, _) => ("ISOLATED", "isolated".to_owned()),
        (_, true) => ("SHARED", "shared".to_owned()),
        _ => ("ISOLATED", w.dice.hex(8)),
    };
    let code = order
        .attributes
        .get("code")
        .and_then(Json::as_str)
        .map_or(code, str::to_owned);
    let (_, known) = w.records("environment", order.account).await?;
    // There is one environment of a code, however often it is wanted; what is said of it holds.
    if let Some(known) = known.iter().find(|row| row["code"] == code.as_str()) {
        let (noun, _) = nouns::find("environment")?;
        change(w, noun, known, &order.attributes).await?;
        return id(known);
    }
    let defaults = row(json!({
        "isolation_strategy": strategy,
        "code": code,
        "name": code,
        "permissions": PermissionSet::default_for(Role::Environment),
    }));
    store(w, "environment", defaults, order).await
}

pub(super) async fn user(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account_of(&order)?;
    let environment = environment_of(w, &order, None).await?;
    let role = match order.attributes.get("role").and_then(Json::as_str) {
        Some(role) => role.to_owned(),
        None if order.has("admin") => "admin".to_owned(),
        None if order.has("read_only") => "read-only".to_owned(),
        None => "user".to_owned(),
    };
    let hash = match order.take("password") {
        Some(Json::String(text)) if text != PASSWORD => {
            Json::from(password::hash(&text, &mut SystemEntropy))
        }
        Some(Json::Null) => Json::Null,
        _ if order.has("passwordless") => Json::Null,
        _ => w.shared.password_hash.clone().into(),
    };
    let permissions = match role.as_str() {
        _ if order.has("with_no_permissions") => PermissionSet::default(),
        role => PermissionSet::default_for(role_of(role)?),
    };
    let group = match order.has("with_group") {
        true => {
            let group = Order::of(account).in_environment(&environment);
            Json::from(create(w, "group", group).await?.to_string())
        }
        false => Json::Null,
    };
    let banned = order
        .has("banned")
        .then(|| crate::time::wire(w.time.now() - chrono::TimeDelta::minutes(1)));
    let defaults = row(json!({
        "environment_id": environment,
        "group_id": group,
        "email": format!("{}@example.com", w.dice.hex(12)),
        "first_name": "Ada",
        "last_name": "Byron",
        "password_hash": hash,
        "role": role,
        "permissions": permissions,
        "metadata": nothing(),
        "banned_at": banned,
    }));
    let owns = order.traits.clone();
    let id = store(w, "user", defaults, order).await?;
    let license = |traits: &[&str]| Order {
        traits: traits.iter().map(|&name| name.to_owned()).collect(),
        ..Order::of(account)
            .in_environment(&environment)
            .with("owner_id", id.to_string())
    };
    for name in &owns {
        let wanted = match name.as_str() {
            "with_owned_license" => vec![license(&[])],
            "with_owned_licenses" => vec![license(&[]); 3],
            "with_expired_licenses" => vec![license(&["expired"]); 3],
            "with_entitled_licenses" | "entitled" => vec![license(&["entitled"]); 3],
            _ => Vec::new(),
        };
        for wanted in wanted {
            create(w, "license", wanted).await?;
        }
    }
    Ok(id)
}

fn role_of(role: &str) -> Outcome<Role> {
    Ok(match role {
        "admin" => Role::Admin,
        "developer" => Role::Developer,
        "sales-agent" => Role::SalesAgent,
        "support-agent" => Role::SupportAgent,
        "read-only" => Role::ReadOnly,
        "user" => Role::User,
        other => return broken(format!("no role {other}")),
    })
}

pub(super) async fn token(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account_of(&order)?;
    let kind = order
        .take("bearer_type")
        .or_else(|| order.take("bearer_kind"));
    let kind = kind.and_then(|kind| kind.as_str().map(str::to_lowercase));
    let wanted = ["environment", "product", "license", "admin", "user"];
    let kind = kind.or_else(|| {
        let by_trait = wanted.into_iter().find(|name| order.has(name));
        by_trait.map(str::to_owned)
    });
    let kind = kind.unwrap_or_else(|| "user".to_owned());
    let bearer = match order.id("bearer_id") {
        Some(id) => id,
        None => {
            let mut bearer = Order::of(account);
            if kind != "environment" {
                let environment = environment_of(w, &order, None).await?;
                bearer = bearer.in_environment(&environment);
            }
            create(w, &kind, bearer).await?
        }
    };
    let kind = if kind == "admin" {
        "user"
    } else {
        kind.as_str()
    };
    let holder = w.by_id(kind, bearer).await?;
    let parent = if kind == "environment" { None } else { holder };
    let environment = match (kind, order.attributes.contains_key("environment_id")) {
        ("environment", false) => Json::from(bearer.to_string()),
        _ => environment_of(w, &order, parent.as_ref()).await?,
    };
    let raw = w.dice.hex(64);
    let defaults = row(json!({
        "environment_id": environment,
        "bearer_kind": kind,
        "bearer_id": bearer,
        "digest": hex::encode(TokenDigest::of(&raw).as_bytes()),
        "permissions": PermissionSet::ANY,
        "activations": 0,
        "deactivations": 0,
    }));
    store(w, "token", defaults, order).await
}

pub(super) async fn session(w: &mut World, order: Order) -> Outcome<Uuid> {
    let token = super::parent(w, "token", "token_id", &order).await?;
    let environment = environment_of(w, &order, Some(&token)).await?;
    let defaults = row(json!({
        "environment_id": environment,
        "token_id": token["id"],
        "bearer_kind": token["bearer_kind"],
        "bearer_id": token["bearer_id"],
        "expiry": crate::time::wire(w.time.now() + chrono::TimeDelta::weeks(2)),
        "user_agent": "Mozilla/5.0",
        "ip": "192.0.2.1",
    }));
    store(w, "session", defaults, order).await
}

pub(super) async fn group(w: &mut World, order: Order) -> Outcome<Uuid> {
    let environment = environment_of(w, &order, None).await?;
    let defaults = row(json!({
        "environment_id": environment,
        "name": "Group",
        "metadata": nothing(),
    }));
    store(w, "group", defaults, order).await
}

pub(super) async fn group_owner(w: &mut World, order: Order) -> Outcome<Uuid> {
    let group = parent(w, "group", "group_id", &order).await?;
    let environment = environment_of(w, &order, Some(&group)).await?;
    let wanted = order.clone().in_environment(&environment);
    let user = parent(w, "user", "user_id", &wanted).await?;
    let defaults = row(json!({
        "environment_id": environment,
        "group_id": id(&group)?,
        "user_id": id(&user)?,
    }));
    store(w, "group_owner", defaults, order).await
}
