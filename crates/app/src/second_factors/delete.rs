//! Removes a second factor.

use keystead_domain::Refused;
use keystead_domain::access::{Action, Tied};
use keystead_domain::event::EventName;
use keystead_store::second_factors::{self, Owned};

use super::{Holder, otp, wrong_otp};
use crate::herald::Payload;
use crate::{Cx, Result};

/// The factor of a user with this id, if the bearer may remove it: asked before the body is read.
///
/// # Errors
/// 404 when it is not the user's, 403 by the access matrix.
pub async fn removable(cx: &Cx, Holder(user): &Holder, id: &str) -> Result<Owned> {
    let found = second_factors::find(&cx.db, &cx.scope(), user, id).await?;
    Ok(cx.allow(Action::SecondFactorDelete, found)?)
}

/// Removes a factor; one that is enabled only with a code of it.
///
/// # Errors
/// 401 for a code that is needed and missing or wrong, 404 when the factor is gone by now.
pub async fn delete(cx: &Cx, owned: Owned, code: Option<&str>) -> Result<()> {
    let Owned { factor, user } = owned;

    let tx = cx.begin().await?;
    // Asked again within the transaction: somebody may have enabled it meanwhile.
    let enabled = second_factors::enabled(&tx, factor.account_id, factor.user_id).await?;
    if let Some(enabled) = enabled {
        let code = code.unwrap_or_default();
        if !otp::take(&tx, &cx.master_key, &enabled, code, cx.now).await? {
            return Err(wrong_otp().into());
        }
    }
    let name = EventName::SecondFactorDeleted.as_str();
    let event = cx.event(name, "second-factors", factor.id.0);
    cx.tell(&tx, event, Payload::SecondFactor(&factor, user.tie()))
        .await?;
    if !second_factors::delete(&tx, factor.id).await? {
        return Err(Refused::not_found("second factor", &factor.id.to_string()).into());
    }
    tx.commit().await?;
    Ok(())
}
