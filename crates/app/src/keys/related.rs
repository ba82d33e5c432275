//! Shows what a pooled key is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::{Policy, Product};
use keystead_store::{keys, policies, products};

use crate::{Cx, Result};

/// The product of the key with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the key, 403 by the access matrix.
pub async fn product(cx: &Cx, id: &str) -> Result<Product> {
    cx.bearer()?;
    let key = keys::find(&cx.db, &cx.scope(), id).await?;
    let id = cx.allow(Action::KeyProduct, key)?.product;
    let product = products::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// The policy of the key with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the key, 403 by the access matrix.
pub async fn policy(cx: &Cx, id: &str) -> Result<Policy> {
    cx.bearer()?;
    let key = keys::find(&cx.db, &cx.scope(), id).await?;
    let id = cx.allow(Action::KeyPolicy, key)?.key.policy_id;
    let policy = policies::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(policy.ok_or_else(|| Refused::missing("policy"))?)
}
