//! Lists components.

use keystead_domain::access::Action;
use keystead_store::components::{self, Loaded};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::parts::Filter;

use crate::machines::show::find as find_machine;
use crate::{Cx, Result};

/// The components that the bearer sees and `filter` lets through, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let scope = cx.allow_list(Action::ComponentList)?;
    let slice = components::list(&cx.db, &scope, &filter, page, direction).await?;
    cx.allow_each(Action::ComponentShow, &scope, slice)
}

/// The components of the machine with this id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine, 403 by the access matrix.
pub async fn list_of_machine(
    cx: &Cx,
    id_or_fingerprint: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let machine = find_machine(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineComponents, machine)?.machine.id;
    let filter = Filter {
        machine: Some(machine.to_string()),
        ..Filter::default()
    };
    let scope = cx.scope();
    let slice = components::list(&cx.db, &scope, &filter, page, direction).await?;
    cx.allow_each(Action::ComponentShow, &scope, slice)
}
