//! Creates a webhook endpoint.

use keystead_domain::access::{Action, BearerId, Tie};
use keystead_domain::draft::Problems;
use keystead_domain::version::ApiVersion;
use keystead_domain::webhook::{judge_algorithm, judge_subscriptions, judge_url};
use keystead_domain::words::WebhookSignatureAlgorithm;
use keystead_domain::{EnvironmentId, ProductId};
use keystead_store::entities::WebhookEndpoint;
use keystead_store::webhook_endpoints;
use serde_json::Value;

use super::judge_product;
use crate::{Cx, Result};

/// A receiver to be told of events.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Where it is called.
    pub url: String,
    /// What it is told of: everything when unsaid.
    pub subscriptions: Option<Vec<String>>,
    /// How it is signed to: with Ed25519 when unsaid.
    pub signature_algorithm: Option<String>,
    /// The version of the contract it reads: the request's when unsaid.
    pub api_version: Option<ApiVersion>,
    /// The product it is told of: every one when unsaid, save by a product.
    pub product: Option<ProductId>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a receiver of webhooks.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<WebhookEndpoint> {
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let product = match (draft.product, cx.bearer()?.id) {
        (None, BearerId::Product(itself)) => Some(itself),
        (named, _) => named,
    };
    let tie = Tie {
        environment,
        product,
        ..Tie::default()
    };
    cx.allow_create(Action::WebhookEndpointCreate, &tie)?;

    let mut problems = Problems::none();
    judge_product(cx, &cx.db, environment, product, &mut problems).await?;
    judge_url(&draft.url, cx.settings.webhooks, &mut problems);
    let everything = || vec!["*".to_owned()];
    let wanted = draft.subscriptions.unwrap_or_else(everything);
    let subscriptions = judge_subscriptions(wanted, &mut problems);
    let algorithm = judge_algorithm(draft.signature_algorithm.as_deref(), &mut problems);
    problems.into_result()?;
    let row = WebhookEndpoint {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        product_id: product,
        url: draft.url,
        subscriptions: Value::from(subscriptions),
        signature_algorithm: algorithm.unwrap_or(WebhookSignatureAlgorithm::Ed25519),
        api_version: draft.api_version.unwrap_or(cx.version),
        failures: 0,
        rests_until: None,
        created_at: cx.now,
        updated_at: cx.now,
    };

    let tx = cx.begin().await?;
    let endpoint = webhook_endpoints::insert(&tx, row).await?;
    tx.commit().await?;
    Ok(endpoint)
}
