//! Shows what a policy is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::{Policy, Product};
use keystead_store::licenses::Loaded;
use keystead_store::{policies, products};

use crate::licenses::show::find as find_license;
use crate::{Cx, Result};

/// The product of the policy with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix.
pub async fn product(cx: &Cx, id: &str) -> Result<Product> {
    let id = allowed(cx, id, Action::PolicyProduct).await?.product_id;
    let product = products::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// One of the policy's licenses, by its id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy or the license is not its, 403 by the access
/// matrix.
pub async fn license(cx: &Cx, id: &str, id_or_key: &str) -> Result<Loaded> {
    let policy = allowed(cx, id, Action::PolicyLicenses).await?;
    let found = find_license(cx, id_or_key).await?;
    if found.peek().license.policy_id != policy.id {
        return Err(Refused::not_found("license", id_or_key).into());
    }
    Ok(cx.allow(Action::LicenseShow, found)?)
}

async fn allowed(cx: &Cx, id: &str, action: Action) -> Result<Policy> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(action, policy)?)
}
