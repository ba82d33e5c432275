//! Lists users.

use keystead_domain::access::Action;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::users::{self, Filter};

use super::{Person, people};
use crate::{Cx, Result};

/// The users the bearer sees, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix; also when an admin is on the page and the bearer lacks
/// `admin.read` (identity §17.4).
pub async fn list(
    cx: &Cx,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Person>> {
    let scope = cx.allow_list(Action::UserList)?;
    let page = users::list(&cx.db, &scope, filter, page, direction).await?;
    let page = cx.allow_each(Action::UserShow, &scope, page)?;
    people(cx, page).await
}
