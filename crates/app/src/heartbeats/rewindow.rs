//! After a policy's heartbeat rules changed, its machines are looked at when the new rules say.
//!
//! Status needs none of this: it is computed from the current policy. What would come late is the
//! sweep, if a window became shorter or heartbeats required.

use keystead_domain::{LicenseId, PolicyId};
use keystead_jobs::Job;
use keystead_store::heartbeats;
use serde::{Deserialize, Serialize};

use crate::{App, CHORES, Result};

/// The job of [`rewindow`], written with the change that makes it due. Not unique: one that runs
/// already may have passed machines whose window changed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewindow {
    /// The policy that changed.
    pub policy: PolicyId,
    /// The one license that moved to it, when it did not change itself.
    #[serde(default)]
    pub license: Option<LicenseId>,
}

impl Job for Rewindow {
    const KIND: &'static str = "heartbeats.rewindow";
    const QUEUE: &'static str = CHORES;
}

/// Licenses read at once.
const LICENSES: u64 = 500;
/// Machines written in one transaction.
const MACHINES: u64 = 1_000;

/// Writes anew when the machines of a policy's licenses are looked at, in bounded batches. Calling
/// it again does no harm.
///
/// # Errors
/// When the database fails.
pub async fn rewindow(app: &App, policy: PolicyId) -> Result<()> {
    let mut after = None;
    loop {
        let licenses = heartbeats::of_policy(&app.db, policy, after, LICENSES).await?;
        let Some(last) = licenses.last() else {
            return Ok(());
        };
        after = Some(*last);
        for license in licenses {
            rewindow_license(app, license).await?;
        }
    }
}

/// The same for one license, after it moved to another policy.
///
/// # Errors
/// When the database fails.
pub async fn rewindow_license(app: &App, license: LicenseId) -> Result<()> {
    let mut after = None;
    loop {
        let tx = app.db.begin().await?;
        let windows = heartbeats::windows(&tx, license, after, MACHINES).await?;
        let Some(last) = windows.last() else {
            return Ok(());
        };
        after = Some(last.machine_id);
        let late: Vec<_> = windows
            .iter()
            .filter_map(|window| {
                let deadline = app.hearts.excuse(window.heart()).deadline()?;
                // A look that comes early finds out by itself.
                let early = window.due_at.is_some_and(|due_at| due_at <= deadline);
                (!early).then_some((window.machine_id, Some(deadline)))
            })
            .collect();
        heartbeats::set_due(&tx, &late).await?;
        tx.commit().await?;
    }
}
