//! Updates a license.

use chrono::{DateTime, Utc};
use keystead_domain::access::Action;
use keystead_domain::draft::{self, Problems};
use keystead_domain::event::EventName;
use keystead_domain::issuance::override_problems;
use keystead_domain::term::Limits;
use keystead_domain::{LicenseId, Refused};
use keystead_store::entities::License;
use keystead_store::licenses::Loaded;
use keystead_store::{diff, licenses};
use serde_json::Value;

use super::show::find;
use super::{judge_name, judge_permissions};
use crate::herald::Payload;
use crate::{Cx, Result};

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

/// A license that the bearer may change.
#[derive(Debug)]
pub struct Changeable(LicenseId);

/// The license with this id or key, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_key: &str) -> Result<Changeable> {
    let license = find(cx, id_or_key).await?;
    Ok(Changeable(
        cx.allow(Action::LicenseUpdate, license)?.license.id,
    ))
}

/// Changes a license.
///
/// # Errors
/// 422 for the problems of the change, 404 when the license is gone by now.
pub async fn update(cx: &Cx, license: Changeable, change: Change) -> Result<Loaded> {
    let tx = cx.begin().await?;
    // Locked, because what activations count meanwhile must not be overwritten.
    let seen = licenses::lock(&tx, &cx.scope(), license.0).await?;
    let mut license = cx.allow(Action::LicenseUpdate, seen)?;
    let before = license.license.clone();
    apply(change, &mut license)?;
    license.license.updated_at = cx.now;
    license.license = licenses::update(&tx, license.license).await?;
    let id = license.license.id.0;
    let mut event = cx.event(EventName::LicenseUpdated.as_str(), "licenses", id);
    event.metadata = Some(diff(&before, &license.license));
    cx.tell(&tx, event, Payload::License(&license)).await?;
    tx.commit().await?;
    Ok(license)
}

fn apply(change: Change, license: &mut Loaded) -> Result<(), Refused> {
    let permissions = draft::permissions(change.permissions.as_deref())?;
    let mut problems = Problems::none();
    let row = &mut license.license;
    if let Some(name) = change.name {
        judge_name(name.as_deref(), &mut problems);
        row.name = name;
    }
    row.expiry = change.expiry.unwrap_or(row.expiry);
    row.suspended = change.suspended.unwrap_or(row.suspended);
    row.protected = change.protected.unwrap_or(row.protected);
    problems.extend(override_problems(
        &change.limits.set(),
        license.policy.floating,
    ));
    change.limits.apply(row);
    if let Some(permissions) = permissions {
        judge_permissions(permissions, &mut problems);
        row.permissions = permissions;
    }
    if let Some(metadata) = change.metadata {
        problems.metadata(&metadata);
        row.metadata = metadata;
    }
    problems.into_result()
}
