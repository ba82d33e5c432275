//! Whether a one-time code is right. Each is taken once.

use chrono::{DateTime, Utc};
use keystead_domain::UserId;
use keystead_signing::seal::MasterKey;
use keystead_store::entities::SecondFactor;
use keystead_store::{Tx, second_factors};

use super::open;
use crate::{Cx, Result};

/// What a login learns of a user's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The user has none that is enabled.
    Nothing,
    /// A code is needed, and none was sent.
    Missing,
    /// The code is wrong, too old, or was taken before.
    Wrong,
    /// The code is right, and can't be sent again.
    Right,
}

/// Asks a user who logs in for a code, if it has a second factor that is enabled.
///
/// # Errors
/// When the database fails, or the seed does not open.
pub async fn asked_for(cx: &Cx, user: UserId, otp: Option<&str>) -> Result<Asked> {
    let Some(factor) = second_factors::enabled(&cx.db, cx.account(), user).await? else {
        return Ok(Asked::Nothing);
    };
    let Some(otp) = otp else {
        return Ok(Asked::Missing);
    };
    let tx = cx.begin().await?;
    let right = take(&tx, &cx.master_key, &factor, otp, cx.now).await?;
    tx.commit().await?;
    Ok(if right { Asked::Right } else { Asked::Wrong })
}

/// Whether the code is right for this factor, enabled or not. It is used up with the transaction.
pub(super) async fn take(
    tx: &Tx,
    key: &MasterKey,
    factor: &SecondFactor,
    otp: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    match open(key, factor)?.step_of(otp, now) {
        // The database settles who was first: one code lets one in.
        Some(step) => Ok(second_factors::spend(tx, factor.id, step).await?),
        None => Ok(false),
    }
}
