//! Shows one of requests that were answered.

use keystead_domain::access::Action;
use keystead_store::entities::RequestLog;
use keystead_store::request_logs;

use crate::{Cx, Result};

/// The request with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<RequestLog> {
    cx.bearer()?;
    let found = request_logs::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::RequestLogShow, found)?)
}
