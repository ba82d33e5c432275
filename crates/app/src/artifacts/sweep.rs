//! Looks for objects that are waited for, and for those that nobody knows any more.

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use keystead_domain::ArtifactId;
use keystead_domain::access::Scope;
use keystead_domain::event::EventName;
use keystead_domain::words::ArtifactStatus;
use keystead_storage::{Key, Object};
use keystead_store::entities::Artifact;
use keystead_store::{Tx, artifacts};

use super::receive::{arrived, tell};
use super::{UPLOAD_TTL, key};
use crate::{App, Error, Result};

/// Files looked at in one statement.
const BATCH: u64 = 200;

/// How old an object must be to be one that nobody knows: its file is made before it. Also how long
/// a file may be looked into, whose job tries for two hours.
const FORGOTTEN_HOURS: i64 = 24;

/// Looks for the objects of files that wait. Those that are there are uploaded, those that don't
/// come within the time of their URL have failed. How many were settled.
///
/// # Errors
/// When storage or database fail; what was committed before stays done.
pub async fn sweep(app: &App, now: DateTime<Utc>) -> Result<u64> {
    let (mut after, mut settled) = (None, 0);
    loop {
        let waiting = artifacts::waiting(&app.db, after, BATCH).await?;
        let Some(last) = waiting.last() else {
            return Ok(settled);
        };
        after = Some((last.created_at, last.id));
        for artifact in waiting {
            if artifact.status == ArtifactStatus::Processing {
                settled += u64::from(give_up(app, artifact, now).await?);
                continue;
            }
            let found = app.storage.head(key(&artifact)).await;
            let object = found.map_err(Error::failed)?;
            settled += u64::from(settle(app, artifact, object, now).await?);
        }
    }
}

/// Fails a file that is looked into for so long that whoever did it must have been lost.
async fn give_up(app: &App, artifact: Artifact, now: DateTime<Utc>) -> Result<bool> {
    let patience = TimeDelta::hours(FORGOTTEN_HOURS);
    if now - artifact.updated_at <= patience {
        return Ok(false);
    }
    let tx = app.db.begin().await?;
    let scope = Scope::system(artifact.account_id);
    let Ok(artifact) = artifacts::lock(&tx, &scope, artifact.id).await else {
        return Ok(false);
    };
    if artifact.status != ArtifactStatus::Processing {
        return Ok(false);
    }
    fail(app, &tx, artifact, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn fail(app: &App, tx: &Tx, mut artifact: Artifact, now: DateTime<Utc>) -> Result<()> {
    artifact.status = ArtifactStatus::Failed;
    artifact.updated_at = now;
    let artifact = artifacts::update(tx, artifact).await?;
    let failed = [EventName::ArtifactUploadFailed];
    tell(app, tx, artifact, &failed, None, now).await
}

async fn settle(
    app: &App,
    artifact: Artifact,
    object: Option<Object>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let patience = TimeDelta::from_std(UPLOAD_TTL).unwrap_or_default();
    if object.is_none() && now - artifact.updated_at <= patience {
        return Ok(false);
    }
    let tx = app.db.begin().await?;
    let scope = Scope::system(artifact.account_id);
    let Ok(artifact) = artifacts::lock(&tx, &scope, artifact.id).await else {
        return Ok(false);
    };
    if artifact.status != ArtifactStatus::Waiting {
        return Ok(false);
    }
    match object {
        Some(object) => arrived(app, &tx, artifact, &object, now).await?,
        None => fail(app, &tx, artifact, now).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Removes objects whose files went with their release, product or account, and what uploads left
/// that broke off. How many objects were removed.
///
/// # Errors
/// When storage or database fail; what was removed before is gone.
pub async fn tidy(app: &App, now: DateTime<Utc>) -> Result<u64> {
    let before = now - TimeDelta::hours(FORGOTTEN_HOURS);
    app.storage.tidy(before).await.map_err(Error::failed)?;
    let listed = app.storage.list().await.map_err(Error::failed)?;
    let batches = listed.try_chunks(usize::try_from(BATCH).unwrap_or(usize::MAX));
    futures::pin_mut!(batches);
    let mut removed = 0;
    while let Some(batch) = batches
        .try_next()
        .await
        .map_err(|broken| Error::failed(broken.1))?
    {
        let old: Vec<Key> = batch
            .into_iter()
            .filter(|(_, written)| *written < before)
            .map(|(key, _)| key)
            .collect();
        removed += forget(app, &old).await?;
    }
    Ok(removed)
}

async fn forget(app: &App, keys: &[Key]) -> Result<u64> {
    if keys.is_empty() {
        return Ok(0);
    }
    let ids = keys.iter().map(|key| ArtifactId(key.object));
    let known = artifacts::known(&app.db, ids).await?;
    let mut removed = 0;
    for key in keys {
        if !known.contains(&ArtifactId(key.object)) {
            app.storage.delete(*key).await.map_err(Error::failed)?;
            removed += 1;
        }
    }
    Ok(removed)
}
