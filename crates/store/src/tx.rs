//! A transaction: one use case, one visible `commit`; dropped, it rolls back.

use std::sync::Arc;

use sea_orm::sea_query::Value;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};
use tokio::sync::OwnedMutexGuard;

use crate::Result;
use crate::dialect::Dialect;
use crate::sent::Sent;

/// A transaction that may write.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    dialect: Dialect,
    sent: Arc<Sent>,
    // Released after `inner`, in order of declaration: the next writer starts on a free file.
    _writer: Option<OwnedMutexGuard<()>>,
}

impl Tx {
    pub(crate) fn new(
        inner: DatabaseTransaction,
        dialect: Dialect,
        sent: Arc<Sent>,
        writer: Option<OwnedMutexGuard<()>>,
    ) -> Self {
        Self {
            inner,
            dialect,
            sent,
            _writer: writer,
        }
    }

    /// Makes every change of this transaction durable and visible.
    ///
    /// # Errors
    /// When the database refuses; nothing was changed then.
    pub async fn commit(self) -> Result<()> {
        self.sent.one();
        Ok(self.inner.commit().await?)
    }

    /// Which database this is. Only `store` may care.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A statement with `$1`-style placeholders, which both databases understand.
    pub fn statement(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Statement {
        Statement::from_sql_and_values(self.inner.get_database_backend(), sql, values)
    }

    fn count(&self) {
        self.sent.one();
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.sent.statement(&statement);
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.count();
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.sent.statement(&statement);
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.sent.statement(&statement);
        self.inner.query_all_raw(statement).await
    }
}
