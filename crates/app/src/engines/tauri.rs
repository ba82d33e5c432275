//! What Tauri's updater is told (distribution reference §9.7).

use std::cmp::Reverse;

use keystead_domain::access::Action;
use keystead_domain::release::bundle::{SIGNATURE, preference};
use keystead_domain::words::{ArtifactStatus, Engine};
use keystead_store::entities::{Artifact, Release};
use keystead_store::releases::{self, Filter, Named};
use keystead_store::{Error, artifacts};

use crate::releases::{admit, following, tell};
use crate::{Cx, Result};

/// Files for one platform that are looked at, of those that a release has: the newest.
const MAX_BUNDLES: u64 = 100;

/// An app as it is installed somewhere, and what may follow it.
#[derive(Clone, Copy, Debug)]
pub struct Installed<'a> {
    /// The id or key of the package that it is of.
    pub package: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The id or key of its platform.
    pub platform: &'a str,
    /// The id or key of its arch.
    pub arch: &'a str,
    /// The channel to look on, instead of its release's own.
    pub channel: Option<&'a str>,
    /// Which versions will do.
    pub constraint: Option<&'a str>,
}

/// What is to be installed instead.
#[derive(Clone, Debug)]
pub struct Update {
    /// The release.
    pub release: Release,
    /// Its file for this platform and arch.
    pub artifact: Artifact,
}

/// The highest release that may follow the installed one, with its file; none when there is none for
/// the bearer, or none that it can be installed from.
///
/// # Errors
/// 404 when the bearer doesn't see the package, 400 for a constraint that can't be read, 403 by the
/// access matrix or when its licenses don't give it what is installed.
pub async fn update(cx: &Cx, installed: Installed<'_>) -> Result<Option<Update>> {
    let package = super::package(cx, Engine::Tauri, installed.package).await?;
    let filter = Filter {
        package: Some(Named::Is(package.id.to_string())),
        version: Some(installed.version.to_owned()),
        ..Filter::default()
    };
    let name = installed.version;
    let current = match releases::find(&cx.db, &cx.scope(), cx.now, name, &filter).await {
        Ok(current) => cx.allow(Action::ReleaseUpgrade, current)?,
        // An updater only wants to know whether there is something new.
        Err(Error::Refused(_)) => return Ok(None),
        Err(failed) => return Err(failed.into()),
    };
    admit(cx, &[&current]).await?;
    let next = following(cx, &current, installed.channel, installed.constraint).await?;
    let Some(release) = next else {
        return Ok(None);
    };
    let Some(artifact) = bundle(cx, &release, installed).await? else {
        return Ok(None);
    };
    let tx = cx.begin().await?;
    tell(cx, &tx, &release).await?;
    tx.commit().await?;
    Ok(Some(Update { release, artifact }))
}

/// The file of a release that an updater likes best; of equal ones the newest.
async fn bundle(cx: &Cx, release: &Release, installed: Installed<'_>) -> Result<Option<Artifact>> {
    let filter = artifacts::Filter {
        release: Some(release.id.to_string()),
        status: Some(ArtifactStatus::Uploaded.as_str().to_owned()),
        platform: Some(Named::Is(installed.platform.to_owned())),
        arch: Some(Named::Is(installed.arch.to_owned())),
        ..artifacts::Filter::default()
    };
    let files = artifacts::ranked(&cx.db, &cx.scope(), cx.now, &filter, MAX_BUNDLES).await?;
    let bundles = files.into_iter().map(|file| file.artifact).filter(|file| {
        let filetype = file.filetype.as_deref();
        filetype.is_some_and(|filetype| filetype != SIGNATURE)
    });
    Ok(bundles.min_by_key(|file| Reverse(preference(&file.filename))))
}
