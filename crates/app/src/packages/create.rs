//! Creates a package.

use keystead_domain::access::{Action, Scope, Tie};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::release::draft;
use keystead_domain::words::{Engine, FacetKind};
use keystead_domain::{At, Code, EnvironmentId, ProductId, Refused};
use keystead_store::entities::Package;
use keystead_store::{OnDuplicate, facets, packages, products};
use serde_json::{Value, json};

use super::{NOUN, key_taken};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A package to be made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// What clients ask for it by.
    pub key: String,
    /// Whose clients it is served to.
    pub engine: Option<Engine>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// The product whose releases it groups.
    pub product: ProductId,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a package.
///
/// # Errors
/// 401, 403 by the access matrix (also when a product names one that isn't there), and 422 for
/// the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Package> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let product = products::by_id(&cx.db, &cx.existing(), draft.product).await?;
    let tie = Tie {
        environment,
        product: product.as_ref().map(|product| product.id),
        ..Tie::default()
    };
    cx.allow_create(Action::PackageCreate, &tie)?;
    let metadata = draft.metadata.unwrap_or_else(|| json!({}));
    let key = draft::package_key(&draft.key, draft.engine);
    let mut problems = Problems::none();
    if product.is_none() {
        problems.add(Code::ProductNotFound.at(At::Relationship("product".into())));
    }
    draft::package(&draft.name, &key, &mut problems);
    problems.metadata(&metadata);
    problems.into_result()?;
    let product = product.ok_or_else(|| Refused::missing("product"))?;

    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    if let Some(engine) = draft.engine {
        let kind = FacetKind::Engine;
        facets::ensure(&tx, &scope, kind, engine.as_str(), &cx.ids, cx.now).await?;
    }
    let row = Package {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        product_id: product.id,
        name: draft.name,
        key,
        engine: draft.engine.map(|engine| engine.as_str().to_owned()),
        metadata,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let package = packages::insert(&tx, row).await.on_duplicate(key_taken())?;
    let event = cx.event(EventName::PackageCreated.as_str(), NOUN, package.id.0);
    cx.tell(&tx, event, Payload::Package(&package)).await?;
    tx.commit().await?;
    Ok(package)
}
