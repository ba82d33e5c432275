//! Changes a package.

use keystead_domain::PackageId;
use keystead_domain::access::{Action, Scope};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::release::draft;
use keystead_domain::words::{Engine, FacetKind};
use keystead_store::entities::Package;
use keystead_store::packages::Filter;
use keystead_store::{OnDuplicate, facets, packages};
use serde_json::Value;

use super::{NOUN, key_taken};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a package: an absent attribute stays, and the inner none clears.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// What clients ask for it by.
    pub key: Option<String>,
    /// Whose clients it is served to.
    pub engine: Option<Option<Engine>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A package that the bearer may change.
#[derive(Debug)]
pub struct Changeable(PackageId);

/// The package with this id or key, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_key: &str) -> Result<Changeable> {
    cx.bearer()?;
    let package = packages::find(&cx.db, &cx.scope(), id_or_key, &Filter::default()).await?;
    Ok(Changeable(cx.allow(Action::PackageUpdate, package)?.id))
}

/// Changes a package.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, package: Changeable, change: Change) -> Result<Package> {
    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut package = packages::lock(&tx, &scope, package.0).await?;
    if let Some(engine) = change.engine {
        package.engine = engine.map(|engine| engine.as_str().to_owned());
    }
    let engine = package.engine.as_deref().and_then(Engine::parse);
    package.name = change.name.unwrap_or(package.name);
    package.key = draft::package_key(&change.key.unwrap_or(package.key), engine);
    package.metadata = change.metadata.unwrap_or(package.metadata);
    package.updated_at = cx.now;
    let mut problems = Problems::none();
    draft::package(&package.name, &package.key, &mut problems);
    problems.metadata(&package.metadata);
    problems.into_result()?;

    if let Some(engine) = &package.engine {
        facets::ensure(&tx, &scope, FacetKind::Engine, engine, &cx.ids, cx.now).await?;
    }
    let package = packages::update(&tx, package)
        .await
        .on_duplicate(key_taken())?;
    let event = cx.event(EventName::PackageUpdated.as_str(), NOUN, package.id.0);
    cx.tell(&tx, event, Payload::Package(&package)).await?;
    tx.commit().await?;
    Ok(package)
}
