//! Why a step did not hold.

use std::fmt;

/// Why a step did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Keystead or the harness has no such noun, attribute or job yet. The scenario fails, and
    /// goes on, so that one run tells everything that is missing.
    Missing(String),
    /// The answer, or the state, is another than the scenario says.
    Failed(String),
    /// The step can't be carried out as it is written.
    Broken(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "missing: {what}"),
            Self::Failed(why) => f.write_str(why),
            Self::Broken(why) => write!(f, "the step can't be carried out: {why}"),
        }
    }
}

/// What a step comes to.
pub type Outcome<T = ()> = Result<T, Fault>;

/// A failed comparison.
pub fn failed<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Fault::Failed(why.into()))
}

/// A step that can't be carried out.
pub fn broken<T>(why: impl fmt::Display) -> Outcome<T> {
    Err(Fault::Broken(why.to_string()))
}

/// Something that Keystead or the harness does not have yet.
pub fn missing<T>(what: impl Into<String>) -> Outcome<T> {
    Err(Fault::Missing(what.into()))
}

impl From<keystead_store::Error> for Fault {
    fn from(error: keystead_store::Error) -> Self {
        Self::Broken(format!("{error:?}"))
    }
}

impl From<keystead_app::Error> for Fault {
    fn from(error: keystead_app::Error) -> Self {
        Self::Broken(format!("{error:?}"))
    }
}

impl From<sea_orm::DbErr> for Fault {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("not JSON: {error}"))
    }
}
