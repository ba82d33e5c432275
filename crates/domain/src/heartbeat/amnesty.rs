//! What an outage of ours, or a mass death, does to deadlines.
//!
//! Nobody loses an activation because the server was down: deadlines that its absence ate into
//! start over. And a sweep that would remove a suspicious share of an account stops to ask.

use chrono::{DateTime, TimeDelta, Utc};

/// A time in which the server was not there to be pinged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last sign of life before.
    pub from: DateTime<Utc>,
    /// The first one after.
    pub until: DateTime<Utc>,
}

impl Gap {
    /// The gap between the newest pulse of any replica and now, if it is longer than pulses
    /// that come every `interval` may be late.
    pub fn between(pulse: DateTime<Utc>, now: DateTime<Utc>, interval: TimeDelta) -> Option<Self> {
        (now - pulse > interval * LATE_PULSES).then_some(Self {
            from: pulse,
            until: now,
        })
    }

    /// How long the server was gone.
    pub fn length(&self) -> TimeDelta {
        self.until - self.from
    }

    /// Until when the silence of a heart is excused: a full window after the return, if the heart
    /// was not dead when the server left and has not been heard since it came back.
    pub fn excuse(&self, deadline: DateTime<Utc>, window: TimeDelta) -> Option<DateTime<Utc>> {
        let excused = self.until + window;
        (deadline >= self.from && deadline < excused).then_some(excused)
    }

    /// Another deadline (a lease, a check-in) that passed while the server was gone, later by
    /// the time it was gone; none when it passed before, or is yet to come.
    pub fn postpone(&self, deadline: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.from <= deadline && deadline <= self.until).then(|| deadline + self.length())
    }
}

/// How many pulses may be missing before the server counts as having been gone.
const LATE_PULSES: i32 = 3;

/// How hard a sweep presses on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressure {
    /// How many machines the sweep would remove within the brake's window, those it already
    /// removed included.
    pub culls: u64,
    /// How many machines the account had when the window began.
    pub machines: u64,
}

/// The limit beyond which a sweep stops for an account until an admin says go, or the brake's
/// window passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brake {
    /// The share of an account's machines that may go, in percent.
    pub share_percent: u8,
    /// So many may always go, whatever share they are.
    pub minimum: u64,
}

impl Brake {
    /// Whether the sweep must stop.
    pub fn holds(&self, pressure: Pressure) -> bool {
        let share = u128::from(pressure.culls) * 100;
        let allowed = u128::from(pressure.machines) * u128::from(self.share_percent);
        pressure.culls > self.minimum && share > allowed
    }
}
