//! The entitlements of a policy: all of its licenses hold them.

use std::collections::BTreeSet;

use keystead_domain::access::{Action, Scope, Tied};
use keystead_domain::event::EventName;
use keystead_domain::{EntitlementId, PolicyId};
use keystead_store::entities::{Entitlement, Policy, PolicyEntitlement};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{OnDuplicate, entitlements, policies};

use super::NOUN;
use crate::entitlements::{already, detachable, named, told};
use crate::herald::Payload;
use crate::{Cx, Result};

/// The entitlements of the policy with this id, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    id: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Entitlement>> {
    let policy = allowed(cx, id, Action::PolicyEntitlements).await?;
    Ok(entitlements::list_of_policy(&cx.db, &cx.scope(), policy.id, page, direction).await?)
}

/// One of the policy's entitlements, by its id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy or the entitlement is not its, 403 by the
/// access matrix.
pub async fn show(cx: &Cx, id: &str, entitlement: &str) -> Result<Entitlement> {
    let policy = allowed(cx, id, Action::PolicyEntitlements).await?;
    let scope = cx.scope();
    let found = entitlements::find_of_policy(&cx.db, &scope, policy.id, entitlement).await?;
    Ok(cx.allow(Action::EntitlementShow, found)?)
}

/// Attaches entitlements to the policy with this id, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix or for an environment
/// that doesn't fit, 422 for the first entitlement that there is not or that is attached already.
pub async fn attach(cx: &Cx, id: &str, ids: &[EntitlementId]) -> Result<Vec<PolicyEntitlement>> {
    let policy = allowed(cx, id, Action::PolicyEntitlementsAttach).await?;

    let tx = cx.begin().await?;
    let policy = policies::lock(&tx, &cx.scope(), policy.id).await?;
    let wanted = named(cx, &tx, policy.environment_id, ids).await?;
    let held = entitlements::held_by_policy(&tx, policy.id, ids).await?;
    let mut taken: BTreeSet<_> = held.into_iter().map(|held| held.entitlement_id).collect();
    for id in ids {
        if !taken.insert(*id) {
            return Err(already().into());
        }
    }
    let rows: Vec<_> = wanted
        .iter()
        .map(|it| attachment(cx, policy.id, it))
        .collect();
    entitlements::attach_to_policy(&tx, &rows)
        .await
        .on_duplicate(already())?;
    let attached = EventName::PolicyEntitlementsAttached;
    let event = told(cx.event(attached.as_str(), NOUN, policy.id.0), &wanted);
    let payload = Payload::PolicyEntitlements(&rows, policy.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Detaches entitlements from the policy with this id, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix or for an environment
/// that doesn't fit, 422 for the first entitlement that isn't attached.
pub async fn detach(cx: &Cx, id: &str, ids: &[EntitlementId]) -> Result<()> {
    let policy = allowed(cx, id, Action::PolicyEntitlementsDetach).await?;

    let tx = cx.begin().await?;
    let policy = policies::lock(&tx, &cx.scope(), policy.id).await?;
    let held = entitlements::held_by_policy(&tx, policy.id, ids).await?;
    let held = detachable(cx, policy.environment_id, ids, held, |held| {
        (held.entitlement_id, held.environment_id)
    })?;
    let known = entitlements::keep(&tx, &Scope::system(cx.account()), ids).await?;
    entitlements::detach_from_policy(&tx, held.iter().map(|held| held.id).collect()).await?;
    let detached = EventName::PolicyEntitlementsDetached;
    let event = told(cx.event(detached.as_str(), NOUN, policy.id.0), &known);
    let payload = Payload::PolicyEntitlements(&held, policy.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(())
}

fn attachment(cx: &Cx, policy: PolicyId, entitlement: &Entitlement) -> PolicyEntitlement {
    PolicyEntitlement {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: cx.environment.id(),
        policy_id: policy,
        entitlement_id: entitlement.id,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

async fn allowed(cx: &Cx, id: &str, action: Action) -> Result<Policy> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(action, policy)?)
}
