//! What belongs to a user.

use keystead_domain::access::{Action, BearerId, Scope};
use keystead_domain::words::BearerKind;
use keystead_domain::{Refused, UserId};
use keystead_store::entities::{Group, Product};
use keystead_store::licenses::{self, Loaded};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::tokens::Issued;
use keystead_store::{groups, machines, products, tokens, users};

use crate::licenses::show::find as find_license;
use crate::machines::View;
use crate::machines::show::find as find_machine;
use crate::{Cx, Result};

/// The products that a user holds or shares licenses of.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn products(
    cx: &Cx,
    user: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Product>> {
    let (scope, user) = allowed(cx, user, Action::UserProducts).await?;
    Ok(products::list_of_user(&cx.db, &scope, user, page, direction).await?)
}

/// One of the products that a user holds or shares licenses of, by its id or code.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user or the product is none of its, 403 by the access
/// matrix.
pub async fn product(cx: &Cx, user: &str, id_or_code: &str) -> Result<Product> {
    let (scope, user) = allowed(cx, user, Action::UserProducts).await?;
    let found = products::find(&cx.db, &scope, id_or_code).await?;
    if !products::is_held_by(&cx.db, &scope, found.peek().id, user).await? {
        return Err(Refused::not_found("product", id_or_code).into());
    }
    Ok(cx.allow(Action::ProductShow, found)?)
}

/// The licenses that a user owns or shares.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn licenses(
    cx: &Cx,
    user: &str,
    filter: licenses::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let (scope, user) = allowed(cx, user, Action::UserLicenses).await?;
    let filter = licenses::Filter {
        user: Some(user.to_string()),
        ..filter
    };
    Ok(licenses::list(&cx.db, &scope, &filter, page, direction).await?)
}

/// One of the licenses that a user owns or shares, by its id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user or the license is none of its, 403 by the access
/// matrix.
pub async fn license(cx: &Cx, user: &str, id_or_key: &str) -> Result<Loaded> {
    let (scope, user) = allowed(cx, user, Action::UserLicenses).await?;
    let found = find_license(cx, id_or_key).await?;
    if !users::holds(&cx.db, &scope, user, found.peek().license.id).await? {
        return Err(Refused::not_found("license", id_or_key).into());
    }
    Ok(cx.allow(Action::LicenseShow, found)?)
}

/// The machines of the licenses that a user owns or shares.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn machines(
    cx: &Cx,
    user: &str,
    filter: machines::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let (_, user) = allowed(cx, user, Action::UserMachines).await?;
    let filter = machines::Filter {
        user: Some(user.to_string()),
        ..filter
    };
    crate::machines::list(cx, filter, None, page, direction).await
}

/// One of the machines of the licenses that a user owns or shares, by its id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user or the machine is none of its, 403 by the access
/// matrix.
pub async fn machine(cx: &Cx, user: &str, id_or_fingerprint: &str) -> Result<View> {
    let (scope, user) = allowed(cx, user, Action::UserMachines).await?;
    let found = find_machine(cx, id_or_fingerprint).await?;
    let license = found.peek().machine.license_id;
    if !users::holds(&cx.db, &scope, user, license).await? {
        return Err(Refused::not_found("machine", id_or_fingerprint).into());
    }
    Ok(View::of(cx, cx.allow(Action::MachineShow, found)?))
}

/// A user's tokens; never their secrets.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn tokens(
    cx: &Cx,
    user: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let (scope, user) = allowed(cx, user, Action::UserTokens).await?;
    let filter = tokens::Filter {
        kind: Some(BearerKind::User),
        bearer: Some(user.0),
        ..tokens::Filter::default()
    };
    Ok(tokens::list(&cx.db, &scope, &filter, page, direction).await?)
}

/// One of a user's tokens; never its secret.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user or the token is none of its, 403 by the access
/// matrix.
pub async fn token(cx: &Cx, user: &str, id: &str) -> Result<Issued> {
    let (scope, user) = allowed(cx, user, Action::UserTokens).await?;
    let found = tokens::find(&cx.db, &scope, id).await?;
    let of = &found.peek().token;
    if BearerId::new(of.bearer_kind, of.bearer_id) != BearerId::User(user) {
        return Err(Refused::not_found("token", id).into());
    }
    Ok(cx.allow(Action::TokenShow, found)?)
}

/// The user as somebody whom tokens may be issued for; whether they may is asked there.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user.
pub async fn bearer(cx: &Cx, user: &str) -> Result<BearerId> {
    cx.bearer()?;
    let user = users::find(&cx.db, &cx.scope(), user).await?;
    Ok(BearerId::User(user.peek().id))
}

/// A user's group, if it is in one.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn group(cx: &Cx, user: &str) -> Result<Option<Group>> {
    cx.bearer()?;
    let user = users::find(&cx.db, &cx.scope(), user).await?;
    let user = cx.allow(Action::UserGroup, user)?;
    match user.group_id {
        Some(id) => Ok(groups::by_id(&cx.db, &cx.existing(), id).await?),
        None => Ok(None),
    }
}

async fn allowed(cx: &Cx, user: &str, action: Action) -> Result<(Scope, UserId)> {
    cx.bearer()?;
    let scope = cx.scope();
    let user = users::find(&cx.db, &scope, user).await?;
    Ok((scope, cx.allow(action, user)?.id))
}
