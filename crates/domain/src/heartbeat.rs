//! Heartbeats: what a heart is doing, what a ping does to it, and what becomes of the dead.
//!
//! Machines reference §3. Processes follow the same rules; their hearts have always been pinged.

mod amnesty;
mod sweep;

pub use amnesty::{Brake, Gap, Pressure};
pub use sweep::{Fate, Judgement, judge, moved_due};

use chrono::{DateTime, TimeDelta, Utc};

use crate::refusal::{Code, Kind, Problem, Refused};
use crate::words::{HeartbeatBasis, HeartbeatResurrectionStrategy, HeartbeatStatus};

/// The window of a policy that sets none, in seconds.
pub const DEFAULT_WINDOW_SECONDS: i64 = 600;

/// The longest window that is reckoned with, in seconds: that of a 32-bit duration.
const MAX_WINDOW_SECONDS: i64 = i32::MAX as i64;

/// How long a heart may be silent under a policy with this heartbeat duration, in seconds.
pub fn window(heartbeat_duration: Option<i64>) -> TimeDelta {
    let seconds = heartbeat_duration.unwrap_or(DEFAULT_WINDOW_SECONDS);
    TimeDelta::seconds(seconds.clamp(0, MAX_WINDOW_SECONDS))
}

/// The first beat of a machine that is activated now, if activation is one.
pub fn first_beat(basis: HeartbeatBasis, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match basis {
        HeartbeatBasis::FromCreation => Some(now),
        HeartbeatBasis::FromFirstPing => None,
    }
}

/// What is known of the heart of a machine or process. All of it is judged by the current policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heart {
    /// How long it may be silent.
    pub window: TimeDelta,
    /// Whether the policy requires it to beat.
    pub required: bool,
    /// When the machine was activated.
    pub created: DateTime<Utc>,
    /// The last beat; none before the first one, and after a reset.
    pub last_at: Option<DateTime<Utc>>,
    /// Until when silence is excused, by an amnesty. A stored due time won't do: it is also later
    /// than the deadline while a dead heart may be revived, or a brake holds.
    pub excused_until: Option<DateTime<Utc>>,
}

impl Heart {
    /// What the heart is doing. There is no grace beyond the window.
    pub fn status(&self, now: DateTime<Utc>) -> HeartbeatStatus {
        match (self.last_at, self.deadline()) {
            (_, Some(deadline)) if deadline < now => HeartbeatStatus::Dead,
            (None, _) => HeartbeatStatus::NotStarted,
            (Some(_), _) => HeartbeatStatus::Alive,
        }
    }

    /// The last instant at which the heart is not dead; none when it need not beat.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        let silent_since = self.last_at.or(self.required.then_some(self.created))?;
        let deadline = silent_since + self.window;
        Some(
            self.excused_until
                .map_or(deadline, |excused| deadline.max(excused)),
        )
    }

    /// When the next beat is expected, as shown to clients.
    pub fn next_beat(&self) -> Option<DateTime<Utc>> {
        self.last_at.map(|last_at| last_at + self.window)
    }

    /// Whether the heart is shown as required: by its policy, or because it once beat.
    pub fn expected(&self) -> bool {
        self.required || self.last_at.is_some()
    }

    /// The last instant at which a ping brings the dead heart back.
    fn revivable_until(&self, strategy: HeartbeatResurrectionStrategy) -> Revival {
        let Some(seconds) = revival_seconds(strategy) else {
            return match strategy {
                HeartbeatResurrectionStrategy::AlwaysRevive => Revival::Always,
                _ => Revival::Never,
            };
        };
        match (self.last_at, self.deadline()) {
            // A heart that never beat has nothing to come back to.
            (Some(_), Some(deadline)) => Revival::Until(deadline + TimeDelta::seconds(seconds)),
            _ => Revival::Never,
        }
    }
}

/// How long a dead heart can be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Revival {
    Never,
    Until(DateTime<Utc>),
    Always,
}

/// How long after its death a heart can be brought back, in seconds; none when that is no time,
/// or any time.
const fn revival_seconds(strategy: HeartbeatResurrectionStrategy) -> Option<i64> {
    match strategy {
        HeartbeatResurrectionStrategy::Revive1Minute => Some(60),
        HeartbeatResurrectionStrategy::Revive2Minutes => Some(120),
        HeartbeatResurrectionStrategy::Revive5Minutes => Some(300),
        HeartbeatResurrectionStrategy::Revive10Minutes => Some(600),
        HeartbeatResurrectionStrategy::Revive15Minutes => Some(900),
        HeartbeatResurrectionStrategy::AlwaysRevive | HeartbeatResurrectionStrategy::NoRevive => {
            None
        }
    }
}

/// What a ping does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// The heart beats, as it did or for the first time.
    Beats,
    /// The dead heart beats again: the death marker goes, and this once the status is
    /// `RESURRECTED`.
    Revives,
    /// The heart stays dead.
    Dead,
}

/// What a ping does to a heart.
pub fn ping(heart: &Heart, strategy: HeartbeatResurrectionStrategy, now: DateTime<Utc>) -> Ping {
    if heart.status(now) != HeartbeatStatus::Dead {
        return Ping::Beats;
    }
    match heart.revivable_until(strategy) {
        Revival::Always => Ping::Revives,
        Revival::Until(until) if now <= until => Ping::Revives,
        _ => Ping::Dead,
    }
}

/// What a ping of a dead machine (or process: its own code) is told.
pub fn dead(code: Code) -> Refused {
    Problem::new(Kind::UnprocessableEntity, "is dead")
        .code(code)
        .into()
}

#[cfg(test)]
mod tests;
