//! Shows a process.

use keystead_domain::Refused;
use keystead_domain::access::{Action, Seen};
use keystead_store::processes::{self, Loaded};

use super::View;
use crate::machines::show::find as find_machine;
use crate::{Cx, Result};

/// The process with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<View> {
    let process = find(cx, id).await?;
    Ok(View::of(cx, cx.allow(Action::ProcessShow, process)?))
}

/// The process with this id, if it is the machine's.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine or it hasn't the process, 403 by the access
/// matrix.
pub async fn show_of_machine(cx: &Cx, id_or_fingerprint: &str, id: &str) -> Result<View> {
    let machine = find_machine(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineProcesses, machine)?.machine.id;
    let process = show(cx, id).await?;
    match process.loaded.process.machine_id == machine {
        true => Ok(process),
        false => Err(Refused::not_found("machine process", id).into()),
    }
}

/// The process with this id, as the bearer sees it.
pub(super) async fn find(cx: &Cx, id: &str) -> Result<Seen<Loaded>> {
    cx.bearer()?;
    Ok(processes::find(&cx.db, &cx.scope(), id).await?)
}
