//! The sweep's decision: what becomes of a heart whose time has come.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Heart, Revival};
use crate::words::{HeartbeatCullStrategy, HeartbeatResurrectionStrategy, HeartbeatStatus};

/// What becomes of a heart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is not dead. Look again when it may be; none when it never will, unpinged.
    Lives(Option<DateTime<Utc>>),
    /// It is dead, and a ping may still revive it until then. Look again afterwards.
    Waits(DateTime<Utc>),
    /// It is dead, and kept. Don't look again.
    Stays,
    /// It is dead, and its machine or process goes, without an event of its own.
    Goes,
}

/// What a sweep does about a heart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What becomes of it.
    pub fate: Fate,
    /// Whether its death is to be marked and told; once per life.
    pub announce: bool,
}

/// What a sweep does about a heart that may be dead; `marked` when its death was told before.
///
/// A policy without a cull strategy deactivates the dead.
pub fn judge(
    heart: &Heart,
    cull: HeartbeatCullStrategy,
    resurrection: HeartbeatResurrectionStrategy,
    marked: bool,
    now: DateTime<Utc>,
) -> Judgement {
    if heart.status(now) != HeartbeatStatus::Dead {
        return Judgement {
            fate: Fate::Lives(heart.deadline()),
            announce: false,
        };
    }
    let fate = match (heart.revivable_until(resurrection), cull) {
        (Revival::Always, _) => Fate::Stays,
        (Revival::Until(until), _) if now <= until => Fate::Waits(until),
        (_, HeartbeatCullStrategy::KeepDead) => Fate::Stays,
        (_, HeartbeatCullStrategy::DeactivateDead) => Fate::Goes,
    };
    Judgement {
        fate,
        announce: !marked,
    }
}

/// The share of its window, in percent, below which a ping moves the due time.
const MOVE_BELOW_PERCENT: i32 = 40;

/// The due time to store with a ping at `now`, if it must move.
///
/// The due time is indexed, so it stays while enough of the window is left: it may be earlier
/// than the deadline, which the sweep then finds out. It is never left later than the deadline.
pub fn moved_due(
    due_at: Option<DateTime<Utc>>,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let deadline = now + window;
    let enough = window * MOVE_BELOW_PERCENT / 100;
    match due_at {
        Some(due_at) if due_at - now >= enough && due_at <= deadline => None,
        _ => Some(deadline),
    }
}
