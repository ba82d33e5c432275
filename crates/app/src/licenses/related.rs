//! Shows what a license is related to.

use keystead_domain::access::{Action, BearerId, Scope};
use keystead_domain::words::BearerKind;
use keystead_domain::{LicenseId, Refused, UserId};
use keystead_signing::digest::sha256;
use keystead_store::entities::{Group, Policy, Product};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::tokens::Issued;
use keystead_store::{groups, machines, products, tokens, users};

use super::show::find;
use crate::machines::View;
use crate::machines::show::find as find_machine;
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
    let owner = cx.allow(Action::LicenseOwner, license)?.license.owner_id;
    known(cx, owner).await
}

/// The same on the path that older clients know: the license's user.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn user(cx: &Cx, id_or_key: &str) -> Result<Option<Person>> {
    let license = find(cx, id_or_key).await?;
    let owner = cx.allow(Action::LicenseUser, license)?.license.owner_id;
    known(cx, owner).await
}

async fn known(cx: &Cx, owner: Option<UserId>) -> Result<Option<Person>> {
    let Some(id) = owner else { return Ok(None) };
    match users::by_id(&cx.db, &cx.existing(), id).await? {
        Some(user) => Ok(Some(person(cx, user).await?)),
        None => Ok(None),
    }
}

/// The group of the license with this id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license or it has no group, 403 by the access matrix.
pub async fn group(cx: &Cx, id_or_key: &str) -> Result<Group> {
    let license = find(cx, id_or_key).await?;
    let group = match cx.allow(Action::LicenseGroup, license)?.license.group_id {
        Some(id) => groups::by_id(&cx.db, &cx.existing(), id).await?,
        None => None,
    };
    Ok(group.ok_or_else(|| Refused::missing("group"))?)
}

/// One of the license's machines, by its id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license or the machine is not its, 403 by the access
/// matrix.
pub async fn machine(cx: &Cx, id_or_key: &str, id_or_fingerprint: &str) -> Result<View> {
    let (scope, license) = allowed(cx, id_or_key, Action::LicenseMachines).await?;
    // Others may have the same fingerprint.
    let filter = machines::Filter {
        license: Some(license.to_string()),
        fingerprint: Some(sha256(id_or_fingerprint.as_bytes())),
        ..machines::Filter::default()
    };
    let mut page = machines::list(
        &cx.db,
        &scope,
        &filter,
        Page::Limit(1),
        Direction::Ascending,
    )
    .await?;
    let found = match page.rows.pop() {
        Some(found) => scope.seen(found),
        None => find_machine(cx, id_or_fingerprint).await?,
    };
    if found.peek().machine.license_id != license {
        return Err(Refused::not_found("machine", id_or_fingerprint).into());
    }
    Ok(View::of(cx, cx.allow(Action::MachineShow, found)?))
}

/// The tokens of the license with this id or key; never their secrets.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn tokens(
    cx: &Cx,
    id_or_key: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let (scope, license) = allowed(cx, id_or_key, Action::LicenseTokens).await?;
    let filter = tokens::Filter {
        kind: Some(BearerKind::License),
        bearer: Some(license.0),
        ..tokens::Filter::default()
    };
    Ok(tokens::list(&cx.db, &scope, &filter, page, direction).await?)
}

/// One of the license's tokens; never its secret.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license or the token is not its, 403 by the access
/// matrix.
pub async fn token(cx: &Cx, id_or_key: &str, id: &str) -> Result<Issued> {
    let (scope, license) = allowed(cx, id_or_key, Action::LicenseTokens).await?;
    let found = tokens::find(&cx.db, &scope, id).await?;
    let of = &found.peek().token;
    if BearerId::new(of.bearer_kind, of.bearer_id) != BearerId::License(license) {
        return Err(Refused::not_found("token", id).into());
    }
    Ok(cx.allow(Action::TokenShow, found)?)
}

/// The license as somebody whom tokens may be issued for; whether they may is asked there.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license.
pub async fn bearer(cx: &Cx, id_or_key: &str) -> Result<BearerId> {
    let license = find(cx, id_or_key).await?;
    Ok(BearerId::License(license.peek().license.id))
}

async fn allowed(cx: &Cx, id_or_key: &str, action: Action) -> Result<(Scope, LicenseId)> {
    let license = find(cx, id_or_key).await?;
    Ok((cx.scope(), cx.allow(action, license)?.license.id))
}
