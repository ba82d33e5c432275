//! Changes a webhook endpoint.

use keystead_domain::access::{Action, Tied};
use keystead_domain::draft::Problems;
use keystead_domain::version::ApiVersion;
use keystead_domain::webhook::{judge_algorithm, judge_subscriptions, judge_url};
use keystead_domain::{ProductId, WebhookEndpointId};
use keystead_store::entities::WebhookEndpoint;
use keystead_store::webhook_endpoints;
use serde_json::Value;

use super::judge_product;
use crate::{Cx, Result};

/// What to change of an endpoint: what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Where it is called.
    pub url: Option<String>,
    /// What it is told of.
    pub subscriptions: Option<Vec<String>>,
    /// How it is signed to.
    pub signature_algorithm: Option<String>,
    /// The version of the contract it reads.
    pub api_version: Option<ApiVersion>,
    /// The product it is told of, or every one.
    pub product: Option<Option<ProductId>>,
}

/// An endpoint that the bearer may change.
#[derive(Debug)]
pub struct Changeable(WebhookEndpointId);

/// The endpoint with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id: &str) -> Result<Changeable> {
    cx.bearer()?;
    let endpoint = webhook_endpoints::find(&cx.db, &cx.scope(), id).await?;
    let id = cx.allow(Action::WebhookEndpointUpdate, endpoint)?.id;
    Ok(Changeable(id))
}

/// Changes an endpoint. Whatever it did before, it is tried again at once.
///
/// # Errors
/// 403 when a product would give it away, 422 for the problems of what it would become, 404 when
/// it is gone by now.
pub async fn update(cx: &Cx, endpoint: Changeable, change: Change) -> Result<WebhookEndpoint> {
    let tx = cx.begin().await?;
    let was = webhook_endpoints::lock(&tx, &cx.scope(), endpoint.0).await?;
    let mut problems = Problems::none();
    let product = change.product.unwrap_or(was.product_id);
    if product != was.product_id {
        let environment = was.environment_id;
        judge_product(cx, &tx, environment, product, &mut problems).await?;
    }
    if let Some(url) = &change.url {
        judge_url(url, cx.settings.webhooks, &mut problems);
    }
    let subscriptions = change
        .subscriptions
        .map(|names| Value::from(judge_subscriptions(names, &mut problems)));
    let algorithm = judge_algorithm(change.signature_algorithm.as_deref(), &mut problems);
    let endpoint = WebhookEndpoint {
        product_id: product,
        url: change.url.unwrap_or(was.url),
        subscriptions: subscriptions.unwrap_or(was.subscriptions),
        signature_algorithm: algorithm.unwrap_or(was.signature_algorithm),
        api_version: change.api_version.unwrap_or(was.api_version),
        failures: 0,
        rests_until: None,
        updated_at: cx.now,
        ..was
    };
    cx.allow_create(Action::WebhookEndpointUpdate, &endpoint.tie())?;
    problems.into_result()?;
    let endpoint = webhook_endpoints::update(&tx, endpoint).await?;
    tx.commit().await?;
    Ok(endpoint)
}
