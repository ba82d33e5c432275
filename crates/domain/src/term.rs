//! Terms: calendar durations, expiry, status, check-ins, and the limits that apply.
//!
//! Licensing reference §0.5, §2.3, §3.2, §3.3, §6.

use chrono::{DateTime, Days, Months, TimeDelta, Utc};

use crate::words::{
    CheckInInterval, ExpirationBasis, LicenseStatus, RenewalBasis, TransferStrategy,
};

const DAY: i64 = 86_400;

/// How long before its expiry a license counts as expiring.
pub const EXPIRING_WITHIN: TimeDelta = TimeDelta::days(3);
/// How long a license counts as active after the last sign of life.
pub const ACTIVE_FOR: TimeDelta = TimeDelta::days(90);

/// A duration that is stored as seconds and added to a time as calendar parts.
///
/// 365 × 86400 seconds are not 365 days: they are 11 months, 4 weeks, 2 days and some hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CalendarDuration {
    seconds: u64,
}

/// The seconds of each part, from the greatest; the parts are taken greedily.
const YEAR: u64 = 31_556_952;
const MONTH: u64 = 2_629_746;
const WEEK: u64 = 604_800;

impl CalendarDuration {
    /// The duration of so many seconds; none when there are fewer than zero.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        u64::try_from(seconds).ok().map(|seconds| Self { seconds })
    }

    /// The duration in seconds, as it is stored.
    pub const fn seconds(self) -> u64 {
        self.seconds
    }

    /// The time this long after `time`, in UTC: years and months first, each clamped to the last
    /// day of its month. None when it lies beyond the calendar.
    pub fn after(self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut left = self.seconds;
        let mut take = |part: u64| {
            let count = left / part;
            left %= part;
            count
        };
        let years = u32::try_from(take(YEAR)).ok()?.checked_mul(12)?;
        let months = u32::try_from(take(MONTH)).ok()?;
        let days = take(WEEK) * 7 + take(DAY.unsigned_abs());
        let seconds = i64::try_from(left).ok()?;

        time.checked_add_months(Months::new(years))?
            .checked_add_months(Months::new(months))?
            .checked_add_days(Days::new(days))?
            .checked_add_signed(TimeDelta::try_seconds(seconds)?)
    }
}

/// How often a license must check in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The unit.
    pub unit: CheckInInterval,
    /// How many of it; 1 to 365.
    pub count: u32,
}

impl Interval {
    /// When the license must check in next, having done so at `last`.
    pub fn next(self, last: DateTime<Utc>) -> DateTime<Utc> {
        let next = match self.unit {
            CheckInInterval::Day => last.checked_add_days(Days::new(self.count.into())),
            CheckInInterval::Week => last.checked_add_days(Days::new(u64::from(self.count) * 7)),
            CheckInInterval::Month => last.checked_add_months(Months::new(self.count)),
            CheckInInterval::Year => {
                last.checked_add_months(Months::new(self.count.saturating_mul(12)))
            }
        };
        next.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Whether a license that checked in at `last` is late.
    ///
    /// The interval is counted back from now, which is not the same as counting it forward from
    /// the last check-in when months differ in length.
    pub fn overdue(self, last: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.before(now).is_some_and(|from| last < from)
    }

    /// The time one interval before `now`; none when it lies beyond the calendar.
    pub fn before(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.unit {
            CheckInInterval::Day => now.checked_sub_days(Days::new(self.count.into())),
            CheckInInterval::Week => now.checked_sub_days(Days::new(u64::from(self.count) * 7)),
            CheckInInterval::Month => now.checked_sub_months(Months::new(self.count)),
            CheckInInterval::Year => {
                now.checked_sub_months(Months::new(self.count.saturating_mul(12)))
            }
        }
    }
}

/// The seven limits of a license: of its policy, its overrides, or what comes of both.
///
/// None is unlimited. Memory and disk are in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Machines.
    pub machines: Option<i64>,
    /// Processes.
    pub processes: Option<i64>,
    /// Users: the owner and the members.
    pub users: Option<i64>,
    /// Cores of all machines.
    pub cores: Option<i64>,
    /// Memory of all machines.
    pub memory: Option<i64>,
    /// Disk of all machines.
    pub disk: Option<i64>,
    /// Uses.
    pub uses: Option<i64>,
}

impl Limits {
    /// A license's overrides before its policy's limits; an override of 0 counts as none.
    #[must_use]
    pub fn effective(overrides: Self, policy: Self) -> Self {
        Self {
            machines: effective(overrides.machines, policy.machines),
            processes: effective(overrides.processes, policy.processes),
            users: effective(overrides.users, policy.users),
            cores: effective(overrides.cores, policy.cores),
            memory: effective(overrides.memory, policy.memory),
            disk: effective(overrides.disk, policy.disk),
            uses: effective(overrides.uses, policy.uses),
        }
    }
}

/// One override before the value it overrides; an override of 0 counts as none.
pub fn effective(over: Option<i64>, value: Option<i64>) -> Option<i64> {
    over.filter(|&over| over != 0).or(value)
}

/// What a license's status is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Whether the owner is banned; banned members do not matter.
    pub owner_banned: bool,
    /// Whether the license is suspended.
    pub suspended: bool,
    /// When it expires.
    pub expiry: Option<DateTime<Utc>>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was validated last.
    pub last_validated: Option<DateTime<Utc>>,
    /// When it was checked out last.
    pub last_check_out: Option<DateTime<Utc>>,
    /// When it checked in last.
    pub last_check_in: Option<DateTime<Utc>>,
}

impl Life {
    /// The license's status; the first that applies.
    pub fn status(&self, now: DateTime<Utc>) -> LicenseStatus {
        let soon = now + EXPIRING_WITHIN;
        match self.expiry {
            _ if self.owner_banned => LicenseStatus::Banned,
            _ if self.suspended => LicenseStatus::Suspended,
            Some(expiry) if expiry < now => LicenseStatus::Expired,
            Some(expiry) if now < expiry && expiry < soon => LicenseStatus::Expiring,
            _ if self.idle(now) => LicenseStatus::Inactive,
            _ => LicenseStatus::Active,
        }
    }

    fn idle(&self, now: DateTime<Utc>) -> bool {
        let since = now - ACTIVE_FOR;
        let stirred = [
            Some(self.created),
            self.last_validated,
            self.last_check_out,
            self.last_check_in,
        ];
        stirred.into_iter().flatten().all(|time| time < since)
    }
}

/// The expiry to stamp on a license at a moment that may start its term; none to leave it be.
///
/// An expiry that is there stays.
pub fn start(
    expiry: Option<DateTime<Utc>>,
    basis: ExpirationBasis,
    moment: ExpirationBasis,
    duration: Option<CalendarDuration>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if expiry.is_some() || basis != moment {
        return None;
    }
    duration?.after(now)
}

/// Why a license can't be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRenewable {
    /// Its policy has no duration.
    #[error("cannot be renewed because the policy does not have a duration")]
    NoDuration,
    /// It doesn't expire. The contract answers with an empty list of errors.
    #[error("cannot be renewed because it does not expire")]
    NoExpiry,
    /// The new expiry would lie beyond the calendar.
    #[error("cannot be renewed because the expiry would be out of range")]
    OutOfRange,
}

/// The expiry of a license after it is renewed.
///
/// # Errors
/// When it has no duration or no expiry to count from.
pub fn renew(
    expiry: Option<DateTime<Utc>>,
    basis: RenewalBasis,
    duration: Option<CalendarDuration>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, NotRenewable> {
    let duration = duration.ok_or(NotRenewable::NoDuration)?;
    let expiry = expiry.ok_or(NotRenewable::NoExpiry)?;
    let from = match basis {
        RenewalBasis::FromExpiry => expiry,
        RenewalBasis::FromNow => now,
        RenewalBasis::FromNowIfExpired if expiry < now => now,
        RenewalBasis::FromNowIfExpired => expiry,
    };
    duration.after(from).ok_or(NotRenewable::OutOfRange)
}

/// The expiry of a license after it moves to a policy with this strategy and duration.
pub fn transfer(
    expiry: Option<DateTime<Utc>>,
    strategy: TransferStrategy,
    duration: Option<CalendarDuration>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match strategy {
        TransferStrategy::KeepExpiry => expiry,
        TransferStrategy::ResetExpiry => duration?.after(now),
    }
}

#[cfg(test)]
mod tests;
