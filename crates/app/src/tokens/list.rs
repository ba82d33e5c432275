//! Lists tokens.

use keystead_domain::access::Action;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::tokens::{self, Filter, Issued};

use crate::{Cx, Result};

/// The tokens the bearer sees, a page at a time; never their secrets.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(
    cx: &Cx,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Issued>> {
    let scope = cx.allow_list(Action::TokenList)?;
    Ok(tokens::list(&cx.db, &scope, filter, page, direction).await?)
}
