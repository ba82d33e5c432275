//! The tokens of an environment.

use keystead_domain::Refused;
use keystead_domain::access::{Action, BearerId};
use keystead_domain::words::BearerKind;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::tokens::{self, Filter, Issued};

use super::find;
use crate::{Cx, Result};

/// The tokens of the environment with this id or code; never their secrets.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the environment, 403 by the access matrix.
pub async fn tokens(
    cx: &Cx,
    id_or_code: &str,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let environment = find(cx, id_or_code).await?;
    let environment = cx.allow(Action::EnvironmentTokens, environment)?.id;
    let filter = Filter {
        kind: Some(BearerKind::Environment),
        bearer: Some(environment.0),
        ..Filter::default()
    };
    Ok(tokens::list(&cx.db, &cx.scope(), &filter, page, direction).await?)
}

/// One of the tokens of the environment with this id or code; never its secret.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the environment or the token is not its, 403 by the access
/// matrix.
pub async fn token(cx: &Cx, id_or_code: &str, id: &str) -> Result<Issued> {
    let environment = find(cx, id_or_code).await?;
    let environment = cx.allow(Action::EnvironmentTokens, environment)?.id;
    let found = tokens::find(&cx.db, &cx.scope(), id).await?;
    let of = &found.peek().token;
    if BearerId::new(of.bearer_kind, of.bearer_id) != BearerId::Environment(environment) {
        return Err(Refused::not_found("token", id).into());
    }
    Ok(cx.allow(Action::TokenShow, found)?)
}

/// The environment as somebody whom tokens may be issued for; whether they may is asked there.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the environment.
pub async fn bearer(cx: &Cx, id_or_code: &str) -> Result<BearerId> {
    let environment = find(cx, id_or_code).await?;
    Ok(BearerId::Environment(environment.peek().id))
}
