//! The pool: how Keystead connects to PostgreSQL and to SQLite.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sea_query::Value;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::dialect::Dialect;
use crate::sent::Sent;
use crate::{Result, Tx};

/// How large the pool may grow and how patient it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections at most. Beyond about four a core, PostgreSQL only adds latency.
    pub max_connections: u32,
    /// Connections kept open while idle.
    pub min_connections: u32,
    /// Connections beside these for the statements that requests share (PostgreSQL); opened when
    /// first needed. Nothing that takes long runs on them.
    pub shared_connections: u32,
    /// How long a request waits for a connection before it fails.
    pub acquire_timeout: Duration,
    /// How long the server lets one statement run (PostgreSQL).
    pub statement_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 8,
            min_connections: 1,
            shared_connections: 3,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

/// A pool of connections to one database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    connection: DatabaseConnection,
    /// Where shared statements go, if they have connections of their own.
    shared: Option<DatabaseConnection>,
    dialect: Dialect,
    sent: Arc<Sent>,
    /// SQLite has one writer: waiting here is fair and costs nothing, waiting in SQLite polls.
    writer: Arc<tokio::sync::Mutex<()>>,
}

impl Db {
    /// Connects to `postgres://…` or `sqlite://…` (the file is created when missing).
    ///
    /// # Errors
    /// When the URL is not one of these, or the database can't be reached.
    pub async fn connect(url: &str, options: &Options) -> Result<Self> {
        let dialect = Dialect::of(url)?;
        let mut connect = ConnectOptions::new(url);
        connect
            .max_connections(options.max_connections)
            .min_connections(options.min_connections)
            .acquire_timeout(options.acquire_timeout)
            .connect_timeout(options.acquire_timeout)
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .sqlx_logging(false)
            .record_stmt_in_spans(false);
        match dialect {
            Dialect::Postgres => {
                connect
                    .set_application_name("keystead")
                    .statement_timeout(options.statement_timeout);
                connect.map_sqlx_postgres_opts(|options| options.statement_cache_capacity(512));
            }
            Dialect::Sqlite => {
                connect.map_sqlx_sqlite_opts(|options| {
                    options
                        .create_if_missing(true)
                        .journal_mode(SqliteJournalMode::Wal)
                        // Acknowledged writes survive a crash of the machine, not only of the process.
                        .synchronous(SqliteSynchronous::Full)
                        .foreign_keys(true)
                        .busy_timeout(Duration::from_secs(5))
                        .statement_cache_capacity(512)
                });
            }
        }
        let shared = match dialect {
            Dialect::Postgres if options.shared_connections > 0 => {
                let mut connect = connect.clone();
                connect
                    .max_connections(options.shared_connections)
                    .min_connections(0)
                    .connect_lazy(true);
                Some(Database::connect(connect).await?)
            }
            _ => None,
        };
        Ok(Self {
            connection: Database::connect(connect).await?,
            shared,
            dialect,
            sent: Arc::default(),
            writer: Arc::default(),
        })
    }

    /// Which database this is. Only `store` may care.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The same database for statements that many requests share: on connections of its own, where
    /// it has some. What takes long elsewhere doesn't hold them up, and few connections, each used
    /// all the time, keep what they need at hand.
    #[must_use]
    pub fn for_shared(&self) -> Self {
        let mut db = self.clone();
        if let Some(shared) = db.shared.take() {
            db.connection = shared;
        }
        db
    }

    /// Starts a transaction that may write.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Tx> {
        let writer = match self.dialect {
            Dialect::Sqlite => Some(self.writer.clone().lock_owned().await),
            Dialect::Postgres => None,
        };
        let options = TransactionOptions {
            // Taking the write lock first: a reader that turns writer midway could only fail.
            sqlite_transaction_mode: writer.as_ref().map(|_| SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.connection.begin_with_options(options).await?;
        self.count();
        Ok(Tx::new(inner, self.dialect, self.sent.clone(), writer))
    }

    /// How many statements were sent so far, `BEGIN` and `COMMIT` included.
    pub fn statements(&self) -> u64 {
        self.sent.count()
    }

    /// What was sent so far.
    pub fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.connection.ping().await?)
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// When the driver reports a fault while closing.
    pub async fn close(&self) -> Result<()> {
        if let Some(shared) = &self.shared {
            shared.close_by_ref().await?;
        }
        Ok(self.connection.close_by_ref().await?)
    }

    /// The pool itself, for the schema's migrator.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// A statement with `$1`-style placeholders, which both databases understand.
    pub fn statement(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Statement {
        Statement::from_sql_and_values(self.connection.get_database_backend(), sql, values)
    }

    fn count(&self) {
        self.sent.one();
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Db {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.sent.statement(&statement);
        self.connection.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.count();
        self.connection.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.sent.statement(&statement);
        self.connection.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.sent.statement(&statement);
        self.connection.query_all_raw(statement).await
    }
}
