//! Receives and serves objects under URLs that this server signed.

use chrono::{DateTime, Utc};
use keystead_domain::access::Scope;
use keystead_domain::event::EventName;
use keystead_domain::release::processing;
use keystead_domain::words::ArtifactStatus;
use keystead_domain::{ArtifactId, Kind, Problem, Refused};
use keystead_jobs::new_job;
use keystead_storage::{Bytestream, Grant, Local, Object};
use keystead_store::artifacts::{self, Loaded};
use keystead_store::entities::{Artifact, Event};
use keystead_store::{Tx, manifests, outbox, packages, releases};
use serde_json::json;

use super::process::Process;
use super::{event, key, with};
use crate::herald::{Payload, Told};
use crate::{App, Error, Result};

/// An object that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// What it is.
    pub object: Object,
}

/// Takes an upload in. It is there for everybody when this returns, and not at all when it fails.
///
/// # Errors
/// 404 when the file is gone, 409 when it has its object already; when the bytes break off or are
/// too many, or disk or database fail.
pub async fn receive(
    app: &App,
    local: &Local,
    grant: &Grant,
    bytes: Bytestream,
    content_type: Option<String>,
    now: DateTime<Utc>,
) -> Result<Received> {
    let found = artifacts::by_id(&app.db, ArtifactId(grant.key.object)).await?;
    let found = found.filter(|artifact| key(artifact) == grant.key);
    let found = found.ok_or_else(|| Refused::missing("object"))?;
    expect(&found, grant.replaces)?;
    // Outside of any transaction: bytes may come for hours.
    let staged = local
        .stage(bytes, app.settings.max_object_bytes)
        .await
        .map_err(Error::failed)?;

    let tx = app.db.begin().await?;
    let scope = Scope::system(found.account_id);
    let artifact = artifacts::lock(&tx, &scope, found.id).await?;
    // Of several who upload the same file at once, the first that is whole is the one.
    expect(&artifact, grant.replaces)?;
    local
        .keep(&staged, grant.key)
        .await
        .map_err(Error::failed)?;
    let object = Object {
        content_type,
        ..staged.object.clone()
    };
    arrived(app, &tx, artifact, &object, now).await?;
    // If this fails, the object lies there with its file waiting: the sweep finds it.
    tx.commit().await?;
    Ok(Received { object })
}

/// A file takes one object, unless the URL says that it replaces it.
fn expect(artifact: &Artifact, replaces: bool) -> Result<(), Refused> {
    match artifact.status {
        ArtifactStatus::Waiting => Ok(()),
        ArtifactStatus::Uploaded | ArtifactStatus::Failed if replaces => Ok(()),
        ArtifactStatus::Yanked => Err(Refused::missing("object")),
        _ => {
            let detail = "The object is there already: delete the artifact and create it again";
            Err(Problem::new(Kind::Conflict, detail).into())
        }
    }
}

/// Notes that a file's object is there, and tells of it. Packages are looked into first, which a job
/// does that is written here.
pub(super) async fn arrived(
    app: &App,
    tx: &Tx,
    mut artifact: Artifact,
    object: &Object,
    now: DateTime<Utc>,
) -> Result<()> {
    let scope = Scope::system(artifact.account_id);
    let engine = packages::engine_by_release(tx, &scope, artifact.release_id).await?;
    let format = processing::format(engine, artifact.filetype.as_deref());
    if artifact.status != ArtifactStatus::Waiting {
        manifests::forget(tx, artifact.id).await?;
    }
    let (status, names): (_, &[EventName]) = match format {
        Some(_) => (
            ArtifactStatus::Processing,
            &[EventName::ArtifactUploadProcessing],
        ),
        None => (
            ArtifactStatus::Uploaded,
            &[
                EventName::ArtifactUploadSucceeded,
                EventName::ArtifactUploaded,
            ],
        ),
    };
    artifact.status = status;
    artifact.content_length = i64::try_from(object.size_bytes).ok();
    artifact.content_type.clone_from(&object.content_type);
    artifact.etag.clone_from(&object.etag);
    artifact.updated_at = now;
    let artifact = artifacts::update(tx, artifact).await?;
    if let Some(format) = format {
        let artifact = artifact.id;
        outbox::put(tx, now, &[new_job(&Process { artifact, format })]).await?;
    }
    tell(app, tx, artifact, names, None, now).await
}

/// Tells of a file's upload, and why it failed if somebody can mend that: nobody's doing.
pub(super) async fn tell(
    app: &App,
    tx: &Tx,
    artifact: Artifact,
    names: &[EventName],
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let scope = Scope::system(artifact.account_id);
    let release = releases::by_ids(tx, &scope, [artifact.release_id]).await?;
    let Some(release) = release.into_iter().next() else {
        return Ok(());
    };
    let loaded = with(
        Loaded {
            artifact: artifact.clone(),
            release,
        },
        artifact,
    );
    let events: Vec<_> = names
        .iter()
        .map(|name| Event {
            metadata: reason.map(|reason| json!({ "reason": reason })),
            ..event(app, &loaded.artifact, *name, now)
        })
        .collect();
    let told: Vec<_> = events
        .iter()
        .map(|event| Told {
            event,
            payload: Payload::Artifact(&loaded),
        })
        .collect();
    Ok(app.herald.tell(tx, &told, now).await?)
}

/// The file whose object somebody has a URL to, if it is there to be had.
///
/// # Errors
/// 404 when it isn't; when the database fails.
pub async fn open(app: &App, grant: &Grant) -> Result<Artifact> {
    let found = artifacts::by_id(&app.db, ArtifactId(grant.key.object)).await?;
    let found = found.filter(|artifact| {
        key(artifact) == grant.key && artifact.status == ArtifactStatus::Uploaded
    });
    Ok(found.ok_or_else(|| Refused::missing("object"))?)
}
