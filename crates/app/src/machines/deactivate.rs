//! Deactivates a machine: its seat is free again.

use keystead_domain::access::{Action, Scope};
use keystead_domain::event::EventName;
use keystead_domain::{At, Code};
use keystead_store::machines::{self, load};

use super::activate::activation_token;
use super::{NOUN, View, show};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the machine with this id or fingerprint, and gives back what it took of its license.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when the token in use
/// may deactivate no more.
pub async fn deactivate(cx: &Cx, id_or_fingerprint: &str) -> Result<()> {
    let machine = show::find(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineDelete, machine)?.machine;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let machine = machines::lock(&tx, &scope, machine.license_id, machine.id).await?;
    if let Some(token) = activation_token(cx)
        && !machines::count_deactivation(&tx, token, cx.now).await?
    {
        let (_, most) = machines::counted_most(&tx, token).await?;
        let detail = format!("exceeds maximum allowed ({})", most.unwrap_or(0));
        let at = At::Attribute("deactivations".into());
        return Err(Code::DeactivationsLimitExceeded.says(detail, at).into());
    }
    let view = View::of(cx, machine);
    let machine = &view.loaded.machine;
    let event = cx.event(EventName::MachineDeleted.as_str(), NOUN, machine.id.0);
    cx.tell(&tx, event, Payload::Machine(&view)).await?;
    machines::delete(&tx, machine.id).await?;
    machines::give_back(&tx, machine.license_id, load(machine), cx.now).await?;
    tx.commit().await?;
    Ok(())
}
