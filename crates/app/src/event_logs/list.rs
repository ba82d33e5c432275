//! Lists events that happened.

use keystead_domain::access::Action;
use keystead_store::entities::Event;
use keystead_store::events::{self, Filter};
use keystead_store::page::{Direction, Page, Slice};

use crate::{Cx, Result};

/// The events the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Event>> {
    let scope = cx.allow_list(Action::EventLogList)?;
    Ok(events::list(&cx.db, &scope, filter, page, direction).await?)
}
