//! Lists what belongs to a product.

use keystead_domain::ProductId;
use keystead_domain::access::{Action, Scope};
use keystead_store::entities::Policy;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{policies, products, users};

use crate::users::{Person, people};
use crate::{Cx, Result};

/// The policies of a product.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn policies(
    cx: &Cx,
    id_or_code: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Policy>> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductPolicies).await?;
    let filter = policies::Filter {
        product: Some(product.to_string()),
    };
    Ok(policies::list(&cx.db, &scope, &filter, page, direction).await?)
}

/// The users who own or share a license of a product.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn users(
    cx: &Cx,
    id_or_code: &str,
    filter: users::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Person>> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductUsers).await?;
    let filter = users::Filter {
        product: Some(product.to_string()),
        ..filter
    };
    let page = users::list(&cx.db, &scope, &filter, page, direction).await?;
    let page = cx.allow_each(Action::UserShow, &scope, page)?;
    people(cx, page).await
}

async fn allowed(cx: &Cx, id_or_code: &str, action: Action) -> Result<(Scope, ProductId)> {
    cx.bearer()?;
    let scope = cx.scope();
    let product = products::find(&cx.db, &scope, id_or_code).await?;
    Ok((scope, cx.allow(action, product)?.id))
}
