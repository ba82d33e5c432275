//! Notices: what is told of a license's term before and after it runs out (licensing reference §9).
//!
//! Each rule is a window of time, so that a sweep finds what it is about by an index. A notice
//! that is due again within a day is not told twice.

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::EventName;
use crate::term::Interval;

/// How long before its time somebody is warned.
const SOON: TimeDelta = TimeDelta::days(3);
/// How long afterwards somebody is still told.
const LATE: TimeDelta = TimeDelta::hours(12);
/// How long the same is not told again.
pub const AGAIN: TimeDelta = TimeDelta::hours(24);
/// What a calendar month may be shorter or longer than another, and a day to spare.
const SLACK: TimeDelta = TimeDelta::days(4);

/// A notice, and the times that it is told of: from the first, before the second.
pub type Window = (EventName, DateTime<Utc>, DateTime<Utc>);

/// The expiries that are told of now.
pub fn of_expiries(now: DateTime<Utc>) -> [Window; 2] {
    [
        (EventName::LicenseExpired, now - LATE, now),
        (EventName::LicenseExpiringSoon, now, now + SOON),
    ]
}

/// The last check-ins that may be told of now, where licenses check in at this interval: those
/// for which [`check_in_is_told`].
pub fn of_check_ins(interval: Interval, now: DateTime<Utc>) -> Option<[Window; 2]> {
    // Counted back from now, as a validation counts.
    let late = interval.before(now)?;
    Some([
        (
            EventName::LicenseCheckInOverdue,
            late.checked_sub_signed(LATE + SLACK)?,
            late,
        ),
        (
            EventName::LicenseCheckInRequiredSoon,
            late,
            late.checked_add_signed(SOON + SLACK)?,
        ),
    ])
}

/// Whether a license that checked in at `last`, within the notice's window, is told of.
pub fn check_in_is_told(
    notice: EventName,
    interval: Interval,
    last: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let next = interval.next(last);
    match notice {
        EventName::LicenseCheckInOverdue => next >= now - LATE,
        _ => next < now + SOON,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::CheckInInterval;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn names<const N: usize>(windows: [Window; N], time: DateTime<Utc>) -> Vec<EventName> {
        let within = |window: &Window| window.1 <= time && time < window.2;
        windows
            .into_iter()
            .filter(within)
            .map(|window| window.0)
            .collect()
    }

    #[test]
    fn an_expiry_is_told_of_for_three_days_before_and_half_a_day_after() {
        use EventName::{LicenseExpired, LicenseExpiringSoon};
        let now = at("2024-03-10T12:00:00Z");
        #[rustfmt::skip]
        let table = [
            ("2024-03-09T23:59:59Z", None),
            ("2024-03-10T00:00:00Z", Some(LicenseExpired)),
            ("2024-03-10T11:59:59Z", Some(LicenseExpired)),
            ("2024-03-10T12:00:00Z", Some(LicenseExpiringSoon)),
            ("2024-03-13T11:59:59Z", Some(LicenseExpiringSoon)),
            ("2024-03-13T12:00:00Z", None),
        ];
        for (expiry, told) in table {
            assert_eq!(
                names(of_expiries(now), at(expiry)),
                Vec::from_iter(told),
                "{expiry}"
            );
        }
    }

    #[test]
    fn a_check_in_is_told_of_when_it_comes_near_and_when_it_was_missed() {
        use EventName::{LicenseCheckInOverdue, LicenseCheckInRequiredSoon};
        let now = at("2024-03-31T12:00:00Z");
        let day = Interval {
            unit: CheckInInterval::Day,
            count: 1,
        };
        let month = Interval {
            unit: CheckInInterval::Month,
            count: 1,
        };
        let year = Interval {
            unit: CheckInInterval::Year,
            count: 1,
        };
        #[rustfmt::skip]
        let table = [
            (day,   "2024-03-30T16:00:00Z", Some(LicenseCheckInRequiredSoon)),
            (day,   "2024-03-30T11:00:00Z", Some(LicenseCheckInOverdue)),
            (day,   "2024-03-30T06:00:00Z", Some(LicenseCheckInOverdue)),
            (day,   "2024-03-29T18:00:00Z", None),
            (month, "2024-02-29T12:00:00Z", Some(LicenseCheckInRequiredSoon)),
            (month, "2024-02-29T11:00:00Z", None),
            (month, "2024-03-03T11:00:00Z", Some(LicenseCheckInRequiredSoon)),
            (month, "2024-03-03T13:00:00Z", None),
            (year,  "2023-03-31T11:00:00Z", Some(LicenseCheckInOverdue)),
            (year,  "2023-03-30T20:00:00Z", None),
            (year,  "2023-04-03T11:00:00Z", Some(LicenseCheckInRequiredSoon)),
            (year,  "2023-05-01T12:00:00Z", None),
        ];
        for (interval, last, told) in table {
            let last = at(last);
            let names: Vec<_> = names(of_check_ins(interval, now).unwrap(), last)
                .into_iter()
                .filter(|notice| check_in_is_told(*notice, interval, last, now))
                .collect();
            assert_eq!(names, Vec::from_iter(told), "{interval:?} {last}");
        }
    }
}
