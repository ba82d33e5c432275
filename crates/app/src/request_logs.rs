//! What is kept of requests that were answered: noted on the way out, written off the request's
//! path a few times a second.
//!
//! Memory is bounded, in lines and in bytes; what doesn't fit is dropped and counted. Losing the
//! process loses half a second of it.

mod list;
mod show;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use keystead_store::entities::RequestLog;
use keystead_store::{Db, request_logs};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

pub use list::list;
pub use show::show;

use crate::pace::Pace;

/// How long a line waits for company at most.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// Lines waiting at most.
const WAITING: usize = 20_000;
/// Bytes of bodies waiting at most.
const WAITING_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of bodies kept between two writes at most: under load, bodies are the first to go, so that
/// masking and storing them never weighs more than answering.
const BODY_BYTES: usize = 512 * 1024;
/// Lines written in one transaction at most.
const BATCH: usize = 2_000;
/// How often a failing write is tried before its lines are tried one by one.
const ATTEMPTS: u32 = 3;

/// What the operator wants to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether requests are logged at all.
    pub enabled: bool,
    /// Whether their bodies are.
    pub bodies: bool,
    /// Lines kept a second at most, by this process; 0 means no limit.
    pub per_second: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            bodies: true,
            per_second: 200,
        }
    }
}

/// A request that was answered. Its row is made by the writer: whoever notes it only moves
/// reference-counted bytes.
pub struct Note {
    /// Bytes that it holds on to.
    pub bytes: usize,
    /// Whether the server failed: such a request is kept whatever the pace.
    pub failed: bool,
    /// Makes the row.
    pub row: Box<dyn FnOnce() -> RequestLog + Send>,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("bytes", &self.bytes)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// Where answered requests are noted. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RequestLogs {
    lines: mpsc::Sender<Line>,
    waiting_bytes: Arc<AtomicUsize>,
    body_bytes: Arc<AtomicUsize>,
    dropped: Arc<AtomicU64>,
    pace: Arc<Pace>,
    started: Instant,
    settings: Settings,
}

#[derive(Debug)]
enum Line {
    Note(Note),
    Flush(oneshot::Sender<()>),
}

impl RequestLogs {
    /// Starts the writer on the current runtime. It ends with the last clone.
    pub fn start(db: &Db, settings: Settings) -> Self {
        let (lines, waiting) = mpsc::channel(WAITING);
        let logs = Self {
            lines,
            waiting_bytes: Arc::default(),
            body_bytes: Arc::default(),
            dropped: Arc::default(),
            pace: Arc::new(Pace::new(settings.per_second)),
            started: Instant::now(),
            settings,
        };
        let writer = Writer {
            db: db.clone(),
            waiting_bytes: logs.waiting_bytes.clone(),
            body_bytes: logs.body_bytes.clone(),
            dropped: logs.dropped.clone(),
        };
        tokio::spawn(writer.run(waiting));
        logs
    }

    /// What the operator wants to be kept.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Whether so many bytes of bodies are to be kept of a request.
    pub fn keeps_bodies(&self, bytes: usize) -> bool {
        let kept = || self.body_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.settings.bodies && kept() <= BODY_BYTES
    }

    /// Notes a request; it can be read within half a second. Beyond the pace it is only counted.
    pub fn record(&self, note: Note) {
        if !note.failed && !self.pace.admits(self.started.elapsed()) {
            metrics::counter!("keystead_request_logs_skipped_total").increment(1);
            return;
        }
        let bytes = note.bytes;
        let waiting = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        let room = waiting.saturating_add(bytes) <= WAITING_BYTES;
        if !room || self.lines.try_send(Line::Note(note)).is_err() {
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("keystead_request_logs_dropped_total").increment(1);
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

struct Writer {
    db: Db,
    waiting_bytes: Arc<AtomicUsize>,
    body_bytes: Arc<AtomicUsize>,
    dropped: Arc<AtomicU64>,
}

impl Writer {
    async fn run(self, mut waiting: mpsc::Receiver<Line>) {
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
            self.body_bytes.store(0, Ordering::Relaxed);
            self.write(batch).await;
            for flushed in flushes {
                // Whoever waited may have given up.
                let _ = flushed.send(());
            }
            let lost = self.dropped.swap(0, Ordering::Relaxed);
            if lost > 0 {
                tracing::warn!(
                    lost,
                    "the request log could not keep up: requests are missing in it"
                );
            }
            if !open {
                return;
            }
        }
    }

    async fn write(&self, batch: Vec<Note>) {
        if batch.is_empty() {
            return;
        }
        metrics::histogram!("keystead_request_logs_batch_size").record(batch.len() as f64);
        let bytes: usize = batch.iter().map(|note| note.bytes).sum();
        let mut rows = Vec::with_capacity(batch.len());
        for (index, note) in batch.into_iter().enumerate() {
            rows.push((note.row)());
            // Masking takes a while: requests come first.
            if index % 64 == 63 {
                tokio::task::yield_now().await;
            }
        }
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        for attempt in 1..=ATTEMPTS {
            match append(&self.db, &rows).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(attempt, %error, "the request log could not be written");
                }
            }
            tokio::time::sleep(FLUSH_EVERY).await;
        }
        // One line that can't be stored, of an account that is gone for example, must not take
        // the others with it.
        for row in rows {
            if let Err(error) = append(&self.db, std::slice::from_ref(&row)).await {
                tracing::debug!(%error, request = %row.id, "a request was not logged");
                metrics::counter!("keystead_request_logs_dropped_total").increment(1);
            }
        }
    }
}

/// Takes what waits, or waits for a line; false when no more will come.
async fn gather(
    waiting: &mut mpsc::Receiver<Line>,
    batch: &mut Vec<Note>,
    flushes: &mut Vec<oneshot::Sender<()>>,
) -> bool {
    let mut lines = Vec::new();
    if waiting.recv_many(&mut lines, BATCH).await == 0 {
        return false;
    }
    for line in lines {
        match line {
            Line::Flush(done) => flushes.push(done),
            Line::Note(note) => batch.push(note),
        }
    }
    true
}

async fn append(db: &Db, rows: &[RequestLog]) -> keystead_store::Result<()> {
    let tx = db.begin().await?;
    request_logs::append(&tx, rows).await?;
    tx.commit().await
}
