//! Takes somebody back from the provider: the steps are in the contract's order, but for the state,
//! which is looked at first, as it holds what the code is redeemed with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use keystead_domain::access::Environment;
use keystead_domain::sso::{Failure, Profile};
use keystead_domain::version::ApiVersion;
use keystead_domain::words::IsolationStrategy;
use keystead_domain::{EnvironmentId, RequestId};
use keystead_signing::Secret;
use keystead_store::entities::{AccountSso, Session};
use keystead_store::{accounts, sso};

use super::admit::admit;
use super::start::begin;
use super::{Provider, Redemption, State, provider_of, terms};
use crate::{App, Client, Cx, Tenant};

/// What a browser brings back from a provider.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// What the provider's word is exchanged for.
    pub code: Option<Secret<String>>,
    /// What we sent along.
    pub state: Option<String>,
    /// Why the provider vouches for nobody.
    pub error: Option<String>,
}

/// Where somebody is who came back from a provider.
#[derive(Debug)]
pub enum Outcome {
    /// In.
    In(Box<SignedOn>),
    /// Who started at the provider is sent there again, by this URL, so that what comes back was
    /// asked for.
    Again(String),
}

/// Somebody who signed on.
#[derive(Debug)]
pub struct SignedOn {
    /// The account.
    pub tenant: Arc<Tenant>,
    /// The code of the environment, if it is not the global one.
    pub environment: Option<String>,
    /// The session.
    pub session: Session,
}

/// Somebody whom we sent, and who came back.
struct Back {
    state: State,
    tenant: Arc<Tenant>,
    sso: AccountSso,
}

/// Lets somebody in whom the provider vouches for.
///
/// # Errors
/// The first of the contract's failures that there is.
pub async fn finish(
    app: &Arc<App>,
    callback: Callback,
    client: Client,
    request: RequestId,
) -> Result<Outcome, Failure> {
    let now = app.clock.now();
    if let Some(error) = &callback.error {
        return Err(Failure::told(error));
    }
    let code = callback.code.ok_or_else(Failure::invalid)?;
    let back = match &callback.state {
        Some(state) => Some(back(app, state, now).await?),
        None => None,
    };
    let provider = match &back {
        Some(back) => provider_of(app, &back.sso).map_err(broken)?,
        None => app.settings.sso.provider.clone(),
    };
    let provider = provider.ok_or_else(Failure::state_missing)?;
    let profile = redeem(app, &provider, code, back.as_ref(), now).await?;
    let (tenant, sso) = account(app, back.as_ref(), &profile).await?;
    let terms = terms(&sso);
    terms.admit(&profile.email)?;

    let Some(back) = back else {
        if !terms.idp_initiated {
            return Err(Failure::state_missing());
        }
        let email = &profile.email;
        let begun = begin(app, &tenant.account, &sso, email, None, now).await;
        let begun = begun.map_err(broken)?.ok_or_else(Failure::invalid)?;
        return Ok(Outcome::Again(begun?));
    };
    if back.tenant.account.id != tenant.account.id {
        return Err(Failure::state_invalid());
    }
    back.state.sent().is_of(&profile)?;
    let wanted = back.state.environment;
    let (environment, code) = environment(app, &tenant, wanted).await?;
    let cx = Cx::new(
        app.clone(),
        tenant.clone(),
        environment,
        None,
        now,
        request,
        ApiVersion::LATEST,
    );
    let session = admit(&cx.from_client(client), &terms, profile).await?;
    Ok(Outcome::In(Box::new(SignedOn {
        tenant,
        environment: code,
        session,
    })))
}

/// Somebody came back with a state that we sealed and that is still good.
async fn back(app: &App, state: &str, now: DateTime<Utc>) -> Result<Back, Failure> {
    let account = State::account(state).ok_or_else(Failure::state_invalid)?;
    let tenant = app.tenants.find(&account.to_string()).await;
    let tenant = tenant.map_err(broken)?;
    let tenant = tenant.ok_or_else(Failure::state_invalid)?;
    let opened = State::open(&app.master_key, &tenant.account, state);
    let state = opened.ok_or_else(Failure::state_invalid)?;
    state.sent().in_time(now)?;
    let sso = sso::of(&app.db, account).await.map_err(broken)?;
    // Since we sent them, the account may have gone back to passwords.
    let sso = sso.ok_or_else(Failure::account_not_found)?;
    Ok(Back { state, tenant, sso })
}

async fn redeem(
    app: &App,
    provider: &Provider,
    code: Secret<String>,
    back: Option<&Back>,
    now: DateTime<Utc>,
) -> Result<Profile, Failure> {
    let callback = app.settings.hosts.sso_callback.clone();
    let redemption = Redemption {
        code,
        redirect_uri: callback.ok_or_else(Failure::invalid)?,
        verifier: back.map(|back| back.state.verifier.clone()),
        nonce: back.map(|back| back.state.nonce.clone()),
        now,
    };
    let claims = app.providers.redeem(provider, redemption).await?;
    Profile::read(&claims, &provider.issuer, &app.settings.sso.claims)
}

/// The account that the person is of: by the organization that the installation's provider names;
/// where it names none, by what we sent along, or the only account that there can be.
async fn account(
    app: &App,
    back: Option<&Back>,
    profile: &Profile,
) -> Result<(Arc<Tenant>, AccountSso), Failure> {
    let own_provider = back.is_some_and(|back| back.sso.issuer.is_some());
    let by_organization = app.settings.sso.claims.organization.is_some() && !own_provider;
    let found = match back {
        Some(back) if !by_organization => return Ok((back.tenant.clone(), back.sso.clone())),
        _ if by_organization => sso::of_organization(&app.db, profile.organizations.clone()).await,
        _ => sso::sole(&app.db).await,
    };
    // The installation's provider does not speak for accounts with another.
    let found = found.map_err(broken)?.filter(|sso| sso.issuer.is_none());
    let sso = found.ok_or_else(Failure::account_not_found)?;
    let tenant = app.tenants.find(&sso.account_id.to_string()).await;
    let tenant = tenant.map_err(broken)?;
    Ok((tenant.ok_or_else(Failure::account_not_found)?, sso))
}

/// The environment that was signed on to, with its code.
async fn environment(
    app: &App,
    tenant: &Tenant,
    id: Option<EnvironmentId>,
) -> Result<(Environment, Option<String>), Failure> {
    let Some(id) = id else {
        return Ok((Environment::Global, None));
    };
    let found = accounts::environment(&app.db, tenant.account.id, &id.to_string()).await;
    let found = found.map_err(broken)?;
    let found = found.ok_or_else(Failure::environment_not_found)?;
    let environment = match found.isolation_strategy {
        IsolationStrategy::Isolated => Environment::Isolated(found.id),
        IsolationStrategy::Shared => Environment::Shared(found.id),
    };
    Ok((environment, Some(found.code)))
}

/// A fault of ours: logged here, because the browser only hears that it did not work.
pub(super) fn broken(error: impl std::error::Error) -> Failure {
    tracing::error!(%error, "somebody could not sign on");
    Failure::invalid()
}
