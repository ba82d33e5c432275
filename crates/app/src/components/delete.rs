//! Removes a component from its machine.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::components;

use super::NOUN;
use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the component with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id: &str) -> Result<()> {
    let component = find(cx, id).await?;
    let component = cx.allow(Action::ComponentDelete, component)?;
    let id = component.component.id;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::ComponentDeleted.as_str(), NOUN, id.0);
    cx.tell(&tx, event, Payload::Component(&component)).await?;
    components::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(())
}
