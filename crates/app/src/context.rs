//! What every use case is given: the application, and one request's context.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keystead_domain::access::{self, Action, Bearer, Environment, Scope, Seen, Tie, Tied};
use keystead_domain::ids::Ids;
use keystead_domain::version::ApiVersion;
use keystead_domain::webhook::Reach;
use keystead_domain::{AccountId, Code, EventId, Kind, Problem, Refused, RequestId};
use keystead_signing::seal::MasterKey;
use keystead_storage::Storage;
use keystead_store::entities::{Event, Session};
use keystead_store::{Db, Tx};
use uuid::Uuid;

use crate::authenticate::Glimpse;
use crate::heartbeats::{self, Hearts};
use crate::herald::{Documents, Herald, Payload, Told};
use crate::processes::Pings;
use crate::sso::Providers;
use crate::{
    Hosts, Journal, Lookups, RequestLogs, Result, Stamps, Tenant, Tenants, request_logs, sso,
};

/// The only source of the present: the system's clock in production, a frozen one in tests.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that tells what `now` returns.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present, cut to microseconds: what the database keeps.
    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.0)();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Choices of the operator that use cases look at.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether the server serves many accounts, or one.
    pub multi_account: bool,
    /// The installation's own names.
    pub hosts: Hosts,
    /// How hearts are watched.
    pub heartbeats: heartbeats::Settings,
    /// What is kept of requests.
    pub request_logs: request_logs::Settings,
    /// Events a second that the log keeps of those that say that all is well; 0 means all.
    pub routine_events_per_second: u32,
    /// Where receivers of webhooks may be.
    pub webhooks: Reach,
    /// The largest object that is taken in, in bytes.
    pub max_object_bytes: u64,
    /// How people sign on.
    pub sso: sso::Settings,
}

/// What the application is made of; see [`App::start`].
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The source of ids.
    pub ids: Ids,
    /// What seals private keys at rest.
    pub master_key: MasterKey,
    /// The operator's choices.
    pub settings: Settings,
    /// What prints the documents that events carry.
    pub documents: Arc<dyn Documents>,
    /// Where the files of releases lie.
    pub storage: Arc<dyn Storage>,
    /// What speaks to identity providers.
    pub providers: Arc<dyn Providers>,
}

/// The application: everything that outlives a request.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock; use cases take `cx.now` instead.
    pub clock: Clock,
    /// The source of ids.
    pub ids: Ids,
    /// What seals private keys at rest.
    pub master_key: Arc<MasterKey>,
    /// The operator's choices.
    pub settings: Settings,
    /// Accounts with their keys parsed.
    pub tenants: Tenants,
    /// Look-ups that share statements.
    pub lookups: Lookups,
    /// Tells the event log and the webhooks; use cases call [`Cx::tell`].
    pub herald: Herald,
    /// Where events go that nobody waits for.
    pub journal: Journal,
    /// Where answered requests are noted.
    pub request_logs: RequestLogs,
    /// What validations leave behind on licenses.
    pub stamps: Stamps,
    /// What pings share, and what excuses silence.
    pub hearts: Hearts,
    /// What pings of processes share.
    pub process_pings: Pings,
    /// Where the files of releases lie.
    pub storage: Arc<dyn Storage>,
    /// What speaks to identity providers.
    pub providers: Arc<dyn Providers>,
}

impl App {
    /// Starts the application on a migrated database.
    pub fn start(parts: Parts) -> Arc<Self> {
        let Parts {
            db,
            clock,
            ids,
            master_key,
            settings,
            documents,
            storage,
            providers,
        } = parts;
        let master_key = Arc::new(master_key);
        let herald = Herald::new(documents, ids.clone());
        let shared = db.for_shared();
        Arc::new(Self {
            tenants: Tenants::new(db.clone(), master_key.clone()),
            lookups: Lookups::start(&shared),
            stamps: Stamps::start(&db),
            journal: Journal::start(&db, &herald, settings.routine_events_per_second),
            request_logs: RequestLogs::start(&db, settings.request_logs),
            herald,
            hearts: Hearts::start(&shared, settings.heartbeats.clone()),
            process_pings: Pings::start(&shared),
            storage,
            providers,
            db,
            clock,
            ids,
            master_key,
            settings,
        })
    }
}

impl App {
    /// Waits until everything is written that nobody waited for: before shutdown, and in tests.
    pub async fn settle(&self) {
        self.stamps.flush().await;
        self.journal.flush().await;
        self.request_logs.flush().await;
    }
}

/// A request before there is an account: the one that founds it.
#[derive(Clone, Debug)]
pub struct Outset {
    /// The application.
    pub app: Arc<App>,
    /// The version of the contract the client speaks, which the account will.
    pub version: ApiVersion,
}

/// What sent a request, as far as can be told.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Its address.
    pub address: Option<IpAddr>,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// Whether a browser vouches that a page of the portal sent the request.
    pub portal: bool,
    /// The session that the bearer came in by.
    pub session: Option<Arc<Session>>,
}

/// One request: who asks, in which account and environment, at which instant.
#[derive(Clone, Debug)]
pub struct Cx {
    app: Arc<App>,
    /// The account, with its keys.
    pub tenant: Arc<Tenant>,
    /// The environment the request is made in.
    pub environment: Environment,
    /// Who asks; none when nobody presented a credential.
    pub bearer: Option<Arc<Bearer>>,
    /// The one instant of the request.
    pub now: DateTime<Utc>,
    /// The request's id.
    pub request: RequestId,
    /// The version of the contract the client speaks.
    pub version: ApiVersion,
    /// The machine that was looked at while a license that pings was authenticated.
    pub(crate) glimpse: Option<Arc<Glimpse>>,
    /// What sent the request.
    pub client: Client,
}

impl Deref for Cx {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Cx {
    /// A context for one request.
    pub fn new(
        app: Arc<App>,
        tenant: Arc<Tenant>,
        environment: Environment,
        bearer: Option<Arc<Bearer>>,
        now: DateTime<Utc>,
        request: RequestId,
        version: ApiVersion,
    ) -> Self {
        Self {
            app,
            tenant,
            environment,
            bearer,
            now,
            request,
            version,
            client: Client::default(),
            glimpse: None,
        }
    }

    /// The same request, with the machine that was looked at on the way.
    #[must_use]
    pub fn with_glimpse(self, glimpse: Glimpse) -> Self {
        Self {
            glimpse: Some(Arc::new(glimpse)),
            ..self
        }
    }

    /// The same request, knowing what sent it.
    #[must_use]
    pub fn from_client(self, client: Client) -> Self {
        Self { client, ..self }
    }

    /// The same request, with somebody who has just proven who they are.
    #[must_use]
    pub fn with_bearer(&self, bearer: Bearer) -> Self {
        Self {
            bearer: Some(Arc::new(bearer)),
            ..self.clone()
        }
    }

    /// The application, to hand to work that outlives the request.
    pub fn app(&self) -> Arc<App> {
        self.app.clone()
    }

    /// The account's id.
    pub fn account(&self) -> AccountId {
        self.tenant.account.id
    }

    /// Starts a transaction that may write.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(self.db.begin().await?)
    }

    /// What the bearer sees; strangers see what is open to them.
    pub fn scope(&self) -> Scope {
        Scope::of(self.account(), self.environment, self.bearer.as_deref())
    }

    /// What exists, whoever asks: for records named in a body.
    pub fn existing(&self) -> Scope {
        Scope::existing(self.account(), self.environment)
    }

    /// Somebody must be there: 401 comes before any look-up.
    ///
    /// # Errors
    /// 401 when nobody presented a credential.
    pub fn bearer(&self) -> Result<&Bearer, Refused> {
        self.bearer.as_deref().ok_or_else(|| {
            Problem::new(Kind::Unauthorized, Code::TokenMissing.detail())
                .code(Code::TokenMissing)
                .about("authentication/")
                .into()
        })
    }

    /// The record, if the bearer may do `action` to it.
    ///
    /// # Errors
    /// 401 when nobody asks, 403 with the contract's reason.
    pub fn allow<T: Tied>(&self, action: Action, seen: Seen<T>) -> Result<T, Refused> {
        access::allow(self.bearer.as_deref(), &self.environment, action, seen)
    }

    /// The scope of a list, if the bearer may list.
    ///
    /// # Errors
    /// 401 when nobody asks, 403 with the contract's reason.
    pub fn allow_list(&self, action: Action) -> Result<Scope, Refused> {
        access::allow_list(
            self.account(),
            &self.environment,
            self.bearer.as_deref(),
            action,
        )
    }

    /// Whether the bearer may create a record with this tie.
    ///
    /// # Errors
    /// 401 when nobody asks, 403 with the contract's reason.
    pub fn allow_create(&self, action: Action, draft: &Tie) -> Result<(), Refused> {
        access::allow_create(self.bearer.as_deref(), &self.environment, action, draft)
    }

    /// Tells of something that this request did: the event log, and whoever subscribed. See
    /// [`crate::herald`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell(&self, tx: &Tx, event: Event, payload: Payload<'_>) -> Result<()> {
        let told = Told {
            event: &event,
            payload,
        };
        Ok(self.herald.tell(tx, &[told], self.now).await?)
    }

    /// The event log's row for something that this request did; see [`Cx::tell`].
    pub fn event(&self, name: &str, resource_type: &str, resource_id: Uuid) -> Event {
        Event {
            id: self.ids.next::<EventId>(),
            account_id: self.account(),
            environment_id: self.environment.id(),
            name: name.to_owned(),
            resource_type: resource_type.to_owned(),
            resource_id,
            bearer_type: self
                .bearer
                .as_ref()
                .map(|bearer| bearer.id.kind().to_string()),
            bearer_id: self.bearer.as_ref().map(|bearer| bearer.id.uuid()),
            request_id: Some(self.request.0),
            metadata: None,
            created_at: self.now,
        }
    }
}
