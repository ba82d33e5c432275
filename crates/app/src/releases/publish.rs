//! Publishes a release, or takes it back (distribution reference §1.5). Both may be repeated.

use keystead_domain::access::{Action, Scope};
use keystead_domain::event::EventName;
use keystead_domain::words::ReleaseStatus;
use keystead_store::entities::Release;
use keystead_store::releases::{self, Filter};

use super::NOUN;
use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Publishes a release, from whatever state. When it was yanked last is kept.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn publish(cx: &Cx, name: &str) -> Result<Release> {
    turn(
        cx,
        name,
        Action::ReleasePublish,
        EventName::ReleasePublished,
        |release| {
            release.status = ReleaseStatus::Published;
        },
    )
    .await
}

/// Takes a release back: it is no longer there to be had.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn yank(cx: &Cx, name: &str) -> Result<Release> {
    let now = cx.now;
    turn(
        cx,
        name,
        Action::ReleaseYank,
        EventName::ReleaseYanked,
        |release| {
            release.status = ReleaseStatus::Yanked;
            release.yanked_at = Some(now);
        },
    )
    .await
}

async fn turn(
    cx: &Cx,
    name: &str,
    action: Action,
    event: EventName,
    change: impl FnOnce(&mut Release),
) -> Result<Release> {
    cx.bearer()?;
    let release = find(cx, name, &Filter::default(), action).await?;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut release = releases::lock(&tx, &scope, release.id).await?;
    change(&mut release);
    release.updated_at = cx.now;
    let release = releases::update(&tx, release).await?;
    let event = cx.event(event.as_str(), NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    tx.commit().await?;
    Ok(release)
}
