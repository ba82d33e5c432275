//! The two ways a use case can end badly: the caller's to mend, or ours.

use std::sync::Arc;

use keystead_domain::{Problem, Refused};
use keystead_store::batch::BatchError;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not go through. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's to mend, with all its problems.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Ours: logged once at the edge, answered without its cause.
    #[error("{0}")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// Too much is waiting already; the caller should come again in a moment.
    #[error("too much is waiting already")]
    Overloaded,
}

impl Error {
    /// A fault of ours.
    pub fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Arc::new(cause))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<keystead_store::Error> for Error {
    fn from(error: keystead_store::Error) -> Self {
        match error {
            keystead_store::Error::Refused(refused) => Self::Refused(refused),
            failed @ keystead_store::Error::Failed(_) => Self::failed(failed),
        }
    }
}

impl From<BatchError> for Error {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Failed(cause) => Self::Failed(cause),
            BatchError::Overloaded => Self::Overloaded,
        }
    }
}
