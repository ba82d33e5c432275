//! Shows what a policy is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::Product;
use keystead_store::{policies, products};

use crate::{Cx, Result};

/// The product of the policy with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix.
pub async fn product(cx: &Cx, id: &str) -> Result<Product> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    let policy = cx.allow(Action::PolicyProduct, policy)?;
    let product = products::by_id(&cx.db, &cx.existing(), policy.product_id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}
