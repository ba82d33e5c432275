//! Shows a user.

use keystead_domain::access::Action;
use keystead_store::users;

use super::{Person, person};
use crate::{Cx, Result};

/// The user with this id or address.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_email: &str) -> Result<Person> {
    cx.bearer()?;
    let user = users::find(&cx.db, &cx.scope(), id_or_email).await?;
    let user = cx.allow(Action::UserShow, user)?;
    person(cx, user).await
}
