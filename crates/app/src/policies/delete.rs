//! Deletes a policy.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::policies;

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the policy with this id, and its licenses, machines and tokens.
///
/// All of it goes in the one transaction of the request: a policy with some hundred thousand
/// licenses takes longer than a request may. Then nothing is changed, and licenses have to be
/// deleted first.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    let policy = cx.allow(Action::PolicyDelete, policy)?;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::PolicyDeleted.as_str(), NOUN, policy.id.0);
    cx.tell(&tx, event, Payload::Policy(&policy)).await?;
    policies::delete(&tx, &policy).await?;
    tx.commit().await?;
    Ok(())
}
