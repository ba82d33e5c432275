//! Shows a component.

use keystead_domain::Refused;
use keystead_domain::access::{Action, Seen};
use keystead_store::components::{self, Loaded};

use crate::machines::show::find as find_machine;
use crate::{Cx, Result};

/// The component with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<Loaded> {
    let component = find(cx, id).await?;
    Ok(cx.allow(Action::ComponentShow, component)?)
}

/// The component with this id, if it is the machine's.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine or it hasn't the component, 403 by the access
/// matrix.
pub async fn show_of_machine(cx: &Cx, id_or_fingerprint: &str, id: &str) -> Result<Loaded> {
    let machine = find_machine(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineComponents, machine)?.machine.id;
    let component = show(cx, id).await?;
    match component.component.machine_id == machine {
        true => Ok(component),
        false => Err(Refused::not_found("machine component", id).into()),
    }
}

/// The component with this id, as the bearer sees it.
pub(super) async fn find(cx: &Cx, id: &str) -> Result<Seen<Loaded>> {
    cx.bearer()?;
    Ok(components::find(&cx.db, &cx.scope(), id).await?)
}
