//! How the ends of use cases become errors of the API.

use keystead_app::Error as Ended;

use crate::problem::{Cause, Error, UNAVAILABLE};

impl From<Ended> for Error {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Refused(refused) => refused.into(),
            Ended::Failed(cause) => Self::failed(cause),
            Ended::Overloaded => Cause::Line(&UNAVAILABLE).into(),
        }
    }
}

impl From<keystead_store::Error> for Error {
    fn from(error: keystead_store::Error) -> Self {
        Ended::from(error).into()
    }
}
