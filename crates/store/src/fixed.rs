//! Statements of hot paths, put together once.

use std::sync::OnceLock;

use crate::dialect::Dialect;

/// A statement that is always the same on one database.
#[derive(Debug)]
pub(crate) struct Fixed {
    postgres: OnceLock<String>,
    sqlite: OnceLock<String>,
}

impl Fixed {
    /// Not put together yet.
    pub const fn new() -> Self {
        Self {
            postgres: OnceLock::new(),
            sqlite: OnceLock::new(),
        }
    }

    /// The statement, put together the first time.
    pub fn get(&self, dialect: Dialect, make: impl FnOnce() -> String) -> &str {
        let text = match dialect {
            Dialect::Postgres => &self.postgres,
            Dialect::Sqlite => &self.sqlite,
        };
        text.get_or_init(make)
    }
}
