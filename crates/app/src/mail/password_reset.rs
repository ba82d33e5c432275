//! The mail that lets a user reset its password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead_domain::access::Scope;
use keystead_domain::{AccountId, UserId};
use keystead_signing::seal::MasterKey;
use keystead_signing::{Secret, SystemEntropy, TokenDigest};
use keystead_store::entities::User;
use keystead_store::{accounts, password_resets, users};
use minijinja::context;

use super::{Letter, Letters, Mail};
use crate::passwords::reset::RESET_WITHIN;
use crate::{App, Error, Result};

impl Letter {
    /// The mail that brings `token` to the user.
    pub fn password_reset(user: &User, token: &Secret<String>, key: &MasterKey) -> Self {
        let place = place(&user.account_id, &user.id);
        let sealed = key.seal(&place, token.expose().as_bytes(), &mut SystemEntropy);
        Self::PasswordReset {
            account: user.account_id,
            user: user.id,
            sealed_token: STANDARD.encode(sealed),
        }
    }
}

/// Where a token is sealed for: no other user's mail opens it.
fn place<'a>(account: &'a AccountId, user: &'a UserId) -> [&'a [u8]; 3] {
    [
        account.0.as_bytes(),
        user.0.as_bytes(),
        b"mail.password_reset",
    ]
}

pub(super) async fn write(
    app: &App,
    letters: &Letters,
    account: AccountId,
    user: UserId,
    sealed_token: &str,
) -> Result<Option<Mail>> {
    let sealed = STANDARD.decode(sealed_token).map_err(Error::failed)?;
    let token = app
        .master_key
        .open(&place(&account, &user), &sealed)
        .map_err(Error::failed)?;
    let token = String::from_utf8(token.expose().clone()).map_err(Error::failed)?;
    let token = Secret::new(token);

    // A later request, or a reset, made this one worthless; so did the time a dead mail server took.
    let reset = password_resets::of_user(&app.db, account, user).await?;
    let current = reset.is_some_and(|reset| {
        reset.digest == TokenDigest::of(token.expose()).as_bytes()
            && app.clock.now() <= reset.created_at + RESET_WITHIN
    });
    let scope = Scope::system(account);
    let user = users::by_id(&app.db, &scope, user).await?;
    let account = accounts::find(&app.db, &account.to_string()).await?;
    let (true, Some(user), Some(account)) = (current, user, account) else {
        return Ok(None);
    };

    // Whoever gets it knows by it which account and user the secret is for.
    let token = Secret::new(format!(
        "{}.{}.{}",
        account.id.0.simple(),
        user.id.0.simple(),
        token.expose()
    ));
    let values = context! {
        account => &account.name,
        email => &user.email,
        name => &user.first_name,
        has_password => user.password_hash.is_some(),
        link => letters.reset_link(&account.slug, &token),
        token => token.expose(),
        hours => RESET_WITHIN.num_hours(),
    };
    let (subject, text) = letters.render("password_reset", values)?;
    Ok(Some(Mail {
        to: user.email,
        reply_to: users::last_admin(&app.db, account.id).await?,
        subject,
        text,
    }))
}
