//! What attaching entitlements to policies and to licenses have in common.

use std::collections::BTreeMap;

use keystead_domain::access::{Bond, Scope, allow_attached};
use keystead_domain::{At, Code, EntitlementId, EnvironmentId, Kind, Problem};
use keystead_store::entities::{Entitlement, Event};
use keystead_store::{Tx, entitlements};
use serde_json::json;

use crate::{Cx, Result};

/// The entitlements that a body names, in its order, for a record in the environment `parent`.
/// None of them goes before the transaction ends.
///
/// # Errors
/// 403 when one is in an environment that doesn't fit, 422 for the first that there is not.
pub(crate) async fn named(
    cx: &Cx,
    tx: &Tx,
    parent: Option<EnvironmentId>,
    ids: &[EntitlementId],
) -> Result<Vec<Entitlement>> {
    let found = entitlements::keep(tx, &Scope::system(cx.account()), ids).await?;
    let environments: Vec<_> = found.iter().map(|found| found.environment_id).collect();
    let bond = Bond {
        parent,
        children: &environments,
    };
    allow_attached(&cx.environment, bond)?;

    let found: BTreeMap<_, _> = found.into_iter().map(|found| (found.id, found)).collect();
    let wanted = ids.iter().map(|id| {
        found
            .get(id)
            .cloned()
            .ok_or_else(|| about(Code::EntitlementNotFound))
    });
    Ok(wanted.collect::<Result<_, _>>()?)
}

/// The attachments that are to be removed: one for each entitlement of a body.
///
/// # Errors
/// 422 for the first entitlement that isn't attached, 403 when an attachment of a record in
/// `parent` is in an environment that doesn't fit.
pub(crate) fn detachable<T>(
    cx: &Cx,
    parent: Option<EnvironmentId>,
    ids: &[EntitlementId],
    attached: Vec<T>,
    facts: impl Fn(&T) -> (EntitlementId, Option<EnvironmentId>),
) -> Result<Vec<T>> {
    let environments: Vec<_> = attached.iter().map(|row| facts(row).1).collect();
    let bond = Bond {
        parent,
        children: &environments,
    };
    allow_attached(&cx.environment, bond)?;
    for (index, id) in ids.iter().enumerate() {
        if attached.iter().all(|row| facts(row).0 != *id) {
            return Err(not_attached(index, *id).into());
        }
    }
    Ok(attached)
}

/// An entitlement is attached already.
pub(crate) fn already() -> Problem {
    about(Code::EntitlementTaken)
}

/// The license holds the entitlement through its policy.
pub(crate) fn through_policy() -> Problem {
    about(Code::EntitlementConflict)
}

fn about(code: Code) -> Problem {
    code.at(At::Relationship("entitlement".into()))
}

/// The entitlement at this index of a body isn't attached.
fn not_attached(index: usize, id: EntitlementId) -> Problem {
    let detail = format!("cannot detach entitlement '{id}' (entitlement is not attached)");
    Problem::new(Kind::UnprocessableEntity, detail).at(At::Path(format!("data/{index}")))
}

/// The event, with the codes of the entitlements it is about.
pub(crate) fn told(event: Event, entitlements: &[Entitlement]) -> Event {
    let codes: Vec<_> = entitlements.iter().map(|known| &known.code).collect();
    Event {
        metadata: Some(json!({ "codes": codes })),
        ..event
    }
}
