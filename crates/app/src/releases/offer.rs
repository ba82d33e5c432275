//! Offers the file of a newer release to clients of API 1.0 (distribution reference §11.1).

use keystead_domain::access::{Action, Scope};
use keystead_domain::release::Semver;
use keystead_domain::release::upgrade::Pessimistic;
use keystead_domain::words::{ArtifactStatus, ReleaseChannel, ReleaseStatus};
use keystead_domain::{ArtifactId, At, Code, Kind, Problem};
use keystead_store::artifacts::{self, Loaded};
use keystead_store::entities::{Artifact, Release};
use keystead_store::releases::{self, FileFilter, Filter};

use super::admit;
use super::file::{is_there, several};
use super::next::{highest, refuse, tell};
use crate::artifacts::download::url;
use crate::artifacts::{DOWNLOAD_TTL, key};
use crate::{Cx, Error, Result};

/// What somebody has.
#[derive(Clone, Debug)]
pub enum Sought {
    /// A release, by its id.
    Release(String),
    /// A version of a product, for a platform and of a file type.
    Version {
        /// The product's id.
        product: String,
        /// The platform's id or key.
        platform: String,
        /// The file type's id or key.
        filetype: String,
        /// The version.
        version: String,
    },
}

/// What may follow it.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// On which channel: stable when unsaid.
    pub channel: Option<String>,
    /// Which versions will do.
    pub constraint: Option<String>,
}

/// The file of a newer release.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The version that somebody has.
    pub current: String,
    /// The file of what comes after it.
    pub file: Loaded,
    /// Where it may be had.
    pub url: String,
}

/// The file of the highest newer release that the bearer may have, if there is one that is there.
///
/// # Errors
/// 404 when the bearer doesn't see the release it names, 403 by the access matrix, 400 for what
/// can't be read, 422 when the newer release has several such files.
pub async fn offer(cx: &Cx, sought: Sought, wanted: &Wanted) -> Result<Option<Offer>> {
    let channel = match wanted.channel.as_deref() {
        None => ReleaseChannel::Stable,
        Some(name) => ReleaseChannel::parse(name)
            .ok_or_else(|| refuse(Code::UpgradeChannelInvalid, "channel"))?,
    };
    let range = match wanted.constraint.as_deref() {
        None => None,
        Some(text) => Some(Pessimistic::parse(text, channel).map_err(|detail| {
            let code = Code::UpgradeConstraintInvalid;
            Problem::new(Kind::BadRequest, detail)
                .code(code)
                .at(At::Parameter("constraint".into()))
        })?),
    };
    let Some((product, version, file)) = current(cx, sought).await? else {
        return Ok(None);
    };
    let filter = Filter {
        product: Some(product),
        channel: Some(channel.as_str().to_owned()),
        status: Some(ReleaseStatus::Published.as_str().to_owned()),
        file: file.clone(),
        ..Filter::default()
    };
    let fits = |candidate: &Semver| {
        candidate.precedence(&version).is_gt()
            && range.as_ref().is_none_or(|range| range.holds(candidate))
    };
    let Some(next) = highest(cx, &filter, version.major, Semver::precedence, fits).await? else {
        return Ok(None);
    };
    // A refusal is no news to a client that only looks for some.
    match admit(cx, &[&next]).await {
        Ok(()) => {}
        Err(Error::Refused(_)) => return Ok(None),
        Err(failed) => return Err(failed),
    }
    let Some(artifact) = artifact(cx, &next, &file).await? else {
        return Ok(None);
    };
    if !is_there(cx, &artifact).await {
        return Ok(None);
    }
    let url = url(cx, key(&artifact), &artifact.filename, DOWNLOAD_TTL).await?;

    let tx = cx.begin().await?;
    tell(cx, &tx, &next).await?;
    tx.commit().await?;
    Ok(Some(Offer {
        current: version.to_string(),
        file: Loaded {
            artifact,
            release: next,
        },
        url,
    }))
}

/// The product, the version and the kind of file that somebody has.
async fn current(cx: &Cx, sought: Sought) -> Result<Option<(String, Semver, FileFilter)>> {
    match sought {
        Sought::Release(name) => {
            let any = Filter::default();
            let release = releases::find(&cx.db, &cx.scope(), cx.now, &name, &any).await?;
            let release = cx.allow(Action::ReleaseUpgrade, release)?;
            let scope = Scope::system(cx.account());
            let files = artifacts::of(&cx.db, &scope, &[release.id]).await?;
            let (Some(file), Some(version)) =
                (files.into_iter().next(), Semver::parse(&release.version))
            else {
                return Ok(None);
            };
            let like = FileFilter {
                platform: file.platform,
                filetype: file.filetype,
                arch: None,
                uploaded: true,
            };
            Ok(Some((release.product_id.to_string(), version, like)))
        }
        Sought::Version {
            product,
            platform,
            filetype,
            version,
        } => {
            cx.allow_list(Action::ReleaseList)?;
            let version = Semver::parse(&version)
                .ok_or_else(|| refuse(Code::UpgradeVersionInvalid, "version"))?;
            let like = FileFilter {
                platform: Some(platform),
                filetype: Some(filetype),
                arch: None,
                uploaded: true,
            };
            Ok(Some((product, version, like)))
        }
    }
}

/// The release's one file of this kind.
async fn artifact(cx: &Cx, release: &Release, like: &FileFilter) -> Result<Option<Artifact>> {
    let filter = artifacts::Filter {
        release: Some(release.id.to_string()),
        status: Some(ArtifactStatus::Uploaded.as_str().to_owned()),
        filetype: like.filetype.clone().map(releases::Named::Is),
        platform: like.platform.clone().map(releases::Named::Is),
        ..artifacts::Filter::default()
    };
    let scope = cx.scope();
    let ids: Vec<ArtifactId> = artifacts::like(&cx.db, &scope, cx.now, &filter, 2).await?;
    match ids.as_slice() {
        [] => Ok(None),
        [id] => Ok(artifacts::by_id(&cx.db, *id).await?),
        _ => Err(several().into()),
    }
}
