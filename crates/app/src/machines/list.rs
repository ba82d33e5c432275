//! Lists machines.

use keystead_domain::access::{Action, Scope};
use keystead_store::machines::{self, Filter, Silence};
use keystead_store::page::{Direction, Page, Slice};

use super::View;
use crate::licenses::show::find as find_license;
use crate::{Cx, Result};

/// The machines that the bearer sees and `filter` lets through, a page at a time. `status` is
/// `dead`, or `alive` for those that are not; any other is nobody's.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: Filter,
    status: Option<&str>,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let scope = cx.allow_list(Action::MachineList)?;
    read(cx, &scope, filter, status, page, direction).await
}

/// The machines of the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn list_of_license(
    cx: &Cx,
    id_or_key: &str,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let license = find_license(cx, id_or_key).await?;
    let license = cx.allow(Action::LicenseMachines, license)?.license.id;
    let filter = Filter {
        license: Some(license.to_string()),
        ..filter
    };
    read(cx, &cx.scope(), filter, None, page, direction).await
}

async fn read(
    cx: &Cx,
    scope: &Scope,
    filter: Filter,
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
    let filter = Filter { silence, ..filter };
    let slice = machines::list(&cx.db, scope, &filter, page, direction).await?;
    let slice = cx.allow_each(Action::MachineShow, scope, slice)?;
    Ok(slice.map(|loaded| View::of(cx, loaded)))
}
