//! Updates a license.

use chrono::{DateTime, Utc};
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::issuance::override_problems;
use keystead_domain::term::Limits;
use keystead_domain::{Problem, Refused};
use keystead_store::entities::License;
use keystead_store::licenses::Loaded;
use keystead_store::{events, licenses};
use serde_json::Value;

use super::create::{name_problem, permissions};
use super::show::find;
use crate::{Cx, Error, Result};

/// What is to be changed; what is unsaid stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name, or none.
    pub name: Option<Option<String>>,
    /// When it expires, or never.
    pub expiry: Option<Option<DateTime<Utc>>>,
    /// Whether it is suspended.
    pub suspended: Option<bool>,
    /// Whether it is protected from its users.
    pub protected: Option<bool>,
    /// Limits of its own, or the policy's.
    pub limits: LimitChange,
    /// The names of its permissions.
    pub permissions: Option<Vec<String>>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// What is wrong with the fields already; told to whoever may update the license.
    pub problems: Vec<Problem>,
}

/// Changes of a license's own limits: unsaid, none, or this one.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "as the limits of a license")]
pub struct LimitChange {
    pub machines: Option<Option<i64>>,
    pub processes: Option<Option<i64>>,
    pub users: Option<Option<i64>>,
    pub cores: Option<Option<i64>>,
    pub memory: Option<Option<i64>>,
    pub disk: Option<Option<i64>>,
    pub uses: Option<Option<i64>>,
}

impl LimitChange {
    /// The limits that are set now.
    fn set(self) -> Limits {
        Limits {
            machines: self.machines.flatten(),
            processes: self.processes.flatten(),
            users: self.users.flatten(),
            cores: self.cores.flatten(),
            memory: self.memory.flatten(),
            disk: self.disk.flatten(),
            uses: self.uses.flatten(),
        }
    }

    fn apply(self, row: &mut License) {
        row.max_machines = self.machines.unwrap_or(row.max_machines);
        row.max_processes = self.processes.unwrap_or(row.max_processes);
        row.max_users = self.users.unwrap_or(row.max_users);
        row.max_cores = self.cores.unwrap_or(row.max_cores);
        row.max_memory = self.memory.unwrap_or(row.max_memory);
        row.max_disk = self.disk.unwrap_or(row.max_disk);
        row.max_uses = self.uses.unwrap_or(row.max_uses);
    }
}

/// Changes the license with this id or key.
///
/// `change` may be what is wrong with the request's body: that is told only to whoever may
/// update the license.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, then `change`'s own, and
/// 422 for its problems.
pub async fn update<E: From<Error>>(
    cx: &Cx,
    id_or_key: &str,
    change: Result<Change, E>,
) -> Result<Loaded, E> {
    let license = find(cx, id_or_key).await?;
    let license = cx.allow(Action::LicenseUpdate, license).map_err(Error::from)?;
    Ok(write(cx, license, change?).await?)
}

async fn write(cx: &Cx, license: Loaded, change: Change) -> Result<Loaded> {
    let mut problems: Vec<_> =
        name_problem(change.name.as_ref().and_then(Option::as_deref)).into_iter().collect();
    problems.extend(override_problems(&change.limits.set(), license.policy.floating));
    let permissions = change.permissions.as_deref().map(permissions).transpose();
    problems.extend(permissions.as_ref().err().cloned());
    problems.extend(change.problems.iter().cloned());
    Refused::unless_empty(problems)?;

    let tx = cx.begin().await?;
    // Locked and read again: what activations count meanwhile must not be overwritten.
    let seen = licenses::lock(&tx, &cx.existing(), license.license.id).await?;
    let mut license = cx.allow(Action::LicenseUpdate, seen)?;
    let row = &mut license.license;
    row.name = change.name.unwrap_or_else(|| row.name.take());
    row.expiry = change.expiry.unwrap_or(row.expiry);
    row.suspended = change.suspended.unwrap_or(row.suspended);
    row.protected = change.protected.unwrap_or(row.protected);
    row.permissions = permissions.ok().flatten().unwrap_or(row.permissions);
    if let Some(metadata) = change.metadata {
        row.metadata = metadata;
    }
    change.limits.apply(row);
    row.updated_at = cx.now;
    license.license = licenses::update(&tx, license.license).await?;
    let id = license.license.id.0;
    events::record(&tx, cx.event(EventName::LicenseUpdated.as_str(), "licenses", id)).await?;
    tx.commit().await?;
    Ok(license)
}
