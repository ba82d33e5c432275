//! Creates a product.

use keystead_domain::EnvironmentId;
use keystead_domain::access::{Action, Role, Tie};
use keystead_domain::draft;
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::DistributionStrategy;
use keystead_store::entities::Product;
use keystead_store::{OnDuplicate, products};
use serde_json::{Value, json};

use super::{code_taken, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A product to be made.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// A name to look it up by, beside its id.
    pub code: Option<String>,
    /// Who may get its releases: license holders when unsaid.
    pub distribution_strategy: Option<String>,
    /// Its home page.
    pub url: Option<String>,
    /// What it runs on, in any words.
    pub platforms: Option<Vec<String>>,
    /// What its tokens may do at most: all that products may when unsaid.
    pub permissions: Option<Vec<String>>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a product.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Product> {
    cx.bearer()?;
    let permissions = draft::permissions(draft.permissions.as_deref())?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    cx.allow_create(
        Action::ProductCreate,
        &Tie {
            environment,
            ..Tie::default()
        },
    )?;

    let spelled = draft.distribution_strategy.as_deref();
    let distribution = spelled.and_then(DistributionStrategy::parse);
    let product = Product {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        name: draft.name,
        code: draft.code,
        url: draft.url,
        distribution_strategy: distribution.or(Some(DistributionStrategy::Licensed)),
        platforms: draft.platforms.map(Value::from),
        permissions: permissions.unwrap_or_else(|| PermissionSet::default_for(Role::Product)),
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        created_at: cx.now,
        updated_at: cx.now,
    };
    problems(&product, spelled).into_result()?;

    let tx = cx.begin().await?;
    let product = products::insert(&tx, product)
        .await
        .on_duplicate(code_taken())?;
    let event = cx.event(EventName::ProductCreated.as_str(), "products", product.id.0);
    cx.tell(&tx, event, Payload::Product(&product)).await?;
    tx.commit().await?;
    Ok(product)
}
