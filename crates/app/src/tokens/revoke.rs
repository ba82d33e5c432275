//! Revokes a token.

use keystead_domain::EnvironmentId;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::tokens;

use crate::herald::Payload;
use crate::{Cx, Result, sessions};

/// Removes the token with this id, and its sessions: it opens nothing from the next request on.
///
/// Logging out is revoking the token of one's own session: then the environments are told whose
/// cookies go.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn revoke(cx: &Cx, id: &str) -> Result<Vec<Option<EnvironmentId>>> {
    cx.bearer()?;
    let token = tokens::find(&cx.db, &cx.scope(), id).await?;
    let issued = cx.allow(Action::TokenRevoke, token)?;
    let token = &issued.token;
    let ended = sessions::ending(cx, token).await?;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::TokenRevoked.as_str(), "tokens", token.id.0);
    cx.tell(&tx, event, Payload::Token(&issued)).await?;
    tokens::delete(&tx, token.id).await?;
    tx.commit().await?;
    Ok(ended)
}
