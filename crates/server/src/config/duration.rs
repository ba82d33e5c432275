//! Durations as people write them: `250ms`, `15s`, `1m30s`, `12h`, `7d`.

use std::time::Duration;

use serde::de::{Deserializer, Error, Visitor};

/// Longest first, so that `ms` isn't read as `m`. Milliseconds per unit.
const UNITS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// For `#[serde(with = "duration")]`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(Text)
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Duration;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a duration with its unit, such as \"15s\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).ok_or_else(|| {
            E::custom(format!(
                "{text:?} is not a duration: write a number with its unit (ms, s, m, h or d), such as \"15s\""
            ))
        })
    }
}

/// The duration that `text` spells, to the millisecond.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total_ms: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count: u64 = rest[..digits].parse().ok()?;
        let tail = &rest[digits..];
        let (unit, scale) = UNITS.iter().find(|(unit, _)| tail.starts_with(unit))?;
        total_ms = total_ms.checked_add(count.checked_mul(*scale)?)?;
        rest = tail[unit.len()..].trim_start();
    }
    (!text.trim().is_empty()).then_some(Duration::from_millis(total_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        let ms = |text| parse(text).map(|duration| duration.as_millis());

        assert_eq!(ms("250ms"), Some(250));
        assert_eq!(ms("15s"), Some(15_000));
        assert_eq!(ms("1m30s"), Some(90_000));
        assert_eq!(ms("1h 30m"), Some(5_400_000));
        assert_eq!(ms(" 7d "), Some(604_800_000));
        assert_eq!(ms("0s"), Some(0));
    }

    #[test]
    fn a_number_without_a_unit_is_refused() {
        for text in [
            "",
            " ",
            "15",
            "s",
            "15 s x",
            "-1s",
            "1.5s",
            "1y",
            "99999999999999999999s",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_duration_too_long_to_count_is_refused() {
        assert_eq!(parse("18446744073709551615d"), None);
        assert_eq!(parse("18446744073709551615ms1ms"), None);
    }
}
