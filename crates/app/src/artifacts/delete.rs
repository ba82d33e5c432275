//! Deletes a file: at once for everybody, its object as soon as the storage lets go of it.

use keystead_domain::ArtifactId;
use keystead_domain::access::{Action, Scope};
use keystead_domain::event::EventName;
use keystead_domain::words::ArtifactStatus;
use keystead_jobs::{Job, new_job};
use keystead_store::artifacts::{self, Filter};
use keystead_store::entities::Artifact;
use keystead_store::{Tx, outbox};
use serde::{Deserialize, Serialize};

use super::{NOUN, key, show::find, with};
use crate::herald::Payload;
use crate::{App, CHORES, Cx, Error, Result};

/// The job of [`clear`], written with the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clear {
    /// The file that was deleted.
    pub artifact: ArtifactId,
}

impl Job for Clear {
    const KIND: &'static str = "artifacts.clear";
    const QUEUE: &'static str = CHORES;
}

/// Takes the file with this id or name away. Its row goes with its object: while the storage is
/// out of order it stays, yanked.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, name: &str, filter: &Filter) -> Result<()> {
    cx.bearer()?;
    let found = find(cx, name, filter, Action::ArtifactDelete).await?;
    let artifact = found.artifact.id;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let row = artifacts::lock(&tx, &scope, artifact).await?;
    let gone = with(found, row.clone());
    let event = cx.event(EventName::ArtifactDeleted.as_str(), NOUN, artifact.0);
    cx.tell(&tx, event, Payload::Artifact(&gone)).await?;
    yank(cx, &tx, row).await?;
    tx.commit().await?;
    soon(cx, artifact).await;
    Ok(())
}

/// Nobody gets the file any more, and a job clears it away.
pub(crate) async fn yank(cx: &Cx, tx: &Tx, mut artifact: Artifact) -> Result<()> {
    artifact.status = ArtifactStatus::Yanked;
    artifact.updated_at = cx.now;
    let job = new_job(&Clear {
        artifact: artifact.id,
    });
    artifacts::update(tx, artifact).await?;
    outbox::put(tx, cx.now, &[job]).await?;
    Ok(())
}

/// Clears a file away right after it was yanked, so that its name is free. If it doesn't work out,
/// the job tries again.
pub(crate) async fn soon(cx: &Cx, artifact: ArtifactId) {
    if let Err(error) = clear(cx, artifact).await {
        tracing::warn!(%error, %artifact, "an object can't be removed yet");
    }
}

/// Removes the object of a yanked file, then its row. Calling it again does no harm.
///
/// # Errors
/// When the storage or the database fails.
pub async fn clear(app: &App, artifact: ArtifactId) -> Result<()> {
    let Some(row) = artifacts::by_id(&app.db, artifact).await? else {
        return Ok(());
    };
    if row.status != ArtifactStatus::Yanked {
        return Ok(());
    }
    app.storage.delete(key(&row)).await.map_err(Error::failed)?;
    let tx = app.db.begin().await?;
    artifacts::delete(&tx, artifact).await?;
    tx.commit().await?;
    Ok(())
}
