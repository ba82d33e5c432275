//! Lists a user's second factors.

use keystead_domain::access::Action;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::second_factors;

use super::{Holder, Shown, holder, shown};
use crate::{Cx, Result};

/// The factors of the user with this id or address: one, or none.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user, 403 by the access matrix.
pub async fn list(cx: &Cx, user: &str, page: Page, direction: Direction) -> Result<Slice<Shown>> {
    let Holder(user) = holder(cx, Action::SecondFactorList, user).await?;
    let slice = second_factors::list(&cx.db, &cx.scope(), user.id, page, direction).await?;
    let rows = slice.rows.into_iter();
    Ok(Slice {
        rows: rows
            .map(|factor| shown(cx, &user, factor))
            .collect::<Result<_>>()?,
        total: slice.total,
        more: slice.more,
    })
}
