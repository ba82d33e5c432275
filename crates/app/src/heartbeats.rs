//! Heartbeats: pings that share statements, sweeps that cost what is dead, and the two things that
//! keep a fault of ours from costing a customer a machine: amnesty and brake.

mod amnesty;
mod brake;
mod rewindow;
mod sweep;

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use keystead_domain::heartbeat::{self, Gap, Heart, Ping};
use keystead_domain::words::HeartbeatResurrectionStrategy;
use keystead_store::Db;
use keystead_store::batch::{BatchError, Batcher, Bounds};
use keystead_store::credentials::LicenseHolder;
use keystead_store::heartbeats::{self as rows, Beat};
use keystead_store::machines::{self, Knock, Loaded, Wanted};

pub use amnesty::pulse;
pub(crate) use brake::in_doubt;
pub use brake::{pulled, release};
pub use rewindow::{Rewindow, rewindow, rewindow_license};
pub use sweep::{SweepReport, sweep};

/// What an operator chooses about heartbeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How often the sweep runs.
    pub sweep_every: Duration,
    /// How many due machines are settled in one transaction.
    pub batch: u64,
    /// The share of an account's machines, in percent, that sweeps remove within the brake's
    /// window without asking.
    pub brake_share_percent: u8,
    /// So many machines may always go, whatever share they are.
    pub brake_minimum: u64,
    /// How long culls are counted together, and how long a pulled brake waits.
    pub brake_window: Duration,
    /// How often the server notes that it is alive. More than three missing notes are an outage.
    pub pulse_every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_secs(15),
            batch: 1_000,
            brake_share_percent: 25,
            brake_minimum: 50,
            brake_window: Duration::from_secs(15 * 60),
            pulse_every: Duration::from_secs(5),
        }
    }
}

impl Settings {
    fn brake_window(&self) -> TimeDelta {
        delta(self.brake_window)
    }

    fn pulse_every(&self) -> TimeDelta {
        delta(self.pulse_every)
    }
}

/// Longer than anybody has to wait, where a duration is longer than a calendar.
fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(365_000))
}

/// Pings waiting at most; one more is refused, which costs less than an answer nobody waits for.
const WAITING: usize = 10_000;
/// As many as a statement takes before its answer gets long.
const READS: Bounds = Bounds {
    batch: 256,
    in_flight: 4,
    gathers: false,
    waiting: WAITING,
};
/// One writer: what two commit in half the batches each, one commits with less work, and the beats
/// of a process never wait for each other in a circle.
const WRITES: Bounds = Bounds {
    batch: 256,
    in_flight: 1,
    gathers: true,
    waiting: WAITING,
};

/// What pings share, and what is known of the server's absences.
pub struct Hearts {
    /// The operator's choices.
    pub settings: Settings,
    looks: Batcher<Wanted, Vec<Loaded>>,
    knocks: Batcher<Knock, Option<(LicenseHolder, Option<Loaded>)>>,
    beats: Batcher<Beat, bool>,
    gaps: RwLock<Arc<[Gap]>>,
    /// When this process last noted that it is alive, in microseconds since 1970.
    alive: AtomicI64,
}

impl fmt::Debug for Hearts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hearts")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Hearts {
    /// Starts the batchers on the current runtime.
    ///
    /// No absence is known before the first [`pulse`]: it must come before the first request.
    pub fn start(db: &Db, settings: Settings) -> Self {
        let reader = db.clone();
        let looks = Batcher::start("ping look-ups", READS, move |wanted| {
            let db = reader.clone();
            async move { machines::by_ping(&db, wanted).await }
        });
        let reader = db.clone();
        let knocks = Batcher::start("pings of licenses", READS, move |knocks| {
            let db = reader.clone();
            async move { machines::by_knock(&db, knocks).await }
        });
        let writer = db.clone();
        let beats = Batcher::start("pings", WRITES, move |beats| {
            let db = writer.clone();
            async move { write(&db, beats).await }
        });
        Self {
            settings,
            looks,
            knocks,
            beats,
            gaps: RwLock::new(Arc::from([])),
            alive: AtomicI64::new(i64::MIN),
        }
    }

    /// The machines that match, whoever asks.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn look(&self, wanted: Wanted) -> Result<Vec<Loaded>, BatchError> {
        self.looks.call(wanted).await
    }

    /// The license that knocks and the machine that it names.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn knock(
        &self,
        knock: Knock,
    ) -> Result<Option<(LicenseHolder, Option<Loaded>)>, BatchError> {
        self.knocks.call(knock).await
    }

    /// Writes a beat, durably; false when the machine is gone.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn beat(&self, beat: Beat) -> Result<bool, BatchError> {
        self.beats.call(beat).await
    }

    /// The server's absences that are remembered, oldest first.
    pub fn gaps(&self) -> Arc<[Gap]> {
        self.gaps
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The heart, its silence excused by the server's absences.
    ///
    /// A heart that could not be heard while the server was gone has a full window from the
    /// return to be heard again; if the server goes once more meanwhile, from the next return.
    pub fn excuse(&self, heart: Heart) -> Heart {
        excuse(heart, &self.gaps())
    }

    /// Until when a dead heart can be brought back because it could be when the server left: a
    /// ping that would have done it found nobody.
    pub(crate) fn second_chance(
        &self,
        heart: &Heart,
        strategy: HeartbeatResurrectionStrategy,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let gaps = self.gaps();
        let missed = |gap: &&Gap| heartbeat::ping(heart, strategy, gap.from) == Ping::Revives;
        let until = gaps
            .iter()
            .filter(missed)
            .map(|gap| gap.until + heart.window)
            .max();
        until.filter(|until| now <= *until)
    }

    /// Whether this process noted recently enough that it is alive to rule out an absence.
    pub(crate) fn awake(&self, now: DateTime<Utc>) -> bool {
        let alive = DateTime::from_timestamp_micros(self.alive.load(Ordering::Relaxed));
        alive.is_some_and(|alive| Gap::between(alive, now, self.settings.pulse_every()).is_none())
    }

    fn note(&self, now: DateTime<Utc>, gaps: Vec<Gap>) {
        *self.gaps.write().unwrap_or_else(PoisonError::into_inner) = gaps.into();
        self.alive
            .fetch_max(now.timestamp_micros(), Ordering::Relaxed);
    }
}

fn excuse(heart: Heart, gaps: &[Gap]) -> Heart {
    let Some(since) = heart.last_at.or(heart.required.then_some(heart.created)) else {
        return heart;
    };
    let mut deadline = since + heart.window;
    let mut excused = heart;
    for gap in gaps.iter().filter(|gap| since < gap.until) {
        if let Some(until) = gap.excuse(deadline, heart.window) {
            deadline = until;
            excused.excused_until = Some(until);
        }
    }
    excused
}

/// A batch that lost a deadlock against a sweep or another replica is written again: beats may be
/// written twice.
async fn write(db: &Db, beats: Vec<Beat>) -> keystead_store::Result<Vec<bool>> {
    metrics::histogram!("keystead_ping_batch_size").record(beats.len() as f64);
    match rows::beat(db, beats.clone()).await {
        Ok(written) => Ok(written),
        Err(error) => {
            tracing::warn!(%error, "a batch of pings is written again");
            rows::beat(db, beats).await
        }
    }
}

#[cfg(test)]
mod tests;
