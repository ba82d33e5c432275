//! Empties an environment that was deleted: what takes as long as the environment is large is done
//! in small transactions, after the answer.

use keystead_domain::EnvironmentId;
use keystead_jobs::Job;
use keystead_store::environments;
use serde::{Deserialize, Serialize};

use crate::{App, CHORES, Result};

/// The job of [`empty`], written with the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {
    /// The environment that was deleted.
    pub environment: EnvironmentId,
}

impl Job for Empty {
    const KIND: &'static str = "environments.empty";
    const QUEUE: &'static str = CHORES;
}

/// Records removed in one transaction at most, not counting what goes with them.
const BATCH: u64 = 500;

/// Removes every record of a deleted environment, then the environment. Calling it again goes on
/// where it was stopped.
///
/// # Errors
/// When the database fails.
pub async fn empty(app: &App, environment: EnvironmentId) -> Result<()> {
    for piece in environments::PIECES {
        loop {
            let tx = app.db.begin().await?;
            let removed = environments::remove(&tx, *piece, environment, BATCH).await?;
            tx.commit().await?;
            if removed < BATCH {
                break;
            }
        }
    }
    let tx = app.db.begin().await?;
    environments::forget(&tx, environment).await?;
    tx.commit().await?;
    Ok(())
}
