//! Destroys an account: out of sight at once, and gone piece by piece.

use chrono::{DateTime, Utc};
use keystead_domain::AccountId;
use keystead_jobs::{Job, new_job};
use keystead_store::{accounts, outbox};
use serde::{Deserialize, Serialize};

use super::domains::existing;
use crate::{App, CHORES, Result};

/// The job of [`destroy`], written with the mark that takes the account out of sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destroy {
    /// The account.
    pub account: AccountId,
}

impl Job for Destroy {
    const KIND: &'static str = "accounts.destroy";
    const QUEUE: &'static str = CHORES;
}

/// Rows removed in one transaction.
const BATCH: u64 = 1_000;

/// Takes the account with this id or slug out of sight, for good, and leaves the rest to a job.
///
/// # Errors
/// Not found when there is none.
pub async fn doom(app: &App, id_or_slug: &str, now: DateTime<Utc>) -> Result<AccountId> {
    let account = existing(app, id_or_slug).await?.id;
    let tx = app.db.begin().await?;
    accounts::doom(&tx, account, now).await?;
    outbox::put(&tx, now, &[new_job(&Destroy { account })]).await?;
    tx.commit().await?;
    app.tenants.forget();
    Ok(account)
}

/// Removes all that a doomed account holds, and the account. Begun again, it goes on.
///
/// # Errors
/// When the database fails; what was removed before stays so.
pub async fn destroy(app: &App, account: AccountId) -> Result<()> {
    for table in accounts::tables_below(&app.db).await? {
        loop {
            let tx = app.db.begin().await?;
            let removed = accounts::remove_some(&tx, account, &table, BATCH).await?;
            tx.commit().await?;
            if removed < BATCH {
                break;
            }
        }
    }
    let tx = app.db.begin().await?;
    accounts::remove_doomed(&tx, account).await?;
    tx.commit().await?;
    Ok(())
}
