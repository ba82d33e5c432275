//! Requests of older versions, in the newest version's words.

use keystead_domain::version::ApiVersion;
use serde_json::{Map, Value};

use super::of;
use crate::casing;
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

    /// Takes a key's older name for its newer one, unless the newer one was sent too.
    pub(super) fn accept(
        &mut self,
        members: &mut Map<String, Value>,
        older: &'static str,
        newer: &'static str,
    ) {
        if members.contains_key(older) && !members.contains_key(newer) {
            rename(members, older, newer);
            self.0.push((older, newer));
        }
    }
}

/// Rewrites a document that speaks `version` into the newest version's words.
///
/// # Errors
/// A key of an older version with a value of the wrong type.
pub fn upgrade_request(version: ApiVersion, document: &mut Value) -> Result<Renamed> {
    let mut renamed = Renamed::default();
    for migration in of(version) {
        (migration.request)(document, &mut renamed)?;
    }
    Ok(renamed)
}

/// The attributes of a sent document, if its type is `noun` (its singular, in snake case).
pub(super) fn attributes<'a>(
    document: &'a mut Value,
    plural: &str,
    singular: &str,
) -> Option<&'a mut Map<String, Value>> {
    let data = document.get_mut("data")?;
    let kind = casing::snake(data.get("type")?.as_str()?).into_owned();
    if kind != plural && kind != singular {
        return None;
    }
    data.get_mut("attributes")?.as_object_mut()
}

/// Renames a key in place, so that the order of the keys stays as it was.
pub(super) fn rename(members: &mut Map<String, Value>, from: &str, to: &str) {
    if !members.contains_key(from) {
        return;
    }
    let old = std::mem::take(members);
    for (key, value) in old {
        members.insert(if key == from { to.to_owned() } else { key }, value);
    }
}
