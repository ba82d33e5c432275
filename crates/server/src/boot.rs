//! From a configuration to a running application: directory, database, schema, key, first account.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use keystead_api::objects;
use keystead_api::telling::Printer;
use keystead_app::sso::{self, Provider};
use keystead_app::{App, Clock, Parts, Settings, heartbeats, request_logs};
use keystead_domain::Ids;
use keystead_domain::sso::ClaimNames;
use keystead_domain::webhook::Reach;
use keystead_signing::url::UrlKey;
use keystead_signing::{MasterKey, Secret, SystemEntropy};
use keystead_storage::{Access, Bucket, Local, Storage};
use keystead_store::{Db, Options, accounts, migrate};

use crate::config::{Config, StorageBackend, Tenancy, redacted_url, weak_password};
use crate::hosts::hosts;
use crate::server::public_url;
use crate::sso::OpenId;
use crate::{data_dir, master_key, runtime};

/// What a start is given besides its configuration: by the program from its surroundings, by tests
/// to make time stand still.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Instead of the system's clock.
    pub clock: Option<Clock>,
    /// Instead of UUID v7.
    pub ids: Option<Ids>,
    /// The master key as text, which wins over the key file.
    pub master_key: Option<Secret<String>>,
    /// What clients call the server, without a slash at the end, once it is known where it listens.
    pub public_url: Option<String>,
}

/// Connects to the configured database.
///
/// # Errors
/// When the data directory can't be made or the database can't be reached.
pub async fn connect(config: &Config) -> Result<Db> {
    data_dir::ensure(&config.data_dir).with_context(|| {
        format!(
            "can't make the data directory {}",
            config.data_dir.display()
        )
    })?;
    let url = config.database_url();
    let database = &config.database;
    let options = Options {
        max_connections: database.max_connections,
        min_connections: database.min_connections,
        acquire_timeout: database.acquire_timeout,
        statement_timeout: database.statement_timeout,
        ..Options::default()
    };
    Db::connect(url.expose(), &options)
        .await
        .with_context(|| format!("can't open the database {}", redacted_url(&url)))
}

/// Starts the application on a database whose schema is brought up to date first.
///
/// # Errors
/// When the schema can't be migrated, or there is no master key that opens what the database holds.
pub async fn application(config: &Config, overrides: Overrides, db: Db) -> Result<Arc<App>> {
    let migrated = migrate::up(&db)
        .await
        .context("can't bring the schema up to date")?;
    if !migrated.is_empty() {
        tracing::info!(migrations = migrated.len(), "schema brought up to date");
    }
    let master_key = key(config, overrides.master_key.as_ref(), &db).await?;
    let url = overrides
        .public_url
        .unwrap_or_else(|| public_url(config, config.http.listen));
    let storage = storage(config, &url, &master_key)?;
    let app = App::start(Parts {
        db,
        clock: overrides.clock.unwrap_or_else(runtime::system_clock),
        ids: overrides.ids.unwrap_or_else(runtime::time_ordered_ids),
        master_key,
        settings: settings(config),
        documents: Arc::new(Printer),
        storage,
        providers: Arc::new(OpenId::new()?),
    });
    // Better no server than one that fails every request it should sign.
    app.tenants.only().await.context(
        "the master key does not open the account's keys: is it the one they were made with?",
    )?;
    Ok(app)
}

/// The master key; a fresh one as long as nothing is sealed under another.
async fn key(config: &Config, given: Option<&Secret<String>>, db: &Db) -> Result<MasterKey> {
    let given = given.map(|text| text.expose().as_str());
    let key = match master_key::load(given, &config.data_dir)? {
        Some(key) => key,
        None if accounts::count(db).await? > 0 => bail!(
            "the master key is missing: set {} or bring back {}; without it the private keys in the \
             database can't be opened",
            master_key::VARIABLE,
            master_key::path(&config.data_dir).display()
        ),
        None => master_key::create(&config.data_dir, &mut SystemEntropy)?,
    };
    match master_key::weakness(&key) {
        Some(why) if config.is_production() => {
            bail!("{why}, or set `deployment = \"development\"` to go on with it")
        }
        Some(why) => tracing::warn!("{why}"),
        None => {}
    }
    if let Some(why) = weak_password(config) {
        tracing::warn!("`bootstrap.password` {why}");
    }
    Ok(key)
}

/// Where the files of releases lie.
fn storage(config: &Config, url: &str, master_key: &MasterKey) -> Result<Arc<dyn Storage>> {
    let chosen = &config.storage;
    Ok(match chosen.backend {
        StorageBackend::Local => {
            let base = format!("{url}{}", objects::PREFIX);
            let key = UrlKey::of(master_key);
            Arc::new(Local::new(config.objects_dir(), &base, key))
        }
        StorageBackend::S3 => {
            let secret = chosen.secret_access_key.as_ref();
            let credentials = chosen.access_key_id.clone().zip(secret.cloned());
            let endpoint = chosen.endpoint.as_ref().map(ToString::to_string);
            let access = Access {
                bucket: chosen.bucket.clone().unwrap_or_default(),
                region: chosen.region.clone(),
                endpoint: endpoint.map(|url| url.trim_end_matches('/').to_owned()),
                credentials,
                path_style: chosen.path_style,
            };
            Arc::new(Bucket::new(&access).context("can't use the bucket (`storage.*`)")?)
        }
    })
}

/// The operator's choices, in the application's words.
fn settings(config: &Config) -> Settings {
    let heartbeat = &config.heartbeat;
    Settings {
        multi_account: config.tenancy == Tenancy::Multi,
        hosts: hosts(config),
        heartbeats: heartbeats::Settings {
            sweep_every: heartbeat.sweep_interval,
            batch: heartbeat.sweep_batch,
            brake_share_percent: heartbeat.brake_share_percent,
            brake_minimum: heartbeat.brake_minimum,
            brake_window: heartbeat.brake_window,
            pulse_every: heartbeat.pulse_interval,
        },
        request_logs: request_logs::Settings {
            enabled: config.history.requests,
            bodies: config.history.request_bodies,
            per_second: config.history.requests_per_second,
        },
        routine_events_per_second: config.history.routine_events_per_second,
        webhooks: match config.webhooks.allow_internal {
            true => Reach::Internal,
            false => Reach::Public,
        },
        max_object_bytes: config.storage.max_object_bytes,
        sso: signing_on(config),
    }
}

/// Who vouches for people, as far as the configuration says.
fn signing_on(config: &Config) -> sso::Settings {
    let own = &config.sso;
    let provider = match (&own.issuer, &own.client_id, &own.client_secret) {
        (Some(issuer), Some(client_id), Some(client_secret)) => Some(Provider {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: client_secret.clone(),
        }),
        _ => None,
    };
    sso::Settings {
        provider,
        claims: ClaimNames {
            organization: own.organization_claim.clone(),
            role: own.role_claim.clone(),
        },
    }
}
