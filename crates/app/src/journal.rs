//! The event log's quiet side: events that nobody waits for, written a few times a second.
//!
//! What happens to the same record twice between two writes is told once. Memory is bounded, and
//! losing the process loses half a second of events, never a change.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use keystead_domain::AccountId;
use keystead_store::entities::Event;
use keystead_store::{Db, events};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// How long an event waits for company at most.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// Events waiting at most; more are dropped, counted and logged.
const WAITING: usize = 50_000;
/// Events written in one transaction at most.
const BATCH: usize = 5_000;
/// How often a failing write is tried before its events are tried one by one.
const ATTEMPTS: u32 = 5;

/// Where events go that nobody waits for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal {
    lines: mpsc::Sender<Line>,
    dropped: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Line {
    Event(Box<Event>),
    Flush(oneshot::Sender<()>),
}

impl Journal {
    /// Starts the writer on the current runtime. It ends with the last clone of the journal.
    pub fn start(db: &Db) -> Self {
        let (lines, waiting) = mpsc::channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        tokio::spawn(run(db.clone(), waiting, dropped.clone()));
        Self { lines, dropped }
    }

    /// Notes an event; it is in the log within half a second.
    pub fn record(&self, event: Event) {
        if self.lines.try_send(Line::Event(Box::new(event))).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("keystead_journal_dropped_total").increment(1);
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

/// One record's events of one name stand for each other.
type Subject = (AccountId, String, Uuid);

async fn run(db: Db, mut waiting: mpsc::Receiver<Line>, dropped: Arc<AtomicU64>) {
    loop {
        let mut batch = HashMap::new();
        let mut flushes = Vec::new();
        let mut open = gather(&mut waiting, &mut batch, &mut flushes).await;
        let until = Instant::now() + FLUSH_EVERY;
        while open && flushes.is_empty() && batch.len() < BATCH {
            match timeout_at(until, gather(&mut waiting, &mut batch, &mut flushes)).await {
                Ok(still_open) => open = still_open,
                Err(_) => break,
            }
        }
        write(&db, batch.into_values().collect()).await;
        for flushed in flushes {
            // Whoever waited may have given up.
            let _ = flushed.send(());
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "the event log could not keep up: events were dropped");
        }
        if !open {
            return;
        }
    }
}

/// Takes what waits, or waits for a line; false when no more will come.
async fn gather(
    waiting: &mut mpsc::Receiver<Line>,
    batch: &mut HashMap<Subject, Event>,
    flushes: &mut Vec<oneshot::Sender<()>>,
) -> bool {
    let mut lines = Vec::new();
    if waiting.recv_many(&mut lines, BATCH).await == 0 {
        return false;
    }
    for line in lines {
        match line {
            Line::Flush(done) => flushes.push(done),
            Line::Event(event) => {
                match batch.entry((event.account_id, event.name.clone(), event.resource_id)) {
                    Entry::Occupied(mut earlier) => *earlier.get_mut() = *event,
                    Entry::Vacant(first) => {
                        first.insert(*event);
                    }
                }
            }
        }
    }
    true
}

async fn write(db: &Db, mut batch: Vec<Event>) {
    if batch.is_empty() {
        return;
    }
    batch.sort_unstable_by_key(|event| (event.created_at, event.id));
    metrics::histogram!("keystead_journal_batch_size").record(batch.len() as f64);
    for attempt in 1..=ATTEMPTS {
        match append(db, &batch).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(attempt, %error, "the event log could not be written"),
        }
        tokio::time::sleep(FLUSH_EVERY).await;
    }
    // One event that can't be stored, of an account that is gone for example, must not take the
    // others with it.
    for event in batch {
        if let Err(error) = append(db, std::slice::from_ref(&event)).await {
            tracing::error!(%error, event = %event.id, name = event.name, "an event was not written");
            metrics::counter!("keystead_journal_dropped_total").increment(1);
        }
    }
}

async fn append(db: &Db, batch: &[Event]) -> keystead_store::Result<()> {
    let tx = db.begin().await?;
    events::record_all(&tx, batch).await?;
    tx.commit().await
}
