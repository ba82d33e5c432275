//! Changes a release.

use chrono::{DateTime, Utc};
use keystead_domain::ReleaseId;
use keystead_domain::access::{Action, Scope};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::release::draft;
use keystead_store::entities::Release;
use keystead_store::releases::Filter;
use keystead_store::{artifacts as stored, products, releases};
use serde_json::Value;

use super::show::find;
use super::{NOUN, refuse_taken};
use crate::herald::Payload;
use crate::{Cx, Result, artifacts};

/// What to change of a release: an absent attribute stays, and the inner none clears.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<Option<String>>,
    /// What there is to say of it.
    pub description: Option<Option<String>>,
    /// A name to look it up by, beside id and version.
    pub tag: Option<Option<String>>,
    /// When it is to count as created.
    pub backdated_at: Option<Option<DateTime<Utc>>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// What to change of its one file, for clients to whom a release is its file.
    pub file: artifacts::Change,
}

/// A release that the bearer may change.
#[derive(Debug)]
pub struct Changeable(ReleaseId);

/// The release with this id, version or tag, if the bearer may change it: asked before the body is
/// read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, name: &str) -> Result<Changeable> {
    cx.bearer()?;
    let release = find(cx, name, &Filter::default(), Action::ReleaseUpdate).await?;
    Ok(Changeable(release.id))
}

/// Changes a release.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, release: Changeable, change: Change) -> Result<Release> {
    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut release = releases::lock(&tx, &scope, release.0).await?;
    release.name = change.name.unwrap_or(release.name);
    release.description = change.description.unwrap_or(release.description);
    release.backdated_at = change.backdated_at.unwrap_or(release.backdated_at);
    release.metadata = change.metadata.unwrap_or(release.metadata);
    release.updated_at = cx.now;
    let retagged = change.tag.is_some();
    release.tag = change.tag.unwrap_or(release.tag);
    let mut problems = Problems::none();
    let texts = draft::Texts {
        name: release.name.as_deref(),
        description: release.description.as_deref(),
        tag: release.tag.as_deref(),
        backdated_at: release.backdated_at,
    };
    draft::judge(texts, cx.now, &mut problems);
    problems.metadata(&release.metadata);
    let file = match change.file.is_empty() {
        true => None,
        false => stored::of(&tx, &scope, &[release.id])
            .await?
            .into_iter()
            .next(),
    };
    let file = file.map(|mut file| {
        artifacts::update::apply(cx, &mut file, change.file, &mut problems);
        file
    });
    problems.into_result()?;
    if let Some(file) = file {
        stored::update(&tx, file).await?;
    }
    if retagged {
        products::lock(&tx, &scope, release.product_id).await?;
        refuse_taken(cx, &tx, &release, false).await?;
    }

    let release = releases::update(&tx, release).await?;
    let event = cx.event(EventName::ReleaseUpdated.as_str(), NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    tx.commit().await?;
    Ok(release)
}
