//! Shows one of events that happened.

use keystead_domain::access::Action;
use keystead_store::entities::Event;
use keystead_store::events;

use crate::{Cx, Result};

/// The event with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id: &str) -> Result<Event> {
    cx.bearer()?;
    let found = events::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(Action::EventLogShow, found)?)
}
