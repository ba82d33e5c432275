//! Lists licenses.

use keystead_domain::access::{Action, Viewer};
use keystead_domain::{PolicyId, ProductId, id_shaped};
use keystead_store::licenses::{self, Filter, Loaded};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{policies, products};

use crate::{Cx, Result};

/// The licenses the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let scope = cx.allow_list(Action::LicenseList)?;
    let filter = match scope.viewer() {
        Viewer::User(_) => among_own(filter),
        _ => filter,
    };
    Ok(licenses::list(&cx.db, &scope, &filter, page, direction).await?)
}

/// A user has its own licenses to look through: the name of a user that nobody can have narrows
/// nothing, as the contract has it.
fn among_own(filter: Filter) -> Filter {
    let named = |user: &String| id_shaped(user).is_some() || user.contains('@');
    Filter {
        user: filter.user.filter(named),
        ..filter
    }
}

/// The licenses of a product, by its id or code.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn list_of_product(
    cx: &Cx,
    product: &str,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    cx.bearer()?;
    let product = products::find(&cx.db, &cx.scope(), product).await?;
    let ProductId(id) = cx.allow(Action::ProductLicenses, product)?.id;
    let filter = Filter {
        product: Some(id.to_string()),
        ..filter
    };
    Ok(licenses::list(&cx.db, &cx.scope(), &filter, page, direction).await?)
}

/// The licenses of a policy.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix.
pub async fn list_of_policy(
    cx: &Cx,
    policy: &str,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), policy).await?;
    let PolicyId(id) = cx.allow(Action::PolicyLicenses, policy)?.id;
    let filter = Filter {
        policy: Some(id.to_string()),
        ..filter
    };
    Ok(licenses::list(&cx.db, &cx.scope(), &filter, page, direction).await?)
}
