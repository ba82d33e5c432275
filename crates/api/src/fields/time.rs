//! Instants: RFC 3339 or unix seconds in, UTC with exactly three decimals out.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

/// An instant on the wire: `2026-01-31T09:15:27.123Z`, microseconds truncated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub DateTime<Utc>);

impl From<DateTime<Utc>> for Time {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant)
    }
}

impl From<Time> for DateTime<Utc> {
    fn from(time: Time) -> Self {
        time.0
    }
}

/// What a sent value is, where an instant is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// An instant.
    Time(Time),
    /// An empty text: no instant.
    Blank,
    /// A text or number, named by its type, that is no instant.
    Unreadable(&'static str),
    /// Neither text nor number.
    OtherType,
}

/// Reads RFC 3339, a date, or unix seconds as a number or as digits.
pub fn read(value: &Value) -> Reading {
    let (instant, received) = match value {
        Value::String(text) if text.trim().is_empty() => return Reading::Blank,
        Value::String(text) => (parse(text.trim()), "string"),
        Value::Number(number) if number.is_f64() => (from_float(number.as_f64()), "float"),
        Value::Number(number) => (number.as_i64().and_then(from_seconds), "integer"),
        _ => return Reading::OtherType,
    };
    instant.map_or(Reading::Unreadable(received), |instant| {
        Reading::Time(Time(instant))
    })
}

/// The instant a text means: RFC 3339, the same without an offset (UTC), a date, or digits.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(seconds) = text.parse::<i64>() {
        return from_seconds(seconds);
    }
    let local = || {
        [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    };
    let date = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .and_then(|date| date.and_hms_opt(0, 0, 0))
    };
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z"))
        .map(|instant| instant.to_utc())
        .ok()
        .or_else(|| local().or_else(date).map(|instant| instant.and_utc()))
        .and_then(storable)
}

fn from_seconds(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).and_then(storable)
}

fn from_float(seconds: Option<f64>) -> Option<DateTime<Utc>> {
    // Within ±2⁴³ seconds, some 278,000 years, milliseconds are exact in a float.
    let seconds = seconds.filter(|seconds| seconds.abs() < 8.8e12)?;
    DateTime::from_timestamp_millis((seconds * 1000.0).floor() as i64).and_then(storable)
}

/// Years that every database and every client can hold.
fn storable(instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (1..=9999).contains(&instant.year()).then_some(instant)
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match read(&Value::deserialize(deserializer)?) {
            Reading::Time(time) => Ok(time),
            _ => Err(de::Error::custom("not an instant")),
        }
    }
}

wire!(both [] Time {
    required: true,
    name: "string_date-time",
    schema: schema!("string",
        format: Some("date-time"),
        example: Some(json!("2026-01-31T09:15:27.123Z")),
    ),
    register: |_registry| (),
});

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(value: &Value) -> Option<String> {
        match read(value) {
            Reading::Time(time) => Some(json!(time).as_str().unwrap().to_owned()),
            _ => None,
        }
    }

    #[test]
    fn instants_come_in_many_forms_and_leave_in_one() {
        #[rustfmt::skip]
        let table = [
            (json!("2026-01-31T09:15:27.123456Z"),      "2026-01-31T09:15:27.123Z"),
            (json!("2026-01-31T09:15:27.999999999Z"),   "2026-01-31T09:15:27.999Z"),
            (json!("2026-01-31T09:15:27+02:00"),        "2026-01-31T07:15:27.000Z"),
            (json!("2026-01-31T09:15:27+0200"),         "2026-01-31T07:15:27.000Z"),
            (json!("2026-01-31 09:15:27 +0200"),        "2026-01-31T07:15:27.000Z"),
            (json!("2026-01-31t09:15:27z"),             "2026-01-31T09:15:27.000Z"),
            (json!("2026-01-31T09:15:27"),              "2026-01-31T09:15:27.000Z"),
            (json!("2026-01-31 09:15"),                 "2026-01-31T09:15:00.000Z"),
            (json!(" 2026-01-31 "),                     "2026-01-31T00:00:00.000Z"),
            (json!(1_769_850_927),                      "2026-01-31T09:15:27.000Z"),
            (json!("1769850927"),                       "2026-01-31T09:15:27.000Z"),
            (json!(1_769_850_927.5),                    "2026-01-31T09:15:27.500Z"),
            (json!(-1),                                 "1969-12-31T23:59:59.000Z"),
            (json!("9999-12-31T23:59:59Z"),             "9999-12-31T23:59:59.000Z"),
        ];
        for (sent, expected) in table {
            assert_eq!(answered(&sent).as_deref(), Some(expected), "{sent}");
        }
    }

    #[test]
    fn what_is_no_instant_is_told_by_its_type() {
        #[rustfmt::skip]
        let table = [
            (json!(""),                      Reading::Blank),
            (json!(" "),                     Reading::Blank),
            (json!("soon"),                  Reading::Unreadable("string")),
            (json!("2026-02-30"),            Reading::Unreadable("string")),
            (json!("10000-01-01T00:00:00Z"), Reading::Unreadable("string")),
            (json!(i64::MAX),                Reading::Unreadable("integer")),
            (json!(u64::MAX),                Reading::Unreadable("integer")),
            (json!(1e300),                   Reading::Unreadable("float")),
            (json!(true),                    Reading::OtherType),
            (json!([]),                      Reading::OtherType),
        ];
        for (sent, reading) in table {
            assert_eq!(read(&sent), reading, "{sent}");
        }
    }
}
