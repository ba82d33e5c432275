//! What validations leave behind on licenses: gathered in memory and written in batches, so that
//! nobody waits for it. Losing the process loses the last half second of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use keystead_domain::LicenseId;
use keystead_store::Db;
use keystead_store::licenses::{self, Stamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

/// How long a stamp waits for company at most.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// Stamps waiting at most; more are dropped and counted: the next validation brings another.
const WAITING: usize = 50_000;
/// Licenses stamped in one statement at most.
const BATCH: usize = 5_000;
/// How often a failing write is tried before its stamps are given up.
const ATTEMPTS: u32 = 5;

/// Where the stamps of validations go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stamps {
    lines: mpsc::Sender<Line>,
}

#[derive(Debug)]
enum Line {
    Stamp(Stamp),
    Flush(oneshot::Sender<()>),
}

/// The stamps of one batch, one a license.
#[derive(Debug, Default)]
struct Gathered {
    stamps: HashMap<LicenseId, Stamp>,
    flushes: Vec<oneshot::Sender<()>>,
}

impl Stamps {
    /// Starts the writer on the current runtime. It ends with the last clone of the stamps.
    pub fn start(db: &Db) -> Self {
        let (lines, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(db.clone(), waiting));
        Self { lines }
    }

    /// Notes what a validation leaves behind; it is on the license within half a second.
    pub fn record(&self, stamp: Stamp) {
        if self.lines.try_send(Line::Stamp(stamp)).is_err() {
            metrics::counter!("keystead_stamps_dropped_total").increment(1);
        }
    }

    /// Waits until everything noted before is written: before shutdown, and in tests.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.lines.send(Line::Flush(done)).await.is_ok() {
            // The writer answers, or ends with nothing left to write.
            let _ = written.await;
        }
    }
}

impl Gathered {
    fn take(&mut self, line: Line) {
        match line {
            Line::Flush(done) => self.flushes.push(done),
            Line::Stamp(stamp) => match self.stamps.entry(stamp.license) {
                Entry::Occupied(mut known) => merge(known.get_mut(), stamp),
                Entry::Vacant(first) => {
                    first.insert(stamp);
                }
            },
        }
    }
}

/// The latest validation counts, and the expiry that the earliest brought; what one didn't ask of
/// releases, the one before tells.
fn merge(known: &mut Stamp, other: Stamp) {
    let (first, later) = if other.at < known.at {
        (other, known.clone())
    } else {
        (known.clone(), other)
    };
    *known = Stamp {
        expiry: first.expiry.or(later.expiry),
        checksum: later.checksum.or(first.checksum),
        version: later.version.or(first.version),
        ..later
    };
}

async fn run(db: Db, mut waiting: mpsc::Receiver<Line>) {
    loop {
        let mut gathered = Gathered::default();
        let mut open = gather(&mut waiting, &mut gathered).await;
        let until = Instant::now() + FLUSH_EVERY;
        while open && gathered.flushes.is_empty() && gathered.stamps.len() < BATCH {
            match timeout_at(until, gather(&mut waiting, &mut gathered)).await {
                Ok(still_open) => open = still_open,
                Err(_) => break,
            }
        }
        write(&db, gathered.stamps.into_values().collect()).await;
        for flushed in gathered.flushes {
            // Whoever waited may have given up.
            let _ = flushed.send(());
        }
        if !open {
            return;
        }
    }
}

/// Takes what waits, or waits for a line; false when no more will come.
async fn gather(waiting: &mut mpsc::Receiver<Line>, gathered: &mut Gathered) -> bool {
    let mut lines = Vec::new();
    if waiting.recv_many(&mut lines, BATCH).await == 0 {
        return false;
    }
    lines.into_iter().for_each(|line| gathered.take(line));
    true
}

async fn write(db: &Db, stamps: Vec<Stamp>) {
    if stamps.is_empty() {
        return;
    }
    metrics::histogram!("keystead_stamps_batch_size").record(stamps.len() as f64);
    for attempt in 1..=ATTEMPTS {
        match stamp(db, stamps.clone()).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(attempt, %error, "validations could not be stamped"),
        }
        tokio::time::sleep(FLUSH_EVERY).await;
    }
    tracing::error!(
        licenses = stamps.len(),
        "the stamps of some validations are lost"
    );
    metrics::counter!("keystead_stamps_dropped_total").increment(stamps.len() as u64);
}

async fn stamp(db: &Db, stamps: Vec<Stamp>) -> keystead_store::Result<()> {
    let tx = db.begin().await?;
    licenses::stamp_all(&tx, stamps).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    #[test]
    fn of_many_validations_the_latest_counts_and_the_first_starts_the_term() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let at = |seconds| Stamp {
            license: LicenseId(uuid::Uuid::nil()),
            at: start + TimeDelta::seconds(seconds),
            expiry: Some(start + TimeDelta::days(1) + TimeDelta::seconds(seconds)),
            checksum: (seconds == 1).then(|| "e3b0".to_owned()),
            version: (seconds < 3).then(|| format!("{seconds}.0.0")),
        };

        for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
            let mut gathered = Gathered::default();
            order
                .into_iter()
                .for_each(|seconds| gathered.take(Line::Stamp(at(seconds))));

            let stamps: Vec<_> = gathered.stamps.into_values().collect();
            assert_eq!(
                stamps,
                [Stamp {
                    expiry: at(1).expiry,
                    checksum: at(1).checksum,
                    version: at(2).version,
                    ..at(3)
                }],
                "{order:?}"
            );
        }
    }
}
