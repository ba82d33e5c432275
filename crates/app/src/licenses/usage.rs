//! Counts how often a license is used. The statement that writes decides, so that racing clients
//! never use a license up twice (licensing §6).

use keystead_domain::LicenseId;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::license::{Usage, spend};
use keystead_domain::term::{self, CalendarDuration};
use keystead_domain::words::ExpirationBasis;
use keystead_store::Tx;
use keystead_store::licenses::{self, Loaded, Spent};

use super::limits;
use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// A license whose uses the bearer may change.
#[derive(Debug)]
pub struct Usable {
    id: LicenseId,
    action: Action,
}

/// The license with this id or key, if the bearer may count its uses up: asked before the body is
/// read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn incrementable(cx: &Cx, id_or_key: &str) -> Result<Usable> {
    usable(cx, id_or_key, Action::LicenseUsageIncrement).await
}

/// The same, if the bearer may count them down.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn decrementable(cx: &Cx, id_or_key: &str) -> Result<Usable> {
    usable(cx, id_or_key, Action::LicenseUsageDecrement).await
}

async fn usable(cx: &Cx, id_or_key: &str, action: Action) -> Result<Usable> {
    let seen = find(cx, id_or_key).await?;
    let id = cx.allow(action, seen)?.license.id;
    Ok(Usable { id, action })
}

/// Changes a license's uses, all of it or nothing. Its first use may start its term.
///
/// # Errors
/// 400 when the number doesn't fit, 422 when it exceeds the maximum or falls below zero, 404 when
/// the license is gone by now.
pub async fn count(cx: &Cx, license: Usable, usage: Usage) -> Result<Loaded> {
    let tx = cx.begin().await?;
    let (by, event, starts) = match usage {
        Usage::Increment(by) => (Some(by), EventName::LicenseUsageIncremented, true),
        Usage::Decrement(by) => (by.checked_neg(), EventName::LicenseUsageDecremented, false),
    };
    // What is beyond any count can't be added without an overflow either.
    let by = by.filter(|by| i32::try_from(by.unsigned_abs()).is_ok());
    let spent = match by {
        Some(by) => licenses::spend(&tx, license.id, by, cx.now).await?,
        None => Spent::Refused,
    };
    // Nobody changes it any more until the transaction ends.
    let seen = licenses::lock(&tx, &cx.scope(), license.id).await?;
    let mut loaded = cx.allow(license.action, seen)?;
    if spent == Spent::Refused {
        // Why, unless somebody made room meanwhile.
        loaded.license.uses = spend(loaded.license.uses, usage, limits(&loaded).uses)?;
        loaded.license.updated_at = cx.now;
        loaded.license = licenses::update(&tx, loaded.license).await?;
    }
    if starts {
        start_term(cx, &tx, &mut loaded).await?;
    }
    let event = cx.event(event.as_str(), "licenses", license.id.0);
    cx.tell(&tx, event, Payload::License(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}

/// Forgets the uses of the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn reset(cx: &Cx, id_or_key: &str) -> Result<Loaded> {
    let action = Action::LicenseUsageReset;
    let id = usable(cx, id_or_key, action).await?.id;

    let tx = cx.begin().await?;
    let mut loaded = cx.allow(action, licenses::lock(&tx, &cx.scope(), id).await?)?;
    loaded.license.uses = 0;
    loaded.license.updated_at = cx.now;
    loaded.license = licenses::update(&tx, loaded.license).await?;
    let event = cx.event(EventName::LicenseUsageReset.as_str(), "licenses", id.0);
    cx.tell(&tx, event, Payload::License(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}

async fn start_term(cx: &Cx, tx: &Tx, loaded: &mut Loaded) -> Result<()> {
    let policy = &loaded.policy;
    let moment = ExpirationBasis::FromFirstUse;
    let duration = policy.duration.and_then(CalendarDuration::from_seconds);
    let expiry = loaded.license.expiry;
    if let Some(start) = term::start(expiry, policy.expiration_basis, moment, duration, cx.now) {
        loaded.license.expiry = Some(start);
        loaded.license = licenses::update(tx, loaded.license.clone()).await?;
    }
    Ok(())
}
