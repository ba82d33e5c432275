//! Enables a second factor, or disables it.

use keystead_domain::Refused;
use keystead_domain::access::{Action, Tied};
use keystead_domain::event::EventName;
use keystead_store::entities::SecondFactor;
use keystead_store::second_factors::{self, Owned};

use super::{Holder, Shown, otp, shown, wrong_otp};
use crate::herald::Payload;
use crate::{Cx, Result};

/// The factor of a user with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 404 when it is not the user's, 403 by the access matrix.
pub async fn changeable(cx: &Cx, Holder(user): &Holder, id: &str) -> Result<Owned> {
    let found = second_factors::find(&cx.db, &cx.scope(), user, id).await?;
    Ok(cx.allow(Action::SecondFactorUpdate, found)?)
}

/// Enables a factor, so that logins ask for its codes, or disables it. A code of this very factor
/// proves that the app makes the right ones.
///
/// # Errors
/// 401 for a wrong code, 404 when the factor is gone by now.
pub async fn update(cx: &Cx, owned: Owned, enabled: bool, code: &str) -> Result<Shown> {
    let Owned { factor, user } = owned;

    let tx = cx.begin().await?;
    if !otp::take(&tx, &cx.master_key, &factor, code, cx.now).await? {
        return Err(wrong_otp().into());
    }
    if !second_factors::enable(&tx, factor.id, enabled, cx.now).await? {
        return Err(Refused::not_found("second factor", &factor.id.to_string()).into());
    }
    let factor = SecondFactor {
        enabled,
        updated_at: cx.now,
        ..factor
    };
    let name = if enabled {
        EventName::SecondFactorEnabled
    } else {
        EventName::SecondFactorDisabled
    };
    let event = cx.event(name.as_str(), "second-factors", factor.id.0);
    cx.tell(&tx, event, Payload::SecondFactor(&factor, user.tie()))
        .await?;
    tx.commit().await?;
    shown(cx, &user, factor)
}
