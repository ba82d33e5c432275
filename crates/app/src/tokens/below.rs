//! Tokens below the path of their bearer: `/licenses/{id}/tokens` and its like.

use keystead_domain::access::{Action, BearerId, Seen, Viewer};
use keystead_domain::{EnvironmentId, Refused};
use keystead_store::accounts;
use keystead_store::entities::Environment;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::tokens::{self, Filter, Issued};

use crate::licenses::show::find as find_license;
use crate::{Cx, Result};

/// Whose tokens a path is about, as the path names it.
#[derive(Clone, Copy, Debug)]
pub enum Parent<'a> {
    /// A license, by id or key.
    License(&'a str),
    /// An environment, by id or code.
    Environment(&'a str),
}

/// The tokens of a bearer, a page at a time; never their secrets.
///
/// # Errors
/// 401, 404 when the bearer isn't seen, 403 by the access matrix.
pub async fn list_of(
    cx: &Cx,
    parent: Parent<'_>,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let bearer = readable(cx, parent).await?;
    let filter = Filter {
        kind: Some(bearer.kind()),
        bearer: Some(bearer.uuid()),
        ..Filter::default()
    };
    Ok(tokens::list(&cx.db, &cx.scope(), &filter, page, direction).await?)
}

/// One of the tokens of a bearer; never its secret.
///
/// # Errors
/// 401, 404 when the bearer isn't seen or the token is not its, 403 by the access matrix.
pub async fn show_of(cx: &Cx, parent: Parent<'_>, id: &str) -> Result<Issued> {
    let bearer = readable(cx, parent).await?;
    let found = tokens::find(&cx.db, &cx.scope(), id).await?;
    let token = &found.peek().token;
    if BearerId::new(token.bearer_kind, token.bearer_id) != bearer {
        return Err(Refused::not_found("token", id).into());
    }
    Ok(cx.allow(Action::TokenShow, found)?)
}

/// Somebody whom a token may be issued for; whether it may is asked there.
///
/// # Errors
/// 401, 404 when the bearer isn't seen.
pub async fn bearer_of(cx: &Cx, parent: Parent<'_>) -> Result<BearerId> {
    cx.bearer()?;
    Ok(match parent {
        Parent::License(key) => BearerId::License(find_license(cx, key).await?.peek().license.id),
        Parent::Environment(code) => BearerId::Environment(environment(cx, code).await?.peek().id),
    })
}

/// The bearer, when its tokens may be read.
async fn readable(cx: &Cx, parent: Parent<'_>) -> Result<BearerId> {
    cx.bearer()?;
    Ok(match parent {
        Parent::License(key) => {
            let license = find_license(cx, key).await?;
            BearerId::License(cx.allow(Action::LicenseTokens, license)?.license.id)
        }
        Parent::Environment(code) => {
            let found = environment(cx, code).await?;
            BearerId::Environment(cx.allow(Action::EnvironmentTokens, found)?.id)
        }
    })
}

/// The environment with this id or code: staff see all, an environment sees itself, and nobody
/// else sees any.
async fn environment(cx: &Cx, id_or_code: &str) -> Result<Seen<Environment>> {
    let scope = cx.scope();
    let shows = |id: EnvironmentId| match scope.viewer() {
        Viewer::All => true,
        Viewer::Environment(own) => own == id,
        Viewer::Product(_) | Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => false,
    };
    let found = accounts::environment(&cx.db, cx.account(), id_or_code).await?;
    let found = found.filter(|environment| shows(environment.id));
    let found = found.ok_or_else(|| Refused::not_found("environment", id_or_code))?;
    Ok(scope.seen(found))
}
