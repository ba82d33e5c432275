//! Configuration: every key with its type. Meanings and defaults are in `config/keystead.toml`.

mod check;
mod duration;
mod layers;
mod parse;
mod reference;
mod secret;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use keystead_signing::Secret;
use serde::Deserialize;
use url::Url;

pub use check::{Fault, ISSUER, is_issuer, weak_password};
pub use duration::parse as parse_duration;
pub use layers::{ConfigError, Loaded, Override, Sources, known_keys};
pub use reference::markdown;
pub use secret::redacted_url;

/// The annotated default file: the only place where a default is written.
pub const DEFAULTS: &str = include_str!("config/keystead.toml");

/// Everything an operator can set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub data_dir: PathBuf,
    pub deployment: Deployment,
    pub role: Role,
    pub tenancy: Tenancy,
    #[serde(with = "duration")]
    pub drain_timeout: Duration,
    pub http: Http,
    pub portal: Portal,
    pub limits: Limits,
    pub database: Database,
    pub jobs: Jobs,
    pub redis: Redis,
    pub metrics: Metrics,
    pub log: Log,
    pub telemetry: Telemetry,
    pub bootstrap: Bootstrap,
    pub mail: Mail,
    pub smtp: Smtp,
    pub links: Links,
    pub sso: Sso,
    pub heartbeat: Heartbeat,
    pub history: History,
    pub webhooks: Webhooks,
    pub storage: Storage,
}

/// How strict to be with weak secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deployment {
    Auto,
    Development,
    Production,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers requests, runs jobs and sweeps.
    All,
    /// Answers requests only.
    Api,
    /// Runs jobs and sweeps, and answers health checks.
    Worker,
}

impl Role {
    /// Whether this process answers the API.
    pub fn answers_requests(self) -> bool {
        matches!(self, Self::All | Self::Api)
    }

    /// Whether this process runs jobs and sweeps.
    pub fn runs_jobs(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }

    /// The role's spelling in configuration and flags.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }
}

/// How many accounts live in an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tenancy {
    Single,
    Multi,
}

/// The public port.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub listen: SocketAddr,
    #[serde(deserialize_with = "parse::optional_text")]
    pub public_url: Option<Url>,
    #[serde(deserialize_with = "parse::optional_text")]
    pub domain: Option<String>,
    pub max_body_bytes: usize,
    pub max_header_bytes: usize,
    pub max_url_bytes: usize,
    pub max_connections: usize,
    #[serde(with = "duration")]
    pub request_timeout: Duration,
    #[serde(with = "duration")]
    pub idle_timeout: Duration,
    #[serde(deserialize_with = "parse::networks")]
    pub trusted_proxies: Vec<IpNet>,
}

/// The pages that people log in to, and their cookies.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    #[serde(deserialize_with = "parse::optional_text")]
    pub origin: Option<Url>,
    #[serde(deserialize_with = "parse::optional_text")]
    pub cookie_domain: Option<String>,
}

/// How much one client may ask.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub requests_per_second: u32,
    pub requests_per_minute: u32,
}

/// Where everything is stored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    #[serde(deserialize_with = "parse::optional_secret")]
    pub url: Option<Secret<String>>,
    pub max_connections: u32,
    pub min_connections: u32,
    #[serde(with = "duration")]
    pub acquire_timeout: Duration,
    #[serde(with = "duration")]
    pub statement_timeout: Duration,
}

/// Work done behind requests.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    pub backend: Backend,
    pub concurrency: usize,
    #[serde(with = "duration")]
    pub keep_dead: Duration,
}

/// Where jobs wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    Sql,
    Redis,
}

/// The Redis server, when one is used.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    #[serde(deserialize_with = "parse::optional_secret")]
    pub url: Option<Secret<String>>,
}

/// What Prometheus scrapes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    #[serde(deserialize_with = "parse::optional_text")]
    pub listen: Option<SocketAddr>,
}

/// Logs on standard error.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

/// How a log record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

/// Export to other systems.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    #[serde(deserialize_with = "parse::optional_text")]
    pub otlp_endpoint: Option<Url>,
    pub otlp_sample_share: f64,
    #[serde(deserialize_with = "parse::optional_secret")]
    pub sentry_dsn: Option<Secret<String>>,
}

/// The first account and admin.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    pub account: String,
    pub email: String,
    #[serde(deserialize_with = "parse::optional_secret")]
    pub password: Option<Secret<String>>,
}

/// What e-mails say, and in whose name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub from: String,
    #[serde(deserialize_with = "parse::optional_text")]
    pub password_reset_url: Option<String>,
    #[serde(deserialize_with = "parse::optional_text")]
    pub templates_dir: Option<PathBuf>,
    pub log_bodies: bool,
}

/// The mail server that e-mails are handed to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    #[serde(deserialize_with = "parse::optional_secret")]
    pub url: Option<Secret<String>>,
    #[serde(with = "duration")]
    pub timeout: Duration,
}

/// Links in answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    #[serde(deserialize_with = "parse::text")]
    pub docs_url: Url,
}

/// Signing on at identity providers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sso {
    #[serde(deserialize_with = "parse::optional_text")]
    pub callback_url: Option<Url>,
    // A text, because providers compare it to the letter, and a URL may gain a slash.
    #[serde(deserialize_with = "parse::optional_text")]
    pub issuer: Option<String>,
    #[serde(deserialize_with = "parse::optional_text")]
    pub client_id: Option<String>,
    #[serde(deserialize_with = "parse::optional_secret")]
    pub client_secret: Option<Secret<String>>,
    #[serde(deserialize_with = "parse::optional_text")]
    pub organization_claim: Option<String>,
    pub role_claim: String,
}

/// Watching machines and processes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    #[serde(with = "duration")]
    pub sweep_interval: Duration,
    pub sweep_batch: u64,
    pub brake_share_percent: u8,
    pub brake_minimum: u64,
    #[serde(with = "duration")]
    pub brake_window: Duration,
    #[serde(with = "duration")]
    pub pulse_interval: Duration,
}

/// What is remembered of what happened, and for how long.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub requests: bool,
    pub request_bodies: bool,
    pub requests_per_second: u32,
    pub routine_events_per_second: u32,
    #[serde(with = "duration")]
    pub keep_requests: Duration,
    #[serde(with = "duration")]
    pub keep_events: Duration,
    #[serde(with = "duration")]
    pub keep_webhooks: Duration,
}

/// Telling receivers of events.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    pub concurrency: usize,
    pub allow_internal: bool,
}

/// Where the files of releases lie.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    pub backend: StorageBackend,
    #[serde(deserialize_with = "parse::optional_text")]
    pub directory: Option<PathBuf>,
    pub max_object_bytes: u64,
    #[serde(deserialize_with = "parse::optional_text")]
    pub bucket: Option<String>,
    pub region: String,
    #[serde(deserialize_with = "parse::optional_text")]
    pub endpoint: Option<Url>,
    #[serde(deserialize_with = "parse::optional_text")]
    pub access_key_id: Option<String>,
    #[serde(deserialize_with = "parse::optional_secret")]
    pub secret_access_key: Option<Secret<String>>,
    pub path_style: bool,
}

/// What keeps the files of releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageBackend {
    Local,
    S3,
}

impl Default for Config {
    fn default() -> Self {
        toml::from_str(DEFAULTS).expect("a test parses the embedded file")
    }
}

impl Config {
    /// Whether weak secrets keep the server from starting.
    pub fn is_production(&self) -> bool {
        match self.deployment {
            Deployment::Development => false,
            Deployment::Production => true,
            Deployment::Auto => self.is_reachable_from_elsewhere(),
        }
    }

    /// The database to use: the configured one, or the SQLite file of the data directory.
    pub fn database_url(&self) -> Secret<String> {
        self.database.url.clone().unwrap_or_else(|| {
            Secret::new(format!(
                "sqlite://{}",
                self.data_dir.join("keystead.db").display()
            ))
        })
    }

    /// Where the files of releases lie: the configured directory, or one in the data directory.
    pub fn objects_dir(&self) -> PathBuf {
        match &self.storage.directory {
            Some(directory) => directory.clone(),
            None => self.data_dir.join("objects"),
        }
    }

    fn is_reachable_from_elsewhere(&self) -> bool {
        let public_host = self.http.public_url.as_ref().and_then(Url::host);
        let published = match public_host {
            None => false,
            Some(url::Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => !address.is_loopback(),
            Some(url::Host::Ipv6(address)) => !address.is_loopback(),
        };
        published || !self.http.listen.ip().is_loopback()
    }
}
