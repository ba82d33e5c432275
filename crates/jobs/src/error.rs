//! What can go wrong with the queues, and what a handler may answer.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// The result of asking a backend for something.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A backend that did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] keystead_store::Error),
    /// Redis failed.
    #[error("redis failed: {0}")]
    Redis(#[from] redis::RedisError),
    /// The workers ended without being told to.
    #[error("the workers ended: {0}")]
    Workers(String),
}

/// Why a handler did not do its job. Any error turns into [`Retry`](Self::Retry) with `?`.
pub enum JobError {
    /// Try again, later and later; after the last attempt it is a dead letter.
    Retry(Box<dyn StdError + Send + Sync>),
    /// Try again after this time, or a second if that is shorter. It counts as an attempt.
    RetryAfter(Duration),
    /// Never try again: it is a dead letter at once, for this reason.
    Discard(String),
}

impl<E: StdError + Send + Sync + 'static> From<E> for JobError {
    fn from(error: E) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retry(error) => write!(f, "Retry({error})"),
            Self::RetryAfter(delay) => write!(f, "RetryAfter({delay:?})"),
            Self::Discard(reason) => write!(f, "Discard({reason})"),
        }
    }
}

/// A [`JobError`] on its way through the layers, which speak of errors only.
#[derive(Debug)]
pub(crate) struct Failure(pub JobError);

impl StdError for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            JobError::Retry(error) => write!(f, "{}", chain(error.as_ref())),
            JobError::RetryAfter(delay) => write!(f, "asked for another try after {delay:?}"),
            JobError::Discard(reason) => f.write_str(reason),
        }
    }
}

/// An error with its causes, outermost first.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Wrappers that print their cause themselves would say everything twice.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
