//! Requests of older versions, in the newest version's words.

use keystead_domain::version::ApiVersion;
use serde_json::Value;

use crate::problem::Result;
use crate::shape::{Fault, Step};

/// Keys that were renamed on the way in, so that faults can name them as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renamed(Vec<(&'static str, &'static str)>);

impl Renamed {
    /// The fault, with its path in the client's words.
    pub fn as_sent(&self, mut fault: Fault) -> Fault {
        for step in &mut fault.path {
            if let Step::Key(key) = step
                && let Some((sent, _)) = self.0.iter().find(|(_, new)| key == new)
            {
                *key = (*sent).to_owned();
            }
        }
        fault
    }
}

/// Rewrites a document that speaks `version` into the newest version's words.
///
/// # Errors
/// A key of an older version with a value of the wrong type.
pub fn upgrade_request(_version: ApiVersion, _document: &mut Value) -> Result<Renamed> {
    Ok(Renamed::default())
}
