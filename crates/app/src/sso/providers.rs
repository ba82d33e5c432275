//! Who speaks to identity providers.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use keystead_domain::sso::Failure;
use keystead_signing::Secret;
use serde_json::{Map, Value};

/// An identity provider, and what it knows this server by.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its issuer URL, below which it describes itself.
    pub issuer: String,
    /// The id that it gave this server.
    pub client_id: String,
    /// The secret that it gave this server.
    pub client_secret: Secret<String>,
}

/// Whom a provider is asked to send back.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where to.
    pub redirect_uri: String,
    /// The organization that the person should be of.
    pub organization: String,
    /// The domain that the account's people mostly are of.
    pub domain: Option<String>,
    /// The person's address.
    pub email: String,
    /// What to bring back.
    pub state: String,
    /// What the ID token must repeat.
    pub nonce: String,
    /// The digest of what the code is redeemed with, as PKCE has it (S256).
    pub challenge: String,
}

/// A code, and what it takes to believe what it is exchanged for.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// The code.
    pub code: Secret<String>,
    /// Where the person was sent back to.
    pub redirect_uri: String,
    /// What the challenge was made of; none when we did not send the person.
    pub verifier: Option<String>,
    /// What the ID token must repeat; none when we did not send the person.
    pub nonce: Option<String>,
    /// The present.
    pub now: DateTime<Utc>,
}

/// Speaks to providers.
#[async_trait]
pub trait Providers: fmt::Debug + Send + Sync {
    /// Where a browser goes to be asked who its person is.
    ///
    /// # Errors
    /// When the provider does not describe itself.
    async fn authorize_url(&self, provider: &Provider, ask: Ask) -> Result<String, Failure>;

    /// The claims that the provider makes of whoever a code is for, verified: signature, issuer,
    /// audience, end and nonce.
    ///
    /// # Errors
    /// When the provider refuses the code, does not answer, or can't be believed.
    async fn redeem(
        &self,
        provider: &Provider,
        redemption: Redemption,
    ) -> Result<Map<String, Value>, Failure>;
}

/// Knows no provider: where nobody signs on.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

#[async_trait]
impl Providers for Nobody {
    async fn authorize_url(&self, _: &Provider, _: Ask) -> Result<String, Failure> {
        Err(Failure::unavailable())
    }

    async fn redeem(&self, _: &Provider, _: Redemption) -> Result<Map<String, Value>, Failure> {
        Err(Failure::unavailable())
    }
}
