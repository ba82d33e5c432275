//! Bans a user from everything, and lifts the ban.

use chrono::{DateTime, Utc};
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::entities::User;
use keystead_store::users;

use super::{Person, person_in};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Bans a user: neither it nor the licenses it owns authenticate from the next request on.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix or for a member of staff.
pub async fn ban(cx: &Cx, id_or_email: &str) -> Result<Person> {
    set(
        cx,
        id_or_email,
        Action::UserBan,
        EventName::UserBanned,
        Some(cx.now),
    )
    .await
}

/// Lifts a ban.
///
/// # Errors
/// As [`ban`].
pub async fn unban(cx: &Cx, id_or_email: &str) -> Result<Person> {
    set(
        cx,
        id_or_email,
        Action::UserUnban,
        EventName::UserUnbanned,
        None,
    )
    .await
}

async fn set(
    cx: &Cx,
    id_or_email: &str,
    action: Action,
    name: EventName,
    banned_at: Option<DateTime<Utc>>,
) -> Result<Person> {
    cx.bearer()?;
    let scope = cx.scope();
    let user = users::find(&cx.db, &scope, id_or_email).await?;
    let id = cx.allow(action, user)?.id;

    let tx = cx.begin().await?;
    let user = users::lock(&tx, &scope, id).await?;
    let user = cx.allow(action, scope.seen(user))?;
    let user = users::update(
        &tx,
        User {
            banned_at,
            updated_at: cx.now,
            ..user
        },
    )
    .await?;
    let event = cx.event(name.as_str(), "users", user.id.0);
    let person = person_in(cx, &tx, user).await?;
    cx.tell(&tx, event, Payload::User(&person)).await?;
    tx.commit().await?;
    Ok(person)
}
