//! Issues tokens: for the bearer itself, or for somebody it may speak for.

use chrono::{DateTime, TimeDelta, Utc};
use keystead_domain::access::{Action, BearerId, Environment, Role, Scope, Tie, UserTie};
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::IsolationStrategy;
use keystead_domain::{At, Code, EnvironmentId, Problem, ProductId, Refused};
use keystead_signing::{Secret, SystemEntropy, TokenDigest, token};
use keystead_store::entities::{Session, Token};
use keystead_store::tokens::{self, Issued};
use keystead_store::{accounts, licenses, products, users};

use super::kind_of;
use crate::herald::Payload;
use crate::{Cx, Result, sessions};

/// How long a user's token lives unless somebody says otherwise (identity §10.2).
pub(crate) const USER_TOKEN_TTL: TimeDelta = TimeDelta::weeks(2);

/// A token to be issued.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The token's name, at most 255 characters.
    pub name: Option<String>,
    /// When it ends: unsaid, never, or then.
    pub expiry: Option<Option<DateTime<Utc>>>,
    /// The names of its permissions; all of the bearer's when unsaid.
    pub permissions: Option<Vec<String>>,
    /// Machines it may activate, at least 0; licenses' tokens only.
    pub max_activations: Option<i64>,
    /// Machines it may deactivate, at least 0; licenses' tokens only.
    pub max_deactivations: Option<i64>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// A token whose secret is known this once.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The token, with its bearer.
    pub issued: Issued,
    /// The secret: shown now, never stored.
    pub secret: Secret<String>,
    /// The session that was opened for it, for the portal.
    pub session: Option<Session>,
}

/// Whom a token is for.
struct Target {
    id: BearerId,
    role: Role,
    permissions: PermissionSet,
    environment: Option<EnvironmentId>,
    tie: Tie,
}

/// Issues a token for `bearer`, or for the one who asks.
///
/// # Errors
/// 401; 403 for a bearer that is unknown or out of reach, never 404; 422 for the draft's problems.
pub async fn generate(cx: &Cx, bearer: Option<BearerId>, draft: Draft) -> Result<Fresh> {
    let bearer = match bearer {
        Some(bearer) => bearer,
        None => cx.bearer()?.id,
    };
    let itself = cx.bearer()?.id == bearer;
    let found = target(cx, bearer).await?;
    // From the global environment every bearer is in reach, from another one only its own.
    let found = found.filter(|target| {
        itself || cx.environment == Environment::Global || cx.environment.reads(target.environment)
    });
    let target = found.ok_or_else(|| {
        Refused::forbidden("ensure the token or license is allowed to access all resources")
    })?;
    issue(cx, Action::TokenGenerate, target, draft).await
}

/// Issues a token below its bearer's path, e.g. `/products/{id}/tokens`.
///
/// The bearer has been looked up already; `action` says what it takes.
///
/// # Errors
/// 401, 403, and 422 for the draft's problems.
pub async fn generate_for(
    cx: &Cx,
    action: Action,
    bearer: BearerId,
    draft: Draft,
) -> Result<Fresh> {
    let target = target(cx, bearer)
        .await?
        .ok_or_else(|| Refused::missing("bearer"))?;
    issue(cx, action, target, draft).await
}

async fn target(cx: &Cx, bearer: BearerId) -> Result<Option<Target>> {
    let scope = Scope::system(cx.account());
    let found = match bearer {
        BearerId::User(id) => match users::by_id(&cx.db, &scope, id).await? {
            Some(user) => {
                let customer_of = match cx.bearer.as_ref().map(|bearer| bearer.id) {
                    Some(BearerId::Product(product)) => {
                        let scope = Scope::system(cx.account());
                        tokens::is_customer(&cx.db, &scope, id, product)
                            .await?
                            .then_some(product)
                    }
                    _ => None,
                };
                Some(of_user(&user, customer_of))
            }
            None => None,
        },
        BearerId::Product(id) => products::by_id(&cx.db, &scope, id)
            .await?
            .map(|product| Target {
                id: bearer,
                role: Role::Product,
                permissions: product.permissions,
                environment: product.environment_id,
                tie: Tie {
                    environment: product.environment_id,
                    subject: Some(bearer),
                    product: Some(id),
                    ..Tie::default()
                },
            }),
        BearerId::License(id) => licenses::by_id(&cx.db, &scope, id)
            .await?
            .map(|license| Target {
                id: bearer,
                role: Role::License,
                permissions: license.permissions(),
                environment: license.license.environment_id,
                tie: Tie {
                    environment: license.license.environment_id,
                    subject: Some(bearer),
                    product: Some(license.license.product_id),
                    license: Some(id),
                    ..Tie::default()
                },
            }),
        BearerId::Environment(id) => {
            let known = accounts::environment(&cx.db, cx.account(), &id.to_string()).await?;
            known.map(|known| Target {
                id: bearer,
                role: Role::Environment,
                permissions: known.permissions,
                environment: Some(id),
                tie: Tie {
                    environment: Some(id),
                    subject: Some(bearer),
                    ..Tie::default()
                },
            })
        }
    };
    Ok(found)
}

fn of_user(user: &keystead_store::entities::User, customer_of: Option<ProductId>) -> Target {
    let id = BearerId::User(user.id);
    Target {
        id,
        role: user.role.into(),
        permissions: user.permissions,
        environment: user.environment_id,
        tie: Tie {
            environment: user.environment_id,
            subject: Some(id),
            product: customer_of,
            user: Some(UserTie {
                role: user.role,
                permissions: user.permissions,
                sole_product: false,
            }),
            ..Tie::default()
        },
    }
}

async fn issue(cx: &Cx, action: Action, target: Target, draft: Draft) -> Result<Fresh> {
    // Whether it may be issued at all, wherever that is.
    let here = Tie {
        environment: cx.environment.id(),
        ..target.tie
    };
    cx.allow_create(action, &here)?;
    let permissions = check(&target, &draft)?;
    let environment = draft
        .environment
        .unwrap_or_else(|| cx.environment.id().or(target.environment));
    fits(cx, &target, environment).await?;
    // And whether it may be issued there.
    let there = Tie {
        environment,
        ..target.tie
    };
    cx.allow_create(action, &there)?;
    let by_default = (target.role == Role::User).then(|| cx.now + USER_TOKEN_TTL);
    let secret = token::generate(kind_of(target.role), &mut SystemEntropy);
    let row = Token {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        bearer_kind: target.id.kind(),
        bearer_id: target.id.uuid(),
        digest: TokenDigest::of(secret.expose()).as_bytes().to_vec(),
        name: draft.name,
        expiry: draft.expiry.unwrap_or(by_default),
        permissions,
        max_activations: draft.max_activations,
        activations: 0,
        max_deactivations: draft.max_deactivations,
        deactivations: 0,
        created_at: cx.now,
        updated_at: cx.now,
    };

    let tx = cx.begin().await?;
    let token = tokens::insert(&tx, row).await?;
    // A token for somebody else is handed on: it opens no session here.
    let session = match cx.bearer()?.id == target.id && action == Action::TokenGenerate {
        true => sessions::open(cx, &tx, &token).await?,
        false => None,
    };
    let event = cx.event(EventName::TokenGenerated.as_str(), "tokens", token.id.0);
    let issued = Issued {
        user: target.tie.user.map(|user| (user.role, user.permissions)),
        permissions: target.tie.user.is_none().then_some(target.permissions),
        product: target.tie.product,
        token,
    };
    cx.tell(&tx, event, Payload::Token(&issued)).await?;
    tx.commit().await?;
    Ok(Fresh {
        issued,
        secret,
        session,
    })
}

/// The environment must be one, and the bearer's own or one that shows the bearer: a token in a
/// shared environment may speak for somebody global, one in an isolated environment for a global
/// admin alone (identity §15.3).
async fn fits(cx: &Cx, target: &Target, environment: Option<EnvironmentId>) -> Result<()> {
    if environment == target.environment {
        return Ok(());
    }
    let at = || At::Relationship("environment".into());
    let found = match environment {
        Some(id) => accounts::environment(&cx.db, cx.account(), &id.to_string())
            .await?
            .map(Some)
            .ok_or_else(|| Code::EnvironmentNotFound.at(at()))?,
        None => None,
    };
    let shows = match (
        found.map(|found| found.isolation_strategy),
        target.environment,
    ) {
        // Whether the global environment may be written to from here is asked afterwards.
        (None, Some(_)) => cx.environment != Environment::Global,
        (Some(IsolationStrategy::Shared), None) => true,
        (Some(IsolationStrategy::Isolated), None) => target.role == Role::Admin,
        (Some(_), Some(_)) => cx.environment != Environment::Global,
        (None, None) => true,
    };
    if shows {
        return Ok(());
    }
    let detail = "must be compatible with bearer environment";
    Err(Code::EnvironmentNotAllowed.says(detail, at()).into())
}

/// The draft's own rules; the token's permissions when it keeps them.
fn check(target: &Target, draft: &Draft) -> Result<PermissionSet, Refused> {
    let mut problems: Vec<Problem> = Vec::new();
    if draft
        .name
        .as_ref()
        .is_some_and(|name| name.chars().count() > 255)
    {
        problems.push(Code::NameTooLong.at(At::Attribute("name".into())));
    }
    for (limit, code, attribute) in [
        (
            draft.max_activations,
            Code::MaxActivationsInvalid,
            "max_activations",
        ),
        (
            draft.max_deactivations,
            Code::MaxDeactivationsInvalid,
            "max_deactivations",
        ),
    ] {
        if limit.is_some_and(|limit| limit < 0) {
            problems.push(code.at(At::Attribute(attribute.into())));
        }
    }
    let permissions = match &draft.permissions {
        None => Some(PermissionSet::ANY),
        Some(names) => PermissionSet::parse(names)
            .ok()
            .filter(|set| set.grantable_by(target.permissions, target.role)),
    };
    if permissions.is_none() {
        problems.push(Code::PermissionsNotAllowed.at(At::Attribute("permissions".into())));
    }
    Refused::unless_empty(problems)?;
    Ok(permissions.unwrap_or_default())
}
