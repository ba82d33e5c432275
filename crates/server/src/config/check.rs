//! What a configuration may not say, beyond the type of each key.

use std::time::Duration;

use keystead_signing::Secret;

use super::{Backend, Config, StorageBackend};

/// The shortest password that isn't weak.
pub const MIN_PASSWORD_CHARS: usize = 12;

/// The head buffer that hyper can't go below.
const MIN_HEADER_BYTES: usize = 8192;

/// One thing wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key to change.
    pub key: &'static str,
    /// What is wrong with it, and what to do.
    pub message: String,
}

/// The rules: the key to blame, whether the configuration breaks the rule, what to say.
type Rule = (&'static str, fn(&Config) -> bool, &'static str);

#[rustfmt::skip]
const RULES: &[Rule] = &[
    ("drain_timeout",               |c| c.drain_timeout.is_zero(),               "must be longer than 0s"),
    ("http.max_body_bytes",         |c| c.http.max_body_bytes == 0,              "must be at least 1"),
    ("http.max_header_bytes",       |c| c.http.max_header_bytes < MIN_HEADER_BYTES, "must be at least 8192"),
    ("http.max_url_bytes",          |c| c.http.max_url_bytes == 0,               "must be at least 1"),
    ("http.max_url_bytes",          |c| c.http.max_url_bytes > c.http.max_header_bytes, "must not be above `http.max_header_bytes`, of which it is a part"),
    ("http.max_connections",        |c| c.http.max_connections == 0,             "must be at least 1"),
    ("http.request_timeout",        |c| c.http.request_timeout.is_zero(),        "must be longer than 0s"),
    ("http.idle_timeout",           |c| c.http.idle_timeout.is_zero(),           "must be longer than 0s"),
    ("sso.callback_url",            |c| !web_url(c.sso.callback_url.as_ref()),   "must be an http:// or https:// URL with a host"),
    ("sso.callback_url",            |c| signs_on(c) && c.sso.callback_url.is_none() && c.http.public_url.is_none(), "must be set when `sso.issuer` is, unless `http.public_url` is: the provider sends people back to it"),
    ("sso.issuer",                  |c| c.sso.issuer.as_deref().is_some_and(|url| !is_issuer(url, c.is_production())), ISSUER),
    ("sso.client_id",               |c| signs_on(c) && c.sso.client_id.is_none(), "must be set when `sso.issuer` is: the id that the provider gave this server"),
    ("sso.client_secret",           |c| signs_on(c) && c.sso.client_secret.is_none(), "must be set when `sso.issuer` is: the secret that the provider gave this server"),
    ("sso.role_claim",              |c| c.sso.role_claim.is_empty(),             "must name a claim"),
    ("portal.origin",               |c| signs_on(c) && c.portal.origin.is_none(), "must be set when `sso.issuer` is: whoever signed on goes there"),
    ("http.public_url",             |c| !web_url(c.http.public_url.as_ref()),    "must be an http:// or https:// URL with a host"),
    ("portal.origin",               |c| !origin(c.portal.origin.as_ref()),       "must be an http:// or https:// URL with a host and nothing behind it, such as \"https://portal.example.com\""),
    ("portal.cookie_domain",        |c| !cookie_domain(c.portal.cookie_domain.as_deref()), "must be a domain, such as \"example.com\""),
    ("database.url",                |c| !scheme(c.database.url.as_ref(), &["sqlite", "postgres", "postgresql"]), "must start with sqlite:, postgres:// or postgresql://"),
    ("database.max_connections",    |c| c.database.max_connections < 2,          "must be at least 2: migrations hold a lock on one and run on another"),
    ("database.min_connections",    |c| c.database.min_connections > c.database.max_connections, "must not be above `database.max_connections`"),
    ("database.acquire_timeout",    |c| c.database.acquire_timeout.is_zero(),    "must be longer than 0s"),
    ("database.statement_timeout",  |c| c.database.statement_timeout.is_zero(),  "must be longer than 0s"),
    ("jobs.concurrency",            |c| c.jobs.concurrency == 0,                 "must be at least 1"),
    ("redis.url",                   |c| !scheme(c.redis.url.as_ref(), &["redis", "rediss"]), "must start with redis:// or rediss://"),
    ("redis.url",                   |c| c.jobs.backend == Backend::Redis && c.redis.url.is_none(), "must be set when `jobs.backend` is \"redis\""),
    ("metrics.listen",              |c| c.metrics.listen.is_some_and(|at| at.port() != 0 && at == c.http.listen), "must not be `http.listen`: metrics have a port of their own"),
    ("telemetry.otlp_endpoint",     |c| !web_url(c.telemetry.otlp_endpoint.as_ref()), "must be an http:// or https:// URL with a host"),
    ("telemetry.otlp_sample_share", |c| !share(c.telemetry.otlp_sample_share),   "must be between 0.0 and 1.0"),
    ("bootstrap.account",           |c| !slug(&c.bootstrap.account),             "must be lower-case letters, digits and dashes, such as \"acme\""),
    ("bootstrap.email",             |c| !email(&c.bootstrap.email),              "must be an e-mail address"),
    ("mail.from",                   |c| !mailbox(&c.mail.from),                  "must be an e-mail address, such as \"Acme Licensing <licensing@acme.example>\""),
    ("mail.password_reset_url",     |c| !reset_url(c.mail.password_reset_url.as_deref()), "must be an http:// or https:// URL with `{token}` where the token goes"),
    ("mail.log_bodies",             |c| c.mail.log_bodies && c.is_production(),  "would write what resets passwords to the log; set `deployment = \"development\"` to go on with it"),
    ("smtp.url",                    |c| !scheme(c.smtp.url.as_ref(), &["smtp", "smtps"]), "must start with smtp:// or smtps://"),
    ("smtp.timeout",                |c| c.smtp.timeout.is_zero(),                "must be longer than 0s"),
    ("heartbeat.sweep_interval",    |c| c.heartbeat.sweep_interval < Duration::from_secs(1), "must be at least 1s"),
    ("heartbeat.sweep_batch",       |c| c.heartbeat.sweep_batch == 0,            "must be at least 1"),
    ("heartbeat.brake_share_percent", |c| c.heartbeat.brake_share_percent > 100, "must be between 0 and 100"),
    ("heartbeat.brake_window",      |c| c.heartbeat.brake_window.is_zero(),      "must be longer than 0s"),
    ("heartbeat.pulse_interval",    |c| c.heartbeat.pulse_interval < Duration::from_secs(1), "must be at least 1s"),
    ("storage.bucket",              |c| c.storage.backend == StorageBackend::S3 && c.storage.bucket.is_none(), "must be set when `storage.backend` is \"s3\""),
    ("storage.endpoint",            |c| !web_url(c.storage.endpoint.as_ref()),   "must be an http:// or https:// URL"),
    ("storage.secret_access_key",   |c| c.storage.access_key_id.is_some() != c.storage.secret_access_key.is_some(), "must be set together with `storage.access_key_id`"),
    ("storage.max_object_bytes",    |c| c.storage.max_object_bytes == 0,         "must be at least 1"),
    ("webhooks.concurrency",        |c| c.webhooks.concurrency == 0,             "must be at least 1"),
];

/// What an issuer must be.
pub const ISSUER: &str = "must be an https:// URL with a host and without a query; http:// is for this machine alone, or for a development deployment";

/// Everything wrong with a configuration, in the order of its keys.
pub fn faults(config: &Config) -> Vec<Fault> {
    let mut faults: Vec<Fault> = RULES
        .iter()
        .filter(|(_, broken, _)| broken(config))
        .map(|(key, _, message)| Fault {
            key,
            message: (*message).to_owned(),
        })
        .collect();
    if config.is_production() {
        faults.extend(weak_password(config).map(|why| Fault {
            key: "bootstrap.password",
            message: format!(
                "{why}; leave it out to get a random one, or set `deployment = \"development\"` to go on with it"
            ),
        }));
    }
    faults
}

/// Why the bootstrap password is weak, if it is set and weak.
pub fn weak_password(config: &Config) -> Option<String> {
    let password = config.bootstrap.password.as_ref()?.expose();
    let mut characters = password.chars();
    let first = characters.next();
    if password.chars().count() < MIN_PASSWORD_CHARS {
        Some(format!("is shorter than {MIN_PASSWORD_CHARS} characters"))
    } else if characters.all(|c| Some(c) == first) {
        Some("repeats one character".to_owned())
    } else if password.eq_ignore_ascii_case(&config.bootstrap.email) {
        Some("is the e-mail address".to_owned())
    } else {
        None
    }
}

fn web_url(url: Option<&url::Url>) -> bool {
    url.is_none_or(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn signs_on(config: &Config) -> bool {
    config.sso.issuer.is_some()
}

/// Whether this is where a provider can be asked for its keys without somebody else answering.
pub fn is_issuer(text: &str, production: bool) -> bool {
    let Ok(url) = text.parse::<url::Url>() else {
        return false;
    };
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let sealed = url.scheme() == "https" || (url.scheme() == "http" && (here || !production));
    sealed && url.query().is_none() && url.fragment().is_none() && url.password().is_none()
}

fn origin(url: Option<&url::Url>) -> bool {
    let bare = |url: &url::Url| {
        url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    web_url(url) && url.is_none_or(bare)
}

fn cookie_domain(domain: Option<&str>) -> bool {
    domain.is_none_or(|domain| {
        domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    })
}

fn scheme(url: Option<&Secret<String>>, allowed: &[&str]) -> bool {
    url.is_none_or(|url| {
        url.expose()
            .split_once(':')
            .is_some_and(|(scheme, _)| allowed.contains(&scheme))
    })
}

fn share(share: f64) -> bool {
    (0.0..=1.0).contains(&share)
}

fn slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !text.starts_with('-')
}

fn mailbox(text: &str) -> bool {
    text.parse::<lettre::message::Mailbox>().is_ok()
}

fn reset_url(url: Option<&str>) -> bool {
    url.is_none_or(|url| {
        let filled = url.replace("{token}", "t").replace("{account}", "a");
        let filled = filled.parse::<url::Url>();
        url.contains("{token}") && filled.is_ok_and(|url| web_url(Some(&url)))
    })
}

fn email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_one_that_nobody_else_can_answer_for() {
        #[rustfmt::skip]
        let table = [
            // issuer,                     in development, in production
            ("https://login.acme.com/a/b", true,           true),
            ("http://127.0.0.1:8080/a",    true,           true),
            ("http://localhost:8080",      true,           true),
            ("http://keycloak:8080/a",     true,           false),
            ("ftp://login.acme.com",       false,          false),
            ("login.acme.com",             false,          false),
            ("https://login.acme.com?a=b", false,          false),
            ("https://u:p@login.acme.com", false,          false),
        ];
        for (issuer, development, production) in table {
            assert_eq!(is_issuer(issuer, false), development, "{issuer}");
            assert_eq!(is_issuer(issuer, true), production, "{issuer}");
        }
    }

    #[test]
    fn a_provider_needs_what_belongs_to_it() {
        let mut config = Config::default();
        config.sso.issuer = Some("https://login.acme.com".to_owned());

        let keys: Vec<&str> = faults(&config).iter().map(|fault| fault.key).collect();

        let needed = [
            "sso.callback_url",
            "sso.client_id",
            "sso.client_secret",
            "portal.origin",
        ];
        assert_eq!(keys, needed);
    }
}
