//! Sessions: how the portal's pages keep a token in a cookie that no script can read.
//!
//! A session is bound to a token, its bearer and an environment, and goes with any of them
//! (identity reference §11). Who signed on at a provider has one without a token.

use chrono::{DateTime, TimeDelta, Utc};
use keystead_domain::access::{Bearer, BearerId, Environment};
use keystead_domain::{Code, EnvironmentId, Refused, SessionId};
use keystead_store::entities::{Session, Token, User};
use keystead_store::sessions::SessionHolder;
use keystead_store::{Tx, sessions};

use crate::authenticate::by_session;
use crate::{App, Client, Cx, Result, Tenant};

/// How long a session lives when nothing else says so.
const TTL: TimeDelta = TimeDelta::weeks(1);
/// How long a session can be kept alive by using it.
const MAX_AGE: TimeDelta = TimeDelta::weeks(2);
/// How often the use of a session is noted, how near its end it is extended, and by how much.
const STEP: TimeDelta = TimeDelta::hours(1);
/// Characters of a browser's name that are kept.
const MAX_USER_AGENT_CHARS: usize = 512;
/// How long ended sessions and tokens are kept, to be looked at.
const KEEP_ENDED: TimeDelta = TimeDelta::days(90);

/// Who came in by a session.
#[derive(Clone, Debug)]
pub struct Entered {
    /// Who it speaks for.
    pub bearer: Bearer,
    /// The session as it is now.
    pub session: Session,
    /// Whether its end was moved, so that the browser must be told.
    pub extended: bool,
}

/// Finds out who comes with the session of this id; `None` is a cookie that nobody here made.
///
/// Use is noted once an hour, and moves an end that is near: an hour on, to two weeks after the
/// beginning at most.
///
/// # Errors
/// 401 when the session is no good here or has ended, 403 when its bearer is turned away.
pub async fn enter(
    app: &App,
    tenant: &Tenant,
    environment: Environment,
    id: Option<SessionId>,
    client: &Client,
    now: DateTime<Utc>,
) -> Result<Entered> {
    let invalid = || Refused::unauthorized(Code::SessionInvalid);
    let id = id.ok_or_else(invalid)?;
    let account = tenant.account.id;
    let found = sessions::find(&app.db, account, environment.id(), id).await?;
    let (session, holder) = found.ok_or_else(invalid)?;
    let ended = session.expiry < now || session.created_at + MAX_AGE < now;
    let token_ends = match &holder {
        SessionHolder::Token(token) => token.expiry,
        SessionHolder::User(_) => None,
    };
    let bearer = by_session(holder, environment, ended, now)?;

    let unnoted = session.last_used_at.is_none_or(|used| used < now - STEP);
    let near = session.expiry - now < STEP;
    if !unnoted && !near {
        return Ok(Entered {
            bearer,
            session,
            extended: false,
        });
    }
    let mut latest = session.created_at + MAX_AGE;
    latest = token_ends.map_or(latest, |ends| latest.min(ends));
    let expiry = match near {
        true => (session.expiry + STEP).min(latest.max(session.expiry)),
        false => session.expiry,
    };
    let used = Session {
        expiry,
        last_used_at: Some(now),
        user_agent: agent(client),
        ip: address(client),
        updated_at: now,
        ..session
    };
    let tx = app.db.begin().await?;
    sessions::touch(&tx, &used).await?;
    tx.commit().await?;
    Ok(Entered {
        bearer,
        extended: near,
        session: used,
    })
}

/// Opens a session for a token that was just issued to whoever asks, when the portal asks for it.
///
/// Opened from another session it is that one's child, and ends with it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open(cx: &Cx, tx: &Tx, token: &Token) -> Result<Option<Session>> {
    if !cx.client.portal {
        return Ok(None);
    }
    let parent = cx.client.session.as_deref();
    let ends = [token.expiry, parent.map(|parent| parent.expiry)];
    let ends = ends.into_iter().flatten().min();
    let session = Session {
        id: cx.ids.next(),
        account_id: token.account_id,
        environment_id: token.environment_id,
        token_id: Some(token.id),
        bearer_kind: token.bearer_kind,
        bearer_id: token.bearer_id,
        parent_id: parent.map(|parent| parent.id),
        expiry: ends.unwrap_or(cx.now + TTL).min(cx.now + MAX_AGE),
        last_used_at: None,
        user_agent: agent(&cx.client),
        ip: address(&cx.client),
        created_at: cx.now,
        updated_at: cx.now,
    };
    Ok(Some(sessions::insert(tx, session).await?))
}

/// Opens a session without a token for a user who signed on, in place of all that the user had.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sign_on(cx: &Cx, tx: &Tx, user: &User, ttl: TimeDelta) -> Result<Session> {
    let bearer = BearerId::User(user.id);
    sessions::delete_of_bearer(tx, user.account_id, bearer).await?;
    let session = Session {
        id: cx.ids.next(),
        account_id: user.account_id,
        environment_id: cx.environment.id(),
        token_id: None,
        bearer_kind: bearer.kind(),
        bearer_id: bearer.uuid(),
        parent_id: None,
        expiry: cx.now + ttl.min(MAX_AGE),
        last_used_at: None,
        user_agent: agent(&cx.client),
        ip: address(&cx.client),
        created_at: cx.now,
        updated_at: cx.now,
    };
    Ok(sessions::insert(tx, session).await?)
}

/// Ends the sessions of a token that got another secret. Whoever asks by one of them goes on with
/// a new one.
///
/// # Errors
/// When the database fails.
pub(crate) async fn replace(cx: &Cx, tx: &Tx, token: &Token) -> Result<Option<Session>> {
    sessions::delete_of_token(tx, token.id).await?;
    let Some(own) = own(cx, token) else {
        return Ok(None);
    };
    let session = Session {
        id: cx.ids.next(),
        last_used_at: None,
        created_at: cx.now,
        updated_at: cx.now,
        ..own.clone()
    };
    Ok(Some(sessions::insert(tx, session).await?))
}

/// The environments whose cookies end with a token: none, unless it is the one that whoever asks
/// holds a session of; then also those of the session's children.
///
/// # Errors
/// When the database fails.
pub(crate) async fn ending(cx: &Cx, token: &Token) -> Result<Vec<Option<EnvironmentId>>> {
    let Some(own) = own(cx, token) else {
        return Ok(Vec::new());
    };
    let children = sessions::children(&cx.db, own.id).await?;
    let environments = children.into_iter().map(|child| child.environment_id);
    Ok([own.environment_id]
        .into_iter()
        .chain(environments)
        .collect())
}

/// Removes what ended long ago: sessions, and tokens with theirs. Says how many rows.
///
/// # Errors
/// When the database fails; what was removed before stays so.
pub async fn purge(app: &App, now: DateTime<Utc>) -> Result<u64> {
    let before = now - KEEP_ENDED;
    let mut removed = 0;
    loop {
        let tx = app.db.begin().await?;
        let batch = sessions::purge(&tx, before).await?
            + keystead_store::tokens::purge(&tx, before).await?;
        tx.commit().await?;
        if batch == 0 {
            return Ok(removed);
        }
        removed += batch;
    }
}

fn own<'a>(cx: &'a Cx, token: &Token) -> Option<&'a Session> {
    let session = cx.client.session.as_deref();
    session.filter(|session| session.token_id == Some(token.id))
}

fn agent(client: &Client) -> Option<String> {
    let name = client.user_agent.as_ref()?;
    Some(name.chars().take(MAX_USER_AGENT_CHARS).collect())
}

fn address(client: &Client) -> Option<String> {
    client.address.map(|address| address.to_string())
}
