//! What proves a user besides a password: second factors, and tokens that reset the password.

use chrono::TimeDelta;
use keystead_app::second_factors;
use keystead_signing::totp::Seed;
use keystead_signing::{SystemEntropy, TokenDigest, token};
use keystead_store::entities::SecondFactor;
use sea_orm::EntityTrait;
use serde_json::json;
use uuid::Uuid;

use super::{Order, account as account_of, environment as environment_of, parent, row, store};
use crate::fault::{Outcome, broken};
use crate::nouns;
use crate::time;
use crate::world::{World, id, uuid_at};

/// A second factor of a user; not enabled unless the order says so.
pub(super) async fn second_factor(w: &mut World, order: Order) -> Outcome<Uuid> {
    let account = account_of(&order)?;
    let user = parent(w, "user", "user_id", &order).await?;
    let environment = environment_of(w, &order, Some(&user)).await?;
    let known = uuid_at(&order.attributes, "id").unwrap_or_else(Uuid::now_v7);
    let seed = Seed::generate(&mut SystemEntropy);
    let key = w.shared.master_key();
    let sealed = second_factors::seal(&key, &account.into(), &known.into(), &seed);
    let defaults = row(json!({
        "id": known,
        "environment_id": environment,
        "user_id": id(&user)?,
        "seed": hex::encode(sealed),
        "enabled": false,
    }));
    store(w, "second_factor", defaults, order).await
}

/// What an authenticator app shows now, for the factor of the account that came last.
pub async fn one_time_code(w: &World) -> Outcome<String> {
    let (_, row) = w.record("last", "second_factor", w.account()?).await?;
    let found = keystead_store::entities::second_factor::Entity::find_by_id(id(&row)?);
    let found: Option<SecondFactor> = found.one(&w.app().db).await?;
    let Some(factor) = found else {
        return broken("the second factor is gone");
    };
    let seed = second_factors::open(&w.shared.master_key(), &factor).or_else(broken)?;
    Ok(seed.code(w.time.now()))
}

/// A token that resets the password of this user; its raw form is the scenario's secret.
pub async fn password_reset(w: &mut World, user: Uuid, expired: bool) -> Outcome {
    let Some(owner) = w.by_id("user", user).await? else {
        return broken("there is no such user");
    };
    let raw = token::generate_password_reset(&mut SystemEntropy);
    let age = if expired {
        TimeDelta::days(3)
    } else {
        TimeDelta::zero()
    };
    let reset = row(json!({
        "user_id": user,
        "account_id": owner["account_id"],
        "digest": hex::encode(TokenDigest::of(raw.expose()).as_bytes()),
        "created_at": time::wire(w.time.now() - age),
    }));
    let (noun, _) = nouns::find("password_reset")?;
    noun.table.insert(&w.app().db.clone(), &reset).await?;
    w.secrets.insert(0, raw.expose().clone());
    Ok(())
}
