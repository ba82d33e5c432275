//! Asks for a password to be reset: anyone may, for any address.

use keystead_domain::event::EventName;
use keystead_domain::user::normalised_email;
use keystead_jobs::{new_job, put};
use keystead_signing::{Secret, SystemEntropy, TokenDigest, token};
use keystead_store::entities::{PasswordReset, User};
use keystead_store::{Tx, password_resets, users};

use crate::herald::Payload;
use crate::mail::{Letter, SendMail};
use crate::users::person_in;
use crate::{Cx, Result};

/// Makes the token that resets the password of the user with this address, and mails it unless
/// `deliver` is false: then the vendor brings it to the user, who hears of it by the event.
///
/// Whether there is such a user shows in nothing that is answered.
///
/// # Errors
/// When the database fails.
pub async fn request(cx: &Cx, email: &str, deliver: bool) -> Result<()> {
    let user = users::by_email(&cx.db, cx.account(), &normalised_email(email)).await?;
    let Some(user) = user.filter(|user| cx.environment.reads(user.environment_id)) else {
        return Ok(());
    };
    let token = token::generate_password_reset(&mut SystemEntropy);

    let tx = cx.begin().await?;
    let reset = PasswordReset {
        user_id: user.id,
        account_id: user.account_id,
        digest: TokenDigest::of(token.expose()).as_bytes().to_vec(),
        created_at: cx.now,
    };
    password_resets::replace(&tx, reset).await?;
    if deliver {
        mail(cx, &tx, &user, &token).await?;
    }
    let person = person_in(cx, &tx, user).await?;
    let event = cx.event(
        EventName::UserPasswordReset.as_str(),
        "users",
        person.user.id.0,
    );
    cx.tell(&tx, event, Payload::PasswordReset(&person, &token))
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The mail is sent by a job, so that no mail server keeps a request waiting.
async fn mail(cx: &Cx, tx: &Tx, user: &User, token: &Secret<String>) -> Result<()> {
    let letter = Letter::password_reset(user, token, &cx.master_key);
    put(tx, cx.now, &[new_job(&SendMail { letter })]).await?;
    Ok(())
}
