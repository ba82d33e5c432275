//! Products, policies, licenses and entitlements.

use keystead_domain::access::Role;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::term::CalendarDuration;
use keystead_signing::digest::sha256;
use keystead_signing::license_key::{self, Facts, Owner};
use keystead_signing::{Scheme, SystemEntropy};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::machines::tally;
use super::{Order, account, create, environment, nothing, parent, row, store};
use crate::fault::{Outcome, broken};
use crate::nouns::Row;
use crate::time::{self, Span};
use crate::world::{World, platforms, uuid_at};

pub(super) async fn product(w: &mut World, order: Order) -> Outcome<Uuid> {
    let environment = environment(w, &order, None).await?;
    let strategy = ["licensed", "open", "closed"]
        .into_iter()
        .find(|name| order.has(name));
    let defaults = row(json!({
        "environment_id": environment,
        "name": "Product",
        "distribution_strategy": strategy.unwrap_or("licensed").to_uppercase(),
        "platforms": platforms(),
        "permissions": PermissionSet::default_for(Role::Product),
        "metadata": nothing(),
    }));
    store(w, "product", defaults, order).await
}

/// What traits say of a policy: (trait, column, value).
fn policy_traits() -> Vec<(&'static str, &'static str, Json)> {
    let mut traits = vec![
        ("pooled", "use_pool", true.into()),
        ("floating", "floating", true.into()),
        ("node_locked", "floating", false.into()),
        ("node_locked", "max_machines", 1.into()),
        ("protected", "protected", true.into()),
        ("unprotected", "protected", false.into()),
        ("legacy_encrypt", "encrypted", true.into()),
    ];
    for (name, interval) in [
        ("day_check_in", "day"),
        ("week_check_in", "week"),
        ("month_check_in", "month"),
        ("year_check_in", "year"),
    ] {
        traits.push((name, "require_check_in", true.into()));
        traits.push((name, "check_in_interval", interval.into()));
        traits.push((name, "check_in_interval_count", 1.into()));
    }
    for name in SCHEMES {
        traits.push((name, "scheme", name.to_uppercase().into()));
    }
    for name in EXPIRATION_STRATEGIES {
        let strategy = name.trim_end_matches("_expiration_strategy").to_uppercase();
        traits.push((name, "expiration_strategy", strategy.into()));
    }
    traits
}

const SCHEMES: &[&str] = &[
    "legacy_encrypt",
    "rsa_2048_pkcs1_encrypt",
    "rsa_2048_pkcs1_sign",
    "rsa_2048_pkcs1_pss_sign",
    "rsa_2048_jwt_rs256",
    "rsa_2048_pkcs1_sign_v2",
    "rsa_2048_pkcs1_pss_sign_v2",
    "ed25519_sign",
    "ecdsa_p256_sign",
];

const EXPIRATION_STRATEGIES: &[&str] = &[
    "restrict_access_expiration_strategy",
    "revoke_access_expiration_strategy",
    "maintain_access_expiration_strategy",
    "allow_access_expiration_strategy",
];

/// Two weeks.
const POLICY_DURATION_SECONDS: i64 = 1_209_600;

pub(super) async fn policy(w: &mut World, order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    let product = parent(w, "product", "product_id", &order).await?;
    let environment = environment(w, &order, Some(&product)).await?;
    let mut defaults = row(json!({
        "environment_id": environment,
        "product_id": product["id"],
        "name": "Policy",
        "duration": POLICY_DURATION_SECONDS,
        "strict": false,
        "floating": true,
        "use_pool": false,
        "encrypted": false,
        "protected": false,
        "machine_uniqueness_strategy": "UNIQUE_PER_LICENSE",
        "machine_matching_strategy": "MATCH_ANY",
        "component_uniqueness_strategy": "UNIQUE_PER_MACHINE",
        "component_matching_strategy": "MATCH_ANY",
        "expiration_strategy": "RESTRICT_ACCESS",
        "expiration_basis": "FROM_CREATION",
        "renewal_basis": "FROM_EXPIRY",
        "transfer_strategy": "KEEP_EXPIRY",
        "authentication_strategy": "TOKEN",
        "machine_leasing_strategy": "PER_LICENSE",
        "process_leasing_strategy": "PER_MACHINE",
        "overage_strategy": "NO_OVERAGE",
        "require_product_scope": false,
        "require_policy_scope": false,
        "require_machine_scope": false,
        "require_fingerprint_scope": false,
        "require_components_scope": false,
        "require_user_scope": false,
        "require_checksum_scope": false,
        "require_version_scope": false,
        "require_environment_scope": false,
        "require_check_in": false,
        "require_heartbeat": false,
        "heartbeat_cull_strategy": "DEACTIVATE_DEAD",
        "heartbeat_resurrection_strategy": "NO_REVIVE",
        "heartbeat_basis": "FROM_FIRST_PING",
        "metadata": nothing(),
    }));
    for (name, column, value) in policy_traits() {
        if order.has(name) {
            defaults.insert(column.to_owned(), value);
        }
    }
    if order.attributes.get("require_heartbeat") == Some(&true.into()) {
        defaults.insert("heartbeat_basis".to_owned(), "FROM_CREATION".into());
    }
    let entitled = order.has("with_entitlements");
    let id = store(w, "policy", defaults, order).await?;
    if entitled {
        for _ in 0..10 {
            let wanted = Order::of(account).with("policy_id", id.to_string());
            create(w, "policy_entitlement", wanted).await?;
        }
    }
    Ok(id)
}

pub(super) async fn license(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    if let Some(owner) = order.take("user_id") {
        order.attributes.insert("owner_id".to_owned(), owner);
    }
    let policy = match order.id("policy_id") {
        Some(_) => parent(w, "policy", "policy_id", &order).await?,
        None => {
            let wanted = Order {
                traits: order.traits.clone(),
                ..Order::of(account)
            };
            let wanted = match order.attributes.get("environment_id") {
                Some(environment) => wanted.in_environment(environment),
                None => wanted,
            };
            // Traits of a license that speak of the license itself mean nothing to its policy.
            let wanted = Order {
                traits: wanted
                    .traits
                    .into_iter()
                    .filter(|name| !["protected", "unprotected"].contains(&name.as_str()))
                    .collect(),
                ..wanted
            };
            let id = create(w, "policy", wanted).await?;
            w.by_id("policy", id)
                .await?
                .map_or_else(|| broken("no policy"), Ok)?
        }
    };
    let environment = environment(w, &order, Some(&policy)).await?;
    let new_owner = ["owned", "with_owner", "with_users", "assigned", "banned"];
    if new_owner.iter().any(|name| order.has(name)) && order.id("owner_id").is_none() {
        let mut owner = Order::of(account).in_environment(&environment);
        owner
            .traits
            .extend(order.has("banned").then(|| "banned".to_owned()));
        let owner = create(w, "user", owner).await?;
        order
            .attributes
            .insert("owner_id".to_owned(), owner.to_string().into());
    }
    let owner = match order.id("owner_id") {
        Some(id) => w.by_id("user", id).await?,
        None => None,
    };
    let group = match (order.has("with_group"), &owner) {
        (true, _) => {
            let group = Order::of(account).in_environment(&environment);
            Json::from(create(w, "group", group).await?.to_string())
        }
        (false, Some(owner)) => owner["group_id"].clone(),
        (false, None) => Json::Null,
    };

    let now = w.time.now();
    let id = order.id("id").unwrap_or_else(Uuid::now_v7);
    let expiry = match order.attributes.get("expiry").and_then(Json::as_str) {
        Some(said) => time::parse(said),
        None if order.has("expired") => Span::of(1, "month").and_then(|span| span.before(now)),
        None if policy["expiration_basis"] == "FROM_CREATION" => policy["duration"]
            .as_i64()
            .and_then(CalendarDuration::from_seconds)
            .and_then(|duration| duration.after(now)),
        None => None,
    };
    order.take("expiry");
    let given = order
        .take("key")
        .and_then(|key| key.as_str().map(str::to_owned));
    let key = match policy["use_pool"] == true && given.is_none() {
        true => pooled_key(w, &policy).await?,
        false => key_under(w, account, &policy, id, owner.as_ref(), expiry, given).await?,
    };
    let protected = match (order.has("protected"), order.has("unprotected")) {
        (true, _) => true.into(),
        (_, true) => false.into(),
        _ => policy["protected"].clone(),
    };
    let checks_in = policy["require_check_in"] == true;
    let defaults = row(json!({
        "id": id,
        "environment_id": environment,
        "product_id": policy["product_id"],
        "policy_id": policy["id"],
        "group_id": group,
        "key": key,
        "key_digest": hex::encode(sha256(key.as_bytes())),
        "expiry": expiry.map(|at| at.to_rfc3339()),
        "suspended": order.has("suspended"),
        "protected": protected,
        "uses": 0,
        "permissions": PermissionSet::default_for(Role::License),
        "metadata": nothing(),
        "machines_count": 0,
        "machines_cores": 0,
        "machines_memory": 0,
        "machines_disk": 0,
        "users_count": 0,
        "last_check_in_at": checks_in.then(|| now.to_rfc3339()),
    }));
    let traits = order.traits.clone();
    let id = store(w, "license", defaults, order).await?;
    bring_along(w, account, id, &environment, &traits).await?;
    Ok(id)
}

/// What some licenses come with: entitlements, licensees.
async fn bring_along(
    w: &mut World,
    account: Uuid,
    license: Uuid,
    environment: &Json,
    traits: &[String],
) -> Outcome {
    let has = |names: &[&str]| traits.iter().any(|name| names.contains(&name.as_str()));
    let base = Order::of(account).in_environment(environment);
    if has(&["with_entitlements", "entitled"]) {
        for code in ["ALPHA", "BRAVO", "ZULU"] {
            let entitlement = create(w, "entitlement", base.clone().with("code", code)).await?;
            let wanted = base
                .clone()
                .with("license_id", license.to_string())
                .with("entitlement_id", entitlement.to_string());
            create(w, "license_entitlement", wanted).await?;
        }
    }
    if has(&["with_licensees", "with_users", "assigned"]) {
        for _ in 0..3 {
            let wanted = base.clone().with("license_id", license.to_string());
            create(w, "license_user", wanted).await?;
        }
    }
    Ok(())
}

/// A key for a policy's pool.
pub(super) async fn key(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    if order.id("policy_id").is_none() {
        order.traits.push("pooled".to_owned());
        let mut policy = Order::of(account(&order)?);
        policy.traits.clone_from(&order.traits);
        if let Some(environment) = order.attributes.get("environment_id") {
            policy = policy.in_environment(environment);
        }
        let policy = create(w, "policy", policy).await?;
        order
            .attributes
            .insert("policy_id".to_owned(), policy.to_string().into());
    }
    let policy = parent(w, "policy", "policy_id", &order).await?;
    let environment = environment(w, &order, Some(&policy)).await?;
    let digits = w.dice.hex(24).to_uppercase();
    let groups: Vec<&str> = [0, 4, 8, 12, 16, 20]
        .map(|from| &digits[from..from + 4])
        .into();
    let key = match order.attributes.get("key").and_then(Json::as_str) {
        Some(said) => said.to_owned(),
        None => groups.join("-"),
    };
    let defaults = row(json!({
        "environment_id": environment,
        "policy_id": policy["id"],
        "key": key,
        "key_digest": hex::encode(sha256(key.as_bytes())),
    }));
    store(w, "key", defaults, order).await
}

/// The oldest key of a policy's pool, which is a license's from now on.
async fn pooled_key(w: &mut World, policy: &Row) -> Outcome<String> {
    let (noun, keys) = w.records("key", uuid_at(policy, "account_id")).await?;
    let Some(key) = keys.iter().find(|key| key["policy_id"] == policy["id"]) else {
        return broken("the pool is empty");
    };
    let db = w.app().db.clone();
    noun.table
        .remove(&db, noun.key, crate::world::id(key)?)
        .await?;
    Ok(key["key"].as_str().unwrap_or_default().to_owned())
}

/// A key under the policy's scheme.
async fn key_under(
    w: &mut World,
    account: Uuid,
    policy: &Row,
    license: Uuid,
    owner: Option<&Row>,
    expiry: Option<chrono::DateTime<chrono::Utc>>,
    given: Option<String>,
) -> Outcome<String> {
    let scheme = match policy["encrypted"] == true {
        true => Some(Scheme::LegacyEncrypt),
        false => policy["scheme"].as_str().and_then(Scheme::from_name),
    };
    if scheme.is_none() && given.is_none() {
        let digits = w.dice.hex(30).to_uppercase();
        let groups: Vec<&str> = [0, 6, 12, 18, 24]
            .map(|from| &digits[from..from + 6])
            .into();
        return Ok(format!("{}-V3", groups.join("-")));
    }
    let (Some(product), Some(policy_id)) = (uuid_at(policy, "product_id"), uuid_at(policy, "id"))
    else {
        return broken("a policy without ids");
    };
    let holder = owner.and_then(|owner| Some((uuid_at(owner, "id")?, owner["email"].as_str()?)));
    let facts = Facts {
        account,
        product,
        policy: policy_id,
        duration_seconds: policy["duration"].as_i64(),
        owner: holder.map(|(id, email)| Owner { id, email }),
        license,
        created_at: w.time.now(),
        expires_at: expiry,
        issuer: "https://keygen.sh",
    };
    let signer = w.signer(account).await?;
    // A legacy key is always made here, whatever was asked for.
    let given = given.filter(|_| scheme != Some(Scheme::LegacyEncrypt));
    match license_key::issue(
        scheme,
        given.as_deref(),
        &facts,
        &signer,
        &mut SystemEntropy,
    ) {
        Ok(issued) => {
            w.secrets.extend(issued.raw.map(|raw| raw.expose().clone()));
            Ok(issued.key)
        }
        Err(error) => broken(error),
    }
}

pub(super) async fn license_user(w: &mut World, order: Order) -> Outcome<Uuid> {
    let license = parent(w, "license", "license_id", &order).await?;
    let environment = environment(w, &order, Some(&license)).await?;
    let order = order.in_environment(&environment);
    let user = parent(w, "user", "user_id", &order).await?;
    let defaults = row(json!({ "license_id": license["id"], "user_id": user["id"] }));
    let id = store(w, "license_user", defaults, order).await?;
    tally(w, &license, &[("users_count", 1)]).await?;
    Ok(id)
}

const CODES: &[&str] = &[
    "ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL", "INDIA", "JULIETT",
    "KILO", "LIMA", "MIKE", "NOVEMBER", "OSCAR", "PAPA", "QUEBEC", "ROMEO", "SIERRA", "TANGO",
    "UNIFORM", "VICTOR", "WHISKEY", "XRAY", "YANKEE", "ZULU",
];

pub(super) async fn entitlement(w: &mut World, order: Order) -> Outcome<Uuid> {
    let environment = environment(w, &order, None).await?;
    let (_, known) = w.records("entitlement", order.account).await?;
    let code = match order.attributes.get("code").and_then(Json::as_str) {
        Some(code) => code.to_owned(),
        None => {
            let free = CODES
                .iter()
                .find(|code| known.iter().all(|row| row["code"] != **code));
            free.map_or_else(|| w.dice.hex(8), |code| (*code).to_owned())
        }
    };
    if let Some(known) = known.iter().find(|row| row["code"] == code.as_str()) {
        return crate::world::id(known);
    }
    let defaults = row(json!({
        "environment_id": environment,
        "code": code,
        "name": code,
        "metadata": nothing(),
    }));
    store(w, "entitlement", defaults, order).await
}

/// An entitlement attached to a license or a policy.
pub(super) async fn entitled(w: &mut World, to: &str, order: Order) -> Outcome<Uuid> {
    let column = format!("{to}_id");
    let holder = parent(w, to, &column, &order).await?;
    let environment = environment(w, &order, Some(&holder)).await?;
    let order = order.in_environment(&environment);
    let entitlement = parent(w, "entitlement", "entitlement_id", &order).await?;
    let name = format!("{to}_entitlement");
    let (_, known) = w.records(&name, order.account).await?;
    let same = known
        .iter()
        .find(|row| row[&column] == holder["id"] && row["entitlement_id"] == entitlement["id"]);
    if let Some(same) = same {
        return crate::world::id(same);
    }
    let mut defaults = row(json!({ "entitlement_id": entitlement["id"] }));
    defaults.insert(column, holder["id"].clone());
    store(w, &name, defaults, order).await
}
