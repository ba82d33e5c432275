//! Attaches entitlements that a release asks for, and detaches them.

use keystead_domain::access::{Action, Bond, Scope, Tied, allow_attached};
use keystead_domain::event::EventName;
use keystead_domain::{At, ConstraintId, EntitlementId, Kind, Problem};
use keystead_store::entities::Constraint;
use keystead_store::releases::Filter;
use keystead_store::{OnDuplicate, constraints, releases};

use super::NOUN;
use super::create::constraint;
use super::show::find;
use crate::entitlements::{already, named, told};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Makes a release ask for entitlements, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix or for an environment
/// that doesn't fit, 422 for the first entitlement that there is not or that is asked for already.
pub async fn attach(cx: &Cx, name: &str, ids: &[EntitlementId]) -> Result<Vec<Constraint>> {
    cx.bearer()?;
    let action = Action::ReleaseConstraintsAttach;
    let release = find(cx, name, &Filter::default(), action).await?;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let release = releases::lock(&tx, &scope, release.id).await?;
    let wanted = named(cx, &tx, release.environment_id, ids).await?;
    let asked = constraints::of_releases(&tx, &[release.id]).await?;
    for (index, id) in ids.iter().enumerate() {
        if asked.iter().any(|(_, asked)| asked == id) || ids[..index].contains(id) {
            return Err(already().into());
        }
    }
    let rows: Vec<_> = ids.iter().map(|id| constraint(cx, &release, *id)).collect();
    constraints::insert(&tx, &rows)
        .await
        .on_duplicate(already())?;
    let name = EventName::ReleaseConstraintsAttached.as_str();
    let event = told(cx.event(name, NOUN, release.id.0), &wanted);
    let payload = Payload::ReleaseConstraints(&rows, release.tie());
    cx.tell(&tx, event, payload).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Makes a release ask no longer for what these constraints ask for, all or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix or for an environment
/// that doesn't fit, 422 for the first that isn't the release's.
pub async fn detach(cx: &Cx, name: &str, ids: &[ConstraintId]) -> Result<()> {
    cx.bearer()?;
    let action = Action::ReleaseConstraintsDetach;
    let release = find(cx, name, &Filter::default(), action).await?;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let release = releases::lock(&tx, &scope, release.id).await?;
    let rows = constraints::among(&tx, &scope, release.id, ids).await?;
    for (index, id) in ids.iter().enumerate() {
        if rows.iter().all(|row| row.id != *id) {
            return Err(not_attached(index, *id).into());
        }
    }
    let environments: Vec<_> = rows.iter().map(|row| row.environment_id).collect();
    let bond = Bond {
        parent: release.environment_id,
        children: &environments,
    };
    allow_attached(&cx.environment, bond)?;
    let name = EventName::ReleaseConstraintsDetached.as_str();
    let event = cx.event(name, NOUN, release.id.0);
    let payload = Payload::ReleaseConstraints(&rows, release.tie());
    cx.tell(&tx, event, payload).await?;
    constraints::delete(&tx, ids).await?;
    tx.commit().await?;
    Ok(())
}

/// The constraint at this index of a body isn't the release's.
fn not_attached(index: usize, id: ConstraintId) -> Problem {
    let detail = format!("cannot detach constraint '{id}' (constraint is not attached)");
    Problem::new(Kind::UnprocessableEntity, detail).at(At::Path(format!("data/{index}")))
}
