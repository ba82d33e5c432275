//! The scenario's clock, and the suite's ways to write an instant.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use keystead_app::Clock;

/// The system's clock until a scenario freezes it.
#[derive(Clone, Debug, Default)]
pub struct Time(Arc<Mutex<Option<DateTime<Utc>>>>);

impl Time {
    /// The present of the scenario.
    pub fn now(&self) -> DateTime<Utc> {
        self.frozen().unwrap_or_else(Utc::now)
    }

    /// Where the clock stands still, if it does.
    pub fn frozen(&self) -> Option<DateTime<Utc>> {
        *self
            .0
            .lock()
            .expect("nobody panics while holding the clock")
    }

    /// Freezes the clock, or lets it run again.
    pub fn set(&self, at: Option<DateTime<Utc>>) {
        *self
            .0
            .lock()
            .expect("nobody panics while holding the clock") = at;
    }

    /// The clock as the application takes it.
    pub fn clock(&self) -> Clock {
        let time = self.clone();
        Clock::new(move || time.now())
    }
}

/// An instant, in any of the spellings that scenarios and placeholders use.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let bare = text.trim_end_matches(" UTC").trim_end_matches('Z');
    for format in [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
    ] {
        if let Ok(at) = NaiveDateTime::parse_from_str(bare, format) {
            return Some(at.and_utc());
        }
    }
    let date = NaiveDate::parse_from_str(bare, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc())
}

/// An instant as the wire spells it, to the millisecond.
pub fn wire(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// An instant as the suite's placeholders spell it.
pub fn spoken(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `3`, `months`: a length of time, moved along the calendar where months are not equal.
#[derive(Clone, Copy, Debug)]
pub enum Span {
    /// Seconds.
    Exact(i64),
    /// Days of the calendar.
    Days(i64),
    /// Months of the calendar.
    Months(i64),
}

impl Span {
    /// The span that a count and a unit's name make.
    pub fn of(count: i64, unit: &str) -> Option<Self> {
        Some(match unit.trim_end_matches('s') {
            "second" => Self::Exact(count),
            "minute" => Self::Exact(count * 60),
            "hour" => Self::Exact(count * 3600),
            "day" => Self::Days(count),
            "week" => Self::Days(count * 7),
            "fortnight" => Self::Days(count * 14),
            "month" => Self::Months(count),
            "year" => Self::Months(count * 12),
            _ => return None,
        })
    }

    /// Its length in seconds, with a month of a twelfth of a mean year.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Exact(seconds) => seconds,
            Self::Days(days) => days * 86_400,
            Self::Months(months) => months * 2_629_746,
        }
    }

    /// The instant this long after another.
    pub fn after(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Exact(seconds) => at.checked_add_signed(TimeDelta::seconds(seconds)),
            Self::Days(days) => at.checked_add_days(Days::new(u64::try_from(days).ok()?)),
            Self::Months(months) => at.checked_add_months(Months::new(u32::try_from(months).ok()?)),
        }
    }

    /// The instant this long before another.
    pub fn before(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Exact(seconds) => at.checked_sub_signed(TimeDelta::seconds(seconds)),
            Self::Days(days) => at.checked_sub_days(Days::new(u64::try_from(days).ok()?)),
            Self::Months(months) => at.checked_sub_months(Months::new(u32::try_from(months).ok()?)),
        }
    }
}
