//! What happened is forgotten after a while: events, requests, and deliveries of webhooks.

use chrono::{DateTime, TimeDelta, Utc};
use keystead_store::history::{self, Ledger};

use crate::{App, Result};

/// Rows that go in one transaction.
const BATCH: u64 = 1_000;

/// How long things are kept; for good when none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Events.
    pub events: Option<TimeDelta>,
    /// Requests.
    pub requests: Option<TimeDelta>,
    /// Deliveries of webhooks.
    pub webhooks: Option<TimeDelta>,
}

impl Keep {
    fn of(self, ledger: Ledger) -> Option<TimeDelta> {
        match ledger {
            Ledger::Events => self.events,
            Ledger::Requests => self.requests,
            Ledger::Webhooks => self.webhooks,
        }
    }
}

/// Removes what is older than it is kept, the oldest first, batch by batch, so that writers never
/// wait for long; says how many rows went. Stopped halfway, it goes on the next time.
///
/// # Errors
/// When the database fails; what was committed before stays done.
pub async fn prune(app: &App, keep: Keep, now: DateTime<Utc>) -> Result<u64> {
    let mut gone = 0;
    for ledger in Ledger::ALL {
        let before = keep
            .of(ledger)
            .and_then(|kept| now.checked_sub_signed(kept));
        let Some(before) = before else { continue };
        loop {
            let tx = app.db.begin().await?;
            let batch = history::prune(&tx, ledger, before, BATCH).await?;
            tx.commit().await?;
            gone += batch;
            metrics::counter!("keystead_history_pruned_total", "ledger" => ledger.table())
                .increment(batch);
            if batch < BATCH {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(gone)
}
