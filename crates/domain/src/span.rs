//! Spans of time as clients write them in filters: `2w`, `P13DT59M59S`, or plain seconds.
//!
//! Licensing reference §3.12.

use chrono::{DateTime, Days, Months, TimeDelta, Utc};

/// A span of calendar parts: a month is as long as the months it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    months: u32,
    days: u64,
    seconds: i64,
}

/// The parts of a date and of a time of day, in the order that ISO 8601 has them.
const DATE: &[u8] = b"YMWD";
const TIME: &[u8] = b"HMS";

impl Span {
    /// Reads an ISO 8601 duration of whole parts, its `P` optional and in any case, or digits:
    /// seconds. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::of_seconds(text.parse().ok()?));
        }
        let parts = text.strip_prefix('P').unwrap_or(&text);
        let (date, time) = match parts.split_once('T') {
            // A `T` announces something.
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (parts, ""),
        };
        let [years, months, weeks, days] = read(date, DATE)?;
        let [hours, minutes, seconds, _] = read(time, TIME)?;
        (!parts.is_empty()).then_some(())?;
        Some(Self {
            months: years.checked_mul(12)?.checked_add(months)?,
            days: u64::from(weeks) * 7 + u64::from(days),
            seconds: i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds),
        })
    }

    fn of_seconds(seconds: i64) -> Self {
        Self {
            months: 0,
            days: 0,
            seconds,
        }
    }

    /// The instant this long after another, each step clamped to the last day of its month. None
    /// when it lies beyond the calendar.
    pub fn after(self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        time.checked_add_months(Months::new(self.months))?
            .checked_add_days(Days::new(self.days))?
            .checked_add_signed(TimeDelta::try_seconds(self.seconds)?)
    }

    /// The instant this long before another.
    pub fn before(self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        time.checked_sub_months(Months::new(self.months))?
            .checked_sub_days(Days::new(self.days))?
            .checked_sub_signed(TimeDelta::try_seconds(self.seconds)?)
    }
}

/// The numbers before each designator, which come in order and at most once; 0 for those that
/// are absent. None when anything else is there.
fn read(mut text: &str, designators: &[u8]) -> Option<[u32; 4]> {
    let mut parts = [0; 4];
    let mut from = 0;
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, rest) = text.split_at(end);
        let at = designators[from..]
            .iter()
            .position(|designator| rest.as_bytes().first() == Some(designator))?;
        parts[from + at] = number.parse().ok()?;
        from += at + 1;
        text = &rest[1..];
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_is_iso_with_or_without_its_p_or_seconds() {
        #[rustfmt::skip]
        let table = [
            ("30d",               Some("2024-01-31T00:00:00Z")),
            ("2w",                Some("2024-01-15T00:00:00Z")),
            ("P2W",               Some("2024-01-15T00:00:00Z")),
            ("p1y2m",             Some("2025-03-01T00:00:00Z")),
            ("P13DT59M59S",       Some("2024-01-14T00:59:59Z")),
            ("1dt5h",             Some("2024-01-02T05:00:00Z")),
            ("PT36H",             Some("2024-01-02T12:00:00Z")),
            ("86400",             Some("2024-01-02T00:00:00Z")),
            ("0",                 Some("2024-01-01T00:00:00Z")),
            ("",                  None),
            ("P",                 None),
            ("PT",                None),
            ("P1DT",              None),
            ("5h",                None),
            ("1D2W",              None),
            ("1D1D",              None),
            ("-1D",               None),
            ("1.5D",              None),
            ("D",                 None),
            ("invalid",           None),
            ("99999999999D",      None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in table {
            let found = Span::parse(text).and_then(|span| span.after(at("2024-01-01T00:00:00Z")));
            assert_eq!(found, expected.map(at), "{text:?}");
        }
    }

    #[test]
    fn months_are_as_long_as_those_they_cover() {
        let month = Span::parse("1M").unwrap();

        assert_eq!(
            month.before(at("2024-03-31T12:00:00Z")),
            Some(at("2024-02-29T12:00:00Z"))
        );
        assert_eq!(
            month.after(at("2023-01-31T00:00:00Z")),
            Some(at("2023-02-28T00:00:00Z"))
        );
    }

    #[test]
    fn what_lies_beyond_the_calendar_is_nowhere() {
        let long = Span::parse("9999999999").unwrap();
        let longer = Span::parse("4000000000Y");

        assert!(long.after(at("2024-01-01T00:00:00Z")).is_some());
        assert_eq!(longer, None);
        assert_eq!(
            Span::parse("300000Y")
                .unwrap()
                .after(at("2024-01-01T00:00:00Z")),
            None
        );
    }
}
