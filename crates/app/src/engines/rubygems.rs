//! What bundler and gem are told (distribution reference §9.5).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use chrono::SecondsFormat;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::release::checksum::{Algorithm, Checksum};
use keystead_domain::words::{ArtifactStatus, Engine, ReleaseChannel, ReleaseStatus};
use keystead_domain::{ArtifactId, PackageId, Refused};
use keystead_formats::gemspec::{Gemspec, Summary};
use keystead_formats::rubygems::{self as formats, Listed};
use keystead_store::artifacts::{self, Filter, Loaded};
use keystead_store::manifests;
use keystead_store::packages::{self, Filter as PackageFilter};
use keystead_store::releases::Named;
use tokio::task::spawn_blocking;

use crate::artifacts::download::{begin_term, url};
use crate::artifacts::{NOUN, key};
use crate::herald::Payload;
use crate::releases::admit;
use crate::{Cx, Error, Result};

/// How long a gem's URL is good: clients follow it at once.
const TTL: Duration = Duration::from_secs(600);

/// Which versions an index lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those on the stable channel.
    Stable,
    /// Of those, the highest of each gem on each platform.
    Latest,
    /// Those on the other channels.
    Prerelease,
}

/// A gem that the bearer may have.
struct Gem {
    file: Loaded,
    summary: Summary,
}

impl Gem {
    fn listed(&self) -> Listed<'_> {
        let checksum = self.file.artifact.checksum.as_deref();
        // Digests of other algorithms would be taken for that of the file, and differ.
        let sha256 = |text: &&str| {
            Checksum::parse(text).is_some_and(|checksum| checksum.algorithm == Algorithm::Sha256)
        };
        Listed {
            summary: &self.summary,
            checksum: checksum.filter(sha256),
        }
    }
}

/// All gems with their versions, as a text.
///
/// # Errors
/// 403 by the access matrix, or when the bearer's licenses don't give it a gem that it sees.
pub async fn versions(cx: &Cx) -> Result<String> {
    let packages = super::packages(cx, Engine::Rubygems).await?;
    let names: HashMap<PackageId, &str> = packages
        .iter()
        .map(|package| (package.id, package.key.as_str()))
        .collect();
    let gems = gems(cx, all()).await?;
    let mut listed: BTreeMap<&str, Vec<Listed<'_>>> = BTreeMap::new();
    for gem in &gems {
        let package = gem.file.release.package_id;
        if let Some(name) = package.and_then(|package| names.get(&package)) {
            listed.entry(name).or_default().push(gem.listed());
        }
    }
    let created = cx.now.to_rfc3339_opts(SecondsFormat::Secs, true);
    Ok(formats::versions(&created, listed))
}

/// The names of gems, as a text: of packages that the bearer sees, whichever versions it may have.
///
/// # Errors
/// 403 by the access matrix.
pub async fn names(cx: &Cx) -> Result<String> {
    let packages = super::packages(cx, Engine::Rubygems).await?;
    let ids: Vec<PackageId> = packages.iter().map(|package| package.id).collect();
    let told = manifests::packages(&cx.db, &cx.scope(), &ids, "gem").await?;
    let told: HashSet<PackageId> = told.into_iter().collect();
    let named = packages.iter().filter(|package| told.contains(&package.id));
    Ok(formats::names(named.map(|package| package.key.as_str())))
}

/// The versions of the gem with this key or id, as a text.
///
/// # Errors
/// 404 when the bearer doesn't see it, or none of its versions; 403 as of [`versions`].
pub async fn info(cx: &Cx, id_or_key: &str) -> Result<String> {
    let filter = PackageFilter {
        engine: Some(engine()),
        ..PackageFilter::default()
    };
    let package = packages::find(&cx.db, &cx.scope(), id_or_key, &filter).await?;
    let package = cx.allow(Action::PackageShow, package)?;
    let filter = Filter {
        package: Some(Named::Is(package.id.to_string())),
        ..all()
    };
    let gems = gems(cx, filter).await?;
    if gems.is_empty() {
        return Err(Refused::not_found("release package", id_or_key).into());
    }
    Ok(formats::info(gems.iter().map(Gem::listed).collect()))
}

/// Versions of all gems, as Ruby's bytes.
///
/// # Errors
/// As of [`versions`].
pub async fn specs(cx: &Cx, which: Which) -> Result<Vec<u8>> {
    let mut gems = gems(cx, all()).await?;
    gems.retain(|gem| {
        let stable = gem.file.release.channel == ReleaseChannel::Stable;
        stable != (which == Which::Prerelease)
    });
    if which == Which::Latest {
        let mut seen = HashMap::new();
        gems.retain(|gem| {
            let Loaded { artifact, release } = &gem.file;
            let place = (release.package_id, artifact.platform.clone());
            // The highest version comes first; others of it may be on the same platform.
            *seen.entry(place).or_insert(release.id) == release.id
        });
    }
    Ok(formats::specs(
        gems.iter().map(|gem| &gem.summary).collect(),
    ))
}

/// What the gem in the file of this name says of itself, as Ruby's bytes.
///
/// # Errors
/// 404 when the bearer doesn't see it; 403 as of [`versions`].
pub async fn quick(cx: &Cx, filename: &str) -> Result<Vec<u8>> {
    let file = find(cx, filename, Action::ArtifactShow).await?;
    let missing = || Refused::not_found("release artifact", filename);
    let contents = manifests::contents(&cx.db, &[file.artifact.id]).await?;
    let (_, content) = contents.into_iter().next().ok_or_else(missing)?;
    // A gemspec may be a mebibyte of YAML.
    let packed = spawn_blocking(move || {
        let text = String::from_utf8(content).ok()?;
        let gemspec = Gemspec::parse(&text).ok()?;
        Some(formats::quick(&gemspec))
    });
    let packed = packed.await.map_err(Error::failed)?;
    Ok(packed.ok_or_else(missing)?)
}

/// Where the gem in the file of this name may be had.
///
/// # Errors
/// 404 when the bearer doesn't see it; 403 as of [`versions`].
pub async fn download(cx: &Cx, filename: &str) -> Result<String> {
    let file = find(cx, filename, Action::ArtifactDownload).await?;
    let there = file.artifact.status == ArtifactStatus::Uploaded
        && file.release.status != ReleaseStatus::Yanked
        && !manifests::lengths(&cx.db, &[file.artifact.id])
            .await?
            .is_empty();
    if !there {
        return Err(Refused::not_found("release artifact", filename).into());
    }
    let url = url(cx, key(&file.artifact), &file.artifact.filename, TTL).await?;

    let tx = cx.begin().await?;
    let name = EventName::ArtifactDownloaded.as_str();
    let event = cx.event(name, NOUN, file.artifact.id.0);
    cx.tell(&tx, event, Payload::Artifact(&file)).await?;
    begin_term(cx, &tx).await?;
    tx.commit().await?;
    Ok(url)
}

fn engine() -> Named {
    Named::Is(Engine::Rubygems.as_str().to_owned())
}

/// The files that may be gems.
fn all() -> Filter {
    Filter {
        engine: Some(engine()),
        filetype: Some(Named::Is("gem".to_owned())),
        ..Filter::default()
    }
}

/// The oldest file of this name that may be a gem.
async fn find(cx: &Cx, filename: &str, action: Action) -> Result<Loaded> {
    let found = artifacts::oldest(&cx.db, &cx.scope(), cx.now, filename, &all()).await?;
    let found = cx.allow(action, found)?;
    admit(cx, &[&found.release]).await?;
    Ok(found)
}

/// The gems that the bearer may have and a filter lets through, those of the highest version first.
/// What was yanked is nobody's.
async fn gems(cx: &Cx, filter: Filter) -> Result<Vec<Gem>> {
    let mut files = super::matching(cx, &filter).await?;
    files.retain(|file| file.release.status != ReleaseStatus::Yanked);
    let ids: Vec<ArtifactId> = files.iter().map(|file| file.artifact.id).collect();
    let facts = manifests::facts(&cx.db, &ids).await?;
    let mut facts: HashMap<ArtifactId, _> = facts.into_iter().collect();
    let gems = files.into_iter().filter_map(|file| {
        let facts = facts.remove(&file.artifact.id)?;
        let summary = serde_json::from_value(facts).ok()?;
        Some(Gem { file, summary })
    });
    Ok(gems.collect())
}
