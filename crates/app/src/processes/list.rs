//! Lists processes.

use keystead_domain::access::{Action, Scope};
use keystead_store::machines::Silence;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::parts;
use keystead_store::processes::{self, Filter};

use super::View;
use crate::machines::show::find as find_machine;
use crate::{Cx, Result};

/// The processes that the bearer sees and `filter` lets through, a page at a time. `status` is
/// `alive` or `dead`; any other is nobody's.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: parts::Filter,
    status: Option<&str>,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let scope = cx.allow_list(Action::ProcessList)?;
    read(cx, &scope, filter, status, page, direction).await
}

/// The processes of the machine with this id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine, 403 by the access matrix.
pub async fn list_of_machine(
    cx: &Cx,
    id_or_fingerprint: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let machine = find_machine(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineProcesses, machine)?.machine.id;
    let filter = parts::Filter {
        machine: Some(machine.to_string()),
        ..parts::Filter::default()
    };
    read(cx, &cx.scope(), filter, None, page, direction).await
}

async fn read(
    cx: &Cx,
    scope: &Scope,
    of: parts::Filter,
    status: Option<&str>,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let silence = status.map(|status| Silence {
        dead: match status.to_ascii_lowercase().as_str() {
            "dead" => Some(true),
            "alive" => Some(false),
            _ => None,
        },
        now: cx.now,
        gaps: cx.hearts.gaps().to_vec(),
    });
    let filter = Filter { of, silence };
    let slice = processes::list(&cx.db, scope, &filter, page, direction).await?;
    let slice = cx.allow_each(Action::ProcessShow, scope, slice)?;
    Ok(slice.map(|loaded| View::of(cx, loaded)))
}
