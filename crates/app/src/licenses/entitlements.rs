//! The entitlements of a license: its own, and those it holds through its policy.

use std::collections::BTreeSet;

use keystead_domain::access::{Action, Scope, Tied};
use keystead_domain::event::EventName;
use keystead_domain::{At, EntitlementId, Kind, LicenseId, PolicyId, Problem};
use keystead_store::entities::{Entitlement, LicenseEntitlement};
use keystead_store::licenses::{self, Loaded};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{OnDuplicate, entitlements};

use super::show::find;
use crate::entitlements::{already, detachable, named, through_policy, told};
use crate::herald::Payload;
use crate::{Cx, Result};

/// The entitlements of the license with this id or key, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    id_or_key: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    let holder = holder(&allowed(cx, id_or_key, Action::LicenseEntitlements).await?);
    Ok(entitlements::list_of_license(&cx.db, &cx.scope(), holder, page, direction).await?)
}

/// One of the license's entitlements, by its id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license or it doesn't hold the entitlement, 403 by the
/// access matrix.
pub async fn show(cx: &Cx, id_or_key: &str, entitlement: &str) -> Result<Entitlement> {
    let holder = holder(&allowed(cx, id_or_key, Action::LicenseEntitlements).await?);
    let found = entitlements::find_of_license(&cx.db, &cx.scope(), holder, entitlement).await?;
    Ok(cx.allow(Action::EntitlementShow, found)?)
}

/// Attaches entitlements to the license with this id or key, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix or for an
/// environment that doesn't fit, 422 for the first entitlement that there is not or that the
/// license holds already.
pub async fn attach(
    cx: &Cx,
    id_or_key: &str,
    ids: &[EntitlementId],
) -> Result<Vec<LicenseEntitlement>> {
    let action = Action::LicenseEntitlementsAttach;
    let license = allowed(cx, id_or_key, action).await?.license.id;

    let tx = cx.begin().await?;
    let license = cx.allow(action, licenses::lock(&tx, &cx.scope(), license).await?)?;
    let (id, policy) = holder(&license);
    let wanted = named(cx, &tx, license.license.environment_id, ids).await?;
    let held = entitlements::held_by_license(&tx, id, ids).await?;
    let mut taken: BTreeSet<_> = held.into_iter().map(|held| held.entitlement_id).collect();
    let by_policy = entitlements::held_by_policy(&tx, policy, ids).await?;
    for id in ids {
        if !taken.insert(*id) {
            return Err(already().into());
        }
        if by_policy.iter().any(|held| held.entitlement_id == *id) {
            return Err(through_policy().into());
        }
    }
    let rows: Vec<_> = wanted.iter().map(|it| attachment(cx, id, it)).collect();
    entitlements::attach_to_license(&tx, &rows)
        .await
        .on_duplicate(already())?;
    let attached = EventName::LicenseEntitlementsAttached;
    let event = told(cx.event(attached.as_str(), "licenses", id.0), &wanted);
    let payload = Payload::LicenseEntitlements(&rows, license.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Detaches entitlements from the license with this id or key, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license; 403 by the access matrix, for an environment
/// that doesn't fit, or for an entitlement that the license holds through its policy; 422 for the
/// first that isn't attached.
pub async fn detach(cx: &Cx, id_or_key: &str, ids: &[EntitlementId]) -> Result<()> {
    let action = Action::LicenseEntitlementsDetach;
    let license = allowed(cx, id_or_key, action).await?.license.id;

    let tx = cx.begin().await?;
    let license = cx.allow(action, licenses::lock(&tx, &cx.scope(), license).await?)?;
    let (id, policy) = holder(&license);
    let by_policy = entitlements::held_by_policy(&tx, policy, ids).await?;
    let inherited = |id: &EntitlementId| by_policy.iter().any(|held| held.entitlement_id == *id);
    let held = entitlements::held_by_license(&tx, id, ids).await?;
    let own = |id: &EntitlementId| held.iter().any(|held| held.entitlement_id == *id);
    if let Some(index) = ids.iter().position(|id| inherited(id) && !own(id)) {
        return Err(inherited_at(index, ids[index]).into());
    }
    let held = detachable(cx, license.license.environment_id, ids, held, |held| {
        (held.entitlement_id, held.environment_id)
    })?;
    let known = entitlements::keep(&tx, &Scope::system(cx.account()), ids).await?;
    entitlements::detach_from_license(&tx, held.iter().map(|held| held.id).collect()).await?;
    let detached = EventName::LicenseEntitlementsDetached;
    let event = told(cx.event(detached.as_str(), "licenses", id.0), &known);
    let payload = Payload::LicenseEntitlements(&held, license.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(())
}

/// The license, and the policy through which it holds entitlements too.
fn holder(license: &Loaded) -> (LicenseId, PolicyId) {
    (license.license.id, license.policy.id)
}

fn inherited_at(index: usize, id: EntitlementId) -> Problem {
    let detail =
        format!("cannot detach entitlement '{id}' (entitlement is attached through policy)");
    Problem::new(Kind::Forbidden, detail).at(At::Path(format!("data/{index}")))
}

fn attachment(cx: &Cx, license: LicenseId, entitlement: &Entitlement) -> LicenseEntitlement {
    LicenseEntitlement {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: cx.environment.id(),
        license_id: license,
        entitlement_id: entitlement.id,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

async fn allowed(cx: &Cx, id_or_key: &str, action: Action) -> Result<Loaded> {
    let license = find(cx, id_or_key).await?;
    Ok(cx.allow(action, license)?)
}
