//! What can go wrong in the database, with duplicates told apart from faults.

use keystead_domain::{Problem, Refused};
use sea_orm::{DbErr, SqlErr};

/// The result of a query.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A query that did not work out: the caller's fault, or ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller can mend this: not found, taken, in conflict.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The database failed or was misused.
    #[error("the database failed: {0}")]
    Failed(#[from] DbErr),
}

impl Error {
    /// Whether a unique index refused the row.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Failed(error)
            if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }

    /// The text of the unique violation, which names the index or its columns.
    pub fn duplicate(&self) -> Option<String> {
        match self {
            Self::Failed(error) => match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(text)) => Some(text),
                _ => None,
            },
            Self::Refused(_) => None,
        }
    }
}

/// Turns a unique violation into the problem it means: the database settles races.
pub trait OnDuplicate {
    /// The same result, with a unique violation told as `problem`.
    ///
    /// # Errors
    /// The problem for a duplicate; any other error unchanged.
    fn on_duplicate(self, problem: Problem) -> Self;
}

impl<T> OnDuplicate for Result<T> {
    fn on_duplicate(self, problem: Problem) -> Self {
        match self {
            Err(error) if error.is_duplicate() => Err(Error::Refused(problem.into())),
            other => other,
        }
    }
}
