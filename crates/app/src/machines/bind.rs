//! Gives a machine another owner or another group.

use keystead_domain::access::{Action, Scope};
use keystead_domain::event::EventName;
use keystead_domain::{GroupId, LicenseId, MachineId, Refused, UserId};
use keystead_store::entities::Machine;
use keystead_store::machines::{self, Loaded};
use keystead_store::{Tx, diff};

use super::fit::{joins, new_owner, still_fits};
use super::{NOUN, View, show};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A machine whose owner the bearer may change.
#[derive(Debug)]
pub struct Ownable {
    license: LicenseId,
    id: MachineId,
}

/// The machine with this id or fingerprint, if the bearer may change its owner: asked before the
/// body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn ownable(cx: &Cx, id_or_fingerprint: &str) -> Result<Ownable> {
    let machine = show::find(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineOwnerUpdate, machine)?.machine;
    Ok(Ownable {
        license: machine.license_id,
        id: machine.id,
    })
}

/// Gives a machine another owner, or none; one without a group joins its new owner's.
///
/// # Errors
/// 422 when the user can't own it, or the group is full; 404 when the machine is gone by now.
pub async fn change_owner(cx: &Cx, machine: Ownable, owner: Option<UserId>) -> Result<View> {
    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let loaded = machines::lock(&tx, &scope, machine.license, machine.id).await?;
    let mut after = Machine {
        owner_id: owner,
        updated_at: cx.now,
        ..loaded.machine.clone()
    };
    let mut problems = Vec::new();
    if let Some(owner) = owner {
        let license_owner = loaded.terms.license_owner_id;
        let owner = new_owner(cx, &tx, machine.license, license_owner, owner).await?;
        problems.extend(owner.problems);
        if after.group_id.is_none() {
            after.group_id = owner.group;
            if let Some(group) = owner.group {
                problems.extend(joins(cx, &tx, group).await?);
            }
        }
    }
    Refused::unless_empty(problems)?;
    store(cx, tx, loaded, after, EventName::MachineOwnerUpdated).await
}

/// Moves the machine with this id or fingerprint to another group, or out of all.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when there is no such
/// group or it is full.
pub async fn change_group(
    cx: &Cx,
    id_or_fingerprint: &str,
    group: Option<GroupId>,
) -> Result<View> {
    let machine = show::find(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineGroupUpdate, machine)?.machine;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let loaded = machines::lock(&tx, &scope, machine.license_id, machine.id).await?;
    let after = Machine {
        group_id: group,
        updated_at: cx.now,
        ..loaded.machine.clone()
    };
    // Who stays where they are take no place.
    if let Some(group) = group.filter(|_| after.group_id != loaded.machine.group_id) {
        Refused::unless_empty(joins(cx, &tx, group).await?.into_iter().collect())?;
    }
    store(cx, tx, loaded, after, EventName::MachineGroupUpdated).await
}

async fn store(cx: &Cx, tx: Tx, loaded: Loaded, after: Machine, event: EventName) -> Result<View> {
    still_fits(&tx, &loaded.terms, &loaded.machine, &after).await?;
    let row = machines::update(&tx, after).await?;
    let mut event = cx.event(event.as_str(), NOUN, row.id.0);
    event.metadata = Some(diff(&loaded.machine, &row));
    let loaded = Loaded {
        machine: row,
        ..loaded
    };
    let view = View::of(cx, loaded);
    cx.tell(&tx, event, Payload::Machine(&view)).await?;
    tx.commit().await?;
    Ok(view)
}
