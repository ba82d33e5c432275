//! A whole server in this process: what `keystead serve` runs, and what tests start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use keystead_api::cookies::Portal;
use keystead_api::{Options, throttle};
use keystead_app::{App, heartbeats};
use keystead_store::Db;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::boot::{self, Overrides};
use crate::config::Config;
use crate::first_run::{self, FirstRun};
use crate::http::{self, Front, Health, Limits, Listening, Manners, Names, Proxies};
use crate::mail::Post;
use crate::telemetry::{self, MetricsServer};
use crate::workers::{self, Background};

/// The build's revision: its commit, when whoever builds says it.
const REVISION: &str = match option_env!("KEYSTEAD_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};

/// Starts servers.
#[derive(Debug)]
pub struct Server;

/// A server that answers.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What clients call it: the configured public URL, or where it listens. No slash at the end.
    pub url: String,
    /// What was made, when the database was empty.
    pub first_run: Option<FirstRun>,
    app: Arc<App>,
    config: Config,
    health: Health,
    stop: CancellationToken,
    listening: JoinHandle<()>,
    post: Arc<Post>,
    background: Background,
    metrics: Option<MetricsServer>,
}

impl Server {
    /// Starts everything that the configured role does, the first account included.
    ///
    /// With a clock of its own nothing happens by itself: no pulse, no sweeps, no jobs.
    ///
    /// # Errors
    /// When a port is taken, the database can't be used, or a secret is missing or weak.
    pub async fn start(config: Config, overrides: Overrides) -> Result<Running> {
        let post = Arc::new(Post::open(&config)?);
        // Ports first: whatever fails here should not leave an account behind.
        let listen = config.http.listen;
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("can't listen on {listen} (`http.listen`)"))?;
        let addr = listener.local_addr()?;
        let metrics = match config.metrics.listen {
            Some(listen) => {
                Some(telemetry::serve_metrics(listen).await.with_context(|| {
                    format!("can't serve metrics on {listen} (`metrics.listen`)")
                })?)
            }
            None => None,
        };

        let time_passes_by_itself = overrides.clock.is_none();
        let db = boot::connect(&config).await?;
        let url = public_url(&config, addr);
        let overrides = Overrides {
            public_url: Some(url.clone()),
            ..overrides
        };
        let app = boot::application(&config, overrides, db).await?;
        let first_run = first_run::bootstrap(&app, &config).await?;
        // Whether we were gone must be known before the first ping is answered.
        heartbeats::pulse(&app, app.clock.now())
            .await
            .context("can't note that the server is alive")?;
        let background = if time_passes_by_itself {
            Background::start(&app, &config, &post)?
        } else {
            Background::none()
        };

        let health = readiness(app.db.clone());
        let api = config.role.answers_requests().then(|| {
            Arc::new(keystead_api::endpoint(
                app.clone(),
                api_options(&config, &url),
            ))
        });
        let limits = Limits::of(&config);
        let front = Front {
            api,
            health: health.clone(),
            ids: app.ids.clone(),
            limits,
            manners: Manners::new(&url, app.settings.hosts.portal.clone()),
            names: Names {
                public_url: url.clone(),
                hosts: app.settings.hosts.clone(),
                multi_account: app.settings.multi_account,
            },
            trusted_proxies: Proxies(config.http.trusted_proxies.clone()),
        };
        let stop = CancellationToken::new();
        let listening = Listening {
            address: addr,
            stop: stop.clone(),
            drain_timeout: config.drain_timeout,
        };
        let listening = tokio::spawn(http::serve(listener, Arc::new(front), limits, listening));

        Ok(Running {
            addr,
            url,
            first_run,
            app,
            config,
            health,
            stop,
            listening,
            post,
            background,
            metrics,
        })
    }
}

impl Running {
    /// The application behind the port.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Does what jobs of `queue` are due, here and now, for whom nothing happens by itself; says
    /// how many there were.
    ///
    /// # Errors
    /// When the store of jobs fails.
    pub async fn work_off(&self, queue: &str) -> Result<usize> {
        workers::work_off(&self.app, &self.config, &self.post, queue).await
    }

    /// Where metrics are served, if they are.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.address)
    }

    /// Accepts nothing more, lets requests and jobs finish, writes what waits, and closes.
    pub async fn shutdown(self) {
        self.health.drain();
        self.stop.cancel();
        if let Err(error) = self.listening.await {
            tracing::error!(%error, "the public port did not close in order");
        }
        self.background.stop().await;
        // What nobody waited for: written now, as there is no later.
        self.app.settle().await;
        if let Some(metrics) = self.metrics {
            metrics.stop().await;
        }
        if let Err(error) = self.app.db.close().await {
            tracing::warn!(%error, "the database did not close in order");
        }
    }
}

/// Ready when the database answers: its schema was brought up to date before the port was served, and
/// never goes back.
fn readiness(db: Db) -> Health {
    Health::new(move || {
        let db = db.clone();
        async move {
            db.ping().await.map_err(|error| {
                tracing::warn!(%error, "the database does not answer");
                "the database does not answer".to_owned()
            })
        }
    })
}

/// What the operator chose about answers.
fn api_options(config: &Config, url: &str) -> Options {
    let docs_url = config.links.docs_url.as_str();
    Options {
        docs_url: format!("{}/", docs_url.trim_end_matches('/')),
        public_host: config
            .http
            .public_url
            .as_ref()
            .map(|url| url.authority().to_owned()),
        public_url: url.to_owned(),
        max_body_bytes: config.http.max_body_bytes,
        portal: config.portal.origin.as_ref().map(|origin| Portal {
            origin: origin.origin().ascii_serialization(),
            cookie_domain: config.portal.cookie_domain.clone(),
        }),
        limits: throttle::Limits {
            per_second: config.limits.requests_per_second,
            per_minute: config.limits.requests_per_minute,
        },
        revision: REVISION,
    }
}

/// What clients call a server that listens at `addr`; no slash at the end.
pub fn public_url(config: &Config, addr: SocketAddr) -> String {
    match &config.http.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{}", reachable(addr)),
    }
}

/// The same port on an address that can be connected to.
pub fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
