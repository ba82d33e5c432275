//! Shows a user's second factor.

use keystead_domain::access::Action;
use keystead_store::second_factors::{self, Owned};

use super::{Holder, Shown, holder, shown};
use crate::{Cx, Result};

/// The factor with this id, of the user with this id or address.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the user or the factor is not its, 403 by the access matrix.
pub async fn show(cx: &Cx, user: &str, id: &str) -> Result<Shown> {
    let Holder(user) = holder(cx, Action::SecondFactorShow, user).await?;
    let found = second_factors::find(&cx.db, &cx.scope(), &user, id).await?;
    let Owned { factor, user } = cx.allow(Action::SecondFactorShow, found)?;
    shown(cx, &user, factor)
}
