//! Jobs done here and now, for a process that runs no workers.

use std::sync::Arc;
use std::time::Duration;

use super::verdict::Case;
use super::{Failure, run};
use crate::{Backoff, Handlers, JobBackend, Report, Result};

/// A job that takes longer may be taken over by somebody else.
const LEASE: Duration = Duration::from_secs(600);
const BATCH: usize = 64;

/// Does every job of `queue` that is due, one after the other, until none is left, and says how
/// many there were. What fails waits for its next try, as it would with workers.
///
/// # Errors
/// When the store of jobs fails.
pub async fn work_off(
    backend: &Arc<dyn JobBackend>,
    handlers: &Handlers,
    queue: &str,
) -> Result<usize> {
    let mut done = 0;
    loop {
        backend.carry(queue).await?;
        let jobs = backend.claim(queue, "by hand", LEASE, BATCH).await?;
        if jobs.is_empty() {
            return Ok(done);
        }
        for delivery in jobs {
            let case = Case::of(&delivery);
            let ended = run(handlers.clone(), backend.clone(), delivery).await;
            let failure = ended.err().map(|failure: Failure| failure.into());
            let report = Report {
                outcome: case.outcome(failure, backend.now(), Backoff::default()),
                attempt: case.attempt,
                id: case.id,
            };
            backend.settle(queue, &[report]).await?;
            done += 1;
        }
    }
}
