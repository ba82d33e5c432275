//! Single sign-on: people prove who they are at an identity provider instead of by a password
//! (distribution reference §12).

mod admit;
mod finish;
mod providers;
pub mod settings;
mod start;
mod state;

pub use finish::{Callback, Outcome, SignedOn, finish};
pub use providers::{Ask, Nobody, Provider, Providers, Redemption};
pub use state::State;

pub(crate) use start::{must_sign_on, turned_away};

use keystead_domain::AccountId;
use keystead_domain::sso::{ClaimNames, Terms};
use keystead_signing::Secret;
use keystead_store::entities::AccountSso;

use crate::{App, Error, Result};

/// Choices of the operator about signing on.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The provider of every account that has none of its own.
    pub provider: Option<Provider>,
    /// Which claims say what no standard names.
    pub claims: ClaimNames,
}

/// What the client secret of an account's own provider is sealed for.
const CONTEXT: &[u8] = b"sso";

/// What an account's row says.
fn terms(sso: &AccountSso) -> Terms {
    let domains = sso.domains.as_array().into_iter().flatten();
    let domains = domains.filter_map(|domain| domain.as_str().map(str::to_lowercase));
    Terms {
        domains: domains.collect(),
        session_seconds: sso.session_duration,
        jit_provisioning: sso.jit_provisioning,
        external_authn: sso.external_authn,
        sync_roles: sso.sync_roles,
        idp_initiated: sso.idp_initiated,
    }
}

/// The provider of an account: its own, or the installation's.
///
/// # Errors
/// When the master key is not the one the client secret was sealed with.
fn provider_of(app: &App, sso: &AccountSso) -> Result<Option<Provider>> {
    let (Some(issuer), Some(client_id), Some(sealed)) =
        (&sso.issuer, &sso.client_id, &sso.client_secret)
    else {
        return Ok(app.settings.sso.provider.clone());
    };
    let opened = app.master_key.open(&context(&sso.account_id), sealed);
    let opened = opened.map_err(Error::failed)?;
    let secret = String::from_utf8(opened.expose().clone()).map_err(Error::failed)?;
    Ok(Some(Provider {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: Secret::new(secret),
    }))
}

fn context(account: &AccountId) -> [&[u8]; 2] {
    [account.0.as_bytes(), CONTEXT]
}
