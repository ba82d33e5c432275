//! What belongs to a product.

use keystead_domain::access::{Action, BearerId, Scope};
use keystead_domain::words::BearerKind;
use keystead_domain::{ProductId, Refused};
use keystead_store::entities::Policy;
use keystead_store::licenses::Loaded;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::tokens::Issued;
use keystead_store::{machines, policies, products, tokens, users};

use crate::licenses::show::find as find_license;
use crate::machines::View;
use crate::machines::show::find as find_machine;
use crate::users::{Person, people, person};
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

/// The machines that a product's licenses are bound to.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn machines(
    cx: &Cx,
    id_or_code: &str,
    filter: machines::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let (_, product) = allowed(cx, id_or_code, Action::ProductMachines).await?;
    let filter = machines::Filter {
        product: Some(product.to_string()),
        ..filter
    };
    crate::machines::list(cx, filter, None, page, direction).await
}

/// One of a product's licenses, by its id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the license is not its, 403 by the access
/// matrix.
pub async fn license(cx: &Cx, id_or_code: &str, id_or_key: &str) -> Result<Loaded> {
    let (_, product) = allowed(cx, id_or_code, Action::ProductLicenses).await?;
    let found = find_license(cx, id_or_key).await?;
    if found.peek().license.product_id != product {
        return Err(Refused::not_found("license", id_or_key).into());
    }
    Ok(cx.allow(Action::LicenseShow, found)?)
}

/// One of the machines of a product's licenses, by its id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the machine is not of one of its licenses,
/// 403 by the access matrix.
pub async fn machine(cx: &Cx, id_or_code: &str, id_or_fingerprint: &str) -> Result<View> {
    let (_, product) = allowed(cx, id_or_code, Action::ProductMachines).await?;
    let found = find_machine(cx, id_or_fingerprint).await?;
    if found.peek().terms.product_id != product {
        return Err(Refused::not_found("machine", id_or_fingerprint).into());
    }
    Ok(View::of(cx, cx.allow(Action::MachineShow, found)?))
}

/// One of the users of a product's licenses, by id or address.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the user holds no license of it, 403 by the
/// access matrix.
pub async fn user(cx: &Cx, id_or_code: &str, id_or_email: &str) -> Result<Person> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductUsers).await?;
    let found = users::find(&cx.db, &scope, id_or_email).await?;
    if !tokens::is_customer(&cx.db, &scope, found.peek().id, product).await? {
        return Err(Refused::not_found("user", id_or_email).into());
    }
    person(cx, cx.allow(Action::UserShow, found)?).await
}

/// One of a product's tokens; never its secret.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the token is not its, 403 by the access
/// matrix.
pub async fn token(cx: &Cx, id_or_code: &str, id: &str) -> Result<Issued> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductTokens).await?;
    let found = tokens::find(&cx.db, &scope, id).await?;
    let of = &found.peek().token;
    if BearerId::new(of.bearer_kind, of.bearer_id) != BearerId::Product(product) {
        return Err(Refused::not_found("token", id).into());
    }
    Ok(cx.allow(Action::TokenShow, found)?)
}

/// One of a product's policies.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product or the policy is not its, 403 by the access
/// matrix.
pub async fn policy(cx: &Cx, id_or_code: &str, policy: &str) -> Result<Policy> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductPolicies).await?;
    let found = policies::find(&cx.db, &scope, policy).await?;
    if found.peek().product_id != product {
        return Err(Refused::not_found("policy", policy).into());
    }
    Ok(cx.allow(Action::PolicyShow, found)?)
}

/// The tokens of a product; never their secrets.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product, 403 by the access matrix.
pub async fn tokens(
    cx: &Cx,
    id_or_code: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let (scope, product) = allowed(cx, id_or_code, Action::ProductTokens).await?;
    let filter = tokens::Filter {
        kind: Some(BearerKind::Product),
        bearer: Some(product.0),
        ..tokens::Filter::default()
    };
    Ok(tokens::list(&cx.db, &scope, &filter, page, direction).await?)
}

/// The product as somebody whom tokens may be issued for; whether they may is asked there.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the product.
pub async fn bearer(cx: &Cx, id_or_code: &str) -> Result<BearerId> {
    cx.bearer()?;
    let product = products::find(&cx.db, &cx.scope(), id_or_code).await?;
    Ok(BearerId::Product(product.peek().id))
}

pub(super) async fn allowed(
    cx: &Cx,
    id_or_code: &str,
    action: Action,
) -> Result<(Scope, ProductId)> {
    cx.bearer()?;
    let scope = cx.scope();
    let product = products::find(&cx.db, &scope, id_or_code).await?;
    Ok((scope, cx.allow(action, product)?.id))
}
