//! Processes: what runs on machines, and how their hearts are heard (machines §2.2).

pub mod create;
pub mod delete;
pub mod list;
pub mod ping;
pub mod related;
pub mod show;
mod sweep;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::{list, list_of_machine};
pub use ping::ping;
pub use related::{license, machine, product};
pub use show::{show, show_of_machine};
pub use sweep::sweep;
pub use update::{Changeable, changeable, update};

use std::fmt;

use chrono::{DateTime, Utc};
use keystead_domain::heartbeat::Heart;
use keystead_domain::words::HeartbeatStatus;
use keystead_domain::{AccountId, ProcessId};
use keystead_store::Db;
use keystead_store::batch::{BatchError, Batcher, Bounds};
use keystead_store::processes::{self, Beat, Loaded};

use crate::{App, Cx};

/// The type of processes in the event log.
const NOUN: &str = "processes";

/// A process as it is at the instant of the request.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The process, with its stored heart and what surrounds it.
    pub loaded: Loaded,
    /// What is known of its heart, what an amnesty excuses included.
    pub heart: Heart,
    /// What its heart is doing; it has always begun to beat.
    pub status: HeartbeatStatus,
}

impl View {
    fn of(cx: &Cx, loaded: Loaded) -> Self {
        Self::at(cx, loaded, cx.now)
    }

    fn at(app: &App, loaded: Loaded, now: DateTime<Utc>) -> Self {
        let heart = app.hearts.excuse(loaded.heart());
        Self {
            status: heart.status(now),
            heart,
            loaded,
        }
    }
}

/// Pings waiting at most; one more is refused, which costs less than an answer nobody waits for.
const WAITING: usize = 10_000;
/// As with machines.
const READS: Bounds = Bounds {
    batch: 256,
    in_flight: 4,
    gathers: false,
    waiting: WAITING,
};
/// One writer, so that the beats of a process never wait for each other in a circle.
const WRITES: Bounds = Bounds {
    batch: 256,
    in_flight: 1,
    gathers: true,
    waiting: WAITING,
};

/// What pings of processes share.
#[derive(Clone)]
pub struct Pings {
    looks: Batcher<(AccountId, ProcessId), Option<Loaded>>,
    beats: Batcher<Beat, bool>,
}

impl fmt::Debug for Pings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pings")
    }
}

impl Pings {
    /// Starts the batchers on the current runtime.
    pub fn start(db: &Db) -> Self {
        let (reader, writer) = (db.clone(), db.clone());
        Self {
            looks: Batcher::start("process ping look-ups", READS, move |wanted| {
                let db = reader.clone();
                async move { processes::by_ping(&db, wanted).await }
            }),
            beats: Batcher::start("process pings", WRITES, move |beats: Vec<Beat>| {
                let db = writer.clone();
                async move { write(&db, beats).await }
            }),
        }
    }

    /// The process with this id, whoever asks.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    async fn look(&self, account: AccountId, id: ProcessId) -> Result<Option<Loaded>, BatchError> {
        self.looks.call((account, id)).await
    }

    /// Writes a beat, durably; false when the process is gone.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    async fn beat(&self, beat: Beat) -> Result<bool, BatchError> {
        self.beats.call(beat).await
    }
}

/// A batch that lost a deadlock against a sweep or another replica is written again: beats may be
/// written twice.
async fn write(db: &Db, beats: Vec<Beat>) -> keystead_store::Result<Vec<bool>> {
    match processes::beat(db, beats.clone()).await {
        Ok(written) => Ok(written),
        Err(error) => {
            tracing::warn!(%error, "a batch of pings is written again");
            processes::beat(db, beats).await
        }
    }
}
