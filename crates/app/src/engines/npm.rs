//! What npm and its kin are told of a package (distribution reference §9.4).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use keystead_domain::access::Action;
use keystead_domain::words::Engine;
use keystead_domain::{ArtifactId, Refused};
use keystead_store::artifacts::Loaded;
use keystead_store::entities::{Artifact, Package, Release};
use keystead_store::manifests;
use keystead_store::packages::{self, Filter};
use keystead_store::releases::Named;

use crate::{Cx, Result};

/// Types of files that are packages.
const TARBALLS: [&str; 3] = ["tgz", "tar", "tar.gz"];

/// The bytes that versions of one package say of themselves, at most: those of the highest versions
/// are told.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A package with the versions that the bearer may have, the highest first.
#[derive(Clone, Debug)]
pub struct Packument {
    /// The package.
    pub package: Package,
    /// Its versions.
    pub versions: Vec<Version>,
}

/// A version of a package.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its tarball.
    pub artifact: Artifact,
    /// Its release.
    pub release: Release,
    /// What it says of itself: a JSON object.
    pub said: String,
}

impl Packument {
    /// When one of the tarballs changed last.
    pub fn modified_at(&self) -> Option<DateTime<Utc>> {
        let changes = self
            .versions
            .iter()
            .map(|version| version.artifact.updated_at);
        changes.max()
    }
}

/// The package with this key or id.
///
/// # Errors
/// 404 when the bearer doesn't see it, or none of its versions; 403 by the access matrix, or when
/// its licenses don't give it a version that it sees.
pub async fn packument(cx: &Cx, id_or_key: &str) -> Result<Packument> {
    let filter = Filter {
        engine: Some(Named::Is(Engine::Npm.as_str().to_owned())),
        ..Filter::default()
    };
    let package = packages::find(&cx.db, &cx.scope(), id_or_key, &filter).await?;
    let package = cx.allow(Action::PackageShow, package)?;
    let mut files = super::files(cx, &package).await?;
    files.retain(|file| is_tarball(&file.artifact));
    let versions = told(cx, files).await?;
    if versions.is_empty() {
        return Err(Refused::not_found("release package", id_or_key).into());
    }
    Ok(Packument { package, versions })
}

fn is_tarball(artifact: &Artifact) -> bool {
    let filetype = artifact.filetype.as_deref();
    filetype.is_some_and(|filetype| TARBALLS.contains(&filetype))
}

/// The versions that say what they are: of several files of a release, the oldest. Two statements,
/// however many there are.
async fn told(cx: &Cx, files: Vec<Loaded>) -> Result<Vec<Version>> {
    let ids: Vec<ArtifactId> = files.iter().map(|file| file.artifact.id).collect();
    let lengths: HashMap<_, _> = manifests::lengths(&cx.db, &ids)
        .await?
        .into_iter()
        .collect();
    let mut chosen: Vec<Loaded> = Vec::new();
    for file in files {
        if !lengths.contains_key(&file.artifact.id) {
            continue;
        }
        match chosen.last_mut() {
            // Within a release, the newest comes first.
            Some(last) if last.release.id == file.release.id => *last = file,
            _ => chosen.push(file),
        }
    }
    let mut left = MAX_BYTES;
    let fits = |file: &Loaded| {
        let length = lengths.get(&file.artifact.id).copied().unwrap_or_default();
        let after = left.checked_sub(length.unsigned_abs());
        left = after.unwrap_or_default();
        after.is_some()
    };
    let chosen: Vec<Loaded> = chosen.into_iter().take_while(fits).collect();
    let ids: Vec<ArtifactId> = chosen.iter().map(|file| file.artifact.id).collect();
    let mut said: HashMap<_, _> = manifests::contents(&cx.db, &ids)
        .await?
        .into_iter()
        .collect();
    let versions = chosen.into_iter().filter_map(|file| {
        let said = String::from_utf8(said.remove(&file.artifact.id)?).ok()?;
        Some(Version {
            artifact: file.artifact,
            release: file.release,
            said,
        })
    });
    Ok(versions.collect())
}
