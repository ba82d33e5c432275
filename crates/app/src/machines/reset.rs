//! Resets a machine's heart: it has not beat yet.

use keystead_domain::access::{Action, Scope};
use keystead_domain::event::EventName;
use keystead_store::heartbeats;
use keystead_store::machines::{self};

use super::fit::still_fits;
use super::{NOUN, View, show};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Forgets the beats of the machine with this id or fingerprint. Where heartbeats are required,
/// one that is older than its window is dead at once.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when it no longer fits
/// its license's limits.
pub async fn reset(cx: &Cx, id_or_fingerprint: &str) -> Result<View> {
    let machine = show::find(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineReset, machine)?.machine;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut loaded = machines::lock(&tx, &scope, machine.license_id, machine.id).await?;
    still_fits(&tx, &loaded.terms, &loaded.machine, &loaded.machine).await?;
    loaded.pulse.last_at = None;
    loaded.pulse.due_at = loaded.heart().deadline();
    loaded.machine.updated_at = cx.now;
    heartbeats::reset(&tx, machine.id, loaded.pulse.due_at).await?;
    machines::touch(&tx, machine.id, cx.now).await?;
    let event = cx.event(
        EventName::MachineHeartbeatReset.as_str(),
        NOUN,
        machine.id.0,
    );
    let view = View::of(cx, loaded);
    cx.tell(&tx, event, Payload::Machine(&view)).await?;
    tx.commit().await?;
    Ok(view)
}
