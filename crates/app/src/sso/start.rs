//! Sends somebody to the provider.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use keystead_domain::sso::{Failure, STATE_TTL, Standing, required, unsupported};
use keystead_domain::{EnvironmentId, Refused};
use keystead_signing::digest::sha256;
use keystead_signing::{Entropy, SystemEntropy};
use keystead_store::entities::{Account, AccountSso, User};
use keystead_store::sso;

use super::{Ask, State, provider_of, terms};
use crate::{App, Cx, Result};

/// How the account signs on, when a password is no way in for this address, whoever has it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn must_sign_on(cx: &Cx, email: &str) -> Result<(Option<AccountSso>, bool)> {
    let sso = sso::of(&cx.db, cx.account()).await?;
    let covered = sso.as_ref().is_some_and(|sso| terms(sso).covers(email));
    Ok((sso, covered))
}

/// Turns somebody away who tried a password, to the provider. With a user, only those users whom
/// the account makes sign on.
///
/// # Errors
/// 401, with the way to the provider if there is one.
pub(crate) async fn turned_away(
    cx: &Cx,
    sso: &AccountSso,
    email: &str,
    user: Option<&User>,
) -> Result<()> {
    if let Some(user) = user {
        let standing = Standing {
            role: user.role,
            has_identity: sso::identity_of(&cx.db, user.id).await?.is_some(),
        };
        if !keystead_domain::sso::must_sign_on(standing) {
            return Ok(());
        }
    }
    let (account, environment) = (&cx.tenant.account, cx.environment.id());
    let begun = begin(cx, account, sso, email, environment, cx.now).await?;
    Err(Refused::from(match begun {
        None => unsupported(),
        Some(Ok(url)) => required(Some(url)),
        // The provider's absence opens no other door.
        Some(Err(_)) => required(None),
    })
    .into())
}

/// Where a browser goes to sign on with this address; none when no provider is known, or no way
/// back from it.
///
/// # Errors
/// When the master key is not the one the client secret was sealed with.
pub(super) async fn begin(
    app: &App,
    account: &Account,
    sso: &AccountSso,
    email: &str,
    environment: Option<EnvironmentId>,
    now: DateTime<Utc>,
) -> Result<Option<Result<String, Failure>>> {
    let (Some(provider), Some(callback)) = (
        provider_of(app, sso)?,
        app.settings.hosts.sso_callback.as_ref(),
    ) else {
        return Ok(None);
    };
    let state = State {
        email: email.trim().to_owned(),
        environment,
        nonce: random(),
        verifier: random(),
        expires: now + STATE_TTL,
    };
    let ask = Ask {
        redirect_uri: callback.clone(),
        organization: sso.organization.clone(),
        domain: terms(sso).domains.first().cloned(),
        email: state.email.clone(),
        state: state.seal(&app.master_key, account),
        challenge: URL_SAFE_NO_PAD.encode(sha256(state.verifier.as_bytes())),
        nonce: state.nonce,
    };
    Ok(Some(app.providers.authorize_url(&provider, ask).await))
}

/// 256 bits that nobody guesses, in characters that a URL can hold.
fn random() -> String {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
