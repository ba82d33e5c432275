//! Makes a user's second factor, which does nothing until it is enabled.

use keystead_domain::access::Tied;
use keystead_domain::event::EventName;
use keystead_domain::{Code, Refused};
use keystead_signing::totp::Seed;
use keystead_signing::{Secret, SystemEntropy};
use keystead_store::entities::{SecondFactor, User};
use keystead_store::second_factors;

use super::{Holder, Shown, otp, refused, seal, shown, wrong_otp};
use crate::herald::Payload;
use crate::passwords::hash;
use crate::{Cx, Result};

/// What proves that it is the user who asks.
#[derive(Debug, Default)]
pub struct Proof {
    /// The user's password: while no factor of the user is enabled.
    pub password: Option<Secret<String>>,
    /// A code of the factor that is enabled.
    pub otp: Option<String>,
}

/// Makes a second factor for the user, its seed shown until it is enabled.
///
/// # Errors
/// 403 by the access matrix, 401 for a proof that is missing or wrong, 409 when the user has a
/// factor already.
pub async fn create(cx: &Cx, Holder(user): Holder, proof: Proof) -> Result<Shown> {
    prove(cx, &user, proof).await?;
    let seed = Seed::generate(&mut SystemEntropy);
    let id = cx.ids.next();
    let factor = SecondFactor {
        id,
        account_id: user.account_id,
        environment_id: user.environment_id,
        user_id: user.id,
        seed: seal(&cx.master_key, &user.account_id, &id, &seed),
        enabled: false,
        last_step: None,
        created_at: cx.now,
        updated_at: cx.now,
    };

    let tx = cx.begin().await?;
    // One per user: of two who race, the index lets one through.
    let factor = match second_factors::insert(&tx, factor).await {
        Err(error) if error.is_duplicate() => return Err(Refused::conflict().into()),
        made => made?,
    };
    let name = EventName::SecondFactorCreated.as_str();
    let event = cx.event(name, "second-factors", factor.id.0);
    cx.tell(&tx, event, Payload::SecondFactor(&factor, user.tie()))
        .await?;
    tx.commit().await?;
    shown(cx, &user, factor)
}

/// A code of the enabled factor, or else the password (identity §12).
async fn prove(cx: &Cx, user: &User, proof: Proof) -> Result<()> {
    if let Some(factor) = second_factors::enabled(&cx.db, user.account_id, user.id).await? {
        let tx = cx.begin().await?;
        let code = proof.otp.unwrap_or_default();
        let right = otp::take(&tx, &cx.master_key, &factor, &code, cx.now).await?;
        tx.commit().await?;
        return if right {
            Ok(())
        } else {
            Err(wrong_otp().into())
        };
    }
    let password = proof.password.unwrap_or_else(|| Secret::new(String::new()));
    let verdict = hash::compare(password, user.password_hash.clone()).await?;
    if verdict.is_right() {
        return Ok(());
    }
    Err(refused(Code::PasswordInvalid, "password").into())
}
