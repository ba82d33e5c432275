//! The portal's cookies: a session's id, sealed, so that nobody makes one up (identity §11).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use keystead_domain::{AccountId, EnvironmentId, SessionId};
use keystead_signing::{MasterKey, SystemEntropy};
use keystead_store::entities::Session;
use poem::http::HeaderMap;
use poem::http::header::COOKIE;

/// The cookie of a session in the global environment; others add a dot and their id.
const NAME: &str = "session_id";

/// What cookies are sealed for, beside their account.
const CONTEXT: &[u8] = b"session cookie";

/// The pages that may hold sessions.
#[derive(Clone, Debug)]
pub struct Portal {
    /// The `Origin` of their requests, exactly.
    pub origin: String,
    /// The domain that cookies are for; this host alone when absent.
    pub cookie_domain: Option<String>,
}

/// What an answer does to the browser's cookies.
#[derive(Clone, Debug)]
pub enum Change {
    /// Hands out the cookie of a session.
    Give(Box<Session>),
    /// Takes the cookie of an environment away.
    Take(Option<EnvironmentId>),
}

/// The name of the cookie of an environment.
pub fn name(environment: Option<EnvironmentId>) -> String {
    match environment {
        Some(environment) => format!("{NAME}.{environment}"),
        None => NAME.to_owned(),
    }
}

/// The value of a cookie: the session's id, sealed for its account.
pub fn seal(key: &MasterKey, account: AccountId, session: SessionId) -> String {
    let context = [CONTEXT, account.0.as_bytes()];
    let sealed = key.seal(&context, session.0.as_bytes(), &mut SystemEntropy);
    URL_SAFE_NO_PAD.encode(sealed)
}

/// The session whose cookie has this value; `None` when we did not make it.
pub fn open(key: &MasterKey, account: AccountId, value: &str) -> Option<SessionId> {
    let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
    let plain = key.open(&[CONTEXT, account.0.as_bytes()], &sealed).ok()?;
    let id = uuid::Uuid::from_slice(plain.expose()).ok()?;
    Some(SessionId(id))
}

/// The cookies of sessions that a request brings: their names, and their values as sent.
pub fn sent(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(COOKIE).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| is_ours(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn is_ours(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(NAME) else {
        return false;
    };
    let environment = rest.strip_prefix('.');
    rest.is_empty() || environment.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok())
}

impl Portal {
    /// The `Set-Cookie` that hands out a session.
    pub fn give(&self, key: &MasterKey, session: &Session) -> String {
        let name = name(session.environment_id);
        let value = seal(key, session.account_id, session.id);
        self.line(&name, &value, session.expiry)
    }

    /// The `Set-Cookie` that takes the cookie of this name away.
    pub fn take(&self, name: &str) -> String {
        self.line(name, "", DateTime::UNIX_EPOCH)
    }

    fn line(&self, name: &str, value: &str, expires: DateTime<Utc>) -> String {
        let domain = self.cookie_domain.as_ref();
        let domain = domain.map(|domain| format!("domain={domain}; "));
        let domain = domain.unwrap_or_default();
        let expires = expires.format("%a, %d %b %Y %H:%M:%S GMT");
        format!(
            "{name}={value}; {domain}path=/; expires={expires}; secure; httponly; samesite=None; \
             partitioned"
        )
    }
}
