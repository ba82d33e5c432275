//! The world of one test.

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::VerifyingKey;
use keystead_app::App;
use keystead_server::config::Config;
use keystead_server::{Overrides, Running, Server};
use keystead_signing::Secret;
use keystead_store::accounts;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::clock::{TestClock, counted_ids};
use crate::database::{MASTER_KEY, TestDatabase};
use crate::{Caller, LicenseBuilder, PolicyBuilder};

/// The e-mail of the admin of every world.
pub const ADMIN_EMAIL: &str = "admin@acme.example";
/// The password of the admin of every world.
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

/// Ids below this belong to the template: its account and its admin.
const FIRST_ID: u64 = 0x1000;

/// The real server on a real database, with a frozen clock and counted ids.
pub struct World {
    /// The clock of the server.
    pub clock: TestClock,
    running: Running,
    anyone: Caller,
    admin: Caller,
    _data: tempfile::TempDir,
    database: TestDatabase,
}

impl World {
    /// A world with one account, `acme`, and one admin.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with a configuration that differs from the default.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::create().await;
        let data = tempfile::tempdir().expect("a temporary directory");
        let clock = TestClock::frozen();
        let mut config = Config {
            data_dir: data.path().to_owned(),
            ..Config::default()
        };
        config.http.listen = "127.0.0.1:0".parse().expect("an address");
        config.database.url = Some(Secret::new(database.url().to_owned()));
        config.metrics.listen = None;
        // Time passes by leaps here, and the server was there all along.
        config.heartbeat.pulse_interval = Duration::from_secs(100 * 366 * 86_400);
        change(&mut config);
        let overrides = Overrides {
            clock: Some(clock.handle()),
            ids: Some(counted_ids(FIRST_ID)),
            master_key: Some(Secret::new(MASTER_KEY.to_owned())),
            public_url: None,
        };
        let running = Server::start(config, overrides)
            .await
            .expect("the server starts");
        let account = accounts::first(&running.app().db)
            .await
            .expect("the database answers")
            .expect("the template has an account");
        let key: [u8; 32] = hex::decode(&account.ed25519_public)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .expect("an Ed25519 key in hex");
        let anyone = Caller {
            client: reqwest::Client::new(),
            base: format!("http://{}", running.addr),
            account: account.id.to_string(),
            key: VerifyingKey::from_bytes(&key).expect("an Ed25519 key"),
            headers: HeaderMap::new(),
        };
        let admin = log_in(&anyone, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        Self {
            clock,
            running,
            anyone,
            admin,
            _data: data,
            database,
        }
    }

    /// The account's id.
    pub fn account(&self) -> &str {
        &self.anyone.account
    }

    /// The account's Ed25519 public key, in hex.
    pub fn public_key(&self) -> String {
        hex::encode(self.anyone.key.as_bytes())
    }

    /// Moves the clock to the real present, for clients that compare it with their own.
    pub fn catch_up(&self) {
        self.clock.advance(Utc::now() - self.clock.now());
    }

    /// A token of an admin of another account; its secret.
    ///
    /// # Panics
    /// When the login is refused.
    pub async fn token_of(&self, account: &str, email: &str, password: &str) -> String {
        let mut anyone = self.anyone.clone();
        anyone.account = account.to_owned();
        let key = accounts::find(&self.app().db, account)
            .await
            .expect("the database answers")
            .map(|account| account.ed25519_public)
            .and_then(|key| hex::decode(key).ok())
            .and_then(|key| key.try_into().ok())
            .expect("the account exists");
        anyone.key = VerifyingKey::from_bytes(&key).expect("an Ed25519 key");
        let caller = log_in(&anyone, email, password).await;
        let header = caller.headers[AUTHORIZATION]
            .to_str()
            .expect("a header of text");
        header.trim_start_matches("Bearer ").to_owned()
    }

    /// Where the server listens, e.g. `http://127.0.0.1:40123`.
    pub fn base(&self) -> &str {
        &self.anyone.base
    }

    /// The application inside the server, for what only an operator can see.
    pub fn app(&self) -> &Arc<App> {
        self.running.app()
    }

    /// Does what jobs of `queue` are due, and says how many there were: nothing happens by itself
    /// here.
    ///
    /// # Panics
    /// When the store of jobs fails.
    pub async fn work_off(&self, queue: &str) -> usize {
        self.running
            .work_off(queue)
            .await
            .expect("the jobs can be had")
    }

    /// The database's URL.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The present of this world.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Somebody without a credential.
    pub fn anyone(&self) -> Caller {
        self.anyone.clone()
    }

    /// The admin, with a token.
    pub fn admin(&self) -> Caller {
        self.admin.clone()
    }

    /// Somebody with this token.
    pub fn bearer(&self, token: &str) -> Caller {
        self.anyone
            .with("authorization", &format!("Bearer {token}"))
    }

    /// A copy of an app, with this license key.
    pub fn holder(&self, key: &str) -> Caller {
        self.anyone.with("authorization", &format!("License {key}"))
    }

    /// A new product; its id.
    pub async fn product(&self) -> String {
        let body = json!({ "data": { "type": "products", "attributes": { "name": "Editor" } } });
        self.admin.post("/products", body).await.expect(201).id()
    }

    /// A token of a product; its secret.
    pub async fn product_token(&self, product: &str) -> String {
        let path = format!("/products/{product}/tokens");
        let answer = self.admin.post(&path, json!({})).await.expect(200);
        answer
            .at("/data/attributes/token")
            .as_str()
            .expect("a secret")
            .to_owned()
    }

    /// A new user of role `user`, with a password; its id.
    pub async fn user(&self, email: &str) -> String {
        let attributes = json!({ "email": email, "password": ADMIN_PASSWORD });
        let body = json!({ "data": { "type": "users", "attributes": attributes } });
        self.admin.post("/users", body).await.expect(201).id()
    }

    /// A user who logs in with the password that [`World::user`] gives everyone.
    pub async fn log_in(&self, email: &str) -> Caller {
        log_in(&self.anyone, email, ADMIN_PASSWORD).await
    }

    /// A user of an environment who logs in there with the password that [`World::user`] gives
    /// everyone, and stays there.
    pub async fn log_in_to(&self, environment: &str, email: &str) -> Caller {
        let inside = self.anyone.with("keygen-environment", environment);
        log_in(&inside, email, ADMIN_PASSWORD).await
    }

    /// A policy to be made.
    pub fn policy(&self) -> PolicyBuilder<'_> {
        PolicyBuilder::new(self)
    }

    /// A license to be made, of a policy to be made.
    pub fn license(&self) -> LicenseBuilder<'_> {
        LicenseBuilder::new(self)
    }

    /// Stops the server, as Ctrl-C would.
    pub async fn stop(self) {
        self.running.shutdown().await;
    }
}

async fn log_in(anyone: &Caller, email: &str, password: &str) -> Caller {
    let basic = STANDARD.encode(format!("{email}:{password}"));
    let mut login = anyone.clone();
    let value = HeaderValue::try_from(format!("Basic {basic}")).expect("a header");
    login.headers.insert(AUTHORIZATION, value);
    let answer = login.post("/tokens", json!({})).await.expect(201);
    let token = answer
        .at("/data/attributes/token")
        .as_str()
        .expect("a secret");
    anyone.with("authorization", &format!("Bearer {token}"))
}
