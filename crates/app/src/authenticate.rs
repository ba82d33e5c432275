//! Who asks: from a credential to a bearer (identity reference §9).

use chrono::{DateTime, Utc};
use keystead_domain::access::{Bearer, BearerId, Environment, Role, TokenGrant};
use keystead_domain::words::{AuthenticationStrategy, ExpirationStrategy};
use keystead_domain::{Code, EnvironmentId, Kind, Problem, Refused};
use keystead_signing::digest::sha256;
use keystead_signing::token::{self, TokenDigest, TokenShapeError};
use keystead_store::credentials::{Holder, LicenseHolder, TokenHolder};
use keystead_store::machines::{Knock, Loaded};
use keystead_store::sessions::SessionHolder;
use uuid::Uuid;

use crate::{App, Result, Tenant};

/// What a client presents, taken from a header, a cookie or the query; not yet believed.
#[derive(Clone)]
pub enum Credential {
    /// A token's secret.
    Token(String),
    /// A license's key.
    LicenseKey(String),
}

/// Finds out who presents `credential`.
///
/// One statement, shared with whoever else is being authenticated.
///
/// # Errors
/// 401 when the credential is no good here, 403 when its bearer is turned away.
pub async fn authenticate(
    app: &App,
    tenant: &Tenant,
    environment: Environment,
    credential: &Credential,
    now: DateTime<Utc>,
) -> Result<Bearer> {
    match credential {
        Credential::Token(secret) => {
            token::version(secret).map_err(|fault| match fault {
                TokenShapeError::LooksLikeId => about_token(Code::TokenFormatInvalid),
                TokenShapeError::Unversioned => about_token(Code::TokenInvalid),
            })?;
            let account = tenant.account.id;
            let found = app
                .lookups
                .token(account, *TokenDigest::of(secret).as_bytes())
                .await?;
            let holder = found.ok_or_else(|| about_token(Code::TokenInvalid))?;
            Ok(by_token(holder, environment, now)?)
        }
        Credential::LicenseKey(key) => {
            let found = app
                .lookups
                .license_key(tenant.account.id, sha256(key.as_bytes()))
                .await?;
            Ok(license_bearer(found, environment, now)?)
        }
    }
}

/// Finds out who presents a license's key to ping a machine, and looks at the machine on the way:
/// pings are most of what servers like this one do, and this is a statement less for each.
///
/// # Errors
/// As [`authenticate`].
pub async fn authenticate_ping(
    app: &App,
    tenant: &Tenant,
    environment: Environment,
    key: &str,
    machine: &str,
    now: DateTime<Utc>,
) -> Result<(Bearer, Glimpse)> {
    let knock = Knock {
        account: tenant.account.id,
        key: sha256(key.as_bytes()),
        machine: Uuid::parse_str(machine).ok(),
        fingerprint: sha256(machine.as_bytes()),
    };
    let (holder, found) = app.hearts.knock(knock).await?.unzip();
    let bearer = license_bearer(holder, environment, now)?;
    let glimpse = Glimpse {
        machine: machine.to_owned(),
        found: found.flatten(),
    };
    Ok((bearer, glimpse))
}

/// A machine that was looked at while its license was authenticated. Nothing says yet that anyone
/// may see it.
#[derive(Clone, Debug)]
pub struct Glimpse {
    /// The id or fingerprint that was asked for.
    pub machine: String,
    /// What the license has by this name.
    pub found: Option<Loaded>,
}

fn license_bearer(
    found: Option<LicenseHolder>,
    environment: Environment,
    now: DateTime<Utc>,
) -> Result<Bearer, Refused> {
    let license = found
        .filter(|license| environment.reads(license.environment_id))
        .ok_or_else(|| about_license(Code::LicenseInvalid, Kind::Unauthorized))?;
    by_license_key(&license, now)
}

/// A bearer with what may keep it out.
struct Known {
    bearer: Bearer,
    /// Whether the user, or the owner of the license, is banned.
    banned: bool,
    /// How the policy lets its licenses authenticate; nobody else is asked.
    strategy: Option<AuthenticationStrategy>,
}

impl Known {
    /// Whether a policy forbids to come this way.
    fn is_forbidden(&self, way: AuthenticationStrategy) -> bool {
        self.strategy
            .is_some_and(|strategy| strategy != way && strategy != AuthenticationStrategy::Mixed)
    }
}

/// The bearer of a token, when both may be seen in this environment.
fn known(holder: TokenHolder, environment: Environment) -> Option<Known> {
    let token = TokenGrant {
        id: holder.id,
        permissions: holder.permissions,
        environment: holder.environment_id,
    };
    let seen = environment.reads(token.environment);
    speaking(holder.bearer?, Some(token), environment).filter(|_| seen)
}

/// Somebody with a token or without, who may be seen in this environment.
fn speaking(holder: Holder, token: Option<TokenGrant>, environment: Environment) -> Option<Known> {
    let mut banned = false;
    let mut strategy = None;
    let (role, id, home, permissions) = match holder {
        Holder::User(user) => {
            banned = user.banned_at.is_some();
            (
                user.role.into(),
                BearerId::User(user.id),
                user.environment_id,
                user.permissions,
            )
        }
        Holder::Product(product) => {
            let id = BearerId::Product(product.id);
            (
                Role::Product,
                id,
                product.environment_id,
                product.permissions,
            )
        }
        Holder::Environment(environment) => (
            Role::Environment,
            BearerId::Environment(environment.id),
            Some(environment.id),
            environment.permissions,
        ),
        Holder::License(license) => {
            banned = license.owner_banned_at.is_some();
            strategy = Some(license.authentication_strategy);
            (
                Role::License,
                BearerId::License(license.id),
                license.environment_id,
                effective(&license),
            )
        }
    };
    lives(environment, home, role).then_some(Known {
        bearer: Bearer {
            role,
            id,
            environment: home,
            permissions,
            token,
        },
        banned,
        strategy,
    })
}

/// The bearer of a token: invisible, expired, banned, forbidden by policy, in this order.
fn by_token(
    holder: TokenHolder,
    environment: Environment,
    now: DateTime<Utc>,
) -> Result<Bearer, Refused> {
    let expired = holder.expiry.is_some_and(|expiry| expiry < now);
    let known = known(holder, environment).ok_or_else(|| about_token(Code::TokenInvalid))?;
    if expired {
        return Err(Refused::unauthorized(Code::TokenExpired));
    }
    if known.banned {
        return Err(turned_away(Code::UserBanned));
    }
    if known.is_forbidden(AuthenticationStrategy::Token) {
        return Err(about_policy(
            Code::TokenNotAllowed,
            "authentication/#token-authentication",
        ));
    }
    Ok(known.bearer)
}

/// Who holds a session: invisible, ended, banned, forbidden by policy, in this order. A session ends
/// with its token, whatever it has left.
pub(crate) fn by_session(
    holder: SessionHolder,
    environment: Environment,
    ended: bool,
    now: DateTime<Utc>,
) -> Result<Bearer, Refused> {
    let (known, ends) = match holder {
        SessionHolder::Token(holder) => {
            let ends = holder.expiry;
            (known(*holder, environment), ends)
        }
        SessionHolder::User(user) => (speaking(Holder::User(user), None, environment), None),
    };
    let known = known.ok_or_else(|| Refused::unauthorized(Code::SessionInvalid))?;
    if ended || ends.is_some_and(|ends| ends < now) {
        return Err(Refused::unauthorized(Code::SessionExpired));
    }
    if known.banned {
        return Err(turned_away(Code::UserBanned));
    }
    if known.is_forbidden(AuthenticationStrategy::Session) {
        return Err(turned_away(Code::SessionNotAllowed));
    }
    Ok(known.bearer)
}

/// The license behind a key: banned, suspended, expired, forbidden by policy, in this order.
fn by_license_key(license: &LicenseHolder, now: DateTime<Utc>) -> Result<Bearer, Refused> {
    if license.owner_banned_at.is_some() {
        return Err(turned_away(Code::LicenseBanned));
    }
    if license.suspended {
        return Err(turned_away(Code::LicenseSuspended));
    }
    let expired = license.expiry.is_some_and(|expiry| expiry < now);
    if expired && license.expiration_strategy == ExpirationStrategy::RevokeAccess {
        return Err(turned_away(Code::LicenseExpired));
    }
    match license.authentication_strategy {
        AuthenticationStrategy::License | AuthenticationStrategy::Mixed => Ok(Bearer {
            role: Role::License,
            id: BearerId::License(license.id),
            environment: license.environment_id,
            permissions: effective(license),
            token: None,
        }),
        AuthenticationStrategy::Token
        | AuthenticationStrategy::Session
        | AuthenticationStrategy::None => Err(about_policy(
            Code::LicenseNotAllowed,
            "authentication/#license-authentication",
        )),
    }
}

/// "License ∩ owner": what the key and the tokens of an owned license can do (§14.4).
fn effective(license: &LicenseHolder) -> keystead_domain::permissions::PermissionSet {
    match license.owner_permissions {
        Some(owner) => license.permissions.meet(owner),
        None => license.permissions,
    }
}

/// Bearer compatibility (§15.2): a global admin may enter an isolated environment, with a token
/// that was issued for it.
fn lives(environment: Environment, home: Option<EnvironmentId>, role: Role) -> bool {
    match environment {
        Environment::Isolated(_) if role == Role::Admin && home.is_none() => true,
        here => here.reads(home),
    }
}

fn about_token(code: Code) -> Refused {
    Problem::new(Kind::Unauthorized, code.detail())
        .code(code)
        .about("authentication/#token-authentication")
        .into()
}

fn about_license(code: Code, kind: Kind) -> Refused {
    Problem::new(kind, code.detail())
        .code(code)
        .about("authentication/#license-authentication")
        .into()
}

fn turned_away(code: Code) -> Refused {
    Problem::new(Kind::Forbidden, code.detail())
        .code(code)
        .into()
}

fn about_policy(code: Code, page: &'static str) -> Refused {
    Problem::new(Kind::Forbidden, code.detail())
        .code(code)
        .about(page)
        .into()
}
