//! The one file of a release, for clients of API 1.0: to them a release is its file (distribution
//! reference §11.1).

use keystead_domain::access::{Action, Scope};
use keystead_domain::event::EventName;
use keystead_domain::words::{ArtifactStatus, ReleaseStatus};
use keystead_domain::{Code, Kind, Problem, Refused};
use keystead_store::artifacts::{self, Loaded};
use keystead_store::entities::{Artifact, Release};
use keystead_store::releases::{self, Filter};

use super::NOUN;
use super::show::find;
use crate::artifacts::delete::{soon, yank as yank_file};
use crate::artifacts::download::{begin_term, ttl, url};
use crate::artifacts::{Download, key, upload_url};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Where the file of a release may be had.
///
/// # Errors
/// 404 when the bearer doesn't see the release, or its object isn't there; 403 by the access matrix
/// or when its licenses don't give it; 422 when it was yanked or has several files.
pub async fn download(cx: &Cx, name: &str, asked: Option<&str>) -> Result<Download> {
    let release = find(cx, name, &Filter::default(), Action::ReleaseDownload).await?;
    let ttl = ttl(cx, asked)?;
    refuse_yanked(&release)?;
    let artifact = one(cx, &release).await?;
    let artifact =
        artifact.ok_or_else(|| missing("artifact does not exist (ensure it has been uploaded)"))?;
    let uploaded = artifact.status == ArtifactStatus::Uploaded;
    if !uploaded || !is_there(cx, &artifact).await {
        return Err(missing("artifact is unavailable (ensure it has been fully uploaded)").into());
    }
    let url = url(cx, key(&artifact), &artifact.filename, ttl).await?;

    let tx = cx.begin().await?;
    let name = EventName::ReleaseDownloaded.as_str();
    let event = cx.event(name, NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    begin_term(cx, &tx).await?;
    tx.commit().await?;
    Ok(Download {
        file: Loaded { artifact, release },
        url: Some(url),
    })
}

/// Where the file of a release is to be uploaded, also instead of one that is there. Whoever asks
/// publishes the release.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix, 422 when it was
/// yanked or hasn't one file.
pub async fn upload(cx: &Cx, name: &str) -> Result<(Loaded, String)> {
    cx.bearer()?;
    let release = find(cx, name, &Filter::default(), Action::ReleaseUpload).await?;
    refuse_yanked(&release)?;
    let artifact = one(cx, &release).await?.ok_or_else(absent)?;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut release = releases::lock(&tx, &scope, release.id).await?;
    release.status = ReleaseStatus::Published;
    release.updated_at = cx.now;
    let release = releases::update(&tx, release).await?;
    let mut artifact = artifacts::lock(&tx, &scope, artifact.id).await?;
    if artifact.status == ArtifactStatus::Failed {
        artifact.status = ArtifactStatus::Waiting;
    }
    artifact.updated_at = cx.now;
    let artifact = artifacts::update(&tx, artifact).await?;
    let name = EventName::ReleaseUploaded.as_str();
    let event = cx.event(name, NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    tx.commit().await?;
    let url = upload_url(cx, &artifact, true).await?;
    Ok((Loaded { artifact, release }, url))
}

/// Takes a release back, and its file away.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the release, 403 by the access matrix, 422 when it was
/// yanked or hasn't one file.
pub async fn yank(cx: &Cx, name: &str) -> Result<()> {
    cx.bearer()?;
    let release = find(cx, name, &Filter::default(), Action::ReleaseYank).await?;
    refuse_yanked(&release)?;
    let artifact = one(cx, &release).await?.ok_or_else(absent)?;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut release = releases::lock(&tx, &scope, release.id).await?;
    release.status = ReleaseStatus::Yanked;
    release.yanked_at = Some(cx.now);
    release.updated_at = cx.now;
    let release = releases::update(&tx, release).await?;
    let row = artifacts::lock(&tx, &scope, artifact.id).await?;
    yank_file(cx, &tx, row).await?;
    let name = EventName::ReleaseYanked.as_str();
    let event = cx.event(name, NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    tx.commit().await?;
    soon(cx, artifact.id).await;
    Ok(())
}

/// The file of a release that has one at most.
pub(super) async fn one(cx: &Cx, release: &Release) -> Result<Option<Artifact>> {
    let scope = Scope::system(cx.account());
    let mut files = artifacts::of(&cx.db, &scope, &[release.id]).await?;
    if files.len() > 1 {
        return Err(several().into());
    }
    Ok(files.pop())
}

/// Whether the storage has a file's object; it hasn't if it doesn't answer.
pub(super) async fn is_there(cx: &Cx, artifact: &Artifact) -> bool {
    match cx.storage.head(key(artifact)).await {
        Ok(object) => object.is_some(),
        Err(error) => {
            tracing::warn!(%error, "the storage doesn't tell whether an object is there");
            false
        }
    }
}

pub(super) fn several() -> Problem {
    Problem::new(
        Kind::UnprocessableEntity,
        "multiple artifacts are not supported by this release (see upgrading from v1.0 to v1.1)",
    )
}

fn refuse_yanked(release: &Release) -> Result<(), Refused> {
    if release.status == ReleaseStatus::Yanked {
        return Err(Problem::new(Kind::UnprocessableEntity, "has been yanked").into());
    }
    Ok(())
}

fn absent() -> Refused {
    Problem::new(Kind::UnprocessableEntity, "artifact must be present").into()
}

fn missing(detail: &'static str) -> Problem {
    Problem::new(Kind::NotFound, detail).code(Code::NotFound)
}
