//! Changes a product.

use keystead_domain::ProductId;
use keystead_domain::access::Action;
use keystead_domain::draft;
use keystead_domain::event::EventName;
use keystead_domain::words::DistributionStrategy;
use keystead_store::entities::Product;
use keystead_store::{OnDuplicate, diff, products};
use serde_json::Value;

use super::{code_taken, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a product: an absent attribute stays, and the inner none clears.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// A name to look it up by, beside its id.
    pub code: Option<String>,
    /// Who may get its releases; cleared, only license holders.
    pub distribution_strategy: Option<Option<String>>,
    /// Its home page.
    pub url: Option<Option<String>>,
    /// What it runs on, in any words.
    pub platforms: Option<Option<Vec<String>>>,
    /// What its tokens may do at most.
    pub permissions: Option<Vec<String>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A product that the bearer may change.
#[derive(Debug)]
pub struct Changeable(ProductId);

/// The product with this id or code, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_code: &str) -> Result<Changeable> {
    cx.bearer()?;
    let product = products::find(&cx.db, &cx.scope(), id_or_code).await?;
    Ok(Changeable(cx.allow(Action::ProductUpdate, product)?.id))
}

/// Changes a product.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, product: Changeable, change: Change) -> Result<Product> {
    let tx = cx.begin().await?;
    let before = products::lock(&tx, &cx.scope(), product.0).await?;
    let product = changed(before.clone(), change, cx)?;
    let product = products::update(&tx, product)
        .await
        .on_duplicate(code_taken())?;
    let mut event = cx.event(EventName::ProductUpdated.as_str(), "products", product.id.0);
    event.metadata = Some(diff(&before, &product));
    cx.tell(&tx, event, Payload::Product(&product)).await?;
    tx.commit().await?;
    Ok(product)
}

fn changed(product: Product, change: Change, cx: &Cx) -> Result<Product> {
    let permissions = draft::permissions(change.permissions.as_deref())?;
    let spelled = change
        .distribution_strategy
        .as_ref()
        .and_then(Option::as_deref);
    let distribution_strategy = match &change.distribution_strategy {
        None => product.distribution_strategy,
        Some(_) => spelled.and_then(DistributionStrategy::parse),
    };
    let product = Product {
        name: change.name.unwrap_or(product.name),
        code: change.code.or(product.code),
        url: change.url.unwrap_or(product.url),
        distribution_strategy,
        platforms: match change.platforms {
            None => product.platforms,
            Some(platforms) => platforms.map(Value::from),
        },
        permissions: permissions.unwrap_or(product.permissions),
        metadata: change.metadata.unwrap_or(product.metadata),
        updated_at: cx.now,
        ..product
    };
    problems(&product, spelled).into_result()?;
    Ok(product)
}
