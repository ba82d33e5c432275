//! Looks into uploaded packages, so that indexes can tell what they are (distribution reference §8).
//!
//! A package comes from a stranger: it is read once, piece by piece, within limits, and on a thread
//! where nobody waits for it.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use chrono::{DateTime, Utc};
use futures::StreamExt;
use keystead_domain::ArtifactId;
use keystead_domain::access::Scope;
use keystead_domain::event::EventName;
use keystead_domain::release::processing::{Format, MANIFEST_SIZES};
use keystead_domain::words::ArtifactStatus;
use keystead_formats::{gem, npm};
use keystead_jobs::Job;
use keystead_signing::digest::{sha256, sha512};
use keystead_storage::Bytestream;
use keystead_store::entities::{Artifact, Manifest};
use keystead_store::{artifacts, manifests};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::key;
use super::receive::tell;
use crate::{App, Error, PACKAGES, Result};

/// Pieces of an object that are on their way to who reads it.
const PIECES: usize = 4;

/// The job of [`process`], written with the arrival of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The file.
    pub artifact: ArtifactId,
    /// What it is taken for.
    pub format: Format,
}

impl Job for Process {
    const KIND: &'static str = "artifacts.process";
    const QUEUE: &'static str = PACKAGES;
}

/// What a file says of itself.
#[derive(Debug)]
struct Said {
    path: String,
    content_type: &'static str,
    digest: String,
    content: String,
    facts: Option<Value>,
}

/// Looks into a file and keeps what it says of itself: then it is there to be had, and else it has
/// failed for good. Calling it again does no harm.
///
/// # Errors
/// When storage or database fail. A storage that still fails at the `last` try fails the file, so
/// that nobody waits for it.
pub async fn process(app: &App, job: Process, last: bool, now: DateTime<Utc>) -> Result<()> {
    let Some(artifact) = artifacts::by_id(&app.db, job.artifact).await? else {
        return Ok(());
    };
    if artifact.status != ArtifactStatus::Processing {
        return Ok(());
    }
    let said = match read(app, &artifact, job.format).await {
        Err(error) if last => {
            tracing::error!(%error, artifact = %artifact.id, "an object can't be looked into");
            Err("its object can't be read".to_owned())
        }
        said => said?,
    };
    settle(app, &artifact, said, now).await
}

/// What a file says of itself, or why it can't be understood.
async fn read(app: &App, artifact: &Artifact, format: Format) -> Result<Result<Said, String>> {
    let reading = app.storage.get(key(artifact), None).await;
    let Some(reading) = reading.map_err(Error::failed)? else {
        return Ok(Err("its object is gone".to_owned()));
    };
    let sizes = format.sizes();
    if !sizes.contains(&reading.object.size_bytes) {
        let (least, most) = sizes.into_inner();
        return Ok(Err(format!("it must have {least} to {most} bytes")));
    }
    let (pieces, received) = mpsc::channel(PIECES);
    let reader = Pieces {
        received,
        current: Bytes::new(),
    };
    let understood = spawn_blocking(move || understand(format, reader));
    let sent = send(reading.bytes, pieces).await;
    let understood = understood.await.map_err(Error::failed)?;
    // What breaks off because the storage failed is nobody's mistake but the storage's.
    sent.map_err(Error::failed)?;
    Ok(understood)
}

/// Hands on the pieces of an object until its reader knows enough.
async fn send(mut bytes: Bytestream, pieces: mpsc::Sender<Bytes>) -> io::Result<()> {
    while let Some(piece) = bytes.next().await {
        if pieces.send(piece?).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// The pieces of an object as they come. They end early when whoever sends them gives up.
struct Pieces {
    received: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.received.blocking_recv() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        let most = self.current.len().min(buffer.len());
        self.current.copy_to_slice(&mut buffer[..most]);
        Ok(most)
    }
}

fn understand(format: Format, package: impl Read) -> Result<Said, String> {
    let said = match format {
        Format::Npm => npm::manifest(package).map(|content| Said {
            path: "package.json".to_owned(),
            content_type: "application/vnd.npm.install-v1+json",
            digest: format!("sha512-{}", hex::encode(sha512(content.as_bytes()))),
            content,
            facts: None,
        }),
        Format::Gem => gem::gemspec(package).map(|(content, gemspec)| Said {
            path: format!("{}.gemspec", gemspec.name),
            content_type: "application/x-yaml",
            digest: format!("sha256-{}", hex::encode(sha256(content.as_bytes()))),
            content,
            facts: serde_json::to_value(&gemspec.summary).ok(),
        }),
    };
    let said = said.map_err(|malformed| malformed.to_string())?;
    match MANIFEST_SIZES.contains(&(said.content.len() as u64)) {
        true => Ok(said),
        false => Err(format!("`{}` is too short or too long", said.path)),
    }
}

async fn settle(
    app: &App,
    artifact: &Artifact,
    said: Result<Said, String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let tx = app.db.begin().await?;
    let scope = Scope::system(artifact.account_id);
    let mut row = match artifacts::lock(&tx, &scope, artifact.id).await {
        Ok(row) => row,
        // Somebody removed it meanwhile.
        Err(keystead_store::Error::Refused(_)) => return Ok(()),
        Err(failed) => return Err(failed.into()),
    };
    if row.status != ArtifactStatus::Processing {
        return Ok(());
    }
    let (status, name, reason) = match said {
        Ok(said) => {
            manifests::insert(&tx, manifest(app, &row, said, now)).await?;
            (
                ArtifactStatus::Uploaded,
                EventName::ArtifactUploadSucceeded,
                None,
            )
        }
        Err(reason) => {
            tracing::info!(artifact = %row.id, reason, "an uploaded package can't be understood");
            (
                ArtifactStatus::Failed,
                EventName::ArtifactUploadFailed,
                Some(reason),
            )
        }
    };
    row.status = status;
    row.updated_at = now;
    let row = artifacts::update(&tx, row).await?;
    tell(app, &tx, row, &[name], reason.as_deref(), now).await?;
    tx.commit().await?;
    Ok(())
}

fn manifest(app: &App, artifact: &Artifact, said: Said, now: DateTime<Utc>) -> Manifest {
    Manifest {
        id: app.ids.next(),
        account_id: artifact.account_id,
        artifact_id: artifact.id,
        path: said.path,
        content_type: said.content_type.to_owned(),
        digest: said.digest,
        content_length: i64::try_from(said.content.len()).unwrap_or(i64::MAX),
        content: said.content.into_bytes(),
        facts: said.facts,
        created_at: now,
        updated_at: now,
    }
}
