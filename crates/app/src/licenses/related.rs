//! Shows what a license is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::{Policy, Product};
use keystead_store::{products, users};

use super::show::find;
use crate::users::{Person, person};
use crate::{Cx, Result};

/// The product of the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn product(cx: &Cx, id_or_key: &str) -> Result<Product> {
    let license = find(cx, id_or_key).await?;
    let id = cx
        .allow(Action::LicenseProduct, license)?
        .license
        .product_id;
    let product = products::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// The policy of the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn policy(cx: &Cx, id_or_key: &str) -> Result<Policy> {
    let license = find(cx, id_or_key).await?;
    Ok(cx.allow(Action::LicensePolicy, license)?.policy)
}

/// The owner of the license with this id or key, if it has one.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn owner(cx: &Cx, id_or_key: &str) -> Result<Option<Person>> {
    let license = find(cx, id_or_key).await?;
    let Some(id) = cx.allow(Action::LicenseOwner, license)?.license.owner_id else {
        return Ok(None);
    };
    match users::by_id(&cx.db, &cx.existing(), id).await? {
        Some(user) => Ok(Some(person(cx, user).await?)),
        None => Ok(None),
    }
}
