//! Lists requests that were answered.

use keystead_domain::access::Action;
use keystead_store::entities::RequestLog;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::request_logs::{self, Filter};

use crate::{Cx, Result};

/// The requests the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<RequestLog>> {
    let scope = cx.allow_list(Action::RequestLogList)?;
    Ok(request_logs::list(&cx.db, &scope, filter, page, direction).await?)
}
