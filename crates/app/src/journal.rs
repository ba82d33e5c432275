//! The event log's quiet side: events that nobody waits for, written a few times a second.
//!
//! What happens to the same record twice between two writes stands in the log once, and of what says
//! that all is well only so much a second does; webhooks are told of each. Memory is bounded, and losing the process loses half a second of events, never a
//! change.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use keystead_domain::AccountId;
use keystead_domain::event::EventName;
use keystead_store::entities::Event;
use keystead_store::{Db, events};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use crate::herald::{Herald, Kept, Told};
use crate::pace::Pace;

/// How long an event waits for company at most.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// Events waiting at most, each with a copy of what it is about (two kilobytes or so); more are
/// dropped, counted and logged.
const WAITING: usize = 20_000;
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
    Event(Box<Noted>),
    Flush(oneshot::Sender<()>),
}

/// An event, and a copy of what it is about.
#[derive(Debug)]
struct Noted {
    event: Event,
    about: Kept,
}

impl Noted {
    fn told(&self) -> Told<'_> {
        Told {
            event: &self.event,
            payload: self.about.payload(),
        }
    }
}

impl Journal {
    /// Starts the writer on the current runtime. It ends with the last clone of the journal. The log
    /// keeps so many [routine](EventName::routine) events a second; 0 means all of them.
    pub fn start(db: &Db, herald: &Herald, routine_per_second: u32) -> Self {
        let (lines, waiting) = mpsc::channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            db: db.clone(),
            herald: herald.clone(),
            pace: Pace::new(routine_per_second),
            started: Instant::now(),
        };
        tokio::spawn(run(writer, waiting, dropped.clone()));
        Self { lines, dropped }
    }

    /// Notes an event and what it is about; it is in the log, and on its way to whoever
    /// subscribed, within half a second.
    pub fn record(&self, event: Event, about: Kept) {
        let noted = Box::new(Noted { event, about });
        if self.lines.try_send(Line::Event(noted)).is_err() {
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
type Subject<'a> = (AccountId, &'a str, Uuid);

struct Writer {
    db: Db,
    herald: Herald,
    pace: Pace,
    started: Instant,
}

async fn run(writer: Writer, mut waiting: mpsc::Receiver<Line>, dropped: Arc<AtomicU64>) {
    loop {
        let mut batch = Vec::new();
        let mut flushes = Vec::new();
        let mut open = gather(&mut waiting, &mut batch, &mut flushes).await;
        let until = Instant::now() + FLUSH_EVERY;
        while open && flushes.is_empty() && batch.len() < BATCH {
            match timeout_at(until, gather(&mut waiting, &mut batch, &mut flushes)).await {
                Ok(still_open) => open = still_open,
                Err(_) => break,
            }
        }
        writer.write(batch).await;
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
    batch: &mut Vec<Noted>,
    flushes: &mut Vec<oneshot::Sender<()>>,
) -> bool {
    let mut lines = Vec::new();
    if waiting.recv_many(&mut lines, BATCH).await == 0 {
        return false;
    }
    for line in lines {
        match line {
            Line::Flush(done) => flushes.push(done),
            Line::Event(noted) => batch.push(*noted),
        }
    }
    true
}

impl Writer {
    async fn write(&self, mut batch: Vec<Noted>) {
        if batch.is_empty() {
            return;
        }
        batch.sort_unstable_by_key(|noted| (noted.event.created_at, noted.event.id));
        metrics::histogram!("keystead_journal_batch_size").record(batch.len() as f64);
        let rows = self.paced(latest(&batch));
        for attempt in 1..=ATTEMPTS {
            match self.append(&batch, &rows).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(attempt, %error, "the event log could not be written");
                }
            }
            tokio::time::sleep(FLUSH_EVERY).await;
        }
        // One event that can't be stored, of an account that is gone for example, must not take
        // the others with it.
        for noted in batch {
            let id = noted.event.id;
            let row = std::slice::from_ref(&noted.event);
            if let Err(error) = self.append(std::slice::from_ref(&noted), row).await {
                tracing::error!(%error, event = %id, name = noted.event.name, "an event was not written");
                metrics::counter!("keystead_journal_dropped_total").increment(1);
            }
        }
    }

    /// Leaves out what is routine beyond the pace.
    fn paced(&self, mut rows: Vec<Event>) -> Vec<Event> {
        let all = rows.len();
        rows.retain(|event| {
            let routine = EventName::parse(&event.name).is_some_and(EventName::routine);
            !routine || self.pace.admits(self.started.elapsed())
        });
        let skipped = (all - rows.len()) as u64;
        metrics::counter!("keystead_journal_skipped_total").increment(skipped);
        rows
    }

    /// One transaction: what the log keeps, who listens, and what they are told.
    async fn append(&self, batch: &[Noted], rows: &[Event]) -> keystead_store::Result<()> {
        let tx = self.db.begin().await?;
        events::append(&tx, rows).await?;
        let audience = self
            .herald
            .audience(&tx, batch.iter().map(|noted| &noted.event))
            .await?;
        let heard: Vec<Told<'_>> = batch
            .iter()
            .filter(|noted| audience.hears(&noted.event))
            .map(Noted::told)
            .collect();
        if let Some(last) = heard.last() {
            let now = last.event.created_at;
            self.herald.send(&tx, &audience, &heard, now).await?;
        }
        tx.commit().await
    }
}

/// The latest event of each subject, in the order in which they happened.
fn latest(batch: &[Noted]) -> Vec<Event> {
    let mut seen: HashSet<Subject<'_>> = HashSet::new();
    let mut rows: Vec<Event> = batch
        .iter()
        .rev()
        .filter(|Noted { event, .. }| {
            seen.insert((event.account_id, event.name.as_str(), event.resource_id))
        })
        .map(|noted| noted.event.clone())
        .collect();
    rows.reverse();
    rows
}
