//! Renews, suspends, reinstates licenses and checks them in: each under the license's lock, with
//! its event (licensing §6).

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::term::{self, CalendarDuration};
use keystead_domain::{Refused, license};
use keystead_store::licenses::{self, Loaded};

use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Moves the expiry of the license with this id or key by its policy's duration.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when the policy has no
/// duration or the license doesn't expire.
pub async fn renew(cx: &Cx, id_or_key: &str) -> Result<Loaded> {
    let (action, event) = (Action::LicenseRenew, EventName::LicenseRenewed);
    change(cx, id_or_key, action, event, |loaded| {
        let Loaded {
            license, policy, ..
        } = loaded;
        let duration = policy.duration.and_then(CalendarDuration::from_seconds);
        let renewed = term::renew(license.expiry, policy.renewal_basis, duration, cx.now)?;
        license.expiry = Some(renewed);
        Ok(())
    })
    .await
}

/// Suspends the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when it is suspended.
pub async fn suspend(cx: &Cx, id_or_key: &str) -> Result<Loaded> {
    let (action, event) = (Action::LicenseSuspend, EventName::LicenseSuspended);
    change(cx, id_or_key, action, event, |loaded| {
        license::suspend(loaded.license.suspended)?;
        loaded.license.suspended = true;
        Ok(())
    })
    .await
}

/// Reinstates the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when it isn't suspended.
pub async fn reinstate(cx: &Cx, id_or_key: &str) -> Result<Loaded> {
    let (action, event) = (Action::LicenseReinstate, EventName::LicenseReinstated);
    change(cx, id_or_key, action, event, |loaded| {
        license::reinstate(loaded.license.suspended)?;
        loaded.license.suspended = false;
        Ok(())
    })
    .await
}

/// Notes that the license with this id or key checked in.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when its policy doesn't
/// ask for it.
pub async fn check_in(cx: &Cx, id_or_key: &str) -> Result<Loaded> {
    let (action, event) = (Action::LicenseCheckIn, EventName::LicenseCheckedIn);
    change(cx, id_or_key, action, event, |loaded| {
        license::check_in(loaded.policy.require_check_in)?;
        loaded.license.last_check_in_at = Some(cx.now);
        Ok(())
    })
    .await
}

/// Changes a license that the bearer may do `action` to, and tells of it, or neither.
async fn change(
    cx: &Cx,
    id_or_key: &str,
    action: Action,
    event: EventName,
    rule: impl FnOnce(&mut Loaded) -> Result<(), Refused>,
) -> Result<Loaded> {
    let seen = find(cx, id_or_key).await?;
    let id = cx.allow(action, seen)?.license.id;

    let tx = cx.begin().await?;
    // Locked, because of two that suspend one is told that it came late.
    let seen = licenses::lock(&tx, &cx.scope(), id).await?;
    let mut loaded = cx.allow(action, seen)?;
    rule(&mut loaded)?;
    loaded.license.updated_at = cx.now;
    loaded.license = licenses::update(&tx, loaded.license).await?;
    let event = cx.event(event.as_str(), "licenses", id.0);
    cx.tell(&tx, event, Payload::License(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}
