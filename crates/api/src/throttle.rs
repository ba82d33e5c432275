//! Throttles: how often one address may try a credential, and the public windows (identity §6.4).
//!
//! Counted per account and address, so that whoever guesses at somebody's password slows nobody but
//! its own address down. Counted in this process: with N replicas an address has N times the tries.

mod windows;

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use keystead_domain::{AccountId, Code, Kind, Problem};
use keystead_signing::digest::sha256;
use poem::http::Method;

use self::windows::Windows;

/// Keys that are remembered, at least; twice as many at most. A key takes some 60 bytes.
const KEYS: usize = 50_000;

/// So many requests of a key in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name in `X-RateLimit-Window`.
    pub name: &'static str,
    /// How many requests it has room for.
    pub limit: u32,
    /// How long it is. Windows start at whole multiples of it since 1970.
    pub seconds: i64,
}

#[rustfmt::skip]
const LOG_IN: Window          = Window { name: "auth",   limit: 5, seconds: 60 };
#[rustfmt::skip]
const FORGOT_PASSWORD: Window = Window { name: "rstpwd", limit: 5, seconds: 3600 };
#[rustfmt::skip]
const NEW_PASSWORD: Window    = Window { name: "mutpwd", limit: 5, seconds: 600 };
#[rustfmt::skip]
const SECOND_FACTOR: Window   = Window { name: "mutmfa", limit: 5, seconds: 600 };

/// The public windows, both off unless the operator sets them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Requests of a client a second; any number when 0.
    pub per_second: u32,
    /// Requests of a client a minute; any number when 0.
    pub per_minute: u32,
}

/// What is counted of a request.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Its method.
    pub method: &'a Method,
    /// The path below the account, e.g. `/tokens`.
    pub path: &'a str,
    /// The account.
    pub account: AccountId,
    /// Who sent it.
    pub address: IpAddr,
    /// The address of a log-in with e-mail and password.
    pub login: Option<&'a str>,
    /// `meta.email` of the body.
    pub email: Option<&'a str>,
    /// The credential as presented, whatever it is; it is hashed before it is kept.
    pub credential: &'a str,
}

/// Where a key stands in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    window: Window,
    count: u32,
    /// When the window ends, in seconds since 1970.
    reset: i64,
    now: i64,
}

/// Counts.
#[derive(Debug)]
pub struct Throttle {
    public: Vec<Window>,
    windows: Mutex<Windows>,
}

impl Throttle {
    /// Nothing counted yet.
    pub fn new(limits: Limits) -> Self {
        let public = [("1s", limits.per_second, 1), ("1m", limits.per_minute, 60)];
        let public = public.into_iter().filter(|(_, limit, _)| *limit > 0);
        Self {
            public: public
                .map(|(name, limit, seconds)| Window {
                    name,
                    limit,
                    seconds,
                })
                .collect(),
            windows: Mutex::new(Windows::new(KEYS)),
        }
    }

    /// Counts a request: the window that refuses it, else the public one that is nearest to its
    /// limit, if there are any.
    pub fn count(&self, attempt: &Attempt<'_>, now: DateTime<Utc>) -> Option<Tally> {
        if let Some((window, whose)) = guarded(attempt) {
            let tally = self.hit(window, attempt, &whose, now);
            if tally.is_exceeded() {
                return Some(tally);
            }
        }
        let public = self.public.iter();
        let tallies = public.map(|window| self.hit(*window, attempt, attempt.credential, now));
        tallies.max_by_key(Tally::fullness)
    }

    fn hit(&self, window: Window, attempt: &Attempt<'_>, whose: &str, now: DateTime<Utc>) -> Tally {
        let Attempt {
            account, address, ..
        } = attempt;
        let network = network(*address);
        let key = format!("{}\0{account}\0{network}\0{whose}", window.name);
        let now = now.timestamp();
        let number = now.div_euclid(window.seconds);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        Tally {
            window,
            count: windows.hit(sha256(key.as_bytes()), number),
            reset: (number + 1) * window.seconds,
            now,
        }
    }
}

/// The window that guards a credential, and whose it is, if the request tries one.
fn guarded(attempt: &Attempt<'_>) -> Option<(Window, String)> {
    let path = attempt.path.trim_start_matches('/');
    let segments: Vec<&str> = path.split('/').collect();
    let changes = matches!(
        *attempt.method,
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE
    );
    let posts = *attempt.method == Method::POST;
    let (window, whose) = match segments.as_slice() {
        ["tokens"] if posts => (LOG_IN, attempt.login?),
        ["passwords"] if posts => (FORGOT_PASSWORD, attempt.email.unwrap_or_default()),
        [
            "users",
            user,
            "actions",
            "update-password" | "reset-password",
        ] if posts => (NEW_PASSWORD, *user),
        ["users", user, "second-factors", ..] if changes => (SECOND_FACTOR, *user),
        _ => return None,
    };
    Some((window, plain(whose)))
}

/// One spelling of an id or address, so that another spelling is no new try.
fn plain(text: &str) -> String {
    let decoded = crate::syntax::percent_decoded(text).unwrap_or_else(|| text.to_owned());
    let trimmed = decoded.trim().to_lowercase();
    match uuid::Uuid::try_parse(&trimmed) {
        Ok(id) => id.to_string(),
        Err(_) => trimmed,
    }
}

/// Whom an address belongs to: an IPv6 client has a whole network of 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(bits.into())
        }
        address => address,
    }
}

impl Tally {
    /// Whether the request is one too many.
    pub fn is_exceeded(&self) -> bool {
        self.count > self.window.limit
    }

    /// What an answer says of the window.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let Window { name, limit, .. } = self.window;
        let mut headers = vec![
            ("x-ratelimit-window", name.to_owned()),
            ("x-ratelimit-count", self.count.to_string()),
            ("x-ratelimit-limit", limit.to_string()),
            (
                "x-ratelimit-remaining",
                limit.saturating_sub(self.count).to_string(),
            ),
            ("x-ratelimit-reset", self.reset.to_string()),
        ];
        if self.is_exceeded() {
            let wait = (self.reset - self.now).max(1);
            headers.push(("retry-after", wait.to_string()));
        }
        headers
    }

    /// What the request is told that is one too many.
    pub fn refusal(&self, docs_url: &str) -> Problem {
        let code = Code::TooManyRequests;
        let detail = format!(
            "{} See {docs_url}rate-limiting/ for more info.",
            code.detail()
        );
        Problem::new(Kind::TooManyRequests, detail).code(code)
    }

    /// How full the window is, in thousandths of its room.
    fn fullness(&self) -> u64 {
        u64::from(self.count) * 1000 / u64::from(self.window.limit.max(1))
    }
}

#[cfg(test)]
mod tests;
