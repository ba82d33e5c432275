//! Speaks OpenID Connect with identity providers: discovery, the authorization code with PKCE, and
//! ID tokens, whose every claim is verified before anybody reads it.
//!
//! Providers are named by the operator, so they may be in the operator's own network; they are
//! called without redirects and without a proxy, and their answers are read up to a limit.

use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead_app::sso::{Ask, Provider, Providers, Redemption};
use keystead_domain::sso::Failure;
use moka::future::Cache;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreIdToken,
    CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, SignatureVerificationError, SubjectIdentifier, TokenResponse,
    UserInfoClaims,
};
use reqwest::Client;
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use url::Url;

/// For connecting, and for each wait for more of an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// For all of one call.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// How long what a provider says of itself is believed.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// Providers that are remembered.
const KEPT: u64 = 1_000;
/// Codes that are redeemed at once: anybody can bring one, and no provider should suffer for it.
const AT_ONCE: usize = 16;

/// Speaks OpenID Connect.
#[derive(Debug)]
pub struct OpenId {
    http: Client,
    known: Cache<String, CoreProviderMetadata>,
    turns: Semaphore,
}

/// A provider, as it describes itself, and what it knows this server by.
type Relying = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A call that a provider did not answer.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the provider can't be reached")]
    Unreachable(#[from] reqwest::Error),
    #[error("the provider's answer is longer than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
    #[error("the provider's answer is none")]
    Malformed(#[from] openidconnect::http::Error),
}

/// Every claim, whether a standard names it or not.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Anything {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for Anything {}

impl OpenId {
    /// Knows no provider yet.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new() -> Result<Self> {
        let http = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .timeout(PATIENCE_IN_ALL)
            .build()
            .context("can't set up a client for identity providers")?;
        Ok(Self {
            http,
            known: Cache::builder()
                .max_capacity(KEPT)
                .time_to_live(FRESH)
                .build(),
            turns: Semaphore::new(AT_ONCE),
        })
    }

    /// What a provider says of itself; asked once for all who want to know at the same time.
    async fn described(&self, provider: &Provider) -> Result<CoreProviderMetadata, Failure> {
        let issuer = IssuerUrl::new(provider.issuer.clone());
        let issuer = issuer.map_err(|error| broken(provider, &error))?;
        let http = |request| carry(self.http.clone(), request);
        let asked = self
            .known
            .try_get_with(provider.issuer.clone(), async {
                CoreProviderMetadata::discover_async(issuer, &http).await
            })
            .await;
        asked.map_err(|error| {
            tracing::warn!(issuer = provider.issuer, %error, "an identity provider does not describe itself");
            Failure::unavailable()
        })
    }

    async fn relying(&self, provider: &Provider, back_to: &str) -> Result<Relying, Failure> {
        let described = self.described(provider).await?;
        let methods = described.token_endpoint_auth_methods_supported();
        let by_body = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let redirect = RedirectUrl::new(back_to.to_owned());
        let redirect = redirect.map_err(|error| broken(provider, &error))?;
        let relying = CoreClient::from_provider_metadata(
            described,
            ClientId::new(provider.client_id.clone()),
            Some(ClientSecret::new(provider.client_secret.expose().clone())),
        );
        Ok(relying
            .set_redirect_uri(redirect)
            .set_auth_type(if by_body {
                AuthType::RequestBody
            } else {
                AuthType::BasicAuth
            }))
    }

    /// The claims of an ID token. A key that is not known yet may be a new one: the provider is
    /// asked once more.
    async fn believed(
        &self,
        provider: &Provider,
        redemption: &Redemption,
        token: &CoreIdToken,
    ) -> Result<Map<String, Value>, Failure> {
        let mut again = true;
        loop {
            let relying = self.relying(provider, &redemption.redirect_uri).await?;
            match verify(&relying, redemption, token) {
                Ok(()) => return payload(token).ok_or_else(Failure::invalid),
                Err(ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey,
                )) if again => {
                    self.known.invalidate(&provider.issuer).await;
                    again = false;
                }
                Err(error) => return Err(broken(provider, &error)),
            }
        }
    }

    /// Adds what the provider only tells whoever asks with an access token; what is signed wins.
    async fn told(
        &self,
        provider: &Provider,
        relying: &Relying,
        access: &AccessToken,
        claims: &mut Map<String, Value>,
    ) -> Result<(), Failure> {
        let subject = claims.get("sub").and_then(Value::as_str);
        let subject = subject.map(|subject| SubjectIdentifier::new(subject.to_owned()));
        // Without that endpoint there is nothing more to learn.
        let Ok(request) = relying.user_info(access.clone(), subject) else {
            return Ok(());
        };
        let http = |request| carry(self.http.clone(), request);
        let told: UserInfoClaims<Anything, CoreGenderClaim> = request
            .request_async(&http)
            .await
            .map_err(|error| broken(provider, &error))?;
        if let Ok(Value::Object(told)) = serde_json::to_value(&told) {
            for (name, value) in told {
                claims.entry(name).or_insert(value);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Providers for OpenId {
    async fn authorize_url(&self, provider: &Provider, ask: Ask) -> Result<String, Failure> {
        let relying = self.relying(provider, &ask.redirect_uri).await?;
        let Ask {
            organization,
            domain,
            email,
            state,
            nonce,
            challenge,
            ..
        } = ask;
        let mut request = relying
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .add_extra_param("organization", organization)
            .add_extra_param("login_hint", email)
            .add_extra_param("code_challenge", challenge)
            .add_extra_param("code_challenge_method", "S256");
        if let Some(domain) = domain {
            request = request.add_extra_param("domain_hint", domain);
        }
        let (url, ..): (Url, CsrfToken, Nonce) = request.url();
        Ok(url.into())
    }

    async fn redeem(
        &self,
        provider: &Provider,
        redemption: Redemption,
    ) -> Result<Map<String, Value>, Failure> {
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|error| broken(provider, &error))?;
        let relying = self.relying(provider, &redemption.redirect_uri).await?;
        let code = AuthorizationCode::new(redemption.code.expose().clone());
        let mut request = relying
            .exchange_code(code)
            .map_err(|error| broken(provider, &error))?;
        if let Some(verifier) = &redemption.verifier {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.clone()));
        }
        let http = |request| carry(self.http.clone(), request);
        let tokens = match request.request_async(&http).await {
            Ok(tokens) => tokens,
            Err(RequestTokenError::ServerResponse(refusal)) => {
                return Err(Failure::told(refusal.error().as_ref()));
            }
            Err(RequestTokenError::Request(error)) => {
                broken(provider, &error);
                return Err(Failure::unavailable());
            }
            // Its text holds what was answered, which may be tokens.
            Err(RequestTokenError::Parse(error, _)) => return Err(broken(provider, &error)),
            Err(RequestTokenError::Other(_)) => {
                tracing::warn!(issuer = provider.issuer, "an odd answer to a code");
                return Err(Failure::invalid());
            }
        };
        let token = tokens.id_token().ok_or_else(Failure::invalid)?;
        let mut claims = self.believed(provider, &redemption, token).await?;
        if !claims.contains_key("email") {
            self.told(provider, &relying, tokens.access_token(), &mut claims)
                .await?;
        }
        Ok(claims)
    }
}

/// Signature, issuer, audience, end, and the nonce of whom we sent.
fn verify(
    relying: &Relying,
    redemption: &Redemption,
    token: &CoreIdToken,
) -> Result<(), ClaimsVerificationError> {
    let now = redemption.now;
    let verifier = relying.id_token_verifier().set_time_fn(move || now);
    match &redemption.nonce {
        Some(nonce) => token
            .claims(&verifier, &Nonce::new(nonce.clone()))
            .map(drop),
        // Nobody is let in by this token: whoever it names is sent to the provider again.
        None => token
            .claims(&verifier, |_: Option<&Nonce>| Ok(()))
            .map(drop),
    }
}

/// The claims of a token that was verified, all of them.
fn payload(token: &CoreIdToken) -> Option<Map<String, Value>> {
    let text = token.to_string();
    let payload = text.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Makes a call of the protocol's.
async fn carry(http: Client, request: HttpRequest) -> Result<HttpResponse, Lost> {
    let mut response = http.execute(request.try_into()?).await?;
    let mut answer = openidconnect::http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(Lost::TooLong);
        }
    }
    Ok(answer.body(body)?)
}

/// Notes why a provider can't be believed; the browser hears only that it can't.
fn broken(provider: &Provider, error: &dyn std::error::Error) -> Failure {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    tracing::warn!(
        issuer = provider.issuer,
        why,
        "an identity provider can't be believed"
    );
    Failure::invalid()
}
