//! What a pool sent to the database: counted always, kept only where somebody watches.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sea_orm::Statement;

/// Statements that a pool and its transactions sent.
#[derive(Debug, Default)]
pub struct Sent {
    count: AtomicU64,
    watched: AtomicBool,
    kept: Mutex<Vec<Statement>>,
}

impl Sent {
    pub(crate) fn one(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn statement(&self, statement: &Statement) {
        self.one();
        if self.watched.load(Ordering::Relaxed) {
            self.kept().push(statement.clone());
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Keeps every statement from now on, with its values: for explaining them in tests. They are
    /// kept until they are taken, so nothing that runs for long may watch.
    pub fn watch(&self) {
        self.watched.store(true, Ordering::Relaxed);
    }

    /// The statements kept so far, which are forgotten here.
    pub fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.kept())
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Statement>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
