//! Deletes an entitlement.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::entitlements;

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the entitlement with this id or code, from policies and licenses too.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_code: &str) -> Result<()> {
    cx.bearer()?;
    let entitlement = entitlements::find(&cx.db, &cx.scope(), id_or_code).await?;
    let entitlement = cx.allow(Action::EntitlementDelete, entitlement)?;

    let tx = cx.begin().await?;
    let deleted = EventName::EntitlementDeleted.as_str();
    let event = cx.event(deleted, NOUN, entitlement.id.0);
    cx.tell(&tx, event, Payload::Entitlement(&entitlement))
        .await?;
    entitlements::delete(&tx, entitlement.id).await?;
    tx.commit().await?;
    Ok(())
}
