//! The world of one scenario: an application on a database of its own, and who speaks to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Result;
use chrono::{DateTime, Utc};
use keystead_api::telling::Printer;
use keystead_app::sso::{self, Provider, Providers};
use keystead_app::{App, Hosts, Parts, Settings, accounts};
use keystead_domain::Ids;
use keystead_domain::sso::ClaimNames;
use keystead_server::sso::OpenId;
use keystead_signing::keys::{SealedKeys, Signer};
use keystead_signing::{AccountKeys, MasterKey, Secret, SystemEntropy, password};
use keystead_store::accounts as stored;
use keystead_store::entities::Account;
use keystead_testkit::{CLIENT_ID, CLIENT_SECRET, IdentityProvider, Realm};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::databases::{Database, Databases};
use crate::door::{Answer, Door, Sent};
use crate::fault::{Fault, Outcome, broken};
use crate::nouns::{self, Noun, Row};
use crate::shelf::Shelf;
use crate::steps::sso as sso_steps;
use crate::time::Time;
use crate::words::place;

/// The password of every user that a scenario makes.
pub const PASSWORD: &str = "password";

/// What is slow to make and can be shared by every scenario of a run.
pub struct Shared {
    /// Makes databases.
    pub databases: Databases,
    /// Keys of accounts; the first account of a scenario takes the first.
    pub keys: Vec<(SealedKeys, Public)>,
    /// The hash of [`PASSWORD`].
    pub password_hash: String,
    /// Vouches for people; a realm for each scenario.
    pub identity_provider: IdentityProvider,
    /// What speaks to it.
    pub providers: Arc<dyn Providers>,
    master_key: String,
}

/// The public halves, as stored.
#[derive(Clone)]
pub struct Public {
    /// Hex.
    pub ed25519: String,
    /// PEM.
    pub rsa: String,
    /// PEM.
    pub p256: String,
}

/// What seals the shared keys before they are sealed again for an account.
const CONTEXT: &[u8] = b"conformance";
/// Accounts of one scenario that have keys of their own.
const KEYS: usize = 3;

impl Shared {
    /// Makes it all.
    ///
    /// # Errors
    /// When a key can't be made.
    pub async fn new(databases: Databases) -> Result<Self> {
        let mut entropy = SystemEntropy;
        let master = MasterKey::generate(&mut entropy);
        let mut keys = Vec::new();
        for _ in 0..KEYS {
            let made = AccountKeys::generate(&mut entropy);
            let sealed = made.seal(&master, CONTEXT, &mut entropy);
            let signer = Signer::new(made);
            let public = signer.public_keys()?;
            let public = Public {
                ed25519: public.ed25519_hex().to_owned(),
                rsa: public.rsa_pem().to_owned(),
                p256: public.p256_pem().to_owned(),
            };
            keys.push((sealed, public));
        }
        Ok(Self {
            databases,
            keys,
            password_hash: password::hash(PASSWORD, &mut entropy),
            identity_provider: IdentityProvider::start().await,
            providers: Arc::new(OpenId::new()?),
            master_key: master.to_hex().expose().clone(),
        })
    }

    /// The keys of the `nth` account of a scenario, sealed for it.
    pub fn keys_of(&self, nth: usize, account: Uuid) -> Outcome<(SealedKeys, Public)> {
        let (sealed, public) = &self.keys[nth % self.keys.len()];
        let master = self.master_key();
        let keys = match sealed.open(&master, CONTEXT) {
            Ok(keys) => keys,
            Err(error) => return broken(error),
        };
        Ok((
            keys.seal(&master, account.as_bytes(), &mut SystemEntropy),
            public.clone(),
        ))
    }

    /// The master key of every scenario's server.
    pub fn master_key(&self) -> MasterKey {
        MasterKey::from_text(&self.master_key).expect("its own text")
    }
}

/// Somebody with credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The kind: user, product, license or environment.
    pub kind: &'static str,
    /// The record.
    pub id: Uuid,
}

/// The world of one scenario.
pub struct World {
    /// What the run shares.
    pub shared: Arc<Shared>,
    /// The clock.
    pub time: Time,
    /// Chance, repeatable.
    pub dice: Dice,
    /// The account that steps mean when they name none.
    pub account: Option<Uuid>,
    /// The environment that new records fall into.
    pub environment: Option<Uuid>,
    /// Who speaks.
    pub bearer: Option<Bearer>,
    /// The token of who speaks.
    pub token: Option<Uuid>,
    /// Raw forms of what is stored as a hash, in the order of their making.
    pub secrets: Vec<String>,
    /// Headers of the next requests.
    pub headers: Vec<(String, String)>,
    /// What stands before the paths of requests: nothing, or a slash and a segment.
    pub prefix: &'static str,
    /// The last request.
    pub sent: Option<Sent>,
    /// The last answer.
    pub answer: Option<Answer>,
    /// Records made so far.
    pub made: usize,
    /// Names of events that a scenario made up, by the ids it gave them.
    pub event_names: HashMap<String, String>,
    /// Lines of logs that were laid behind the API's back: no request wrote them.
    pub laid: HashSet<Uuid>,
    /// Where the files of releases seem to lie.
    pub shelf: Arc<Shelf>,
    /// The identity provider of the installation.
    pub realm: Realm,
    /// Who it says people are, by the codes that it gave out.
    pub profiles: HashMap<String, Row>,
    /// What the steps so far needed and did without.
    pub lacking: Vec<String>,
    app: Arc<App>,
    door: Door,
    database: Database,
    last_stamp: AtomicI64,
}

impl World {
    /// A server on an empty database.
    ///
    /// # Errors
    /// When no database can be had.
    pub async fn start(shared: Arc<Shared>, multi_account: bool, seed: u64) -> Result<Self> {
        let database = shared.databases.take().await?;
        let time = Time::default();
        let shelf = Arc::new(Shelf::default());
        let realm = shared.identity_provider.realm();
        let app = App::start(Parts {
            db: database.db.clone(),
            clock: time.clock(),
            ids: Ids::new(Uuid::now_v7),
            master_key: shared.master_key(),
            settings: Settings {
                multi_account,
                hosts: Hosts {
                    domain: Some("keygen.sh".to_owned()),
                    portal: Some("https://portal.keygen.sh".to_owned()),
                    sso_callback: Some("https://auth.keygen.sh/sso".to_owned()),
                },
                sso: sso::Settings {
                    provider: Some(Provider {
                        issuer: realm.issuer().to_owned(),
                        client_id: CLIENT_ID.to_owned(),
                        client_secret: Secret::new(CLIENT_SECRET.to_owned()),
                    }),
                    claims: ClaimNames {
                        organization: Some("organization_id".to_owned()),
                        ..ClaimNames::default()
                    },
                },
                ..Settings::default()
            },
            documents: Arc::new(Printer),
            storage: shelf.clone(),
            providers: shared.providers.clone(),
        });
        let mut world = Self {
            door: Door::new(app.clone()),
            app,
            shared,
            time,
            dice: Dice(seed | 1),
            account: None,
            environment: None,
            bearer: None,
            token: None,
            secrets: Vec::new(),
            headers: Vec::new(),
            prefix: "/v1",
            sent: None,
            answer: None,
            made: 0,
            event_names: HashMap::new(),
            laid: HashSet::new(),
            shelf,
            realm,
            profiles: HashMap::new(),
            lacking: Vec::new(),
            database,
            last_stamp: AtomicI64::new(0),
        };
        // The suite asks for a signature algorithm one time in six.
        if world.dice.roll(6) == 0 {
            let names = ["ed25519", "rsa-pss-sha256", "rsa-sha256", "ecdsa-p256"];
            let name = names[world.dice.roll(names.len())];
            world.header("Keygen-Accept-Signature", &format!("algorithm=\"{name}\""));
        }
        Ok(world)
    }

    /// Ends the server and removes its database.
    pub async fn stop(self) {
        let Self {
            app,
            door,
            database,
            ..
        } = self;
        app.settle().await;
        drop(door);
        drop(app);
        database.drop().await;
    }

    /// The application.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The present, strictly later than any time told before: the order of records shows in it.
    pub fn stamp(&self) -> DateTime<Utc> {
        let now = self.time.now().timestamp_micros();
        let before = self.last_stamp.load(Ordering::Relaxed);
        // A frozen clock stands still for everything else; records still have an order.
        let next = if now > before || before - now > 1_000_000 {
            now
        } else {
            before + 1
        };
        self.last_stamp.store(next, Ordering::Relaxed);
        DateTime::from_timestamp_micros(next).unwrap_or_else(Utc::now)
    }

    /// Goes on without what is missing: the scenario fails for it, but tells what else it meets.
    pub fn lacks(&mut self, fault: Fault) -> Outcome {
        match fault {
            Fault::Missing(what) => {
                self.lacking.push(what);
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Sets a header of the next requests.
    pub fn header(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The account that steps mean when they name none.
    pub fn account(&self) -> Outcome<Uuid> {
        self.account
            .map_or_else(|| broken("no account is current"), Ok)
    }

    /// Who speaks.
    pub fn bearer(&self) -> Outcome<Bearer> {
        self.bearer.map_or_else(|| broken("nobody speaks"), Ok)
    }

    /// The last answer.
    pub fn answer(&self) -> Outcome<&Answer> {
        match &self.answer {
            Some(answer) => Ok(answer),
            None => broken("nothing was sent yet"),
        }
    }

    /// The account with this id or slug.
    pub async fn account_named(&self, name: &str) -> Outcome<Account> {
        match stored::find(&self.app.db, name).await? {
            Some(account) => Ok(account),
            None => broken(format!("there is no account {name}")),
        }
    }

    /// The account's private keys, ready to sign.
    pub async fn signer(&self, account: Uuid) -> Outcome<Signer> {
        let account = self.account_named(&account.to_string()).await?;
        accounts::signer(&account, &self.shared.master_key()).or_else(broken)
    }

    /// Sends a request.
    pub async fn send(&mut self, sent: Sent, body: Option<Vec<u8>>) -> Outcome {
        let answer = self.door.send(&sent, &self.headers, body).await?;
        self.sent = Some(sent);
        self.answer = Some(answer);
        sso_steps::retell(self).await
    }

    /// Waits for what the server writes with nobody waiting.
    pub async fn settle(&self) {
        self.app.settle().await;
    }

    /// The records of an account with this name: users by role where the name is a role's.
    pub async fn records(&self, name: &str, account: Option<Uuid>) -> Outcome<(Noun, Vec<Row>)> {
        let (noun, role) = nouns::find(name)?;
        self.settle().await;
        let mut rows = noun.table.rows(&self.app.db, account).await?;
        // What is deleted and not yet cleared away is no record any more.
        rows.retain(|row| row.get("deleted_at").is_none_or(Json::is_null));
        if let Some(role) = role {
            rows.retain(|row| row["role"] == role);
        }
        Ok((noun, rows))
    }

    /// The record at a place such as `first`.
    pub async fn record(&self, nth: &str, name: &str, account: Uuid) -> Outcome<(Noun, Row)> {
        let (noun, mut rows) = self.records(name, Some(account)).await?;
        match place(nth, rows.len()) {
            Some(index) => Ok((noun, rows.swap_remove(index))),
            None => broken(format!("there is no {nth} {name} among {}", rows.len())),
        }
    }

    /// The record with this id.
    pub async fn by_id(&self, name: &str, id: Uuid) -> Outcome<Option<Row>> {
        let (_, rows) = self.records(name, None).await?;
        let id = Json::from(id.to_string());
        Ok(rows.into_iter().find(|row| row.get("id") == Some(&id)))
    }
}

/// The id of a record.
pub fn id(row: &Row) -> Outcome<Uuid> {
    uuid_at(row, "id").map_or_else(|| broken("a record without an id"), Ok)
}

/// The id that a column holds.
pub fn uuid_at(row: &Row, column: &str) -> Option<Uuid> {
    row.get(column)
        .and_then(Json::as_str)
        .and_then(|text| text.parse().ok())
}

/// The platforms of a product nobody described.
pub fn platforms() -> Json {
    json!(["SSD", "HDD", "API"])
}

/// Chance that a seed repeats.
#[derive(Clone, Copy, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        // xorshift64: good enough to pick among a handful.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % (sides.max(1) as u64)).unwrap_or_default()
    }

    /// `digits` hex digits.
    pub fn hex(&mut self, digits: usize) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        (0..digits)
            .map(|_| char::from(DIGITS[self.roll(16)]))
            .collect()
    }
}
